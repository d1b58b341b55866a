"""Many samples through the engine from JSONL: memory, samples/s at the start and at the end, resume time.

python -m benchmarks.bench_million [--samples 1000000] [--save]
"""

import argparse
import json
import os
import platform
import tempfile
import time
from pathlib import Path

import psutil
from rich.console import Console
from rich.table import Table

from benchmarks.bench_engine import MESSAGES, raw_server
from benchmarks.kept import keep
from evalstudio.core.strategy import SlidingWindow
from evalstudio.core.system import raise_open_file_limit
from evalstudio.engine.engine import Engine
from evalstudio.engine.loop import run
from evalstudio.evaluations.request import Options
from evalstudio.protocol import Event, Snapshot
from evalstudio.workspace.folder import Workspace

WINDOW = 50
MEGABYTE = 1 << 20


def write(folder: Path, url: str, samples: int) -> str:
    with (folder / "d.jsonl").open("w") as file:
        for number in range(samples):
            file.write(
                json.dumps({"text": f"Review number {number}: great, I love it", "label": "positive"}) + "\n"
            )
    path = folder / "e.toml"
    path.write_text(
        'name = "million"\ndataset = { path = "d.jsonl" }\n'
        f'model = {{ provider = "openai", name = "raw", base_url = "{url}" }}\n'
        f'messages = [ {{ role = "system", content = "{MESSAGES[0]["content"]}" }},'
        ' { role = "user", content = "{{ text }}" } ]\n'
        'evaluators = [ { type = "exact_match", expected = "{{ label }}", normalise = true } ]\n'
    )
    return str(path)


async def measure(
    folder: Path, url: str, samples: int
) -> tuple[list[tuple[str, str]], list[tuple[int, float, float]]]:
    evaluation = write(folder, url, samples)
    process = psutil.Process()
    points: list[tuple[int, float, float]] = []  # saved, seconds, MB

    def emit(event: Event) -> None:
        if isinstance(event, Snapshot) and event.state == "running":
            marks = len(points)
            if event.saved >= samples * (marks + 1) / 20:
                points.append((event.saved, event.elapsed, process.memory_info().rss / MEGABYTE))

    workspace = Workspace(folder / "workspace")
    engine = Engine(workspace, emit=emit)
    await engine.start()
    opened = time.perf_counter()
    started = await engine.start_run(evaluation, Options("m", SlidingWindow(WINDOW)))
    opening = time.perf_counter() - opened
    final = await engine.finished(started)
    await engine.aclose()
    if final.saved != samples:
        raise RuntimeError(f"{final.saved} of {samples} saved: {final.reason}")

    engine = Engine(workspace)
    await engine.start()
    again = time.perf_counter()
    resumed = await engine.start_run(evaluation, Options("m", SlidingWindow(WINDOW)))
    resuming = time.perf_counter() - again
    await engine.finished(resumed)
    await engine.aclose()

    first, last = points[0], points[-1]
    before_last = points[-2]
    figures = [
        ("samples", f"{samples:,}"),
        ("samples/s over all", f"{samples / final.elapsed:,.0f}"),
        ("samples/s in the first 5 %", f"{first[0] / first[1]:,.0f}"),
        ("samples/s in the last 5 %", f"{(last[0] - before_last[0]) / (last[1] - before_last[1]):,.0f}"),
        (
            "memory at 5 %, 50 %, 95 %",
            " / ".join(f"{points[at][2]:.0f} MB" for at in (0, len(points) // 2, -1)),
        ),
        ("time to open the dataset", f"{opening:.1f} s"),
        ("time to resume when all is done", f"{resuming:.1f} s"),
        ("database", f"{workspace.database.stat().st_size / MEGABYTE:,.0f} MB"),
    ]
    return figures, [(saved, round(seconds, 1), round(size, 1)) for saved, seconds, size in points]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=1_000_000)
    parser.add_argument("--save", action="store_true", help="write benchmarks/results/memory.json anew")
    options = parser.parse_args()
    samples, load = options.samples, os.getloadavg()[0]
    raise_open_file_limit()
    console = Console(width=100, highlight=False)
    console.print(
        f"{platform.platform()}, Python {platform.python_version()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    )
    table = Table("what", "figure")
    with tempfile.TemporaryDirectory() as folder, raw_server(0) as url:
        figures, points = run(measure(Path(folder), url, samples))
    for row in figures:
        table.add_row(*row)
    console.print(table)
    if options.save:
        keep("memory", "benchmarks.bench_million", load, {"points": points})


if __name__ == "__main__":
    main()
