"""The Runs page on a real engine: start, pause, stop, limits, faults. Driven as a person would, by name."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QSlider,
    QSpinBox,
    QTableView,
    QTableWidget,
    QTextEdit,
    QToolButton,
)

from evalstudio.concurrency import SlidingWindow
from evalstudio.core.run_state import RunState
from evalstudio.store.database import open_for_writing
from evalstudio.store.runs import find_or_create, set_state, take_lease
from evalstudio.ui.kit.sheet import Sheet
from evalstudio.ui.pages.runs.error_table import RETRY
from evalstudio.ui.state.engine_client import EngineState
from evalstudio.workspace.folder import Workspace
from tests.store.support import new_run
from tests.ui.driver import Driver, choose, click

OpenWindow = Callable[[], Driver]


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
        values = [value for _, value, _, _ in with_rows.scores(row.id, "exact_match")]
        assert shown == pytest.approx(sum(values) / 200)
    finally:
        with_rows.close()
    assert driver.find(QLineEdit, "experiment").text() == "sentiment-2"
    assert driver.find(QLabel, "figure_saved").text() == "200 of 200"


def test_that_pause_continue_stop_and_resume_lose_and_repeat_nothing(open_window: OpenWindow) -> None:
    driver = open_window()
    choose(driver, "sentiment", "demo/fast", 40)
    click(driver, "start")
    driver.wait(lambda: driver.saved() >= 8)
    click(driver, "pause")
    driver.wait(lambda: driver.state() == RunState.PAUSED)
    driver.wait(lambda: driver.session.focused.snapshot.in_flight == 0)
    resting = driver.saved()
    assert driver.find(QToolButton, "pause_button").text() == "Resume"
    click(driver, "pause")
    driver.wait(lambda: driver.saved() > resting)
    click(driver, "stop")
    driver.wait(lambda: driver.state() == RunState.STOPPED)
    before = finished_at(driver)
    assert 0 < len(before) < 40
    click(driver, "resume")
    driver.wait(lambda: driver.state() == RunState.COMPLETED)
    after = finished_at(driver)
    assert len(after) == 40
    assert {record_id: after[record_id] for record_id in before} == before


def test_that_moving_the_slider_changes_the_calls_in_flight_and_says_so(open_window: OpenWindow) -> None:
    driver = open_window()
    choose(driver, "sentiment", "demo/one-second", 120)
    click(driver, "start")
    driver.wait(lambda: driver.in_flight() == 8)
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
    driver.wait(lambda: driver.in_flight() == 2)
    assert driver.session.focused.snapshot.limit == 2
    click(driver, "stop")
    driver.wait(lambda: driver.state() == RunState.STOPPED)


def test_that_a_killed_engine_is_told_restarted_and_its_run_resumed(open_window: OpenWindow) -> None:
    driver = open_window()
    choose(driver, "sentiment", "demo/fast", 50)
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
    assert "was interrupted" not in driver.messages()  # the offer is settled
    after = finished_at(driver)
    assert len(after) == 50
    assert {record_id: after[record_id] for record_id in before} == before


def test_that_a_run_whose_engine_dies_before_it_is_heard_of_is_shown_and_offered(
    open_window: OpenWindow, workspace: Workspace
) -> None:
    driver = open_window()
    driver.ready()
    pid = driver.session.engine.pid
    # a run of this engine that has sent no snapshot yet: its row is all there is
    connection = open_for_writing(workspace).conn
    run, _ = find_or_create(connection, new_run(), new_run=False)
    take_lease(connection, run.id)
    set_state(connection, run.id, RunState.RUNNING)
    connection.execute("UPDATE runs SET lease_pid = ?, lease_started = lease_started - 1000", (pid,))
    os.kill(pid, signal.SIGKILL)
    driver.wait(lambda: driver.session.focus == run.id)
    driver.wait(lambda: "was interrupted: 0 of" in driver.messages())
    set_state(connection, run.id, RunState.COMPLETED)  # resumed in a terminal
    connection.close()
    driver.wait(lambda: "was interrupted" not in driver.messages())


def test_that_closing_mid_run_asks_then_leaves_nothing_running(open_window: OpenWindow, loop: object) -> None:
    from tests.ui.driver import finish

    driver = open_window()
    left: list[bool] = []
    driver.window._leave = lambda: left.append(True)
    choose(driver, "sentiment", "demo/fast", 40)
    click(driver, "start")
    driver.wait(lambda: driver.saved() >= 5)
    engine = psutil.Process(driver.session.engine.pid)
    family = [engine, *engine.children(recursive=True)]
    driver.window.close()
    driver.qtbot.mouseClick(driver.find(QPushButton, "leave_question_cancel"), Qt.MouseButton.LeftButton)
    assert not left
    assert driver.window.isVisible()
    driver.wait(lambda: driver.window.findChild(Sheet, "leave_question") is None)
    driver.window.close()
    driver.qtbot.mouseClick(driver.find(QPushButton, "leave_question_verb"), Qt.MouseButton.LeftButton)
    driver.wait(lambda: left)
    finish(loop, driver.studio)
    _, alive = psutil.wait_procs(family, timeout=10)
    assert not [(one.pid, one.cmdline()) for one in alive]
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
    click(again, "resume")
    again.wait(lambda: again.state() == RunState.COMPLETED)
    seconds = again.session.focused.series.column("second").tolist()
    assert seconds == list(range(len(seconds)))  # and go on where they ended


def test_that_records_are_filtered_searched_and_shown_whole(open_window: OpenWindow) -> None:
    driver = open_window()
    choose(driver, "sentiment-8", "demo/instant")
    click(driver, "start")
    driver.wait(lambda: driver.state() == RunState.COMPLETED)
    table = driver.find(QTableView, "records")
    driver.wait(lambda: table.model().rowCount() == 8)
    table.setCurrentIndex(table.model().index(2, 0))
    text = driver.find(QTextEdit, "record_text")
    driver.wait(lambda: "user\n" in text.toPlainText())
    assert "Answer\n" in text.toPlainText()
    assert "exact_match: " in text.toPlainText()
    driver.qtbot.keyClick(table, Qt.Key.Key_Space)
    assert not table.isVisible()
    driver.qtbot.keyClick(text, Qt.Key.Key_J)
    driver.wait(lambda: "Sample 3" in text.toPlainText())
    driver.qtbot.keyClick(text, Qt.Key.Key_Escape)
    assert table.isVisible()
    assert table.hasFocus()
    driver.find(QLineEdit, "record_search").setText("no such words anywhere")
    driver.wait(lambda: table.model().rowCount() == 0)
    driver.find(QLineEdit, "record_search").clear()
    driver.wait(lambda: table.model().rowCount() == 8)
    box = driver.find(QComboBox, "outcome_filter")
    box.setCurrentIndex(box.findData("errored"))
    driver.wait(lambda: table.model().rowCount() == 0)
    box.setCurrentIndex(box.findData("scored"))
    driver.wait(lambda: table.model().rowCount() == 8)


def test_that_a_run_started_in_a_terminal_shows_live_and_is_not_started_twice(
    open_window: OpenWindow, workspace: Workspace
) -> None:
    driver = open_window()
    driver.ready()
    command = [sys.executable, "-m", "evalstudio", "run", "example:sentiment", "--experiment", "elsewhere"]
    command += [
        "--model",
        "demo/one-second",
        "--samples",
        "70",
        "--workspace",
        str(workspace.folder),
        "--json",
    ]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as other:
        driver.wait(lambda: driver.session.rows)
        driver.session.look_at(driver.session.rows[0].id)
        driver.wait(lambda: driver.state() == RunState.RUNNING and len(driver.session.focused.series) > 0)
        assert not driver.find(QToolButton, "stop_button").isEnabled()  # another program's run
        # what only its program knows comes with its heartbeat
        driver.wait(lambda: driver.in_flight() > 0 and driver.session.focused.snapshot.eta is not None)
        now = driver.session.focused.snapshot
        assert now.limit > 0
        assert now.binding_sentence
        assert now.scored <= now.saved
        assert driver.find(QLabel, "run_binding").text() == now.binding_sentence
        seconds = driver.session.focused.series.times
        assert len(set(seconds)) == len(seconds)  # later reads add to it
        choose(driver, "sentiment", "demo/one-second", 70)
        driver.find(QLineEdit, "experiment").setText("elsewhere")
        click(driver, "start")
        driver.wait(lambda: "being run by another EvalStudio" in driver.messages())
        assert other.wait(timeout=30) in (0, 1)  # 1: not every sample was scored
    driver.wait(lambda: driver.state() == RunState.COMPLETED)
    driver.wait(lambda: driver.find(QTableView, "records").model().rowCount() == 70)


def test_that_a_run_that_seemed_interrupted_is_shown_as_what_it_became(
    open_window: OpenWindow, workspace: Workspace
) -> None:
    """Its program left after it had written the end, and before the window had looked whether it is there."""
    connection = open_for_writing(workspace).conn
    run, _ = find_or_create(connection, new_run(), new_run=False)
    take_lease(connection, run.id)
    set_state(connection, run.id, RunState.RUNNING)
    connection.execute("UPDATE runs SET lease_started = lease_started - 1000")  # of a process that is gone
    driver = open_window()
    driver.wait(lambda: driver.state() == RunState.INTERRUPTED)
    set_state(connection, run.id, RunState.COMPLETED)
    connection.close()
    driver.wait(lambda: driver.state() == RunState.COMPLETED)


MODEL = """
from pathlib import Path

def answer(text):
    print("asked about", text)
    if "bad" in text and not Path(__file__).with_name("mended").exists():
        raise ValueError("this one can't be answered <b>yet</b>")
    return "yes"
"""
EVALUATION = """
name = "own-model"
dataset = {{ path = "rows.jsonl" }}
model = {{ provider = "python", path = "model.py", name = "answer" }}
messages = [{{ role = "user", content = "{{{{ text }}}}" }}]
evaluators = [{{ type = "exact_match", expected = "yes" }}]
"""


@pytest.fixture
def own_evaluation(tmp_path: Path) -> Path:
    """An evaluation of a Python function that fails for three of twelve samples until a file says it is mended."""
    (tmp_path / "model.py").write_text(MODEL)
    rows = [{"text": f"a {'bad' if number % 4 == 0 else 'good'} one {number}"} for number in range(12)]
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    path = tmp_path / "own.toml"
    path.write_text(EVALUATION.format())
    return path


def test_that_errors_are_listed_by_class_and_retried(open_window: OpenWindow, own_evaluation: Path) -> None:
    driver = open_window()
    driver.window.runs_page.start_bar.add_file(str(own_evaluation))
    click(driver, "start")
    driver.wait(lambda: driver.state() == RunState.COMPLETED_WITH_ERRORS)
    table = driver.find(QTableWidget, "error_table")
    driver.wait(lambda: table.rowCount() == 1)
    assert [table.item(0, column).text() for column in (1, 2)] == ["3", "3"]
    assert "this one can't be answered <b>yet</b>" in table.item(0, 4).text()
    assert "<b>" not in table.item(0, 4).toolTip()
    log = driver.find(QPlainTextEdit, "log_text")
    driver.wait(lambda: "asked about a good one 11" in log.toPlainText())
    before = finished_at(driver)
    own_evaluation.with_name("mended").touch()
    retry = table.cellWidget(0, RETRY)
    driver.wait(retry.isEnabled)
    driver.qtbot.mouseClick(retry, Qt.MouseButton.LeftButton)
    driver.wait(lambda: driver.state() == RunState.COMPLETED)
    after = finished_at(driver)
    assert len(after) == 12
    assert sum(after[record_id] != before[record_id] for record_id in before) == 3


def test_that_workers_of_a_python_model_are_changed_while_it_runs(
    open_window: OpenWindow, own_evaluation: Path
) -> None:
    own_evaluation.with_name("model.py").write_text(
        "import time\ndef answer(text):\n    time.sleep(0.4)\n    return 'yes'\n"
    )
    driver = open_window()
    driver.window.runs_page.start_bar.add_file(str(own_evaluation))
    click(driver, "start")
    workers = driver.find(QSpinBox, "workers")
    driver.wait(lambda: workers.isVisible() and workers.value() == 8)
    workers.setValue(2)
    driver.wait(lambda: driver.session.focused.snapshot.workers == 2)
    driver.wait(lambda: driver.state() == RunState.COMPLETED)
    changes = driver.find(QTableWidget, "change_table")
    assert "2" in {changes.item(row, 3).text() for row in range(changes.rowCount())}


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
