"""The bin: deleted runs are nowhere but there, can be restored, and give their space back."""

import time

import pytest

from evalstudio.core.run_state import RunState
from evalstudio.errors import RunError
from evalstudio.store.bin import KEPT_S, bin_contents, bin_runs, compact, expired, restore_runs
from evalstudio.store.endpoint_memory import model_histories
from evalstudio.store.runs import (
    delete_run,
    find_or_create,
    get_run,
    list_runs,
    rename_experiment,
    set_state,
    take_lease,
)
from evalstudio.workspace.folder import Workspace
from tests.store.support import new_run


def test_that_a_run_in_the_bin_is_nowhere_else_until_it_is_restored(connection) -> None:  # type: ignore[no-untyped-def]
    first, _ = find_or_create(connection, new_run(), new_run=False)
    second, _ = find_or_create(connection, new_run(), new_run=True)
    bin_runs(connection, [first.id, second.id])
    assert list_runs(connection) == list_runs(connection, "base") == []
    assert model_histories(connection) == []
    with pytest.raises(RunError, match="in the bin"):
        get_run(connection, first.id)
    third, resumed = find_or_create(connection, new_run(), new_run=False)
    assert not resumed, "a run in the bin is not gone on with"
    assert [run.id for run in bin_contents(connection).runs] == [second.id, first.id]
    restore_runs(connection, [first.id])
    assert [run.id for run in list_runs(connection, "base")] == [third.id, first.id]
    delete_run(connection, second.id)
    assert bin_contents(connection).runs == ()
    with pytest.raises(RunError, match="no run"):
        restore_runs(connection, [second.id])


def test_that_an_active_run_is_not_moved_and_nothing_with_it(connection) -> None:  # type: ignore[no-untyped-def]
    active, _ = find_or_create(connection, new_run(), new_run=False)
    take_lease(connection, active.id)
    set_state(connection, active.id, RunState.RUNNING)
    with pytest.raises(RunError, match="stop it before"):
        bin_runs(connection, [active.id])
    assert [run.id for run in list_runs(connection)] == [active.id]


def test_that_the_name_of_a_binned_experiment_is_free(connection) -> None:  # type: ignore[no-untyped-def]
    binned, _ = find_or_create(connection, new_run(), new_run=False)
    bin_runs(connection, [binned.id])
    rename = find_or_create(connection, new_run(), new_run=True)[0]
    bin_runs(connection, [rename.id])
    connection.execute("INSERT INTO experiments (name, created_at) VALUES ('other', 0)")
    connection.execute("UPDATE runs SET deleted_at = NULL, experiment_id = (SELECT id FROM experiments WHERE name = 'other')"
                       " WHERE id = ?", (rename.id,))  # fmt: skip
    rename_experiment(connection, "other", "base")
    assert [run.id for run in list_runs(connection, "base")] == [rename.id]
    restore_runs(connection, [binned.id])
    assert get_run(connection, binned.id).experiment == "base (bin)"


def test_that_the_bin_is_emptied_after_thirty_days(connection) -> None:  # type: ignore[no-untyped-def]
    old, _ = find_or_create(connection, new_run(), new_run=False)
    young, _ = find_or_create(connection, new_run(), new_run=True)
    bin_runs(connection, [old.id, young.id])
    connection.execute("UPDATE runs SET deleted_at = ? WHERE id = ?", (time.time() - KEPT_S - 60, old.id))
    assert expired(connection, time.time()) == [old.id]
    assert set(expired(connection, time.time() + KEPT_S + 60)) == {old.id, young.id}


def test_that_compacting_gives_the_space_of_deleted_records_back(connection, workspace: Workspace) -> None:  # type: ignore[no-untyped-def]
    run, _ = find_or_create(connection, new_run(), new_run=False)
    connection.execute("BEGIN")
    connection.executemany(
        "INSERT INTO records (id, run_id, position, repeat, sample_id, outcome, prompt, answer, attempts, finished_at)"
        " VALUES (?, ?, 0, 0, 'x', 'ok', ?, 'y', 1, 0)",
        [((run.id << 40) + number, run.id, "long " * 200) for number in range(3_000)],
    )
    connection.execute("UPDATE runs SET saved = 3000")
    connection.execute("COMMIT")
    bin_runs(connection, [run.id])
    full = bin_contents(connection)
    assert 3_000_000 < full.runs[0].size <= full.size
    assert full.free < 100_000
    delete_run(connection, run.id)
    assert bin_contents(connection).free > 3_000_000
    assert compact(workspace) > 3_000_000
    after = bin_contents(connection)
    assert after.size < 500_000
    assert after.free == 0
