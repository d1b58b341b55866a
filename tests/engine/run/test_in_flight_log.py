"""Which calls are suspected after a death: real processes that end by themselves or are killed."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from evalstudio.engine.run.in_flight_log import FlightLog

CHILD = """
import ctypes, os, signal, sys, threading, multiprocessing
from pathlib import Path
from evalstudio.engine.run.in_flight_log import FlightLog
from evalstudio.engine.user_code.forks import fork_guard
fork_guard.begin()
log = FlightLog(Path(sys.argv[1]), own_code=True)
for record in (7, 8, 9):
    log.start(record)
exec(sys.argv[2])
print("ready", flush=True)
sys.stdin.read()
"""

BY_ITSELF = {
    "exit status": "os._exit(3)",
    "exit status 0": "os._exit(0)",
    "exit in a thread": "threading.Thread(target=os._exit, args=(1,)).start(); signal.pause()",
    "abort": "os.abort()",
    "null pointer": "ctypes.string_at(0)",
    "illegal instruction": "os.kill(os.getpid(), signal.SIGILL)",
    "division in C": "signal.raise_signal(signal.SIGFPE)",
    "bus error": "signal.pthread_kill(threading.get_ident(), signal.SIGBUS)",
    "kill of itself": "os.kill(os.getpid(), signal.SIGKILL)",
    "kill of its group": "os.setpgrp(); os.killpg(0, signal.SIGKILL)",
    "term of itself": "signal.raise_signal(signal.SIGTERM)",
    "another program in its place": "os.execv('/bin/true', ['true'])",
}
KILLS = ["SIGKILL", "SIGTERM", "SIGHUP", "SIGINT", "SIGQUIT", "SIGUSR1", "SIGALRM", "SIGXCPU"]
HARMLESS = {
    "a child that exits": "child = os.fork() or os._exit(0); os.waitpid(child, 0)",
    "a child that crashes": "child = os.fork() or os.abort(); os.waitpid(child, 0)",
    "a child that is terminated": (
        "p = multiprocessing.get_context('fork').Process(target=signal.pause); p.start(); p.terminate(); p.join()"
    ),
    "a signal that is handled": "signal.signal(15, lambda *_: None); os.kill(os.getpid(), 15)",
    "a question whether it lives": "os.kill(os.getpid(), 0)",
}


def start(log: Path, code: str) -> "subprocess.Popen[str]":
    pipe = subprocess.PIPE
    return subprocess.Popen(
        [sys.executable, "-c", CHILD, str(log), code], stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True
    )  # fmt: skip


def killed(log: Path, code: str, number: int = signal.SIGKILL) -> FlightLog:
    with start(log, code) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        child.send_signal(number)
        child.wait()
    return FlightLog(log)


@pytest.mark.parametrize("code", BY_ITSELF.values(), ids=BY_ITSELF)
def test_that_an_engine_that_ends_by_itself_suspects_the_calls_in_flight(tmp_path: Path, code: str) -> None:
    with start(tmp_path / "1", code) as child:
        child.communicate()
    log = FlightLog(tmp_path / "1")
    assert (log.left_over, log.suspects) == ([7, 8, 9], [7, 8, 9])
    log.close()
    assert not list(tmp_path.iterdir()), "the note of the dead engine is gone, too"


@pytest.mark.parametrize("name", KILLS)
def test_that_an_engine_killed_from_outside_suspects_nobody(tmp_path: Path, name: str) -> None:
    log = killed(tmp_path / "1", "", getattr(signal, name))
    assert (log.left_over, log.suspects) == ([7, 8, 9], [])


@pytest.mark.parametrize("code", HARMLESS.values(), ids=HARMLESS)
def test_that_what_an_engine_survives_is_no_death_of_its_own(tmp_path: Path, code: str) -> None:
    assert killed(tmp_path / "1", code).suspects == []


def test_that_only_the_step_that_has_the_loop_is_suspected(tmp_path: Path) -> None:
    with start(tmp_path / "1", "log.note_step(8, on_loop=True); os._exit(1)") as child:
        child.communicate()
    assert FlightLog(tmp_path / "1").suspects == [8]


def test_that_a_kill_while_the_loop_hangs_suspects_the_step_that_has_it(tmp_path: Path) -> None:
    hung = "log.note_step(8, on_loop=True); log.note_hang(hangs=True)"
    assert killed(tmp_path / "1", hung).suspects == [8]
    assert killed(tmp_path / "2", f"{hung}; log.note_hang(hangs=False)").suspects == []


def test_that_two_runs_of_a_dead_engine_both_learn_of_its_death(tmp_path: Path) -> None:
    code = "other = FlightLog(Path(sys.argv[1]).with_name('2'), own_code=True); other.start(5); os._exit(1)"
    with start(tmp_path / "1", code) as child:
        child.communicate()
    first = FlightLog(tmp_path / "1")
    first.close()
    assert FlightLog(tmp_path / "2").suspects == [5]
