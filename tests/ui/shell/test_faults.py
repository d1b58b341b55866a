"""Bad input, bad workspaces and defects: a sentence in the window, never a traceback in the face, never a hang."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QPushButton, QToolButton
from qasync import QEventLoop

from evalstudio.models.keys import use_for_session
from evalstudio.ui.kit.sheet import Sheet
from evalstudio.ui.state.engine_client import EngineState
from evalstudio.workspace.folder import Workspace
from tests.engine.support import HANGS_EVERY_FIFTH, write_evaluation
from tests.ui.driver import Driver, choose, click, finish

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


def test_that_a_missing_dataset_is_said_and_the_next_run_ends(
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
    monkeypatch.setattr("evalstudio.ui.state.engine_client.BACK_OFF_MS", (1, 1, 1, 1))
    program = tmp_path / "dies"
    program.write_text("#!/bin/sh\necho some last words >&2\nexit 7\n")
    program.chmod(0o755)
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "settings.json").write_text(json.dumps({"python": str(program)}))
    driver = open_window()
    driver.wait(lambda: driver.session.engine.state is EngineState.FAILED)
    assert "repeatedly" in driver.messages()
    assert driver.window.log.last_lines(20).count("some last words") == 5


def pretend_engine(tmp_path: Path, code: str) -> None:
    """Makes `code` the Python that the settings name: it gets the engine's place."""
    program = tmp_path / "pretender"
    program.write_text(f"#!{sys.executable}\n{code}\n")
    program.chmod(0o755)
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "settings.json").write_text(json.dumps({"python": str(program)}))


def test_that_an_engine_of_another_version_is_refused(open_window: OpenWindow, tmp_path: Path) -> None:
    code = (
        "import sys, time\nfrom evalstudio.protocol import Hello, frame\n"
        "sys.stdout.buffer.write(frame(Hello(99, '9.9', '3.11', 1, '')))\nsys.stdout.flush()\ntime.sleep(60)"
    )
    pretend_engine(tmp_path, code)
    driver = open_window()
    driver.wait(lambda: driver.session.engine.state is EngineState.FAILED)
    assert "another version (EvalStudio 9.9, protocol 99" in driver.messages()


def test_that_an_answer_of_another_kind_than_asked_for_is_told(
    open_window: OpenWindow, tmp_path: Path
) -> None:
    code = (
        "import os, sys, time\n"
        "from evalstudio.protocol import VERSION, Commands, Frames, Hello, Reply, Request, frame\n"
        "def tell(event):\n    os.write(1, frame(event))\n"
        "tell(Hello(VERSION, '1', '3.11', os.getpid(), ''))\n"
        "requests = Frames(Request[Commands])\n"
        "while data := os.read(0, 65536):\n"
        "    for request in requests.feed(data):\n"
        "        tell(Reply(request.id, 'settings are no question'))\n"
    )
    pretend_engine(tmp_path, code)
    driver = open_window()
    driver.wait(lambda: "use different protocols" in driver.messages())
    assert "Expected `null`, got `str`" in driver.messages()
    assert driver.session.engine.state is EngineState.READY


def test_that_an_engine_that_does_not_listen_is_terminated_then_killed(
    open_window: OpenWindow, tmp_path: Path, loop: QEventLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("evalstudio.ui.state.engine_client.PATIENCE_MS", 150)
    deaf = tmp_path / "deaf"
    code = (
        "import signal, time\nfrom pathlib import Path\n"
        f"signal.signal(signal.SIGTERM, lambda *_: Path({str(deaf)!r}).touch())\n"
        "print('here', file=__import__('sys').stderr, flush=True)\nwhile True: time.sleep(1)"
    )
    pretend_engine(tmp_path, code)
    others = {child.pid for child in psutil.Process().children()}  # what earlier tests of this process left
    driver = open_window()
    driver.wait(lambda: "here" in driver.window.log.last_lines(5))
    (child,) = [child for child in psutil.Process().children() if child.pid not in others]
    finish(loop, driver.studio)
    assert deaf.exists()  # asked politely, then terminated, then killed
    assert not child.is_running()


def test_that_the_engine_leaves_when_the_window_is_killed(workspace: Workspace) -> None:
    code = f"from evalstudio.ui.shell.main import main; main({str(workspace.folder)!r})"
    window = psutil.Popen([sys.executable, "-c", code], stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 20
    while not workspace.database.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    (engine,) = window.children()
    window.kill()
    window.wait(timeout=10)
    _, alive = psutil.wait_procs([engine], timeout=12)
    assert not alive


def test_that_size_and_places_are_restored(open_window: OpenWindow) -> None:
    driver = open_window()
    driver.window.resize(1300, 733)
    driver.window.runs_page.run_list.show()  # folded away in the narrow screen of the offscreen platform
    driver.window.runs_page.splitters[0].setSizes([300, 900])
    sizes = driver.window.runs_page.splitters[0].sizes()
    driver.window.close()
    again = open_window()
    assert again.window.height() == 733  # the width is cut to the small screen of the offscreen platform
    again.window.runs_page.run_list.show()
    again.wait(lambda: again.window.runs_page.splitters[0].sizes()[0] == pytest.approx(sizes[0], abs=3))


def test_that_a_defect_opens_one_calm_dialog_without_keys(open_window: OpenWindow) -> None:
    driver = open_window()
    use_for_session("TEST_KEY", "sk-very-secret-value")
    reporter = driver.studio.reporter
    for _ in range(3):
        try:
            raise ValueError("the key sk-very-secret-value was refused")
        except ValueError as error:
            reporter.take(type(error), error, None)
    (box,) = driver.window.findChildren(Sheet, "crash_dialog")
    details = driver.find(QPlainTextEdit, "crash_details").toPlainText()
    driver.qtbot.mouseClick(driver.find(QPushButton, "copy_details"), Qt.MouseButton.LeftButton)
    copied = QApplication.clipboard().text()
    assert "ValueError: the key [key removed] was refused" in copied
    assert "sk-very" not in details + copied
    assert "EvalStudio" in copied
    assert "Last lines of the log" in details
    log = driver.workspace.logs / "crash.log"
    assert "sk-very" not in log.read_text()
    box.close()


def test_that_the_program_opens_and_ctrl_c_ends_it_in_order(workspace: Workspace, tmp_path: Path) -> None:
    probe = tmp_path / "lag.json"
    code = (
        "import os, signal, sys, threading, time\n"
        "from evalstudio.ui.shell.main import main\n"
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


def test_that_an_engine_full_of_hung_calls_is_replaced_and_the_run_goes_on(
    open_window: OpenWindow, tmp_path: Path
) -> None:
    (tmp_path / "model.py").write_text(HANGS_EVERY_FIFTH)
    evaluation = write_evaluation(
        tmp_path, '"model.py::answer"', 500, extra="timeouts = { attempt = 0.2, attempts = 1 }\nworkers = 6"
    )
    driver = open_window()
    driver.ready()
    first = driver.session.engine.pid
    driver.window.runs_page.start_bar.add_file(evaluation)
    click(driver, "start")
    driver.wait(lambda: driver.session.engine.pid not in (first, None), 60_000)
    driver.wait(lambda: driver.state() == "completed with errors", 60_000)
    assert "the engine is started anew" in driver.messages()
    assert driver.saved() == 500
