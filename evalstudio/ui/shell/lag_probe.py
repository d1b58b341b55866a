"""How late the window's thread is: a timer of 16 ms, and by how much each of its ticks comes late."""

import json
import time
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QWidget

from evalstudio.ui.shell.first_paint import after_first_paint

INTERVAL_MS = 16
MOST = 1_000_000


class LagProbe(QObject):
    """Measures from `start` to `write`. Costs about 60 short ticks a second."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lags: list[float] = []
        self._last = 0.0
        self._first_paint: tuple[float, float] | None = None
        self._told: Path | None = None
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(INTERVAL_MS)
        self._timer.timeout.connect(self._tick)

    def start(self) -> None:
        self._lags.clear()
        self._last = time.perf_counter()
        self._timer.start()

    def watch(self, window: QWidget, told: Path | None = None) -> None:
        """Notes when the window has first been painted: seconds since this process was started, and of processor time.

        The file `told` is written at that moment: whoever waits for the window waits for it.
        """
        self._told = told
        after_first_paint(window, self._painted)

    def _painted(self) -> None:
        now, used = time.time(), time.process_time()
        import psutil  # not before: it is no part of a start

        self._first_paint = now - psutil.Process().create_time(), used
        if self._told is not None:
            self.write(self._told)

    def stop(self) -> None:
        self._timer.stop()

    def summary(self) -> dict[str, float]:
        """Milliseconds of lag: p50, p95, p99, max; the number of ticks; and seconds from start to first window.

        `first_window_cpu_s` is this process's own part of these: what they would be where nothing else runs.
        """
        start = {}
        if self._first_paint is not None:
            seconds, processor = self._first_paint
            start = {"first_window_s": round(seconds, 2), "first_window_cpu_s": round(processor, 2)}
        if not self._lags:
            return {"ticks": 0, **start}
        import numpy as np

        lags = np.array(self._lags) * 1000
        p50, p95, p99 = np.percentile(lags, [50, 95, 99])
        return {
            "ticks": len(lags),
            "p50_ms": round(float(p50), 3),
            "p95_ms": round(float(p95), 3),
            "p99_ms": round(float(p99), 3),
            "max_ms": round(float(lags.max()), 3),
            **start,
        }

    def write(self, path: Path) -> None:
        path.write_text(json.dumps(self.summary()) + "\n", encoding="utf-8")

    def _tick(self) -> None:
        now = time.perf_counter()
        if len(self._lags) < MOST:
            self._lags.append(max(0.0, now - self._last - INTERVAL_MS / 1000))
        self._last = now
