"""Undo in the window: deletions, renames and edits are taken back from their message, the Edit menu and by Ctrl+Z."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QDialog,
    QLabel,
    QLineEdit,
    QListView,
    QPushButton,
    QSpinBox,
    QTableView,
    QTableWidget,
    QToolButton,
    QWidget,
)

from evalstudio.models.registry import load_models
from tests.engine.support import write_evaluation
from tests.ui.driver import Driver, press, text_of

OpenWindow = Callable[[], Driver]
CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


def press_undo_of_the_message(driver: Driver) -> None:
    button = next(
        item.findChild(QPushButton, "offer_undo") for item in reversed(driver.window.messages.items())
    )
    driver.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def click_run(driver: Driver, row: int, modifier: Qt.KeyboardModifier) -> None:
    view = driver.find(QListView, "run_list")
    place = view.visualRect(view.model().index(row, 0)).center()
    driver.qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, modifier, QPoint(place))


def shown_runs(driver: Driver) -> list[int]:
    return [row.id for row in driver.session.rows]


def test_that_several_runs_go_to_the_bin_and_come_back(open_filled: OpenWindow) -> None:
    driver = open_filled()
    driver.ready()
    driver.wait(lambda: driver.session.focus == 2 and driver.state())
    click_run(driver, 0, Qt.KeyboardModifier.NoModifier)
    click_run(driver, 1, SHIFT)
    assert driver.window.runs_page.run_list.chosen_runs() == [2, 1]
    view = driver.find(QListView, "run_list")
    driver.wait(driver.find(QAction, "delete_run").isEnabled)
    driver.qtbot.keyClick(view, Qt.Key.Key_Delete, CONTROL)
    driver.wait(lambda: shown_runs(driver) == [])
    assert "2 runs with 80 records are in the bin." in driver.messages()
    assert driver.session.focus is None
    press_undo_of_the_message(driver)
    driver.wait(lambda: shown_runs(driver) == [2, 1])
    driver.wait(lambda: driver.find(QTableView, "records").model().rowCount() == 40)
    # and again, by keys
    driver.qtbot.keyClick(view, Qt.Key.Key_Z, CONTROL | SHIFT)
    driver.wait(lambda: shown_runs(driver) == [])
    assert driver.find(QAction, "undo").text() == "&Undo delete 2 runs"
    driver.qtbot.keyClick(view, Qt.Key.Key_Z, CONTROL)
    driver.wait(lambda: shown_runs(driver) == [2, 1])


def test_that_a_run_is_restored_and_deleted_for_good_from_the_bin(open_filled: OpenWindow) -> None:
    driver = open_filled()
    driver.ready()
    driver.wait(lambda: driver.session.focus == 2 and driver.state())
    for left in ([1], []):
        driver.wait(driver.find(QAction, "delete_run").isEnabled)
        driver.find(QAction, "delete_run").trigger()
        driver.wait(lambda left=left: shown_runs(driver) == left)
    driver.find(QAction, "bin").trigger()
    table = driver.find(QTableWidget, "bin_runs")
    driver.wait(lambda: table.rowCount() == 2)
    assert "kB" in table.item(0, 5).text()
    assert "2 runs, about" in driver.find(QLabel, "bin_about").text()
    rows = {table.item(row, 0).text(): row for row in range(2)}
    table.selectRow(rows["1"])
    press(driver, QPushButton, "bin_restore")
    driver.wait(lambda: shown_runs(driver) == [1])
    driver.wait(lambda: table.rowCount() == 1)
    press(driver, QPushButton, "bin_empty")
    driver.wait(lambda: table.rowCount() == 0)
    assert "bin is empty" in driver.find(QLabel, "bin_about").text()
    press(driver, QPushButton, "bin_compact")
    driver.wait(lambda: "given back to the disk" in driver.find(QLabel, "bin_size").text())
    assert shown_runs(driver) == [1]
    driver.find(QDialog, "bin_dialog").accept()


def test_that_a_new_name_of_an_experiment_is_taken_back(open_filled: OpenWindow) -> None:
    driver = open_filled()
    driver.ready()
    driver.wait(lambda: driver.session.focus == 2 and driver.find(QAction, "rename_experiment").isEnabled())
    driver.find(QAction, "rename_experiment").trigger()
    driver.find(QLineEdit, "rename_field").setText("another")
    driver.qtbot.mouseClick(driver.find(QPushButton, "rename_dialog_verb"), Qt.MouseButton.LeftButton)
    driver.wait(lambda: "is called “another” now" in driver.messages())
    press_undo_of_the_message(driver)
    driver.wait(lambda: [row.experiment for row in driver.session.rows] == ["words-2", "words-1"])
    driver.wait(lambda: driver.find(QLabel, "run_title").text() == "words-2")


def test_that_a_removed_model_comes_back(open_window: OpenWindow) -> None:
    driver = open_window()
    driver.ready()
    driver.workspace.models.write_text('[models.mine]\nprovider = "demo"\nname = "flaky"\nwindow = 3\n')
    driver.find(QAction, "page_models").trigger()
    driver.window.models_page.look_at("mine")
    before = load_models(driver.workspace)
    press(driver, QPushButton, "remove_model")
    assert load_models(driver.workspace) == {}
    press_undo_of_the_message(driver)
    driver.wait(lambda: load_models(driver.workspace) == before)
    assert driver.window.models_page.current == "mine"
    assert driver.find(QSpinBox, "model_window").value() == 3


@pytest.fixture
def two_files(tmp_path: Path) -> tuple[str, str]:
    one = write_evaluation(tmp_path, '"demo/instant"', 4, name="one")
    other = Path(one).with_name("other.toml")
    other.write_text(Path(one).read_text().replace('name = "one"', 'name = "other"'))
    return one, str(other)


def opened(open_window: OpenWindow, path: str) -> Driver:
    driver = open_window()
    driver.ready()
    driver.window.take_evaluation(path)
    driver.find(QAction, "page_evaluations").trigger()
    driver.wait(lambda: driver.window.evaluations_page.editor.is_checked)
    return driver


def test_that_every_change_of_an_evaluation_is_undone_by_ctrl_z(
    open_window: OpenWindow, two_files: tuple[str, str]
) -> None:
    driver = opened(open_window, two_files[0])
    original = text_of(driver, "evaluation_text")
    name = driver.find(QLineEdit, "eval_name")
    name.setFocus()
    driver.qtbot.keyClick(name, Qt.Key.Key_End)
    driver.qtbot.keyClicks(name, "-changed")
    repeats = driver.find(QSpinBox, "eval_repeats")
    repeats.setFocus()
    driver.qtbot.keyClick(repeats, Qt.Key.Key_Up)
    press(driver, QToolButton, "evaluator_0_remove")
    assert "exact_match" not in text_of(driver, "evaluation_text")
    driver.qtbot.keyClick(repeats, Qt.Key.Key_Z, CONTROL)  # the focus is in a field of the form
    assert "exact_match" in text_of(driver, "evaluation_text")
    assert driver.find(QComboBox, "evaluator_0_type").currentText() == "exact_match"
    assert "repeats = 2" in text_of(driver, "evaluation_text")
    driver.qtbot.keyClick(repeats, Qt.Key.Key_Z, CONTROL)
    assert repeats.value() == 1
    name.setFocus()
    driver.qtbot.keyClick(name, Qt.Key.Key_Z, CONTROL)
    assert text_of(driver, "evaluation_text") == original  # what was typed in one go is one step
    assert name.text() == "one"
    driver.find(QAction, "redo").trigger()
    assert name.text() == "one-changed"


def test_that_an_evaluation_keeps_its_history_while_another_is_open(
    open_window: OpenWindow, two_files: tuple[str, str]
) -> None:
    one, other = two_files
    driver = opened(open_window, one)
    before = Path(one).read_text()
    name = driver.find(QLineEdit, "eval_name")
    name.setFocus()
    driver.qtbot.keyClick(name, Qt.Key.Key_End)
    driver.qtbot.keyClicks(name, "-x")
    driver.window.evaluations_page.open(other)
    assert 'name = "one-x"' in Path(one).read_text()
    assert "The changes of one.toml are saved." in driver.messages()
    name.setFocus()
    driver.find(QAction, "undo").trigger()  # of the other file, in which nothing was changed
    assert name.text() == "other"
    driver.window.evaluations_page.open(one)
    name.setFocus()
    driver.qtbot.keyClick(name, Qt.Key.Key_Z, CONTROL)
    assert name.text() == "one"
    driver.find(QAction, "redo").trigger()
    driver.window.evaluations_page.open(other)
    press_undo_of_the_message(driver)
    driver.wait(lambda: Path(one).read_text() == before)
    driver.window.evaluations_page.open(one)
    assert name.text() == "one"


def test_that_the_edit_menu_cuts_copies_and_pastes(open_filled: OpenWindow) -> None:
    driver = open_filled()
    driver.ready()
    field = driver.find(QLineEdit, "experiment")
    field.setText("some words")
    field.setFocus()
    field.selectAll()
    driver.find(QAction, "cut").trigger()
    assert field.text() == ""
    driver.find(QAction, "paste").trigger()
    assert field.text() == "some words"
    driver.find(QAction, "undo").trigger()
    assert field.text() == ""
    driver.wait(lambda: driver.find(QTableView, "records").model().rowCount() == 40)
    table = driver.find(QTableView, "records")
    table.setFocus()
    table.selectRow(0)
    driver.wait(lambda: table.model().index(0, 0).data() != "…")  # has been read
    driver.qtbot.keyClick(table, Qt.Key.Key_C, CONTROL)
    copied = QApplication.clipboard().text()
    assert "neutral" in copied or "positive" in copied or "negative" in copied
    assert "\t" in copied
    assert driver.find(QWidget, "menu_edit").isEnabled()
