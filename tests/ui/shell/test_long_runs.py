"""What happens around a long run: the machine stays awake, and its end is told where nobody was looking."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QObject

from evalstudio.core.run_state import RunState
from evalstudio.ui.shell import run_end_notifier
from evalstudio.ui.shell.keep_awake import Awake, inhibitor
from evalstudio.ui.shell.run_end_notifier import ended_words
from tests.ui.driver import Driver, choose, click
from tests.ui.factories import make_snapshot

OpenWindow = Callable[[], Driver]
KEEPER = """
import pathlib, sys
held = pathlib.Path(sys.argv[1])
held.touch()
sys.stdin.read()
held.unlink()
"""


@pytest.fixture
def keeper(tmp_path: Path) -> tuple[list[str], Path]:
    """A command that does as an inhibitor does: a file is there for as long as it is held, and ends with its pipe."""
    script, held = tmp_path / "keeper.py", tmp_path / "held"
    script.write_text(KEEPER)
    # a shell passes the end of the pipe on, and is not ended by the signal before that
    return ["sh", "-c", f"trap '' TERM; '{sys.executable}' '{script}' '{held}'"], held


def test_that_the_machine_is_kept_awake_while_a_run_goes_on_and_not_while_it_is_paused(
    open_window: OpenWindow, keeper: tuple[list[str], Path]
) -> None:
    command, held = keeper
    driver = open_window()
    driver.window.awake._command = command
    choose(driver, "sentiment", "demo/one-second", 60)
    assert not held.exists()
    click(driver, "start")
    driver.wait(held.exists)
    click(driver, "pause")
    driver.wait(lambda: driver.state() == RunState.PAUSED and not held.exists())
    click(driver, "pause")
    driver.wait(held.exists)
    click(driver, "stop")
    driver.wait(lambda: driver.state() == RunState.STOPPED and not held.exists())


def test_that_a_system_that_refuses_is_not_asked_again(qtbot: object) -> None:
    owner = QObject()
    for command in (["/no/such/program"], [sys.executable, "-c", ""]):
        awake = Awake(owner, command)
        awake.hold(True)
        qtbot.waitUntil(lambda awake=awake: not awake.is_held)  # type: ignore[attr-defined]
        awake.hold(True)
        assert not awake.is_held
    awake = Awake(owner, [])
    awake.hold(True)
    assert not awake.is_held


@pytest.mark.skipif(sys.platform == "win32", reason="there it is no command")
def test_that_each_system_is_asked_in_its_own_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("systemd-inhibit", "caffeinate"):
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert inhibitor("linux")[1:3] == ["--what=sleep:idle", "--who=EvalStudio"]
    assert inhibitor("darwin")[1:2] == ["-i"]
    assert inhibitor("win32") == []
    monkeypatch.setenv("PATH", "")
    assert inhibitor("linux") == []


def test_that_the_end_of_a_long_run_is_told_when_another_one_is_looked_at(
    open_filled: OpenWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_end_notifier, "LONG_RUN_S", 0.0)
    driver = open_filled()
    driver.ready()
    choose(driver, "sentiment", "demo/one-second", 8)
    click(driver, "start")
    driver.wait(lambda: driver.session.focus == 3 and driver.in_flight())
    driver.session.look_at(1)
    driver.wait(lambda: "8 of 8 saved" in driver.messages())
    (item,) = driver.window.messages.items()
    item.notice.offers[0].act()
    assert driver.session.focus == 3


def test_that_a_short_run_is_not_told(open_filled: OpenWindow) -> None:
    driver = open_filled()
    driver.ready()
    choose(driver, "sentiment", "demo/instant", 8)
    click(driver, "start")
    driver.wait(lambda: driver.session.focus == 3 and driver.state() == RunState.COMPLETED)
    driver.session.look_at(1)
    driver.wait(lambda: driver.state() == RunState.COMPLETED_WITH_ERRORS)
    assert driver.messages() == ""


def test_that_the_note_says_how_it_ended() -> None:
    now = make_snapshot(state="completed with errors", saved=10, errored=2, elapsed=125.0)
    assert ended_words(now) == "“one” is completed with errors after 2 min 05 s: 10 of 10 saved, 2 errored."
