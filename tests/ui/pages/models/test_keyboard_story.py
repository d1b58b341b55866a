"""The whole story by keyboard alone: import, model, evaluation, run, read, compare, export."""

from pathlib import Path

import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QDialogButtonBox,
    QFileDialog,
    QLineEdit,
    QPushButton,
    QTableView,
    QWidget,
)

from evalstudio.core.run_state import RunState
from tests.ui.driver import Driver
from tests.ui.pages.models.support import SECRET, OpenWindow, text, write_questions

CTRL = Qt.KeyboardModifier.ControlModifier
NONE = Qt.KeyboardModifier.NoModifier
MOST_TABS = 120
Key = Qt.Key


class Keyboard:
    """Presses keys where the focus is."""

    def __init__(self, driver: Driver) -> None:
        self.driver = driver

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = NONE) -> None:
        self.driver.qtbot.keyClick(QApplication.focusWidget() or self.driver.window, key, modifier)

    def type(self, words: str) -> None:
        self.driver.qtbot.keyClicks(QApplication.focusWidget(), words)

    def go_to(self, widget: QWidget) -> None:
        """Presses Tab until a widget has the focus."""
        self.driver.wait(lambda: widget.isVisible() and widget.isEnabled())
        for _ in range(MOST_TABS):
            if QApplication.focusWidget() is widget:
                return
            self.press(Key.Key_Tab)
        raise AssertionError(f"Tab does not lead to {widget.objectName()}")

    def push(self, name: str) -> None:
        button = self.driver.find(QPushButton, name)
        self.go_to(button)
        self.press(Key.Key_Space)

    def answer(self, dialog: QFileDialog, path: Path) -> None:
        """Gives a file dialog a path, and accepts it."""
        name = dialog.findChild(QLineEdit, "fileNameEdit")
        name.setText(str(path))  # pasted: each key typed would open the list of completions
        box = dialog.findChild(QDialogButtonBox)
        accept = next(one for one in box.buttons() if box.buttonRole(one) == box.ButtonRole.AcceptRole)
        self.driver.wait(accept.isEnabled)
        accept.setFocus()
        self.driver.qtbot.keyClick(accept, Key.Key_Space)
        self.driver.wait(lambda: not shiboken6.isValid(dialog) or not dialog.isVisible())
        self.driver.window.activateWindow()  # as a window manager does when a dialog is gone
        self.driver.wait(self.driver.window.isActiveWindow)


def test_that_the_whole_story_goes_by_keyboard_alone(
    open_window: OpenWindow, server: str, tmp_path: Path
) -> None:
    questions = write_questions(tmp_path / "sums.csv")
    driver = open_window(None)
    driver.ready()
    driver.window.complete()
    driver.window.activateWindow()
    driver.wait(driver.window.isActiveWindow)
    keys = Keyboard(driver)
    keys.press(Key.Key_K, CTRL)
    keys.type("add an endpoint")
    keys.press(Key.Key_Return)
    keys.type(server)
    keys.press(Key.Key_Tab)
    keys.type(SECRET)
    keys.press(Key.Key_Return)
    driver.wait(lambda: driver.find(QComboBox, "model_id").currentText() == "instant")
    keys.push("save_model")
    driver.wait(lambda: "answered in" in text(driver, "model_result"))
    keys.press(Key.Key_I, CTRL)
    keys.answer(driver.find(QFileDialog, "import_dialog"), questions)
    keys.push("copy_dataset")
    keys.push("dataset_evaluation")
    for experiment in (1, 2):
        driver.wait(driver.window.actions_["run_evaluation"].isEnabled)
        keys.press(Key.Key_Return, CTRL)
        driver.wait(lambda number=experiment: len(driver.session.rows) == number)
        driver.wait(driver.window.runs_page.isVisible)
        driver.wait(lambda: driver.state() == RunState.COMPLETED)
        keys.press(Key.Key_5, CTRL)
    keys.press(Key.Key_3, CTRL)
    table = driver.find(QTableView, "results_records")
    driver.wait(lambda: table.model().rowCount() == 12)
    keys.go_to(table)
    keys.press(Key.Key_Down)
    keys.press(Key.Key_Space)
    detail = driver.window.results_page.records.detail
    driver.wait(lambda: detail.is_large and "How much is" in detail.text())
    keys.press(Key.Key_Escape)
    driver.wait(lambda: not detail.is_large)
    keys.press(Key.Key_4, CTRL)
    driver.wait(lambda: driver.window.compare_page.comparison is not None)
    keys.press(Key.Key_2, CTRL)
    keys.press(Key.Key_E, CTRL)
    report = tmp_path / "report.html"
    driver.wait(lambda: driver.window.findChild(QFileDialog, "export_run_dialog") is not None)
    keys.answer(driver.find(QFileDialog, "export_run_dialog"), report)
    driver.wait(lambda: list(tmp_path.glob("report*.html")))  # of several selected runs a file each
