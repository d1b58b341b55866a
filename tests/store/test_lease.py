"""Leases: who has a run, told also across containers, where process ids and host names are the same."""

import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from evalstudio.core.run_state import RunState
from evalstudio.errors import RunError
from evalstudio.store.database import change, open_for_writing
from evalstudio.store.lease import host_name, lease_is_alive, lock_run, process_started, this_host
from evalstudio.store.runs import find_or_create, get_run, set_state, take_lease
from evalstudio.workspace.folder import Workspace
from tests.store.support import new_run

HERE, NAME = this_host(), socket.gethostname()
OTHER_NAMESPACE = f"{HERE.rpartition(' ')[0]} 4026530000"
OTHER_BOOT = f"{NAME} 00000000-0000-0000-0000-000000000000 {HERE.rpartition(' ')[2]}"
OWN, GONE = os.getpid(), 2**22 + 1
STARTED = process_started(OWN)

LEASES = {
    "this process": (OWN, STARTED, HERE, 3600, True),
    "its number, another start": (OWN, (STARTED or 0) - 5, HERE, 0, False),
    "a number that nobody has": (GONE, STARTED, HERE, 0, False),
    "start unknown": (OWN, None, HERE, 0, False),
    "this process, by an older version": (OWN, STARTED, NAME, 3600, True),
    "a process gone, by an older version": (GONE, STARTED, NAME, 0, False),
    "another namespace, heard of": (GONE, 1.0, OTHER_NAMESPACE, 1, True),
    "another namespace, silent": (GONE, 1.0, OTHER_NAMESPACE, 31, False),
    "another namespace, this number and start": (OWN, STARTED, OTHER_NAMESPACE, 31, False),
    "another boot, heard of": (OWN, STARTED, OTHER_BOOT, 1, True),
    "another boot, silent": (OWN, STARTED, OTHER_BOOT, 31, False),
    "another machine, heard of": (7, 1.0, "elsewhere a b", 1, True),
    "another machine, silent": (7, 1.0, "elsewhere a b", 31, False),
    "nobody": (None, None, None, 0, False),
    "no host": (OWN, STARTED, None, 0, False),
}


@pytest.mark.parametrize(("pid", "started", "host", "ago", "alive"), LEASES.values(), ids=LEASES)
def test_that_a_holder_is_told_by_where_its_number_means_something(
    pid: int | None, started: float | None, host: str | None, ago: float, alive: bool
) -> None:
    assert lease_is_alive(pid, started, host, time.time() - ago) is alive


def test_that_a_host_is_named_without_its_boot() -> None:
    assert host_name(HERE) == NAME
    assert host_name(NAME) == NAME


TAKE = """
import os, sys
from evalstudio.store.database import open_for_writing
from evalstudio.store.runs import take_lease
from evalstudio.workspace.folder import Workspace
from pathlib import Path
connection = open_for_writing(Workspace(Path(sys.argv[1]))).conn
take_lease(connection, int(sys.argv[2]))
connection.commit()
if len(sys.argv) > 3 and os.fork() == 0:
    os.setsid()
print("taken", flush=True)
sys.stdin.read()
"""


@contextmanager
def holder(workspace: Workspace, run: int, *more: str, before: tuple[str, ...] = ()) -> Iterator[None]:
    """Another process that has the run."""
    command = [*before, sys.executable, "-c", TAKE, str(workspace.folder), str(run), *more]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == b"taken\n"
        yield
    finally:
        process.kill()
        process.wait()
        process.stdin.close()
        process.stdout.close()


@pytest.fixture
def run(workspace: Workspace) -> int:
    return made(workspace)


def made(workspace: Workspace, prompt: str = "Say.") -> int:
    with change(workspace) as connection:
        return find_or_create(connection, new_run(prompt=prompt), new_run=True)[0].id


def take(workspace: Workspace, run: int) -> None:
    with change(workspace) as connection:
        take_lease(connection, run)


def state(workspace: Workspace, run: int, state: RunState) -> None:
    with change(workspace) as connection:
        set_state(connection, run, state)


def forget_holder(workspace: Workspace) -> None:
    """What a container sees of a holder in another one that was not heard of for a minute."""
    with change(workspace) as connection:
        connection.execute(
            "UPDATE runs SET lease_host = ?, heartbeat = ?", (OTHER_NAMESPACE, time.time() - 60)
        )


def test_that_a_lock_refuses_a_run_whose_holder_seems_dead(workspace: Workspace, run: int) -> None:
    with holder(workspace, run):
        forget_holder(workspace)
        with pytest.raises(RunError, match="another container"):
            take(workspace, run)
        take(workspace, made(workspace, "another"))  # each run has a lock of its own
    take(workspace, run)
    take(workspace, run)  # this process has it already


def test_that_a_fork_does_not_keep_the_lock_of_a_dead_engine(workspace: Workspace, run: int) -> None:
    with holder(workspace, run, "and fork"):
        pass
    take(workspace, run)


def test_that_the_end_of_a_run_gives_it_free(workspace: Workspace, run: int) -> None:
    take(workspace, run)
    state(workspace, run, RunState.COMPLETED)
    with holder(workspace, run):
        pass


def test_that_a_database_made_anew_has_locks_of_its_own(workspace: Workspace, run: int) -> None:
    take(workspace, run)
    shutil.rmtree(workspace.folder)
    made(workspace)
    with holder(workspace, run), pytest.raises(RunError, match="another EvalStudio"):
        take(workspace, run)


def test_that_locks_leave_no_file_open(workspace: Workspace) -> None:
    runs = [made(workspace, str(number)) for number in range(3)]
    before = psutil.Process().num_fds()
    for _ in range(20):
        for one in runs:
            take(workspace, one)
        for one in runs:
            state(workspace, one, RunState.COMPLETED)
    assert psutil.Process().num_fds() <= before


def test_that_a_database_in_memory_needs_no_lock() -> None:
    connection = sqlite3.connect(":memory:")
    lock_run(connection, 1)
    connection.close()


NAMESPACE = ("unshare", "-Urpf", "--mount-proc")


def has_namespaces() -> bool:
    return (
        shutil.which("unshare") is not None
        and subprocess.run([*NAMESPACE, "true"], check=False).returncode == 0
    )


@pytest.mark.skipif(not has_namespaces(), reason="this machine allows no namespaces of process ids")
@pytest.mark.parametrize("silent", [False, True])
def test_that_an_engine_in_another_container_keeps_its_run(
    workspace: Workspace, run: int, tmp_path: Path, silent: bool
) -> None:
    state(workspace, run, RunState.RUNNING)
    with holder(workspace, run, before=NAMESPACE):
        reader = open_for_writing(workspace).conn
        row = get_run(reader, run)
        reader.close()
        assert row.lease_host is not None
        assert host_name(row.lease_host) == NAME
        assert row.lease_host != HERE
        assert row.true_state is RunState.RUNNING
        if silent:
            forget_holder(workspace)
        with pytest.raises(RunError, match="another EvalStudio"):
            take(workspace, run)
