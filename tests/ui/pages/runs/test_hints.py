"""Three things to try beside the first example: each hint goes once it is done."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QSlider, QTableView, QToolButton, QWidget

from evalstudio.core.run_state import RunState
from tests.ui.driver import Driver, press

OpenWindow = Callable[..., Driver]


def test_that_each_hint_of_the_example_goes_once_it_is_done(open_window: OpenWindow) -> None:
    driver = open_window(None)
    driver.ready()
    press(driver, QToolButton, "run_example_button")
    driver.wait(lambda: driver.saved() >= 40)
    hints = driver.find(QWidget, "hints")
    names = ("concurrency", "adaptive", "wrong")

    def left() -> list[str]:
        return [name for name in names if not driver.find(QWidget, f"hint_{name}").isHidden()]

    assert hints.isVisible()
    assert left() == list(names)
    slider = driver.find(QSlider, "window_slider")
    driver.qtbot.keyClick(slider, Qt.Key.Key_PageUp)
    driver.wait(lambda: left() == ["adaptive", "wrong"])
    strategy = driver.find(QComboBox, "strategy")
    strategy.setFocus()
    driver.qtbot.keyClick(strategy, Qt.Key.Key_Down)
    driver.wait(lambda: left() == ["wrong"])
    table = driver.find(QTableView, "records")
    driver.wait(lambda: wrong_row(table) >= 0)
    table.setCurrentIndex(table.model().index(wrong_row(table), 0))
    driver.wait(hints.isHidden)
    driver.find(QToolButton, "stop_button").click()
    driver.wait(lambda: driver.state() == RunState.STOPPED)


def test_that_other_runs_have_no_hints(open_window: OpenWindow) -> None:
    driver = open_window()
    driver.ready()
    driver.find(QComboBox, "model").setCurrentText("demo/instant")
    press(driver, QToolButton, "start_button")
    driver.wait(lambda: driver.state() == RunState.COMPLETED)
    assert driver.find(QWidget, "hints").isHidden()


def wrong_row(table: QTableView) -> int:
    """The first row whose answer is wrong; -1 if none is read yet."""
    model = table.model()
    return next((row for row in range(model.rowCount()) if "0" in str(model.index(row, 2).data() or "")), -1)
