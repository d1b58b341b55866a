"""Lag probe: how late the window's event loop is, measured by the delay of each tick of a 16 ms timer."""

import json
import time
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QWidget

from evalstudio.ui.shell.first_paint import after_first_paint

INTERVAL_MS = 16
MOST = 1_000_000


class LagProbe(QObject):
    """The probe measures from `start` to `write`. It costs about 60 short ticks per second."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lags: list[float] = []
        self._last = 0.0
        self._first_paint: tuple[float, float] | None = None
        self._ready_file: Path | None = None
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(INTERVAL_MS)
        self._timer.timeout.connect(self._tick)

    def start(self) -> None:
        self._lags.clear()
        self._last = time.perf_counter()
        self._timer.start()

    def watch(self, window: QWidget, ready_file: Path | None = None) -> None:
        """Records the first painting of the window: seconds since the start of this process, and processor time.

        `ready_file` is written at that moment, so that other programs can wait for it.
        """
        self._ready_file = ready_file
        after_first_paint(window, self._painted)

    def _painted(self) -> None:
        now, used = time.time(), time.process_time()
        import psutil  # imported late, so that it does not count as part of the start

        self._first_paint = now - psutil.Process().create_time(), used
        if self._ready_file is not None:
            self.write(self._ready_file)

    def stop(self) -> None:
        self._timer.stop()

    def summary(self) -> dict[str, float]:
        """Returns lag in milliseconds (p50, p95, p99, max), the number of ticks, and seconds from start to first window.

        `first_window_cpu_s` is this process's own share of these: their value on an otherwise idle machine.
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
