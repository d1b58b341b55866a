"""An engine that lives and does not answer: said within seconds, and Stop and Restart work."""

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from evalstudio.core.run_state import RunState
from evalstudio.store.reader import Reader
from evalstudio.workspace.folder import Workspace
from tests.engine.support import records, write_evaluation, write_model
from tests.ui.driver import Driver, click

OpenWindow = Callable[[], Driver]
HOLDS = "while True: pass"
SLEEPS = "time.sleep(600)"


def press(driver: Driver, offer: str) -> None:
    button = driver.find(QPushButton, f"offer_{offer}")
    driver.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def start(driver: Driver, tmp_path: Path, code: str) -> None:
    write_model(
        tmp_path,
        f"import asyncio, time\nasync def answer(prompt):\n    if '(3)' in prompt:\n        {code}\n"
        "    await asyncio.sleep(0.01)\n    return 'positive'\n",
    )
    driver.ready()
    driver.window.runs_page.start_bar.add_file(write_evaluation(tmp_path, '"model.py::answer"', 8))
    click(driver, "start")


def state(workspace: Workspace) -> RunState:
    reader = Reader(workspace)
    try:
        return reader.run(1).true_state
    finally:
        reader.close()


@pytest.mark.proof
@pytest.mark.parametrize("code", [HOLDS, SLEEPS])
def test_that_a_function_that_holds_the_engine_is_named_and_given_up_after_restarts(
    open_window: OpenWindow, tmp_path: Path, workspace: Workspace, code: str
) -> None:
    driver = open_window()
    start(driver, tmp_path, code)
    for _ in range(2):  # then the sample has held up two engines
        driver.wait(lambda: "does not answer (your function model.py::answer" in driver.messages(), 40_000)
        before = driver.session.engine.pid
        press(driver, "restart_it_and_resume")
        driver.wait(lambda old=before: driver.session.engine.pid not in (None, old), 40_000)
    driver.wait(lambda: state(workspace) is RunState.COMPLETED_WITH_ERRORS, 40_000)
    assert [one.record.outcome for one in records(workspace)] == ["ok"] * 3 + ["crashed the engine"] + [
        "ok"
    ] * 4


def test_that_stop_ends_an_engine_that_a_function_holds(
    open_window: OpenWindow, tmp_path: Path, workspace: Workspace
) -> None:
    driver = open_window()
    start(driver, tmp_path, HOLDS)
    driver.wait(lambda: "does not answer" in driver.messages(), 40_000)
    before = driver.session.engine.pid
    press(driver, "stop_its_runs")
    driver.wait(lambda: driver.session.engine.pid not in (None, before), 40_000)
    assert state(workspace) is RunState.INTERRUPTED
    assert not driver.session.active_here


def test_that_an_engine_that_is_stopped_for_a_while_is_told_and_goes_on(
    open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("evalstudio.ui.state.engine_client.MOST_MISSED", 2)
    driver = open_window()
    driver.ready()
    pid = driver.session.engine.pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    driver.wait(lambda: "The engine does not answer." in driver.messages(), 40_000)
    os.kill(pid, signal.SIGCONT)
    driver.wait(lambda: "answers again" in driver.messages(), 40_000)
    assert driver.session.engine.pid == pid
    os.kill(pid, signal.SIGSTOP)
    driver.wait(lambda: "does not answer" in driver.messages(), 40_000)
    press(driver, "restart_it_and_resume")
    driver.wait(lambda: driver.session.engine.pid not in (None, pid), 40_000)
    driver.ready()
