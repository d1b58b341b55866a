"""The Runs page: one call given up, signs and what they propose, rates, and runs renamed, repeated and deleted."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QComboBox,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QSpinBox,
    QTableWidget,
    QToolButton,
    QWidget,
)

from evalstudio.advice.overload_signs import Sign, Trouble
from evalstudio.concurrency import SlidingWindow
from evalstudio.core.run_state import RunState
from evalstudio.protocol import CallNow, Percentiles
from evalstudio.settings.values import changed
from evalstudio.ui.pages.runs.signs_panel import SignsPanel
from evalstudio.ui.pages.runs.tail_panel import TailPanel
from tests.ui.driver import Driver, choose, click
from tests.ui.factories import make_snapshot

OpenWindow = Callable[[], Driver]


def press(driver: Driver, name: str) -> None:
    driver.qtbot.mouseClick(driver.find(QPushButton, name), Qt.MouseButton.LeftButton)


def show_tab(driver: Driver, widget: QWidget) -> None:
    driver.window.runs_page._tabs.setCurrentWidget(widget)


HANGS = """
import time
from pathlib import Path

def answer(text):
    while "hang" in text and not Path(__file__).with_name("go").exists():
        time.sleep(0.02)
    return "yes"
"""


@pytest.fixture
def hanging(tmp_path: Path) -> Path:
    """An evaluation of four samples; one of them has no answer before a file called `go` is there."""
    (tmp_path / "model.py").write_text(HANGS)
    (tmp_path / "rows.csv").write_text("text\na\nb\nhang\nd\n")
    path = tmp_path / "hanging.toml"
    path.write_text(
        'name = "hanging"\ndataset = { path = "rows.csv" }\n'
        'model = { provider = "python", path = "model.py", name = "answer" }\n'
        'messages = [{ role = "user", content = "{{ text }}" }]\n'
        'evaluators = [{ type = "exact_match", expected = "yes" }]\n'
    )
    return path


def test_that_the_oldest_call_is_abandoned_and_made_again_by_a_resume(
    open_window: OpenWindow, hanging: Path
) -> None:
    driver = open_window()
    driver.window.runs_page.start_bar.add_file(str(hanging))
    show_tab(driver, driver.window.runs_page.tail)
    click(driver, "start")
    table = driver.find(QTableWidget, "tail_table")
    driver.wait(lambda: driver.saved() == 3 and table.rowCount() == 1)
    assert table.item(0, 0).text() == "2"
    assert "sample 2" in driver.find(QLabel, "tail_sentence").text()
    press(driver, "tail_abandon")
    driver.wait(lambda: driver.state() == RunState.COMPLETED_WITH_ERRORS)
    errors = driver.find(QTableWidget, "error_table")
    driver.wait(lambda: errors.rowCount() == 1)
    assert errors.item(0, 0).text() == "cancelled"
    assert "Abandoned by you" in errors.item(0, 4).text()
    hanging.with_name("go").touch()
    click(driver, "resume")
    driver.wait(lambda: driver.state() == RunState.COMPLETED)
    assert driver.saved() == 4


def test_that_requests_a_minute_act_at_once_and_are_marked(open_window: OpenWindow) -> None:
    driver = open_window()
    choose(driver, "sentiment", "demo/one-second", 60)
    click(driver, "start")
    requests = driver.find(QSpinBox, "run_requests")
    driver.wait(lambda: requests.isVisible() and driver.saved() > 0)
    requests.setValue(30)
    driver.wait(lambda: driver.session.focused.snapshot.rates.requests_set == 30)
    driver.wait(lambda: "requests per minute" in driver.find(QLabel, "run_binding").text())
    changes = driver.find(QTableWidget, "change_table")
    driver.wait(lambda: changes.rowCount() == 1)
    assert (changes.item(0, 1).text(), changes.item(0, 3).text()) == ("requests per minute", "30")
    requests.setValue(0)
    driver.wait(lambda: driver.session.focused.snapshot.rates.requests_set is None)
    driver.wait(lambda: changes.rowCount() == 2)
    click(driver, "stop")
    driver.wait(lambda: driver.state() == RunState.STOPPED)


def test_that_a_sign_is_told_and_its_proposal_lowers_the_window(open_window: OpenWindow) -> None:
    driver = open_window()
    choose(driver, "sentiment", "demo/flaky")
    click(driver, "start")
    driver.wait(driver.in_flight)
    lower = driver.find(QPushButton, "sign_errors_lower")
    driver.wait(lambda: any(sign.active for sign in driver.session.focused.snapshot.signs))
    driver.qtbot.mouseClick(driver.find(QToolButton, "light_errors"), Qt.MouseButton.LeftButton)
    driver.wait(lower.isVisible)
    proposed = int(lower.text().rsplit(" ", 1)[1])
    assert proposed < 8
    press(driver, "sign_errors_lower")
    driver.wait(
        lambda: (
            not driver.session.focused.is_active
            or driver.session.focused.snapshot.strategy == SlidingWindow(proposed)
        )
    )
    assert "First seen at" in driver.find(QLabel, "sign_errors_words").text()
    click(driver, "stop")
    driver.wait(lambda: not driver.session.focused.is_active)
    assert not lower.isVisible()


def test_that_a_run_is_done_again_renamed_and_deleted(open_filled: OpenWindow) -> None:
    driver = open_filled()
    driver.ready()
    driver.wait(lambda: driver.session.focus == 2 and driver.state())
    driver.wait(driver.find(QAction, "rename_experiment").isEnabled)
    driver.find(QAction, "rename_experiment").trigger()
    driver.find(QLineEdit, "rename_field").setText("a better name")
    driver.qtbot.mouseClick(driver.find(QPushButton, "rename_dialog_verb"), Qt.MouseButton.LeftButton)
    driver.wait(lambda: driver.session.rows[0].experiment == "a better name")
    driver.wait(lambda: driver.find(QLabel, "run_title").text() == "a better name")
    driver.find(QAction, "duplicate_run").trigger()
    driver.wait(lambda: driver.session.focus == 3 and driver.state() == RunState.COMPLETED)
    driver.wait(lambda: [row.experiment for row in driver.session.rows][:2] == ["a better name"] * 2)
    driver.wait(driver.find(QAction, "delete_run").isEnabled)
    driver.find(QAction, "delete_run").trigger()
    driver.wait(lambda: [row.id for row in driver.session.rows] == [2, 1])
    driver.wait(
        lambda: driver.session.focus == 2 and driver.find(QLabel, "run_title").text() == "a better name"
    )


def test_that_the_menu_of_a_run_retries_one_class_of_errors(open_filled: OpenWindow) -> None:
    driver = open_filled()
    driver.ready()
    driver.session.look_at(1)
    driver.wait(lambda: driver.state() == RunState.COMPLETED_WITH_ERRORS)
    menu = driver.window.runs_page.menu.make()
    (one,) = driver.find(QMenu, "retry_menu").actions()
    assert one.text() == "client error (4)"
    menu.deleteLater()
    driver.window.runs_page.run_list.show()  # folded away on a narrow screen
    sparks = {entry.run_id: entry.spark for entry in driver.window.runs_page.run_list.model.entries}
    driver.wait(lambda: all(entry.spark for entry in driver.window.runs_page.run_list.model.entries))
    assert set(sparks) == {1, 2}


def test_that_waiting_for_a_call_silences_it_until_it_has_taken_twice_as_long(qtbot: object) -> None:
    panel = TailPanel()
    qtbot.addWidget(panel)  # type: ignore[attr-defined]
    told: list[int] = []
    panel.attention.connect(told.append)

    def show(age: float) -> None:
        panel.show_run(
            make_snapshot(
                calls=(CallNow("s", 1, "calling", age, record_id=7),), latency=Percentiles(100, 1, 2, 3)
            )
        )

    panel.show()
    show(5.0)
    assert told == []
    show(7.0)
    assert told == [1]
    panel.wait_button.click()
    show(13.0)
    assert told == [1, 0]
    show(14.1)
    assert told == [1, 0, 1]
    assert panel.table.item(0, 4).text() == "4.7 ×"
    panel.show_run(make_snapshot())
    assert told[-1] == 0
    assert not panel.abandon_button.isEnabled()


def test_that_a_finished_run_shows_its_signs_without_a_button(qtbot: object) -> None:
    panel = SignsPanel()
    qtbot.addWidget(panel)  # type: ignore[attr-defined]
    sign = Sign(Trouble.RATE_LIMITS, True, 0.2, 0.01, 12.0, 34, "20 of 100.", "Lower it.", 6)
    panel.show_run(
        make_snapshot(signs=(sign,), strategy=SlidingWindow(8), limit=8, worker_advice="threads do not help"),
        may_act=False,
    )
    assert panel.findChild(QPushButton, "sign_rate_limits_lower").isHidden()
    words = panel.findChild(QLabel, "sign_rate_limits_words").text()
    assert "First seen at 0:12; 34 samples" in words
    assert panel.findChild(QLabel, "sign_rate_limits_state").text() == "⚠ now"  # by a run in another window
    panel.show_run(
        make_snapshot(signs=(sign,), state="completed", worker_advice="threads do not help"), may_act=False
    )
    assert panel.findChild(QLabel, "sign_rate_limits_state").text() == "⚠ at the end"
    assert panel.advice.text() == "Workers: threads do not help."
    asked: list[object] = []
    panel.strategy_chosen.connect(asked.append)
    panel.show_run(make_snapshot(signs=(sign,), strategy=SlidingWindow(8), limit=8), may_act=True)
    panel.findChild(QPushButton, "sign_rate_limits_lower").click()
    assert asked == [SlidingWindow(6)]


def test_that_a_grid_is_started_as_one_and_each_run_says_its_place(
    open_window: OpenWindow, tmp_path: Path
) -> None:
    (tmp_path / "rows.csv").write_text("text,label\nI love it,positive\nI hate it,negative\n")
    path = tmp_path / "grid.toml"
    path.write_text(
        'name = "grid"\nmodel = "demo/instant"\ndataset = { path = "rows.csv" }\n'
        'messages = [{ role = "user", content = "{{ text }}" }]\n'
        'evaluators = [{ type = "exact_match", expected = "{{ label }}" }]\n'
        "[grid]\nparameters = { temperature = [0, 0.5, 1] }\n"
    )
    driver = open_window()
    driver.window.runs_page.start_bar.add_file(str(path))
    model = driver.find(QComboBox, "model")
    assert not model.isEnabled()
    assert model.lineEdit().placeholderText() == "A grid: 3 runs"
    click(driver, "start")
    driver.wait(lambda: len(driver.session.rows) == 3)
    driver.wait(lambda: all(row.true_state == RunState.COMPLETED for row in driver.session.rows))
    assert {row.experiment for row in driver.session.rows} == {"grid-1"}
    driver.session.look_at(2)
    driver.wait(lambda: driver.find(QLabel, "run_subtitle").text().endswith("2 of the 3 runs of a grid"))


def test_that_the_engine_restarts_with_another_interpreter_at_once_and_runs_go_on(
    open_window: OpenWindow, hanging: Path
) -> None:
    driver = open_window()
    driver.window.runs_page.start_bar.add_file(str(hanging))
    click(driver, "start")
    driver.wait(lambda: driver.saved() == 3)
    first = driver.session.engine.pid
    driver.session.change_settings(changed(driver.session.settings, python=sys.executable))
    press(driver, "offer_restart_the_engine_now")
    driver.wait(lambda: driver.session.engine.pid not in (None, first))
    hanging.with_name("go").touch()
    driver.wait(lambda: driver.state() == RunState.COMPLETED)
    assert driver.saved() == 4
    driver.session.change_settings(changed(driver.session.settings, theme="dark"))
    assert "interpreter" not in driver.messages()


def test_that_another_workspace_is_taken_by_opening_the_window_anew(
    open_window: OpenWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("EVALSTUDIO_WORKSPACE", raising=False)
    driver = open_window()
    driver.ready()
    driver.session.workspace_option = None  # as if it had not been given
    driver.session.change_settings(changed(driver.session.settings, workspace=str(tmp_path / "other")))
    assert "The workspace is used after the window is reopened." in driver.messages()
    press(driver, "offer_reopen_the_window_now")
    assert driver.window.reopens
    assert not driver.window.isVisible()
