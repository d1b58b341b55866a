"""Runs in the store: going on under one name, refusing what differs, and leases."""

import os
import signal
import subprocess
import sys

import pytest

from evalstudio.core.run_state import RunState
from evalstudio.errors import RunError
from evalstudio.store.lease import process_started
from evalstudio.store.runs import (
    delete_run,
    find_or_create,
    get_run,
    set_state,
    take_lease,
)
from tests.store.support import new_run


def test_that_the_same_name_goes_on_with_the_same_run(connection) -> None:  # type: ignore[no-untyped-def]
    first, resumed = find_or_create(connection, new_run(), new_run=False)
    assert not resumed
    second, resumed = find_or_create(connection, new_run(), new_run=False)
    assert resumed
    assert second.id == first.id


def test_that_a_changed_prompt_is_refused_by_name_and_allowed_as_a_new_run(connection) -> None:  # type: ignore[no-untyped-def]
    first, _ = find_or_create(connection, new_run(), new_run=False)
    with pytest.raises(RunError, match=r"differs in prompt \(it was Say\., and is Tell\.\).*second run"):
        find_or_create(connection, new_run(prompt="Tell."), new_run=False)
    second, resumed = find_or_create(connection, new_run(prompt="Tell."), new_run=True)
    assert not resumed
    assert second.id != first.id
    again, resumed = find_or_create(connection, new_run(), new_run=False)
    assert resumed, "the older run with this prompt is found, though a newer one differs"
    assert again.id == first.id


def test_that_a_run_whose_process_lives_is_refused_to_another(connection) -> None:  # type: ignore[no-untyped-def]
    run, _ = find_or_create(connection, new_run(), new_run=False)
    set_state(connection, run.id, RunState.RUNNING)
    holder = subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE)
    try:
        take_lease(connection, run.id)
        connection.execute(
            "UPDATE runs SET lease_pid = ?, lease_started = ? WHERE id = ?",
            (holder.pid, process_started(holder.pid), run.id),
        )
        with pytest.raises(RunError, match=f"process {holder.pid}"):
            take_lease(connection, run.id)
        assert get_run(connection, run.id).true_state is RunState.RUNNING
        with pytest.raises(RunError, match="stop it before"):
            delete_run(connection, run.id)
    finally:
        holder.send_signal(signal.SIGKILL)
        holder.communicate()
    assert get_run(connection, run.id).true_state is RunState.INTERRUPTED
    take_lease(connection, run.id)
    assert get_run(connection, run.id).lease_pid == os.getpid()


def test_that_another_process_with_the_same_number_is_not_taken_for_the_holder(connection) -> None:  # type: ignore[no-untyped-def]
    run, _ = find_or_create(connection, new_run(), new_run=False)
    take_lease(connection, run.id)
    set_state(connection, run.id, RunState.RUNNING)
    connection.execute("UPDATE runs SET lease_started = lease_started - 1000 WHERE id = ?", (run.id,))
    assert get_run(connection, run.id).true_state is RunState.INTERRUPTED


def test_that_deleting_a_run_leaves_no_row_of_it(connection) -> None:  # type: ignore[no-untyped-def]
    run, _ = find_or_create(connection, new_run(), new_run=False)
    delete_run(connection, run.id)
    with pytest.raises(RunError, match="no run"):
        get_run(connection, run.id)
    assert connection.execute("SELECT count(*) FROM experiments").fetchone()[0] == 0
