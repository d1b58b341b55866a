"""The window: seconds from start to first window, and how late its thread is beside an engine at full speed.

Usage: python -m benchmarks.window [--samples 20000] [--window 50] [--starts 5] [--program dist/evalstudio/evalstudio] [--save]
Without a display it runs on Qt's offscreen platform; under Xvfb: xvfb-run -s "-screen 0 1920x1080x24" python ...
"""

import argparse
import asyncio
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import kept

if TYPE_CHECKING:
    from evalstudio.ui.shell.studio import Studio

if not os.environ.get("DISPLAY"):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

IDLE_S = 5.0
LONGEST_START_S = 60.0
SETTLED_S = 3.0  # its engine is there, too: the next start has the machine to itself
START = "from evalstudio.ui.shell.main import main; main({workspace!r}, {probe!r})"
EVALUATION = """
name = "speed"
dataset = {{ path = "rows.jsonl" }}
model = "demo/instant"
messages = [{{ role = "user", content = "Answer with one word. {{{{ text }}}}" }}]
evaluators = [{{ type = "exact_match", expected = "{{{{ expected }}}}", normalise = true }}]
strategy = {{ type = "sliding_window", max_concurrency = {window} }}
"""


def first_window(folder: Path, starts: int, program: str | None) -> list[tuple[float, float]]:
    """Seconds from the start of the process to the first painted window, for each start but the first (cold) one.

    And the processor time that the process took of them.
    """
    seconds: list[tuple[float, float]] = []
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    for number in range(starts + 1):
        probe = folder / f"start-{number}.json"
        code = START.format(workspace=str(folder / "workspace"), probe=str(probe))
        command = [sys.executable, "-c", code]
        if program is not None:
            command = [program, "window", "--workspace", str(folder / "workspace"), "--lag-probe", str(probe)]
        process = subprocess.Popen(command, env=environment)
        waited = time.monotonic()
        while not probe.exists() and time.monotonic() - waited < LONGEST_START_S:
            time.sleep(0.05)
        time.sleep(SETTLED_S)
        process.send_signal(signal.SIGINT)
        process.wait(timeout=30)
        found = json.loads(probe.read_text())
        seconds.append((found["first_window_s"], found["first_window_cpu_s"]))
    return seconds[1:]


def save_starts(what: str, seconds: Sequence[float], processor: Sequence[float]) -> None:
    """Keeps these starts beside those of the other kind, for the chart in the documents."""
    load = round(os.getloadavg()[0], 1)
    case = {"what": what, "load": load, "seconds": seconds, "processor": statistics.median(processor)}
    before = kept.read("start").values["cases"] if (kept.FOLDER / "start.json").exists() else []
    cases = [*(one for one in before if one["what"] != what), case]
    kept.keep("start", "benchmarks.window", load, {"cases": sorted(cases, key=lambda one: one["what"])})


async def open_ready(folder: Path) -> "Studio":
    """The window on a workspace in `folder`, its Runs page in front and its engine ready, as it is seconds after a start."""
    from evalstudio.ui.shell.memory import keep_what_lasts
    from evalstudio.ui.shell.studio import open_studio
    from evalstudio.ui.state.engine_client import EngineState

    studio = open_studio(str(folder / "workspace"), lambda: None)
    studio.window.resize(1920, 1080)
    studio.window.show_page("runs")
    studio.window.show()
    while studio.session.engine.state is not EngineState.READY:
        await asyncio.sleep(0.1)
    keep_what_lasts()
    return studio


async def lag(folder: Path, samples: int, window_size: int) -> dict[str, object]:
    """Lag of a 16 ms timer: idle, then while a run goes as fast as it can with charts and records open."""
    from evalstudio.ui.shell.lag_probe import LagProbe

    studio = await open_ready(folder)
    window, session = studio.window, studio.session
    probe = LagProbe()
    await asyncio.sleep(1.0)
    probe.start()
    await asyncio.sleep(IDLE_S)
    idle = probe.summary()
    window.runs_page.start_bar.add_file(str(folder / "speed.toml"))
    await window.runs_page.start()
    while session.focused is None or session.focused.snapshot is None:
        await asyncio.sleep(0.02)
    probe.start()
    started, used = time.perf_counter(), time.process_time()
    while session.focused.is_active:
        await asyncio.sleep(0.1)
    busy = probe.summary()
    share = (time.process_time() - used) / (time.perf_counter() - started)
    snapshot = session.focused.snapshot
    assert snapshot is not None
    probe.stop()
    await studio.close()
    return {
        "idle": idle,
        "running": busy,
        "window_processor_share": round(share, 3),
        "samples_per_second": round(snapshot.saved / snapshot.elapsed),
    }


def headless(folder: Path) -> int:
    """Samples/s of the same evaluation in the terminal."""
    command = [
        sys.executable,
        "-m",
        "evalstudio",
        "run",
        str(folder / "speed.toml"),
        "--json",
        "--allow-errors",
    ]
    command += ["--workspace", str(folder / "headless"), "--experiment", "speed"]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    summary = json.loads(output)
    return round(summary["saved"] / summary["elapsed"])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=20_000)
    parser.add_argument("--window", type=int, default=50)
    parser.add_argument("--starts", type=int, default=5)
    parser.add_argument(
        "--program", help="start this instead, as dist/evalstudio/evalstudio, and measure no more"
    )
    parser.add_argument(
        "--save", action="store_true", help="keep the starts in benchmarks/results/start.json"
    )
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["EVALSTUDIO_CONFIG"] = str(folder / "config")
        rows = (
            {"text": f"Sample {number}: is this good?", "expected": "good"}
            for number in range(arguments.samples)
        )
        (folder / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
        (folder / "speed.toml").write_text(EVALUATION.format(window=arguments.window))
        if arguments.starts:
            starts = first_window(folder, arguments.starts, arguments.program)
            seconds, processor = zip(*starts, strict=True)
            print(
                f"start to first window: median {statistics.median(seconds):.2f} s of {list(seconds)};"
                f" processor time of it {statistics.median(processor):.2f} s; load {os.getloadavg()[0]:.1f}",
                flush=True,
            )
            if arguments.save:
                save_starts("the packaged app" if arguments.program else "from source", seconds, processor)
        if arguments.program is not None:
            return 0
        alone = headless(folder)
        from PySide6.QtWidgets import QApplication
        from qasync import QEventLoop

        application = QApplication(sys.argv[:1])
        application.setQuitOnLastWindowClosed(False)
        with asyncio.Runner(loop_factory=lambda: QEventLoop(application)) as runner:
            result = runner.run(lag(folder, arguments.samples, arguments.window))
    result["headless_samples_per_second"] = alone
    print(json.dumps(result, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
