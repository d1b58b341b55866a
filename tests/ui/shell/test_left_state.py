"""As it was left: a closed window opens again with page, run, filter, sorting, record and the next run's choices."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QComboBox, QLineEdit, QSpinBox
from qasync import QEventLoop

from evalstudio.ui.kit.tabs import Tabs
from evalstudio.ui.shell.studio import open_studio
from tests.engine.support import write_evaluation
from tests.ui.driver import Driver, finish

OpenWindow = Callable[..., Driver]


@pytest.fixture
def reopened(loop: QEventLoop, qtbot: object) -> object:
    """Closes a window and opens another one on its workspace, as a restart does."""
    opened = []

    def again(driver: Driver) -> Driver:
        driver.window.close()
        finish(loop, driver.studio)
        studio = open_studio(str(driver.workspace.folder), lambda: None)
        opened.append(studio)
        studio.window.show()
        new = Driver(studio, qtbot, driver.workspace)
        new.wait(lambda: studio.window.is_complete)
        return new

    yield again
    finish(loop, *opened)


def test_that_a_window_opens_as_it_was_left(
    open_filled: OpenWindow, reopened: Callable[[Driver], Driver]
) -> None:
    driver = open_filled()
    driver.ready()
    driver.session.look_at(1)
    driver.find(QAction, "page_results").trigger()
    panel = driver.window.results_page.records
    driver.wait(lambda: panel.run_id == 1 and panel.model.rowCount() == 40)
    box = driver.find(QComboBox, "results_outcome_filter")
    box.setCurrentIndex(box.findText("Errored"))
    driver.wait(lambda: panel.model.rowCount() == 4)
    panel.table.sortByColumn(7, Qt.SortOrder.DescendingOrder)  # attempts
    driver.wait(lambda: panel.query.sort == "attempts" and not panel._busy)
    panel.table.setCurrentIndex(panel.model.index(2, 0))
    record = panel.shown_record
    again = reopened(driver)
    results = again.window.results_page
    again.wait(lambda: results.isVisible() and results.records.model.rowCount() == 4)
    assert again.session.focus == 1
    assert again.find(QComboBox, "results_outcome_filter").currentText() == "Errored"
    assert (results.records.query.sort, results.records.query.descending) == ("attempts", True)
    header = results.records.table.horizontalHeader()
    assert (header.sortIndicatorSection(), header.sortIndicatorOrder()) == (7, Qt.SortOrder.DescendingOrder)
    again.wait(lambda: results.records.shown_record == record)
    # another run begins without the filter
    again.session.look_at(2)
    again.wait(lambda: results.records.run_id == 2 and results.records.model.rowCount() == 40)


def test_that_the_next_runs_choices_and_own_evaluations_are_there_again(
    open_window: OpenWindow, reopened: Callable[[Driver], Driver], tmp_path: Path
) -> None:
    """After a restart the list had the examples alone, and the choice was sentiment on demo/fast."""
    driver = open_window()
    driver.ready()
    outside = write_evaluation(tmp_path, '"demo/instant"', 4, name="outside")
    driver.workspace.evaluations.mkdir(parents=True)
    inside = driver.workspace.evaluations / "inside.toml"
    inside.write_text(
        Path(outside)
        .read_text()
        .replace('"outside"', '"inside"')
        .replace("outside.jsonl", str(Path(outside).with_suffix(".jsonl")))
    )
    driver.window.take_evaluation(outside)
    driver.find(QAction, "start").trigger()
    driver.wait(lambda: driver.state() == "completed")
    driver.find(QComboBox, "model").setCurrentText("demo/flaky")
    driver.find(QSpinBox, "samples").setValue(3)
    again = reopened(driver)
    box = again.find(QComboBox, "evaluation")
    again.wait(lambda: box.currentData() == outside)
    assert again.find(QComboBox, "model").currentText() == "demo/flaky"
    assert again.find(QSpinBox, "samples").value() == 3
    assert again.find(QLineEdit, "experiment").text() == "outside-2"
    again.wait(lambda: box.findText("inside") >= 0)
    assert again.window.runs_page.isVisible()


def test_that_what_was_left_and_is_gone_stops_nothing(
    open_filled: OpenWindow, reopened: Callable[[Driver], Driver], tmp_path: Path
) -> None:
    driver = open_filled()
    driver.ready()
    path = Path(write_evaluation(tmp_path, '"demo/instant"', 4, name="gone"))
    driver.window.take_evaluation(str(path))
    driver.find(QAction, "page_evaluations").trigger()
    driver.session.look_at(1)
    driver.session.first_run = 77
    path.unlink()
    again = reopened(driver)
    again.wait(again.window.evaluations_page.isVisible)
    again.wait(lambda: again.session.focus is not None)
    assert again.window.evaluations_page.editor.reference == "example:sentiment"
    assert again.messages() == ""


def test_that_scroll_tabs_the_compared_runs_and_texts_are_there_again(
    open_filled: OpenWindow, reopened: Callable[[Driver], Driver]
) -> None:
    driver = open_filled()
    driver.ready()
    driver.window.resize(1000, 600)
    page = driver.window.runs_page
    driver.wait(lambda: driver.session.focus == 2 and page.records.model.rowCount() == 40)
    driver.find(QLineEdit, "experiment").setText("a name of mine")
    page.run_list.filter.setText("words")
    driver.find(Tabs, "run_tabs").setCurrentIndex(4)
    driver.find(QAction, "page_compare").trigger()
    driver.window.compare_page.choose(2, 1)
    driver.find(Tabs, "compare_tabs").setCurrentIndex(1)
    driver.find(QAction, "page_results").trigger()
    panel = driver.window.results_page.records
    driver.wait(lambda: panel.model.rowCount() == 40)
    panel.table.verticalScrollBar().setValue(333)
    assert panel.table.verticalScrollBar().value() == 333
    again = reopened(driver)
    new = again.window.results_page.records
    again.wait(lambda: new.model.rowCount() == 40)
    again.wait(lambda: new.table.verticalScrollBar().value() == 333)
    assert again.find(QLineEdit, "experiment").text() == "a name of mine"
    assert again.window.runs_page.run_list.filter.text() == "words"
    assert again.find(Tabs, "run_tabs").currentIndex() == 4
    again.find(QAction, "page_compare").trigger()
    again.wait(lambda: again.window.compare_page.comparison is not None)
    assert again.window.compare_page.pair_shown == (2, 1)
    assert again.find(Tabs, "compare_tabs").currentIndex() == 1
