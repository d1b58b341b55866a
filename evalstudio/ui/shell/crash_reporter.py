"""Crash reporter: defects of the window are written to a file and shown once, with what a report needs.

The person sees a calm message, never a raw traceback.
"""

import faulthandler
import hashlib
import platform
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import IO

from PySide6.QtCore import QObject, Signal, qVersion
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QWidget

from evalstudio.core.version import __version__
from evalstudio.models.keys import redact
from evalstudio.ui.kit.sheet import Sheet
from evalstudio.ui.kit.text import tr
from evalstudio.ui.kit.widgets import labelled

FILE = "crash.log"


class CrashReporter(QObject):
    """Handler of uncaught exceptions in all threads; each kind is reported once."""

    caught = Signal(str)  # the report

    def __init__(self, log_tail: Callable[[], str], file: IO[str] | None) -> None:
        super().__init__()
        self._log_tail = log_tail
        self._file = file
        self._seen: set[str] = set()
        self._window: QWidget | None = None
        self._before = (sys.excepthook, threading.excepthook, sys.unraisablehook)
        self.caught.connect(self._show)

    def install(self, window: QWidget) -> None:
        """Installs the handlers; from now on defects are reported in `window`."""
        self._window = window
        sys.excepthook = self.take
        threading.excepthook = lambda args: self.take(args.exc_type, args.exc_value, args.exc_traceback)
        sys.unraisablehook = lambda args: self.take(args.exc_type, args.exc_value, args.exc_traceback)

    def remove(self) -> None:
        sys.excepthook, threading.excepthook, sys.unraisablehook = self._before

    def take(
        self, kind: type[BaseException], error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Records and reports an exception, except for Ctrl-C."""
        if issubclass(kind, KeyboardInterrupt):
            QApplication.exit(130)
            return
        text = redact("".join(traceback.format_exception(kind, error, trace)))
        mark = hashlib.sha256(
            "".join(traceback.format_tb(trace)).encode() + kind.__name__.encode()
        ).hexdigest()
        if mark in self._seen:
            return
        self._seen.add(mark)
        if self._file is not None:
            print(text, file=self._file, flush=True)
        else:
            sys.__stderr__ and sys.__stderr__.write(text)
        self.caught.emit(text)

    def report(self, trace: str) -> str:
        """Returns the report: versions, the traceback, the last log lines. It contains no API keys."""
        versions = f"EvalStudio {__version__}, Python {platform.python_version()}, Qt {qVersion()}, {platform.platform()}"
        return redact(f"{versions}\n\n{trace}\nLast lines of the log:\n{self._log_tail()}\n")

    def _show(self, trace: str) -> None:
        if self._window is None:
            return
        sheet = Sheet(
            self._window, "crash_dialog", tr("Something went wrong in the window"),
            tr("Runs continue, and saved answers are kept. The details help to find the cause."),
        )  # fmt: skip
        details = QPlainTextEdit(self.report(trace))
        details.setReadOnly(True)
        labelled(details, "crash_details", tr("Details"))
        sheet.add(details)
        copy = sheet.add_button("copy_details", tr("Copy details"))
        copy.clicked.connect(lambda: QApplication.clipboard().setText(self.report(trace)))
        sheet.open()


def keep_faults(folder: Path) -> IO[str] | None:
    """Enables faulthandler, so that even a crash in Qt leaves a trace in a file; None if the folder is not writable."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / FILE).open("a", encoding="utf-8")
    except OSError:
        return None
    faulthandler.enable(file)
    return file
