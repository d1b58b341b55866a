"""The Models page on a real engine and the demo server, driven by name."""

import os
import socket
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QTableWidget,
    QTabWidget,
    QTreeWidget,
    QWidget,
)

from evalstudio.concurrency import SlidingWindow
from evalstudio.core.run_state import RunState
from evalstudio.models.registry import load_models
from evalstudio.models.settings import ModelSettings, TokenPrices
from evalstudio.store.database import change
from evalstudio.store.endpoint_memory import Prior, save_prior
from evalstudio.ui.pages.models.capacity_chart import CapacityChart
from evalstudio.ui.pages.models.function_check import function_problem
from evalstudio.ui.pages.models.page import ModelsPage
from evalstudio.ui.state.engine_client import EngineState
from tests.engine.support import write_evaluation
from tests.ui.driver import Driver
from tests.ui.pages.models.support import SECRET, OpenWindow, press, shown, text


def names_in(driver: Driver) -> list[str]:
    tree = driver.find(QTreeWidget, "model_list")
    groups = [tree.topLevelItem(row) for row in range(tree.topLevelItemCount())]
    return [group.child(row).text(0) for group in groups for row in range(group.childCount())]


def choose_tab(driver: Driver, number: int) -> None:
    driver.find(QTabWidget, "model_tabs").setCurrentIndex(number)


def fill(driver: Driver, name: str, url: str) -> None:
    driver.find(QAction, "add_openai").trigger()
    driver.find(QLineEdit, "model_name").setText(name)
    driver.find(QLineEdit, "base_url").setText(url)


def test_that_a_model_is_listed_named_tried_saved_used_and_removed(
    open_window: OpenWindow, server: str, tmp_path: Path
) -> None:
    driver = shown(open_window)
    fill(driver, "mine", server)
    assert text(driver, "model_title") == "New: OpenAI"
    driver.find(QLineEdit, "key_name").setText("WINDOW_KEY")
    driver.wait(lambda: "WINDOW_KEY is not set" in text(driver, "key_state"))
    driver.find(QComboBox, "model_id").setCurrentText("instant")
    press(driver, "test_model")
    driver.wait(lambda: "no API key 'WINDOW_KEY'" in text(driver, "model_result"))

    secret = driver.find(QLineEdit, "key_secret")
    secret.setText("sk-another-one-9876543210")
    press(driver, "test_model")
    driver.wait(lambda: "401" in text(driver, "model_result"))
    assert "memory" in text(driver, "key_state")

    secret.setText(SECRET + "\n")
    press(driver, "list_models")
    driver.wait(lambda: "It offers one model" in text(driver, "model_result"))
    assert driver.find(QComboBox, "model_id").itemText(0) == "instant"
    press(driver, "save_model")
    assert secret.text() == ""
    driver.wait(
        lambda: "Saved." in text(driver, "model_result") and "answered in" in text(driver, "model_result")
    )
    assert "no keychain that is open" in text(driver, "key_state")
    assert "mine" in names_in(driver)
    assert load_models(driver.workspace)["mine"] == ModelSettings("openai", "instant", server, "WINDOW_KEY")
    assert text(driver, "model_title") == "mine"

    driver.find(QAction, "use_model").trigger()
    assert driver.find(QWidget, "page_runs").isVisible()
    driver.window.runs_page.start_bar.add_file(write_evaluation(tmp_path, '"demo/instant"', 6))
    driver.find(QComboBox, "model").setCurrentText("mine")
    driver.find(QAction, "start").trigger()
    driver.wait(lambda: driver.state() == RunState.COMPLETED)
    assert driver.session.focused.snapshot.model == "openai/instant"

    nothing_holds(SECRET, tmp_path)
    assert SECRET not in driver.window.log.last_lines(1000)
    assert SECRET not in driver.messages()

    driver.find(QAction, "page_models").trigger()
    driver.window.models_page.look_at("mine")
    press(driver, "remove_model")
    assert "mine" not in names_in(driver)
    assert load_models(driver.workspace) == {}


def nothing_holds(secret: str, folder: Path) -> None:
    """No file of the workspace, the settings or the evaluation has the key in it."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert any(path.name == "evalstudio.db" for path in files)
    assert any(path.name == "models.toml" for path in files)
    assert not [path for path in files if secret.encode() in path.read_bytes()]


def test_that_a_key_of_the_session_outlives_the_engine(open_window: OpenWindow, server: str) -> None:
    driver = shown(open_window)
    fill(driver, "mine", server)
    driver.find(QComboBox, "model_id").setCurrentText("instant")
    driver.find(QLineEdit, "key_name").setText("WINDOW_KEY")
    driver.find(QLineEdit, "key_secret").setText(SECRET)
    driver.find(QCheckBox, "key_remember").setChecked(False)
    press(driver, "save_model")
    driver.wait(lambda: "answered in" in text(driver, "model_result"))
    assert "memory" in text(driver, "key_state")
    os.kill(driver.session.engine.pid, 9)
    driver.wait(lambda: driver.session.engine.state is EngineState.RESTARTING)
    driver.wait(lambda: driver.session.engine.state is EngineState.READY)
    press(driver, "test_model")
    driver.wait(lambda: "answered in" in text(driver, "model_result"))
    press(driver, "key_drop")
    driver.wait(lambda: "WINDOW_KEY is not set" in text(driver, "key_state"))


def test_that_what_cannot_be_saved_is_told_while_typed(open_window: OpenWindow) -> None:
    driver = shown(open_window)
    fill(driver, "a/b", "https://h/v1")
    driver.find(QComboBox, "model_id").setCurrentText("m")
    assert "slash or a colon" in text(driver, "model_problem")
    assert not driver.find(QPushButton, "save_model").isEnabled()
    driver.find(QLineEdit, "model_name").setText("fine")
    assert text(driver, "model_problem") == ""
    driver.find(QLineEdit, "base_url").setText("https://user:pass@h/v1")
    assert "password" in text(driver, "model_problem")
    driver.find(QLineEdit, "base_url").setText("")
    driver.find(QSpinBox, "model_window").setValue(90)
    assert "above the 10–20 of OpenAI" in text(driver, "model_advice")
    assert driver.find(QPushButton, "save_model").isEnabled()  # a warning forbids nothing


def test_that_a_models_own_prices_are_fields_and_are_kept(open_window: OpenWindow, server: str) -> None:
    driver = shown(open_window)
    fill(driver, "priced", server)
    driver.find(QComboBox, "model_id").setCurrentText("instant")
    fields = [driver.find(QLineEdit, f"price_{part}") for part in ("input", "output", "cached")]
    for texts, problem in (
        (("0.5", "", ""), "need both"),
        (("0.5", "cheap", ""), "'cheap' is no price"),
        (("0.5", "-1", ""), "'-1' is no price"),
        (("", "", "nan"), "'nan' is no price"),
    ):
        for field, words in zip(fields, texts, strict=True):
            field.setText(words)
        assert problem in text(driver, "model_problem")
        assert not driver.find(QPushButton, "save_model").isEnabled()
    for field, words in zip(fields, ("$0.5", "1,25", "0"), strict=True):
        field.setText(words)
    press(driver, "save_model")
    saved = load_models(driver.workspace)["priced"]
    assert saved.prices == TokenPrices(0.5, 1.25, 0.0)
    driver.window.models_page.look_at("demo/fast")
    driver.window.models_page.look_at("priced")
    assert [field.text() for field in fields] == ["0.5", "1.25", "0"]
    for field in fields:
        field.clear()
    press(driver, "save_model")
    assert load_models(driver.workspace)["priced"].prices is None


def test_that_a_python_function_is_a_model(open_window: OpenWindow, tmp_path: Path) -> None:
    (tmp_path / "model.py").write_text("def answer(prompt):\n    return 'positive'\n")
    driver = shown(open_window)
    driver.find(QAction, "add_python").trigger()
    driver.find(QLineEdit, "model_name").setText("own code")
    driver.find(QLineEdit, "function_path").setText(str(tmp_path / "model.py"))
    function = driver.find(QLineEdit, "function_name")
    function.setText("reply")
    function.editingFinished.emit()
    driver.wait(lambda: text(driver, "model_advice") == "model.py has no function 'reply'; it has: answer.")
    function.setText("answer")
    function.editingFinished.emit()
    driver.wait(lambda: "window of the worker count" in text(driver, "model_advice"))
    press(driver, "save_model")
    path = write_evaluation(tmp_path, '"own code"', 4)
    editor = driver.window.evaluations_page.editor
    driver.window.evaluations_page.open(path)
    driver.wait(lambda: editor.is_checked)
    assert editor.issues == ()  # the name is known there, too
    driver.window.runs_page.start_bar.add_file(path)
    driver.find(QAction, "start").trigger()
    driver.wait(lambda: driver.state() == RunState.COMPLETED)
    assert driver.session.focused.snapshot.model == "model.py::answer"


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("def answer(text): ...", ""),
        ("class answer: ...", ""),
        ("answer = str", ""),
        ("from somewhere import other as answer", ""),
        ("from somewhere import *", ""),
        ("if True:\n    def answer(text): ...", ""),
        ("def _hidden(): ...\ndef other(): ...", "model.py has no function 'answer'; it has: other."),
        ("import answers", "model.py has no function 'answer'; it has: none."),
        ("def answer(:", "model.py is no Python that can be read"),
    ],
)
def test_that_a_function_is_found_without_running_its_file(tmp_path: Path, source: str, words: str) -> None:
    path = tmp_path / "model.py"
    path.write_text(source)
    said = function_problem(path, "answer")
    assert said.startswith(words) if words else said == ""
    assert "cannot be read" in function_problem(tmp_path / "none.py", "answer")


def test_that_the_capacity_is_told_measured_shown_and_kept(open_window: OpenWindow, tmp_path: Path) -> None:
    driver = shown(open_window)
    path = write_evaluation(tmp_path, '"demo/ollama-1"', 400, extra="")
    driver.window.runs_page.start_bar.add_file(path)
    driver.window.models_page.look_at("demo/instant")
    choose_tab(driver, 1)
    panel = driver.window.models_page.capacity
    evaluation = driver.find(QComboBox, "capacity_evaluation")
    driver.wait(lambda: evaluation.findData(path) >= 0)
    evaluation.setCurrentIndex(evaluation.findData(path))
    driver.find(QSpinBox, "capacity_most").setValue(4)
    driver.wait(lambda: "no cost" in text(driver, "capacity_plan"))
    promised = int(text(driver, "capacity_plan").split()[2].replace(",", ""))
    assert driver.session.rows == []  # nothing is called before it is asked for
    press(driver, "capacity_start")
    chart = driver.find(CapacityChart, "capacity_chart")
    driver.wait(lambda: chart.best is not None)
    driver.wait(lambda: driver.find(QPushButton, "capacity_apply").isEnabled())
    assert f"Best: {chart.best} in flight" in text(driver, "capacity_verdict")
    assert [level.concurrency for level in chart.levels] == sorted(
        {level.concurrency for level in chart.levels}
    )
    assert len(chart.levels) >= 2
    driver.wait(lambda: bool(driver.session.rows) and driver.session.rows[0].state == RunState.STOPPED)
    assert 0 < driver.session.rows[0].saved <= promised

    press(driver, "capacity_apply")
    assert load_models(driver.workspace)["demo/instant"].window == chart.best
    assert f"window of {chart.best}" in driver.messages()
    best = chart.best
    driver.window.models_page.look_at("demo/fast")
    assert chart.best is None  # of another model nothing is known
    driver.window.models_page.look_at("demo/instant")
    assert chart.best == best == panel.chart.best  # the curve stays
    driver.find(QComboBox, "model").setCurrentText("demo/instant")
    assert driver.window.runs_page.limits.chosen == SlidingWindow(best)  # what the next run would start with
    driver.find(QComboBox, "model").setCurrentText("demo/fast")
    assert driver.window.runs_page.limits.chosen != SlidingWindow(best)
    offer = next(item for item in driver.window.messages.items() if "window of" in item.notice.text)
    offer.notice.offers[0].act()
    assert driver.find(QComboBox, "model").currentText() == "demo/instant"
    assert driver.window.runs_page.limits.chosen == SlidingWindow(chart.best)
    driver.find(QSpinBox, "samples").setValue(5)
    driver.find(QAction, "start").trigger()
    driver.wait(lambda: driver.state() == RunState.COMPLETED)
    assert driver.session.focused.snapshot.strategy == SlidingWindow(chart.best)

    driver.find(QAction, "page_models").trigger()
    choose_tab(driver, 2)
    table = driver.find(QTableWidget, "model_histories")
    driver.wait(lambda: table.rowCount() == 1 and table.item(0, 1).text() == "2")
    assert table.item(0, 0).text() == "demo/instant"


def test_that_measuring_can_be_stopped_and_keeps_its_answers(open_window: OpenWindow) -> None:
    driver = shown(open_window)
    driver.window.models_page.look_at("demo/one-second")
    choose_tab(driver, 1)
    driver.wait(lambda: "At most" in text(driver, "capacity_plan"))
    press(driver, "capacity_start")
    driver.wait(
        lambda: driver.saved() >= 1 or any(model.snapshot.saved for model in driver.session.active_here)
    )
    press(driver, "capacity_stop")
    driver.wait(lambda: driver.find(QPushButton, "capacity_start").isEnabled())
    assert "stopped by the user" in text(driver, "capacity_verdict")
    assert not driver.find(QPushButton, "capacity_apply").isEnabled()


def test_that_the_list_goes_by_keys_and_the_file_is_read_anew(open_window: OpenWindow) -> None:
    driver = shown(open_window)
    assert driver.window.models_page.current == "demo/fast"
    tree = driver.find(QTreeWidget, "model_list")
    driver.qtbot.keyClick(tree, Qt.Key.Key_Down)
    assert driver.window.models_page.current == "demo/instant"
    driver.workspace.models.write_text('[models.outside]\nprovider = "demo"\nname = "flaky"\n')
    driver.find(QAction, "page_runs").trigger()
    driver.find(QAction, "page_models").trigger()
    assert "outside" in names_in(driver)
    assert driver.find(QComboBox, "model").findText("outside") >= 0
    driver.workspace.models.write_text("[models.outside]\n")
    driver.find(QAction, "page_runs").trigger()
    driver.find(QAction, "page_models").trigger()
    assert "can't be used" in driver.messages()


@pytest.mark.parametrize("name", ["test_model", "list_models"])
def test_that_the_focus_stays_where_it_was_while_an_endpoint_is_asked(
    open_window: OpenWindow, server: str, name: str
) -> None:
    """Space pressed twice on "Test connection" once removed the model."""
    driver = shown(open_window)
    fill(driver, "mine", server)
    driver.find(QComboBox, "model_id").setCurrentText("instant")
    press(driver, "save_model")
    button = driver.find(QPushButton, name)
    button.setFocus()
    trail: list[QWidget | None] = []
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    watch = application.focusChanged.connect(lambda before, now: trail.append(now))
    driver.qtbot.keyClick(button, Qt.Key.Key_Space)
    driver.wait(lambda: trail)  # it is disabled, and gave the focus away
    driver.wait(button.isEnabled)
    application.focusChanged.disconnect(watch)
    assert not any(isinstance(one, QPushButton) and one is not button for one in trail)
    assert QApplication.focusWidget() is button
    assert "mine" in load_models(driver.workspace)


def test_that_a_focus_that_was_moved_meanwhile_is_left_there(open_window: OpenWindow) -> None:
    driver = shown(open_window)
    silent = socket.create_server(("127.0.0.1", 0))  # accepts, and answers nothing
    fill(driver, "mine", f"http://127.0.0.1:{silent.getsockname()[1]}/v1")
    driver.find(QComboBox, "model_id").setCurrentText("instant")
    button = driver.find(QPushButton, "test_model")
    button.setFocus()
    driver.qtbot.keyClick(button, Qt.Key.Key_Space)
    driver.wait(lambda: not button.isEnabled())
    elsewhere = driver.find(QLineEdit, "model_name")
    elsewhere.setFocus()
    silent.close()
    driver.wait(button.isEnabled)
    assert QApplication.focusWidget() is elsewhere


def test_that_what_was_learned_about_an_endpoint_is_shown_and_forgotten(open_window: OpenWindow) -> None:
    driver = shown(open_window)
    page = driver.find(ModelsPage, "page_models")
    with change(page._session.workspace) as connection:
        save_prior(connection, "demo/fast", Prior(window=12))
        save_prior(connection, "demo/instant", Prior(window=34))
    choose_tab(driver, 2)
    page._read_soon()
    table = driver.find(QTableWidget, "learned_endpoints")
    driver.wait(lambda: table.rowCount() == 2)
    button = driver.find(QPushButton, "forget_endpoint")
    assert not button.isEnabled(), "no row is chosen"
    row = next(n for n in range(2) if table.item(n, 2).text() == "12")  # type: ignore[union-attr]
    table.selectRow(row)
    press(driver, "forget_endpoint")
    driver.wait(lambda: table.rowCount() == 1)
    assert table.item(0, 2).text() == "34"  # type: ignore[union-attr]
