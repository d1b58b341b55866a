"""Sleep inhibitor: keeps the machine awake while calls are made.

Where the system offers no way to do that, nothing happens.
"""

import ctypes
import os
import shutil
import sys
from collections.abc import Sequence

from PySide6.QtCore import QObject, QProcess

WHY = "An evaluation is running"
_CONTINUOUS, _SYSTEM_REQUIRED = 0x80000000, 0x00000001  # of SetThreadExecutionState


def inhibitor(platform: str = sys.platform) -> list[str]:
    """Returns the command that keeps this machine awake while it runs; empty if there is none.

    Each ends by itself with this program: one reads a pipe from it, the other watches it.
    """
    if platform.startswith("linux") and (found := shutil.which("systemd-inhibit")):
        return [found, "--what=sleep:idle", "--who=EvalStudio", f"--why={WHY}", "--mode=block", "cat"]
    if platform == "darwin" and (found := shutil.which("caffeinate")):
        return [found, "-i", "-w", str(os.getpid())]
    return []


_ending: set[QProcess] = set()  # terminated, but not finished yet


class Awake(QObject):
    """The inhibitor. `hold(True)` keeps the machine awake, `hold(False)` lets it sleep; a failed method is not retried."""

    def __init__(self, parent: QObject | None = None, command: Sequence[str] | None = None) -> None:
        super().__init__(parent)
        self._command = list(inhibitor() if command is None else command)
        self._process: QProcess | None = None
        self._held = False

    @property
    def is_held(self) -> bool:
        """Returns whether the machine is kept awake now."""
        return self._held

    def hold(self, wanted: bool) -> None:
        if wanted == self._held:
            return
        if sys.platform == "win32":
            self._held = wanted
            ctypes.windll.kernel32.SetThreadExecutionState(_CONTINUOUS | (_SYSTEM_REQUIRED if wanted else 0))
        elif wanted and self._command:
            self._held = True
            self._process = QProcess(self)
            self._process.setStandardOutputFile(QProcess.nullDevice())
            self._process.setStandardErrorFile(QProcess.nullDevice())
            self._process.finished.connect(self._ended)
            self._process.errorOccurred.connect(self._failed)
            self._process.start(self._command[0], self._command[1:])
        elif not wanted:
            self._release()

    def _release(self) -> None:
        self._held = False
        process, self._process = self._process, None
        if process is not None:
            process.finished.disconnect(self._ended)
            process.errorOccurred.disconnect(self._failed)
            process.setParent(None)  # it may outlive the window by a moment
            _ending.add(process)
            process.finished.connect(lambda *_: _forget(process))
            process.closeWriteChannel()
            process.terminate()

    def _ended(self) -> None:
        """Handles a command that ended by itself, because the system does not allow it."""
        self._command = []
        self._held = False
        process, self._process = self._process, None
        if process is not None:
            process.deleteLater()

    def _failed(self, error: QProcess.ProcessError) -> None:
        if error is QProcess.ProcessError.FailedToStart:
            self._ended()


def _forget(process: QProcess) -> None:
    _ending.discard(process)
    process.deleteLater()
