"""The Runs page on a real engine: start, pause, stop, limits, faults. Driven as a person would, by name."""

import os
import signal
import time
from collections.abc import Callable

import psutil
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QLabel,
    QLineEdit,
    QMessageBox,
    QPlainTextEdit,
    QPushButton,
    QSlider,
    QSpinBox,
    QTableView,
    QTableWidget,
    QToolButton,
)

from evalstudio.concurrency import SlidingWindow
from evalstudio.store.runs import RunState
from evalstudio.ui.engine_client import EngineState
from tests.ui.conftest import Driver

OpenWindow = Callable[[], Driver]


def click(driver: Driver, name: str) -> None:
    button = driver.find(QToolButton, f"{name}_button")
    driver.wait(button.isEnabled)
    driver.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def choose(driver: Driver, evaluation: str, model: str = "", samples: int = 0) -> None:
    box = driver.find(QComboBox, "evaluation")
    box.setCurrentIndex(box.findText(evaluation))
    if model:
        driver.find(QComboBox, "model").setCurrentText(model)
    driver.find(QSpinBox, "samples").setValue(samples)


def test_that_one_press_of_start_runs_the_example_to_its_end(open_window: OpenWindow) -> None:
    driver = open_window()
    assert driver.find(QComboBox, "evaluation").currentText() == "sentiment"
    assert driver.find(QLineEdit, "experiment").text() == "sentiment-1"
    driver.find(QComboBox, "model").setCurrentText("demo/instant")  # the same run, sooner over
    click(driver, "start")
    driver.wait(lambda: driver.state() == RunState.COMPLETED)
    table = driver.find(QTableView, "records").model()
    driver.wait(lambda: table.rowCount() == 200)
    with_rows = driver.reader()
    try:
        (row,) = with_rows.runs()
        assert (row.experiment, row.saved, row.errored) == ("sentiment-1", 200, 0)
        assert len(with_rows.record_ids(row.id)) == 200
        assert len(with_rows.record_ids(row.id, "scored")) == 200
        shown = driver.session.focused.snapshot.scores[0].value
        values = [value for _, _, value in with_rows.values(row.id, "exact_match")]
        assert shown == pytest.approx(sum(values) / 200)
    finally:
        with_rows.close()
    assert driver.find(QLineEdit, "experiment").text() == "sentiment-2"
    assert driver.find(QLabel, "figure_saved").text() == "200 of 200"


def test_that_pause_continue_stop_and_resume_lose_and_repeat_nothing(open_window: OpenWindow) -> None:
    driver = open_window()
    choose(driver, "sentiment", "demo/fast", 80)
    click(driver, "start")
    driver.wait(lambda: driver.saved() >= 8)
    click(driver, "pause")
    driver.wait(lambda: driver.state() == RunState.PAUSED)
    driver.wait(lambda: driver.session.focused.snapshot.in_flight == 0)
    resting = driver.saved()
    assert driver.find(QToolButton, "pause_button").text() == "Continue"
    click(driver, "pause")
    driver.wait(lambda: driver.saved() > resting)
    click(driver, "stop")
    driver.wait(lambda: driver.state() == RunState.STOPPED)
    before = finished_at(driver)
    assert 0 < len(before) < 80
    click(driver, "resume")
    driver.wait(lambda: driver.state() == RunState.COMPLETED)
    after = finished_at(driver)
    assert len(after) == 80
    assert {record_id: after[record_id] for record_id in before} == before


def test_that_moving_the_slider_changes_the_calls_in_flight_and_says_so(open_window: OpenWindow) -> None:
    driver = open_window()
    choose(driver, "sentiment", "demo/one-second", 120)
    click(driver, "start")
    driver.wait(lambda: driver.session.focused and driver.session.focused.snapshot.in_flight == 8)
    seen: list[tuple[int, int]] = []
    driver.session.engine.snapshot.connect(lambda now: seen.append((now.limit, now.in_flight)))
    driver.find(QSlider, "window_slider").setValue(500)  # the square root of 256
    driver.wait(lambda: (16, 16) in seen)
    assert driver.find(QSpinBox, "window_size").value() == 16
    driver.find(QSpinBox, "window_size").setValue(3)
    driver.wait(lambda: seen[-1] == (3, 3))
    changes = driver.find(QTableWidget, "change_table")
    driver.wait(lambda: changes.rowCount() == 2)
    assert changes.item(0, 3).text() == "Sliding window 3"
    click(driver, "stop")
    driver.wait(lambda: driver.state() == RunState.STOPPED)
    reader = driver.reader()
    try:
        assert [change.new for change in reader.changes(driver.session.focus)] == [
            "Sliding window 16",
            "Sliding window 3",
        ]
    finally:
        reader.close()


def test_that_strategy_and_window_of_the_next_run_are_taken_at_start(open_window: OpenWindow) -> None:
    driver = open_window()
    choose(driver, "sentiment-8", "demo/one-second")
    driver.ready()
    strategy = driver.find(QComboBox, "strategy")
    driver.qtbot.keyClicks(strategy, "Sl")
    driver.find(QSpinBox, "window_size").setValue(2)
    driver.wait(lambda: driver.window.runs_page._next_strategy == SlidingWindow(2))
    click(driver, "start")
    driver.wait(lambda: driver.session.focused and driver.session.focused.snapshot.in_flight == 2)
    assert driver.session.focused.snapshot.limit == 2
    click(driver, "stop")
    driver.wait(lambda: driver.state() == RunState.STOPPED)


def test_that_a_killed_engine_is_told_restarted_and_its_run_resumed(open_window: OpenWindow) -> None:
    driver = open_window()
    choose(driver, "sentiment", "demo/fast", 100)
    click(driver, "start")
    driver.wait(lambda: driver.saved() >= 10)
    pid = driver.session.engine.pid
    killed = time.monotonic()
    os.kill(pid, signal.SIGKILL)
    driver.wait(lambda: "The engine ended without warning" in driver.messages(), 2_000)
    assert time.monotonic() - killed < 1.0
    driver.wait(lambda: driver.session.engine.state is EngineState.READY and driver.session.engine.pid != pid)
    driver.wait(lambda: "was interrupted" in driver.messages())
    driver.wait(lambda: driver.state() == RunState.INTERRUPTED)
    before = finished_at(driver)
    assert len(before) >= 10
    resume = driver.find(QPushButton, "offer_resume")
    driver.qtbot.mouseClick(resume, Qt.MouseButton.LeftButton)
    driver.wait(lambda: driver.state() == RunState.COMPLETED)
    after = finished_at(driver)
    assert len(after) == 100
    assert {record_id: after[record_id] for record_id in before} == before


def test_that_closing_mid_run_asks_then_leaves_nothing_running(open_window: OpenWindow, loop: object) -> None:
    from tests.ui.conftest import finish

    driver = open_window()
    left: list[bool] = []
    driver.window._leave = lambda: left.append(True)
    choose(driver, "sentiment", "demo/fast", 100)
    click(driver, "start")
    driver.wait(lambda: driver.saved() >= 5)
    family = psutil.Process().children(recursive=True)
    assert any("engine" in " ".join(child.cmdline()) for child in family)
    driver.window.close()
    question = driver.find(QMessageBox, "leave_question")
    driver.qtbot.mouseClick(question.button(QMessageBox.StandardButton.Cancel), Qt.MouseButton.LeftButton)
    assert not left
    assert driver.window.isVisible()
    driver.wait(lambda: driver.window.findChild(QMessageBox, "leave_question") is None)
    driver.window.close()
    driver.qtbot.mouseClick(driver.find(QPushButton, "stop_and_quit"), Qt.MouseButton.LeftButton)
    driver.wait(lambda: left)
    finish(loop, driver.studio)
    _, alive = psutil.wait_procs(family, timeout=10)
    assert not alive
    reader = driver.reader()
    try:
        (row,) = reader.runs()
        assert row.true_state is RunState.STOPPED
        assert row.saved >= 5
    finally:
        reader.close()
    again = open_window()
    again.wait(lambda: again.state() == RunState.STOPPED)
    again.ready()
    assert again.find(QToolButton, "resume_button").isEnabled()
    assert len(again.session.focused.series) > 0  # the charts are redrawn from the store


def test_that_errors_are_listed_by_class_and_can_be_retried(open_window: OpenWindow) -> None:
    driver = open_window()
    choose(driver, "sentiment", "demo/flaky", 60)
    driver.find(QSpinBox, "window_size").setValue(16)
    click(driver, "start")
    driver.wait(lambda: driver.state() in (RunState.COMPLETED, RunState.COMPLETED_WITH_ERRORS))
    table = driver.find(QTableWidget, "error_table")
    classes = {table.item(row, 0).text(): row for row in range(table.rowCount())}
    assert "overloaded" in classes
    assert int(table.item(classes["overloaded"], 1).text()) > 0
    assert table.item(classes["overloaded"], 4).text()


def test_that_records_are_filtered_searched_and_shown_whole(open_window: OpenWindow) -> None:
    driver = open_window()
    choose(driver, "sentiment-8", "demo/instant")
    click(driver, "start")
    driver.wait(lambda: driver.state() == RunState.COMPLETED)
    table = driver.find(QTableView, "records")
    driver.wait(lambda: table.model().rowCount() == 8)
    table.setCurrentIndex(table.model().index(2, 0))
    text = driver.find(QPlainTextEdit, "record_text")
    driver.wait(lambda: "PROMPT user" in text.toPlainText())
    assert "ANSWER" in text.toPlainText()
    assert "SCORE exact_match" in text.toPlainText()
    driver.find(QLineEdit, "record_search").setText("no such words anywhere")
    driver.wait(lambda: table.model().rowCount() == 0)
    driver.find(QLineEdit, "record_search").clear()
    driver.wait(lambda: table.model().rowCount() == 8)
    box = driver.find(QComboBox, "outcome_filter")
    box.setCurrentIndex(box.findData("errored"))
    driver.wait(lambda: table.model().rowCount() == 0)
    box.setCurrentIndex(box.findData("scored"))
    driver.wait(lambda: table.model().rowCount() == 8)


def finished_at(driver: Driver) -> dict[int, float]:
    """When each saved record was finished: a record made again would have another time."""
    reader = driver.reader()
    try:
        return dict(
            reader.connection.execute(
                "SELECT id, finished_at FROM records WHERE run_id = ?", (driver.session.focus,)
            )
        )
    finally:
        reader.close()
