"""Workspaces menu: a window on another workspace, and the ones that were open last.

Each window is a process of its own: one that fails takes no other with it, and each has its engine anyway.
"""

import sys
from pathlib import Path

from PySide6.QtCore import QProcess, QSettings, Qt
from PySide6.QtWidgets import QFileDialog, QMainWindow, QMenu

from evalstudio.ui.kit.actions import Actions
from evalstudio.ui.kit.text import one_line, tooltip, tr
from evalstudio.ui.state.file_dialogs import remember_folder
from evalstudio.ui.state.session import Session
from evalstudio.workspace.folder import find_workspace

MOST = 10
KEY = "workspaces"


class Workspaces:
    """The commands and the list of recent workspaces, which all windows share."""

    def __init__(self, window: QMainWindow, session: Session, actions: Actions, machine: QSettings) -> None:
        self._window, self._session, self._machine = window, session, machine
        actions.connect("open_workspace", self.choose)
        folder = session.workspace.folder
        window.setWindowTitle("EvalStudio")
        if folder != find_workspace(None, session.settings.workspace or None).folder:
            window.setWindowTitle(f"{one_line(folder.name, 60)} – EvalStudio")
        self.menu = QMenu(tr("Recent &workspaces"), window)
        self.menu.setObjectName("menu_workspaces")
        self.menu.setToolTipsVisible(True)
        self.menu.aboutToShow.connect(self._fill)
        file_menu = actions["open_workspace"].associatedObjects()[-1]
        assert isinstance(file_menu, QMenu)
        file_menu.insertMenu(actions["import_dataset"], self.menu)
        self._remember(folder)

    def choose(self) -> None:
        """Asks for the folder of a workspace, which opens in a window of its own."""
        dialog = QFileDialog(self._window, tr("Open a workspace: a folder, new or used before"))
        dialog.setObjectName("workspace_dialog")
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        remember_folder(dialog, "workspace")
        dialog.fileSelected.connect(lambda path: self.open(Path(path)))
        dialog.open()

    def open(self, folder: Path) -> None:
        """Opens a window on another workspace; this one stays."""
        if folder.absolute() == self._session.workspace.folder:
            self._session.tell(tr("This window shows that workspace already."), key="workspace")
            return
        program, *arguments = window_command(folder)
        started, _ = QProcess.startDetached(program, arguments)
        if not started:
            words = tr("No window opens on {folder}: {program} can't be started.")
            self._session.tell(words.format(folder=folder, program=program), "error", key="workspace")

    def recent(self) -> list[Path]:
        """Returns the workspaces that were open last, newest first, without this one and those that are gone."""
        return [path for path in self._others() if path.is_dir()]

    def _others(self) -> list[Path]:
        self._machine.sync()  # another window may have opened one
        found = self._machine.value(KEY)
        texts = [found] if isinstance(found, str) else found if isinstance(found, list) else []
        paths = [Path(text) for text in texts]
        return [path for path in paths if path != self._session.workspace.folder]

    def _remember(self, folder: Path) -> None:
        others = self._others()[: MOST - 1]  # unchecked: a share that does not answer would delay the start
        self._machine.setValue(KEY, [str(folder), *(str(one) for one in others)])
        self._machine.sync()

    def _fill(self) -> None:
        self.menu.clear()
        for folder in self.recent():
            action = self.menu.addAction(one_line(str(folder), 80).replace("&", "&&"))
            action.setToolTip(tooltip(str(folder)))
            action.triggered.connect(lambda *_, folder=folder: self.open(folder))
        if self.menu.isEmpty():
            self.menu.addAction(tr("None yet")).setEnabled(False)


def window_command(folder: Path) -> list[str]:
    """Returns the command that opens a window on a workspace: of the packaged program, itself."""
    program = [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "evalstudio"]
    return [*program, "window", "--workspace", str(folder)]
