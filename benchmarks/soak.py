"""Does anything grow? A window open on a run at full speed: memory, handles, threads and lag, minute after minute.

Usage: python -m benchmarks.soak [--minutes 30] [--window 50]
Measures every two seconds; the first fifth is warm-up. Prints a table and fails when something grows for sure: when the
line through what was measured rises by more than is allowed, and by more than four of its standard errors. Without a
display it runs on Qt's offscreen platform.
"""

import argparse
import asyncio
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from benchmarks.window import EVALUATION, open_ready

if not os.environ.get("DISPLAY"):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

EVERY_S = 2.0
WARM_UP = 0.2
ERRORS = 4.0
ROWS_A_SECOND = 3_500  # more than any machine here has answered: the run must not end before the soak


@dataclass(frozen=True)
class Line:
    """The straight line through measured values: how much it rises over all of them, and its standard error."""

    rise: float
    error: float


def line_through(values: Sequence[float]) -> Line:
    """Least squares over evenly spaced values."""
    count = len(values)
    middle, mean = (count - 1) / 2, statistics.fmean(values)
    spread = sum((place - middle) ** 2 for place in range(count))
    slope = sum((place - middle) * (value - mean) for place, value in enumerate(values)) / spread
    left = sum((value - mean - slope * (place - middle)) ** 2 for place, value in enumerate(values))
    error = (left / max(1, count - 2) / spread) ** 0.5
    return Line(slope * (count - 1), error * (count - 1))


@dataclass(frozen=True)
class Measure:
    """One thing that is to stay flat. `allowed`: how much its line may rise, in its unit."""

    name: str
    unit: str
    allowed: float
    values: list[float]

    def row(self) -> tuple[str, bool]:
        values = self.values[int(len(self.values) * WARM_UP) :]
        line = line_through(values)
        grows = line.rise > self.allowed and line.rise > ERRORS * line.error
        part = len(values) / 5
        fifths = [statistics.median(values[int(part * n) : int(part * (n + 1))]) for n in range(5)]
        figures = " | ".join(f"{value:.1f}" for value in fifths) + f" | {max(values):.1f}"
        verdict = "**grows**" if grows else "flat"
        text = f"| {self.name} ({self.unit}) | {figures} | {line.rise:+.1f} ± {line.error:.1f} | {verdict} |"
        return text, grows


class Watch:
    """Measures the window, its engine and the demo server that the engine started."""

    def __init__(self, engine: int, probe: object) -> None:
        self._probe = probe
        self._window = psutil.Process()
        self._engine = psutil.Process(engine)
        self.measures: dict[str, Measure] = {}

    def look(self, saved: int, seconds: float) -> None:
        for name, process in (("window", self._window), ("engine", self._engine)):
            self._note(f"{name}: memory", "MB", 8.0, process.memory_info().rss / 1e6)
            self._note(f"{name}: handles", "open", 3.0, process.num_fds())
            self._note(f"{name}: threads", "alive", 2.0, process.num_threads())
        summary = self._probe.summary()  # type: ignore[attr-defined]
        self._probe.start()  # type: ignore[attr-defined]
        self._note("window: lag, p95", "ms", 8.0, summary["p95_ms"])
        self._note("engine: samples", "a second, fewer of them", 400.0, -saved / seconds)

    def _note(self, name: str, unit: str, allowed: float, value: float) -> None:
        self.measures.setdefault(name, Measure(name, unit, allowed, [])).values.append(value)


async def soak(folder: Path, minutes: float) -> tuple[Watch, int]:
    """Runs at full speed for so long; what was measured, and how many samples were saved."""
    from evalstudio.ui.shell.lag_probe import LagProbe

    studio = await open_ready(folder)
    window, session = studio.window, studio.session
    window.runs_page.start_bar.add_file(str(folder / "speed.toml"))
    await window.runs_page.start()
    while session.focused is None or session.focused.snapshot is None:
        await asyncio.sleep(0.02)
    probe = LagProbe()
    assert session.engine.pid is not None
    watch = Watch(session.engine.pid, probe)
    probe.start()
    end = time.monotonic() + minutes * 60
    before, at = session.focused.snapshot.saved, time.monotonic()
    while time.monotonic() < end:
        await asyncio.sleep(EVERY_S)
        snapshot, now = session.focused.snapshot, time.monotonic()
        assert snapshot is not None
        assert snapshot.state == "running", f"the run is {snapshot.state}: {snapshot.reason}"
        watch.look(snapshot.saved - before, now - at)
        before, at = snapshot.saved, now
    probe.stop()
    saved, errored = snapshot.saved, snapshot.errored
    await studio.close()
    assert errored == 0, f"{errored} samples errored"
    return watch, saved


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--window", type=int, default=50)
    arguments = parser.parse_args()
    from PySide6.QtWidgets import QApplication
    from qasync import QEventLoop

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["EVALSTUDIO_CONFIG"] = str(folder / "config")
        with (folder / "rows.jsonl").open("w") as file:
            for number in range(round(ROWS_A_SECOND * arguments.minutes * 60)):
                file.write(json.dumps({"text": f"Sample {number}: good?", "expected": "good"}) + "\n")
        (folder / "speed.toml").write_text(EVALUATION.format(window=arguments.window))
        application = QApplication(sys.argv[:1])
        application.setQuitOnLastWindowClosed(False)
        with asyncio.Runner(loop_factory=lambda: QEventLoop(application)) as runner:
            watch, saved = runner.run(soak(folder, arguments.minutes))
    print(f"{saved:,} samples in {arguments.minutes:g} minutes, {arguments.window} in flight\n")
    print("| what (medians of five fifths) | 1 | 2 | 3 | 4 | 5 | most | rise of the line | |")
    print("|---" * 9 + "|")
    rows = [measure.row() for measure in watch.measures.values()]
    print("\n".join(text for text, _ in rows))
    return 1 if any(grows for _, grows in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
