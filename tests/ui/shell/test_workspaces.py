"""Windows on other workspaces, the recent ones, and file dialogs that know their folder."""

import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QProcess, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QMenu
from qasync import QEventLoop

from evalstudio.ui.shell.studio import Studio, open_studio
from evalstudio.workspace.folder import Workspace
from tests.engine.support import write_evaluation
from tests.ui.driver import Driver, finish

OpenWindow = Callable[..., Driver]
CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The commands of windows that were to be started."""
    commands: list[list[str]] = []

    def start(program: str, arguments: list[str]) -> tuple[bool, int]:
        commands.append([program, *arguments])
        return True, 1

    monkeypatch.setattr(QProcess, "startDetached", start)
    return commands


@pytest.fixture
def open_on(loop: QEventLoop, qtbot: object) -> Iterator[Callable[[Path], Driver]]:
    """Opens windows of this process on any workspace."""
    opened: list[Studio] = []

    def open_one(folder: Path) -> Driver:
        studio = open_studio(str(folder), lambda: None)
        opened.append(studio)
        studio.window.show()
        driver = Driver(studio, qtbot, Workspace(folder))
        driver.wait(lambda: studio.window.is_complete)
        return driver

    yield open_one
    finish(loop, *opened)


def choose_file(driver: Driver, name: str, path: Path) -> None:
    dialog = driver.find(QFileDialog, name)
    dialog.fileSelected.emit(str(path))
    dialog.close()


def test_that_another_workspace_opens_in_a_window_of_its_own(
    open_window: OpenWindow, started: list[list[str]], tmp_path: Path, qtbot: object
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    driver = open_window()
    driver.ready()
    driver.find(QAction, "open_workspace").trigger()
    choose_file(driver, "workspace_dialog", other)
    assert driver.window.isVisible()
    (command,) = started
    process = subprocess.Popen(command, env=os.environ | {"QT_QPA_PLATFORM": "offscreen"})
    try:
        driver.wait((other / "evalstudio.db").exists)  # its engine has made it: the window is open
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
    finally:
        process.kill()
        process.wait()


def test_that_recent_workspaces_are_in_the_menu(
    open_on: Callable[[Path], Driver], started: list[list[str]], tmp_path: Path
) -> None:
    one, two, gone = (tmp_path / name for name in ("one", "two", "gone"))
    for folder in (one, two, gone):
        folder.mkdir()
    for folder in (gone, one):
        open_on(folder).ready()
    gone.rename(tmp_path / "moved")
    driver = open_on(two)
    driver.ready()
    assert driver.window.windowTitle() == "two – EvalStudio"
    menu = driver.find(QMenu, "menu_workspaces")
    menu.aboutToShow.emit()
    assert [action.text() for action in menu.actions()] == [str(one)]
    menu.actions()[0].trigger()
    assert started[0][-2:] == ["--workspace", str(one)]
    driver.find(QAction, "open_workspace").trigger()
    choose_file(driver, "workspace_dialog", two)
    assert "shows that workspace already" in driver.messages()
    assert len(started) == 1


def test_that_a_file_dialog_opens_where_its_kind_was_used_last(
    open_window: OpenWindow, tmp_path: Path
) -> None:
    folder = tmp_path / "evaluations of mine"
    folder.mkdir()
    path = write_evaluation(folder, '"demo/instant"', 4)
    driver = open_window("home")
    driver.ready()
    driver.window.activateWindow()
    driver.wait(driver.window.isActiveWindow)
    driver.qtbot.keyClick(driver.window, Qt.Key.Key_O, CONTROL)
    choose_file(driver, "open_dialog", Path(path))
    driver.wait(driver.window.evaluations_page.isVisible)  # Home has no place that shows it
    assert driver.window.evaluations_page.editor.reference == path
    (tmp_path / "rows").mkdir()
    (tmp_path / "rows" / "some.csv").write_text("text\none\n")
    driver.find(QAction, "import_dataset").trigger()
    choose_file(driver, "import_dialog", tmp_path / "rows" / "some.csv")
    driver.find(QAction, "open_evaluation").trigger()
    dialogs = driver.window.findChildren(QFileDialog, "open_dialog")
    assert Path(dialogs[-1].directory().absolutePath()) == folder
    for dialog in driver.window.findChildren(QFileDialog):
        dialog.close()
