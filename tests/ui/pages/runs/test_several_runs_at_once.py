"""Several runs at once: chosen with Shift and Ctrl, then compared, exported, tagged, retried, pinned and archived."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QComboBox, QFileDialog, QLineEdit, QListView, QPlainTextEdit, QTableView

from evalstudio.core.run_state import RunState
from evalstudio.ui.pages.runs.run_list_rows import RunHead
from tests.engine.support import write_evaluation
from tests.ui.driver import Driver

OpenWindow = Callable[[], Driver]
CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
PLAIN = Qt.KeyboardModifier.NoModifier
GRID = """
[grid]
models = ["demo/instant", "demo/fast"]
"""


def click_row(driver: Driver, row: int, modifier: Qt.KeyboardModifier = PLAIN) -> None:
    view = driver.find(QListView, "run_list")
    place = view.visualRect(view.model().index(row, 0)).center()
    driver.qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, modifier, QPoint(place))


def press_keys(driver: Driver, key: Qt.Key, modifier: Qt.KeyboardModifier = PLAIN) -> None:
    activate(driver)
    driver.qtbot.keyClick(driver.find(QListView, "run_list"), key, modifier)


def activate(driver: Driver) -> None:
    """Gives the window the keys again, after a sheet has closed."""
    driver.window.activateWindow()
    driver.wait(driver.window.isActiveWindow)


def both_chosen(open_filled: OpenWindow) -> Driver:
    driver = open_filled()
    driver.ready()
    driver.window.runs_page.run_list.show()  # folded away on a narrow screen
    driver.wait(lambda: driver.session.focus == 2 and driver.state())
    click_row(driver, 0)
    click_row(driver, 1, CONTROL)
    assert driver.window.runs_page.run_list.chosen_runs() == [2, 1]
    return driver


def trigger(driver: Driver, name: str) -> None:
    driver.wait(driver.find(QAction, name).isEnabled)
    driver.find(QAction, name).trigger()


def write_note(driver: Driver, note: str, tags: str) -> None:
    field = driver.find(QPlainTextEdit, "note_text")
    driver.qtbot.keyClicks(field, note)
    driver.qtbot.keyClicks(driver.find(QLineEdit, "note_tags"), tags)
    driver.qtbot.keyClick(driver.find(QLineEdit, "note_tags"), Qt.Key.Key_Return)


def marks(driver: Driver) -> list[tuple[int, str, str]]:
    return [(row.id, row.note, row.tags) for row in driver.session.rows]


def test_that_two_chosen_runs_are_compared(open_filled: OpenWindow) -> None:
    driver = both_chosen(open_filled)
    press_keys(driver, Qt.Key.Key_D, CONTROL | SHIFT)
    driver.wait(driver.window.compare_page.isVisible)
    boxes = [driver.find(QComboBox, name) for name in ("compare_a", "compare_b")]
    assert [box.currentData() for box in boxes] == [1, 2]
    driver.wait(lambda: driver.window.compare_page.comparison is not None)


def test_that_chosen_runs_are_exported_as_a_file_each(open_filled: OpenWindow, tmp_path: Path) -> None:
    driver = both_chosen(open_filled)
    press_keys(driver, Qt.Key.Key_E, CONTROL)
    dialog = driver.find(QFileDialog, "export_run_dialog")
    dialog.fileSelected.emit(str(tmp_path / "both.csv"))
    dialog.close()
    driver.wait(lambda: "2 runs written beside" in driver.messages())
    assert sorted(path.name for path in tmp_path.glob("both*")) == ["both-1.csv", "both-2.csv"]


def test_that_notes_and_tags_are_added_to_each_run_found_and_taken_back(open_filled: OpenWindow) -> None:
    driver = both_chosen(open_filled)
    driver.wait(driver.find(QAction, "pin_run").isEnabled)
    press_keys(driver, Qt.Key.Key_M, CONTROL)
    write_note(driver, "with the old prompt", "#draft, v1 draft")
    driver.wait(lambda: marks(driver) == [(n, "with the old prompt", "draft v1") for n in (2, 1)])
    click_row(driver, 1)
    driver.wait(lambda: driver.session.focus == 1)
    press_keys(driver, Qt.Key.Key_M, CONTROL)
    write_note(driver, "", " late")
    driver.wait(lambda: marks(driver)[1] == (1, "with the old prompt", "draft v1 late"))
    runs = driver.window.runs_page.run_list
    runs.filter.setText("late")
    assert [entry.run_id for entry in runs.model.entries] == [1]
    runs.filter.setText("")
    press_keys(driver, Qt.Key.Key_Z, CONTROL)
    press_keys(driver, Qt.Key.Key_Z, CONTROL)
    driver.wait(lambda: marks(driver)[1][2] == "draft v1")
    press_keys(driver, Qt.Key.Key_Z, CONTROL)
    driver.wait(lambda: marks(driver) == [(2, "", ""), (1, "", "")])


def test_that_runs_are_pinned_and_archived(open_filled: OpenWindow) -> None:
    driver = both_chosen(open_filled)
    runs = driver.window.runs_page.run_list
    click_row(driver, 1)
    trigger(driver, "pin_run")
    driver.wait(lambda: runs.model.keys() == [1, 2])
    assert driver.find(QAction, "pin_run").isChecked()
    click_row(driver, 1)
    trigger(driver, "archive_run")
    driver.wait(lambda: runs.model.keys() == [1, "archive"])
    click_row(driver, 1)  # its head
    assert runs.model.keys() == [1, "archive", 2]
    assert runs.chosen_runs() == [2]
    trigger(driver, "archive_run")
    driver.wait(lambda: runs.model.keys() == [1, 2])
    click_row(driver, 0)
    trigger(driver, "pin_run")
    driver.wait(lambda: runs.model.keys() == [2, 1])


def test_that_chosen_runs_are_retried_together(open_filled: OpenWindow) -> None:
    driver = open_filled()
    driver.ready()
    driver.window.runs_page.run_list.show()
    driver.session.look_at(1)
    driver.wait(lambda: driver.state() == RunState.COMPLETED_WITH_ERRORS)
    trigger(driver, "duplicate_run")
    driver.wait(lambda: driver.session.focus == 3 and driver.state() == RunState.COMPLETED_WITH_ERRORS)
    driver.wait(lambda: len(driver.session.rows) == 3)
    before = {row.id: row.finished_at for row in driver.session.rows}
    click_row(driver, 0)
    click_row(driver, 2, SHIFT)
    assert driver.window.runs_page.run_list.chosen_runs() == [3, 2, 1]
    trigger(driver, "resume")

    def finished_anew() -> set[int]:
        return {row.id for row in driver.session.rows if row.finished_at != before[row.id]}

    driver.wait(lambda: finished_anew() == {1, 3})
    driver.wait(lambda: not driver.session.active_here)
    assert len(driver.session.rows) == 3


def test_that_the_runs_of_a_grid_stand_under_one_head_that_folds(
    open_window: OpenWindow, tmp_path: Path
) -> None:
    path = Path(write_evaluation(tmp_path, '"demo/instant"', 4, name="grid"))
    path.write_text(path.read_text() + GRID)
    driver = open_window()
    driver.ready()
    runs = driver.window.runs_page.run_list
    runs.show()
    driver.window.take_evaluation(str(path))
    driver.find(QAction, "start").trigger()
    driver.wait(lambda: len(driver.session.rows) == 2)
    driver.wait(lambda: all(row.state not in ("queued", "running") for row in driver.session.rows))
    driver.wait(lambda: len(runs.model.rows) in (1, 3))
    head = runs.model.rows[0]
    assert isinstance(head, RunHead)
    assert (head.title, head.about) == ("grid-1", "2 runs")
    if not head.is_open:
        click_row(driver, 0)
    assert runs.model.keys()[1:] == [2, 1]
    click_row(driver, 0)
    assert len(runs.model.rows) == 1
    assert runs.chosen_runs() == [2, 1]
    press_keys(driver, Qt.Key.Key_Right)
    assert len(runs.model.rows) == 3
    press_keys(driver, Qt.Key.Key_Down)
    driver.wait(lambda: driver.session.focus == 2)
    press_keys(driver, Qt.Key.Key_Up)
    press_keys(driver, Qt.Key.Key_Left)
    assert len(runs.model.rows) == 1
    trigger(driver, "delete_run")
    driver.wait(lambda: driver.session.rows == [])
    assert "2 runs" in driver.messages()


def test_that_records_get_notes_that_are_searched(open_filled: OpenWindow) -> None:
    driver = open_filled()
    driver.ready()
    records = driver.window.runs_page.records
    driver.wait(lambda: driver.session.focus == 2 and records.model.rowCount() == 40)
    table = driver.find(QTableView, "records")
    table.setFocus()
    table.selectRow(3)
    driver.wait(records.detail.text)
    activate(driver)
    driver.qtbot.keyClick(table, Qt.Key.Key_M, CONTROL)
    driver.wait(lambda: driver.window.findChild(QPlainTextEdit, "note_text"))
    write_note(driver, "the label is odd", "label-error")
    driver.wait(lambda: "NOTE\nthe label is odd\n#label-error" in records.detail.text())
    assert not table.isColumnHidden(12)
    search = driver.find(QLineEdit, "record_search")
    driver.qtbot.keyClicks(search, "label-err")
    driver.wait(lambda: records.model.rowCount() == 1)
    box = driver.find(QComboBox, "outcome_filter")
    search.clear()
    driver.wait(lambda: records.model.rowCount() == 40)
    box.setCurrentIndex(box.findData("noted"))
    driver.wait(lambda: records.model.rowCount() == 1)
    driver.find(QAction, "undo").trigger()
    driver.wait(lambda: records.model.rowCount() == 0)
