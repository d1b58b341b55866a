"""Synchronous models: worker threads with a call that sleeps 100 ms, against the ideal.

python -m benchmarks.bench_threads
"""

import os
import platform
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from evalstudio.engine.engine import Engine
from evalstudio.engine.loop import run
from evalstudio.evaluations.request import Options
from evalstudio.workspace.folder import Workspace


async def measure(threads: int, samples: int) -> float:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        (path / "model.py").write_text(
            "import time\ndef answer(prompt):\n    time.sleep(0.1)\n    return 'yes'\n"
        )
        (path / "d.csv").write_text(
            "text,label\n" + "".join(f"question {number},yes\n" for number in range(samples))
        )
        (path / "e.toml").write_text(
            'name = "threads"\ndataset = { path = "d.csv" }\nmodel = "model.py::answer"\n'
            'messages = [ { role = "user", content = "{{ text }}" } ]\n'
            'evaluators = [ { type = "exact_match", expected = "{{ label }}" } ]\n'
        )
        engine = Engine(Workspace(path / "workspace"), ceiling=10_000)
        await engine.start()
        try:
            final = await engine.finished(
                await engine.start_run(str(path / "e.toml"), Options("t", workers=threads))
            )
        finally:
            await engine.aclose()
        return samples / final.elapsed


def main() -> None:
    console = Console(width=100, highlight=False)
    console.print(
        f"{platform.platform()}, Python {platform.python_version()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    )
    table = Table("threads", "samples", "ideal /s", "engine /s", "of ideal")
    for threads in (8, 50, 200):
        samples, ideal = threads * 40, threads / 0.1
        rate = run(measure(threads, samples))
        table.add_row(str(threads), f"{samples:,}", f"{ideal:,.0f}", f"{rate:,.0f}", f"{rate / ideal:.3f}")
    console.print(table)


if __name__ == "__main__":
    main()
