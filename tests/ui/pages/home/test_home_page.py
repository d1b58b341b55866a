"""The Home page: one press at a first start; later what ran, and what is left undone."""

import os
import signal
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QTableWidget, QToolButton
from pytestqt.qtbot import QtBot
from qasync import QEventLoop

from evalstudio.core.run_state import RunState
from evalstudio.ui.pages.home.page import MOST_RUNS
from evalstudio.ui.shell.studio import open_studio
from evalstudio.ui.state.engine_client import EngineState
from evalstudio.workspace.folder import Workspace
from tests.ui.driver import Driver, finish, press
from tests.ui.factories import make_run_row

OpenWindow = Callable[..., Driver]


def test_that_one_press_on_the_first_screen_runs_the_example(open_window: OpenWindow) -> None:
    driver = open_window(None)
    driver.ready()
    assert driver.window._pages.currentWidget() is driver.window.home_page
    assert "Never lose an answer" in driver.find(QLabel, "welcome").text()
    button = driver.find(QToolButton, "run_example_button")
    driver.wait(button.isEnabled)
    driver.wait(lambda: driver.window.focusWidget() is button)
    driver.qtbot.keyClick(button, Qt.Key.Key_Space)
    driver.wait(lambda: driver.window._pages.currentWidget() is driver.window.runs_page)
    driver.wait(lambda: driver.saved() >= 5)
    assert driver.session.focused.snapshot.experiment == "first-look-1"
    driver.find(QToolButton, "stop_button").click()
    driver.wait(lambda: driver.state() == RunState.STOPPED)


def test_that_recent_runs_are_listed_and_what_was_interrupted_goes_on(
    open_window: OpenWindow, loop: object
) -> None:
    driver = open_window(None)
    driver.ready()
    press(driver, QToolButton, "run_example_button")
    driver.wait(lambda: driver.saved() >= 5)
    driver.session.engine._restart_timer.blockSignals(True)  # this window's engine stays dead
    os.kill(driver.session.engine.pid, signal.SIGKILL)
    driver.wait(lambda: driver.state() == RunState.INTERRUPTED)
    finish(loop, driver.studio)
    again = open_window(None)
    again.ready()
    table = again.find(QTableWidget, "recent_runs")
    again.wait(lambda: table.rowCount() == 1)
    words = [table.item(0, column).text() for column in range(5)]
    assert words[:4] == ["first-look-1", "sentiment", "demo/one-second", "interrupted"]
    saved = int(words[4].split(" of ")[0])
    assert saved >= 5
    assert words[4].endswith(" of 200")
    press(again, QPushButton, "resume_1")
    again.wait(lambda: again.window._pages.currentWidget() is again.window.runs_page)
    again.wait(lambda: again.saved() > saved)
    again.find(QToolButton, "stop_button").click()
    again.wait(lambda: again.state() == RunState.STOPPED)
    again.window.show_page("home")
    again.wait(lambda: table.item(0, 3).text() == "stopped")
    table.cellActivated.emit(0, 0)
    assert again.window._pages.currentWidget() is again.window.runs_page
    again.window.show_page("home")
    press(again, QToolButton, "home_new_evaluation")
    assert again.window._pages.currentWidget() is again.window.evaluations_page


def test_that_runs_are_listed_before_the_engine_and_the_other_pages_are_there(
    loop: QEventLoop, qtbot: QtBot, filled: Path
) -> None:
    """Home was an empty card for two to four seconds, in which libraries were loaded that it does not need."""
    studio = open_studio(str(filled), lambda: None)
    driver = Driver(studio, qtbot, Workspace(filled))
    then: list[tuple[EngineState, bool, int]] = []
    table = driver.find(QTableWidget, "recent_runs")

    def look() -> None:
        then.append((studio.session.engine.state, "runs" in vars(studio.window._others), table.rowCount()))

    studio.session.runs_changed.connect(look)
    studio.window.show()
    driver.wait(lambda: table.rowCount() == 2)
    assert then[0] == (EngineState.STARTING, False, 2)
    driver.wait(lambda: studio.window.is_complete)
    finish(loop, studio)


def test_that_a_run_older_than_the_listed_ones_is_offered_until_it_goes_on(open_window: OpenWindow) -> None:
    driver = open_window(None)
    driver.ready()
    home = driver.window.home_page
    latest = [make_run_row(id=50 - place, state=RunState.COMPLETED) for place in range(MOST_RUNS)]

    def offered(oldest: RunState) -> list[str]:
        driver.session.rows = [*latest, make_run_row(id=1, state=oldest)]
        driver.session.runs_changed.emit()
        return [button.objectName() for button in home.overview.resume_buttons]

    assert offered(RunState.STOPPED) == ["resume_1"]
    assert offered(RunState.COMPLETED) == []
