"""Application assembly: creates settings, theme, session and main window, and shuts them down again."""

import faulthandler
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from evalstudio.settings.values import load_settings
from evalstudio.ui.kit import theme
from evalstudio.ui.shell.crash_reporter import CrashReporter, keep_faults
from evalstudio.ui.shell.main_window import MainWindow
from evalstudio.ui.shell.memory import give_back_large_blocks
from evalstudio.ui.state import tasks
from evalstudio.ui.state.file_dialogs import window_memory
from evalstudio.ui.state.session import Session
from evalstudio.workspace.folder import find_workspace


@dataclass(slots=True)
class Studio:
    """One open window and everything that belongs to it."""

    window: MainWindow
    session: Session
    reporter: CrashReporter
    faults: IO[str] | None
    is_closed: bool = False

    async def close(self) -> None:
        """Stops the engine and every thread, timer and task of the window."""
        if self.is_closed:
            return
        self.is_closed = True
        self.window.hide()
        self.window.awake.hold(False)
        await self.session.close()
        for timer in self.window.findChildren(QTimer):
            timer.stop()  # anything it started now would outlive the window
        await tasks.cancel_all()
        self.reporter.remove()
        if self.faults is not None:
            faulthandler.disable()
            self.faults.close()
        self.window.deleteLater()
        self.session.deleteLater()


def open_studio(workspace_option: str | None, leave: Callable[[], None]) -> Studio:
    """Creates the window and starts its engine; `leave` is called when a person has closed the window."""
    give_back_large_blocks()
    settings, problem = load_settings()
    workspace = find_workspace(workspace_option, settings.workspace or None)
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    look = theme.install(application, settings.theme)
    look.scale(settings.text_scale)
    session = Session(workspace, settings)
    session.workspace_option = workspace_option
    machine = window_memory()
    window = MainWindow(session, look, machine, leave)
    faults = keep_faults(Path(settings.log_folder).expanduser() if settings.log_folder else workspace.logs)
    reporter = CrashReporter(lambda: window.log.last_lines(50), faults)
    reporter.install(window)
    if problem is not None:
        session.tell(problem, "warning", key="settings")
    session.open()
    return Studio(window, session, reporter, faults)
