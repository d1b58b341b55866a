"""Bad input, bad workspaces and defects: a sentence in the window, never a traceback in the face, never a hang."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QMessageBox, QPushButton, QToolButton

from evalstudio.keys import use_for_session
from evalstudio.ui.engine_client import EngineState
from evalstudio.workspace import Workspace
from tests.ui.conftest import Driver
from tests.ui.test_runs_page import choose, click

OpenWindow = Callable[[], Driver]


def test_that_a_workspace_that_cannot_be_used_is_said(open_window: OpenWindow, workspace: Workspace) -> None:
    workspace.folder.write_text("a file where a folder should be")
    driver = open_window()
    driver.wait(lambda: driver.session.engine.state is EngineState.FAILED)
    assert str(workspace.folder) in driver.messages()
    assert "choose another folder" in driver.messages()
    assert not driver.find(QToolButton, "start_button").isEnabled()
    workspace.folder.unlink()
    driver.qtbot.mouseClick(driver.find(QPushButton, "offer_start_the_engine"), Qt.MouseButton.LeftButton)
    driver.ready()


def test_that_a_damaged_database_is_said(open_window: OpenWindow, workspace: Workspace) -> None:
    workspace.folder.mkdir()
    workspace.database.write_bytes(b"this is no database at all" * 400)
    driver = open_window()
    driver.wait(lambda: driver.session.engine.state is EngineState.FAILED)
    driver.wait(lambda: "is damaged" in driver.messages())
    assert "Traceback" not in driver.messages()


def test_that_a_missing_dataset_is_said_and_the_next_run_works(
    open_window: OpenWindow, tmp_path: Path
) -> None:
    path = tmp_path / "broken.toml"
    path.write_text(
        'name = "broken"\ndataset = { path = "missing.csv" }\nmodel = "demo/instant"\n'
        'messages = [{ role = "user", content = "{{ text }}" }]\n'
    )
    driver = open_window()
    driver.window.runs_page.start_bar.add_file(str(path))
    click(driver, "start")
    driver.wait(lambda: "missing.csv" in driver.messages())
    choose(driver, "sentiment-8", "demo/instant")
    click(driver, "start")
    driver.wait(lambda: driver.state() == "completed")


def test_that_a_file_that_is_no_evaluation_is_said(open_window: OpenWindow, tmp_path: Path) -> None:
    path = tmp_path / "odd.toml"
    path.write_text("name = ")
    driver = open_window()
    driver.window.runs_page.start_bar.add_file(str(path))
    assert "not valid TOML" in driver.messages()


def test_that_an_interpreter_that_is_none_is_said(
    open_window: OpenWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "config"
    config.mkdir()
    (config / "settings.json").write_text(json.dumps({"python": str(tmp_path / "nowhere" / "python")}))
    driver = open_window()
    driver.wait(lambda: driver.session.engine.state is EngineState.FAILED)
    assert "can't be started" in driver.messages()


def test_that_an_engine_that_always_dies_is_given_up(
    open_window: OpenWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("evalstudio.ui.engine_client.BACK_OFF_MS", (1, 1, 1, 1))
    program = tmp_path / "dies"
    program.write_text("#!/bin/sh\necho some last words >&2\nexit 7\n")
    program.chmod(0o755)
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "settings.json").write_text(json.dumps({"python": str(program)}))
    driver = open_window()
    driver.wait(lambda: driver.session.engine.state is EngineState.FAILED)
    assert "again and again" in driver.messages()
    assert driver.window.log.last_lines(20).count("some last words") == 5


def test_that_a_defect_opens_one_calm_dialog_without_keys(open_window: OpenWindow) -> None:
    driver = open_window()
    use_for_session("TEST_KEY", "sk-very-secret-value")
    reporter = driver.studio.reporter
    for _ in range(3):
        try:
            raise ValueError("the key sk-very-secret-value was refused")
        except ValueError as error:
            reporter.take(type(error), error, None)
    (box,) = driver.window.findChildren(QMessageBox, "crash_dialog")
    driver.qtbot.mouseClick(driver.find(QPushButton, "copy_details"), Qt.MouseButton.LeftButton)
    copied = QApplication.clipboard().text()
    assert "ValueError: the key [key removed] was refused" in copied
    assert "sk-very" not in box.detailedText() + copied
    assert "EvalStudio" in copied
    log = driver.workspace.logs / "crash.log"
    assert "sk-very" not in log.read_text()
    box.close()


def test_that_the_program_opens_and_ctrl_c_ends_it_in_order(workspace: Workspace, tmp_path: Path) -> None:
    probe = tmp_path / "lag.json"
    code = (
        "import os, signal, sys, threading, time\n"
        "from evalstudio.ui.app import main\n"
        "def end():\n"  # its engine has made the database: the window is open
        f"    while not os.path.exists({str(workspace.database)!r}): time.sleep(0.01)\n"
        "    os.kill(os.getpid(), signal.SIGINT)\n"
        "threading.Thread(target=end, daemon=True).start()\n"
        f"sys.exit(main({str(workspace.folder)!r}, {str(probe)!r}))\n"
    )
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    figures = json.loads(probe.read_text())
    assert figures["ticks"] > 0
    assert figures["p50_ms"] <= figures["p95_ms"] <= figures["max_ms"]
