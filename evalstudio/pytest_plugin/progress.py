"""Progress display under pytest: a live bar on a terminal, otherwise a line from time to time.

When an evaluation has ended, pytest's own partial line is restored.
"""

import os
import time
from typing import IO, Any

import pytest
from rich.console import Console

from evalstudio.protocol import Snapshot
from evalstudio.terminal.progress import LiveProgress, plain_line

QUICK_S = 0.3  # shorter evaluations get no bar
LINE_EVERY_S = 10.0
ERASE_LINE = "\r\x1b[K"


class PytestProgress:
    """Shows the runs of one session. `end` is called after each item's evaluation, whether anything was shown or not."""

    def __init__(self, config: pytest.Config) -> None:
        self._reporter: Any = config.pluginmanager.get_plugin("terminalreporter")
        self._capture: Any = config.pluginmanager.get_plugin("capturemanager")
        self._is_captured = config.getoption("capture", "no") != "no"
        self._quiet = config.get_verbosity() < 0
        self._terminal: IO[str] | None = None
        self._live: LiveProgress | None = None
        self._since: float | None = None
        self._next_line = 0.0
        self._line: str | None = None  # pytest's own partial line, once we have drawn over it

    def update(self, snapshot: Snapshot) -> None:
        """Updates the display with the current snapshot of a run."""
        if self._reporter is None or self._capture is None:
            return
        now = time.monotonic()
        if self._since is None:
            self._since, self._next_line = now, now + LINE_EVERY_S
        if self._live is None and self._can_draw and now >= self._since + QUICK_S:
            self._begin()
        if self._live is not None:
            self._live.update(snapshot)
        elif not self._can_draw and not self._quiet and now >= self._next_line:
            self._next_line = now + LINE_EVERY_S
            self._write_line(f"{snapshot.evaluation}: {plain_line(snapshot)}")

    def end(self) -> None:
        """Restores pytest's partial line, so that its next output continues there."""
        self._since = None
        if self._live is not None and self._terminal is not None:
            self._live.__exit__(None, None, None)
            self._live = None
            self._terminal.write(f"{ERASE_LINE}{self._line or ''}")
            self._terminal.flush()
        elif self._line is not None:
            with self._capture.global_and_fixture_disabled():
                self._reporter._tw.write(self._line, flush=True)
        self._line = None

    def close(self) -> None:
        """Stops the display."""
        if self._terminal is not None:
            self._terminal.close()
            self._terminal = None

    @property
    def _can_draw(self) -> bool:
        return bool(self._reporter.isatty and self._reporter._tw.hasmarkup)

    def _begin(self) -> None:
        with self._capture.global_and_fixture_disabled():
            self._reporter._tw.flush()
            self._line = self._reporter._tw._current_line
            if self._terminal is None:
                # a separate handle to the terminal: output of the function is still captured
                self._terminal = os.fdopen(os.dup(1), "w", encoding="utf-8", errors="replace")
        self._terminal.write(ERASE_LINE)
        console = Console(file=self._terminal, force_terminal=True, highlight=False)
        self._live = LiveProgress(console, redirect=not self._is_captured)
        self._live.__enter__()

    def _write_line(self, text: str) -> None:
        writer = self._reporter._tw
        with self._capture.global_and_fixture_disabled():
            if self._line is None:
                self._line = writer._current_line
                writer.line()
            writer.line(text)
            writer.flush()
