"""Runs table: creating, finding, leasing and resuming runs."""

import json
import os
import re
import sqlite3
import time
from collections.abc import Iterable
from typing import Any, NamedTuple

import msgspec

from evalstudio.core.errors import DifferentRunError, RunError
from evalstudio.core.run_state import ACTIVE, RunState
from evalstudio.store.lease import host_name, lease_is_alive, lock_run, process_started, this_host, unlock_run
from evalstudio.store.schema import record_ids

HIDDEN = "deleted_at"  # the column of runs in the bin
HEARTBEAT_S = 2.0
LONGEST_SHOWN = 60
_HASH = re.compile(r"[0-9a-f]{16,}")


class RunRow(msgspec.Struct, frozen=True):
    """A row of the runs table."""

    id: int
    experiment: str
    evaluation: str
    model: str
    spec: str
    fingerprint: str
    dataset_path: str
    dataset_hash: str
    state: RunState
    reason: str
    total: int
    repeats: int
    saved: int
    errored: int
    created_at: float
    started_at: float | None
    finished_at: float | None
    elapsed: float
    summary: str | None
    versions: str
    git_commit: str | None
    lease_pid: int | None
    lease_started: float | None
    lease_host: str | None
    heartbeat: float | None
    deleted_at: float | None = None  # in the bin since then
    note: str = ""
    tags: str = ""  # words with blanks between them
    pinned_at: float | None = None
    archived_at: float | None = None
    live: str | None = None  # of an active run: its snapshot at the last heartbeat, JSON

    @property
    def is_leased(self) -> bool:
        """Returns whether a living engine holds the lease of this run now."""
        return lease_is_alive(self.lease_pid, self.lease_started, self.lease_host, self.heartbeat)

    @property
    def true_state(self) -> RunState:
        """Returns the state, or interrupted if the engine that should be running it has died."""
        return RunState.INTERRUPTED if self.state in ACTIVE and not self.is_leased else self.state


class NewRun(msgspec.Struct, frozen=True):
    """The values needed to create a run."""

    experiment: str
    evaluation: str
    model: str
    spec: str
    fingerprint: dict[str, str]
    dataset_path: str
    dataset_hash: str
    total: int
    repeats: int
    versions: dict[str, str]
    git_commit: str | None


_COLUMNS = ", ".join(f"runs.{name}" for name in RunRow.__struct_fields__ if name != "experiment")
_SELECT = f"SELECT {_COLUMNS}, experiments.name AS experiment FROM runs JOIN experiments ON experiments.id = experiment_id"


def list_runs(connection: sqlite3.Connection, experiment: str | None = None) -> list[RunRow]:
    """Returns all runs that are not in the bin, or those of an experiment, newest first."""
    where, values = ("", ()) if experiment is None else (" AND experiments.name = ?", (experiment,))
    return _rows(connection, f"{_SELECT} WHERE {HIDDEN} IS NULL{where} ORDER BY runs.id DESC", values)


def get_run(connection: sqlite3.Connection, run_id: int) -> RunRow:
    """Returns one run. Raises RunError if there is none with this id, or it is in the bin."""
    run = any_run(connection, run_id)
    if run.deleted_at is not None:
        raise RunError(f"Run {run_id} of “{run.experiment}” is in the bin; restore it first.")
    return run


def any_run(connection: sqlite3.Connection, run_id: int) -> RunRow:
    """Returns one run, even from the bin. Raises RunError if there is none with this id."""
    rows = _rows(connection, f"{_SELECT} WHERE runs.id = ?", (run_id,))
    if not rows:
        raise RunError(f"There is no run {run_id} in this workspace; it may have been deleted.")
    return rows[0]


def find_or_create(
    connection: sqlite3.Connection, new: NewRun, *, new_run: bool, resume: int | None = None
) -> tuple[RunRow, bool]:
    """Returns the run to continue under this experiment's name, or a new one; and whether it is resumed.

    It resumes the newest run of the same evaluation with the same fingerprint, or only run `resume` if
    that is one of this evaluation. If there are only other runs, it raises and names the differences, unless
    `new_run`.
    """
    others = [run for run in list_runs(connection, new.experiment) if run.evaluation == new.evaluation]
    others = [run for run in others if run.id == resume] or others
    if not new_run:
        for run in others:
            if _compared(json.loads(run.fingerprint)) == _compared(new.fingerprint):
                connection.execute(
                    "UPDATE runs SET total = max(total, ?), fingerprint = ? WHERE id = ?",
                    (new.total, json.dumps(new.fingerprint, sort_keys=True), run.id),
                )
                return get_run(connection, run.id), True
        if others:
            raise DifferentRunError(_refusal(new, others[0]))
    connection.execute(
        "INSERT OR IGNORE INTO experiments (name, created_at) VALUES (?, ?)", (new.experiment, time.time())
    )
    (experiment_id,) = connection.execute(
        "SELECT id FROM experiments WHERE name = ?", (new.experiment,)
    ).fetchone()
    cursor = connection.execute(
        "INSERT INTO runs (experiment_id, evaluation, model, spec, fingerprint, dataset_path, dataset_hash, state, total,"
        " repeats, created_at, versions, git_commit) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (experiment_id, new.evaluation, new.model, new.spec, json.dumps(new.fingerprint, sort_keys=True), new.dataset_path,
         new.dataset_hash, RunState.QUEUED, new.total, new.repeats, time.time(), json.dumps(new.versions), new.git_commit),
    )  # fmt: skip
    assert cursor.lastrowid is not None
    return get_run(connection, cursor.lastrowid), False


def take_lease(connection: sqlite3.Connection, run_id: int) -> None:
    """Acquires the run's lease for this process. Raises RunError while another living engine holds it."""
    run = get_run(connection, run_id)
    if run.is_leased and run.lease_pid != os.getpid():
        where = "" if run.lease_host == this_host() else f" on {host_name(run.lease_host)}"
        raise RunError(
            f"Run {run_id} of experiment '{run.experiment}' is being run by another EvalStudio (process {run.lease_pid}{where}); "
            "stop it there first, or use another experiment name."
        )
    lock_run(connection, run_id)
    connection.execute(
        "UPDATE runs SET lease_pid = ?, lease_started = ?, lease_host = ?, heartbeat = ? WHERE id = ?",
        (os.getpid(), process_started(os.getpid()), this_host(), time.time(), run_id),
    )


def update_spec(connection: sqlite3.Connection, run_id: int, new: NewRun) -> None:
    """Stores the run's specification and options as requested this time."""
    connection.execute("UPDATE runs SET spec = ? WHERE id = ?", (new.spec, run_id))


def give_back(connection: sqlite3.Connection, row: RunRow) -> None:
    """Releases a run that could not start: its previous state is restored, or it is deleted if it was new."""
    set_state(connection, row.id, row.true_state)
    if row.started_at is None:
        delete_run(connection, row.id)


def beat(connection: sqlite3.Connection, run_id: int, saved: int, errored: int, elapsed: float) -> None:
    """Writes a heartbeat, with the values that a list of runs shows."""
    connection.execute(
        "UPDATE runs SET heartbeat = ?, saved = ?, errored = ?, elapsed = ? WHERE id = ?",
        (time.time(), saved, errored, elapsed, run_id),
    )


class Heartbeat(NamedTuple):
    """Progress of an active run. `elapsed` is in seconds."""

    run_id: int
    saved: int
    errored: int
    elapsed: float
    state: RunState
    reason: str
    live: str | None = None


def beat_all(connection: sqlite3.Connection, heartbeats: Iterable[Heartbeat]) -> None:
    """Writes the heartbeats of these runs, and the state of those that have not ended in the meantime."""
    for one in heartbeats:
        beat(connection, one.run_id, one.saved, one.errored, one.elapsed)
        connection.execute(
            "UPDATE runs SET state = ?, reason = ?, live = ? WHERE id = ? AND state IN ('queued', 'running', 'paused')",
            (str(one.state), one.reason, one.live, one.run_id),
        )


def set_state(
    connection: sqlite3.Connection, run_id: int, state: RunState, reason: str = "", **columns: Any
) -> None:
    """Sets the state, its reason and other columns; a final state releases the lease."""
    values: dict[str, Any] = {"state": str(state), "reason": reason, **columns}
    if state is RunState.RUNNING:
        connection.execute(
            "UPDATE runs SET started_at = coalesce(started_at, ?) WHERE id = ?", (time.time(), run_id)
        )
    elif state not in ACTIVE:
        unlock_run(connection, run_id)
        values |= {
            "live": None,
            "finished_at": time.time(),
            "lease_pid": None,
            "lease_started": None,
            "lease_host": None,
        }
    assignments = ", ".join(f"{name} = ?" for name in values)
    connection.execute(f"UPDATE runs SET {assignments} WHERE id = ?", (*values.values(), run_id))


def rename_experiment(connection: sqlite3.Connection, old: str, new: str) -> None:
    """Renames an experiment. Raises RunError if it does not exist, or if the new name is taken."""
    if not new.strip():
        raise RunError("An experiment needs a name.")
    if list_runs(connection, new):
        raise RunError(f"There is an experiment '{new}' already; choose another name.")
    _give_way(connection, new)
    if not connection.execute("UPDATE experiments SET name = ? WHERE name = ?", (new, old)).rowcount:
        raise RunError(f"There is no experiment '{old}' in this workspace.")


def _give_way(connection: sqlite3.Connection, name: str) -> None:
    """Renames an experiment that is only in the bin, so that its name is free."""
    number, free = 2, f"{name} (bin)"
    while connection.execute("SELECT 1 FROM experiments WHERE name = ?", (free,)).fetchone():
        number, free = number + 1, f"{name} (bin {number})"
    connection.execute("UPDATE experiments SET name = ? WHERE name = ?", (free, name))


def delete_run(connection: sqlite3.Connection, run_id: int) -> None:
    """Deletes a run for good, with everything that belongs to it. Raises RunError while it runs."""
    run = any_run(connection, run_id)
    if run.is_leased:
        raise RunError(
            f"Run {run_id} of experiment '{run.experiment}' is running; stop it before you delete it."
        )
    first, last = record_ids(run_id)
    for table in ("attempts", "scores", "crashes", "cache", "notes"):
        connection.execute(f"DELETE FROM {table} WHERE record_id BETWEEN ? AND ?", (first, last))
    for table in ("records", "limit_changes", "seconds"):
        connection.execute(f"DELETE FROM {table} WHERE run_id = ?", (run_id,))
    connection.execute("DELETE FROM runs WHERE id = ?", (run_id,))
    connection.execute("DELETE FROM experiments WHERE id NOT IN (SELECT experiment_id FROM runs)")


def _compared(fingerprint: dict[str, str]) -> dict[str, str]:
    """What has to be the same for a resume: a model that has moved to another address is no other model."""
    return {part: value for part, value in fingerprint.items() if part != "base URL"}


def _refusal(new: NewRun, old: RunRow) -> str:
    before, now = _compared(json.loads(old.fingerprint)), _compared(new.fingerprint)
    parts = [
        f"{part}{_change(before.get(part), now.get(part))}"
        for part in sorted(before.keys() | now.keys())
        if before.get(part) != now.get(part)
    ]
    return (
        f"Experiment “{new.experiment}” has run {old.id} of “{new.evaluation}” already, which differs in {', '.join(parts)}. "
        "Use another experiment name, or start a second run in it."
    )


def _change(before: str | None, now: str | None) -> str:
    """Returns what something was and is, if both are words that a person would read."""
    if before is None or now is None or not _is_readable(before) or not _is_readable(now):
        return ""
    return f" (it was {before}, and is {now})"


def _is_readable(text: str) -> bool:
    return len(text) <= LONGEST_SHOWN and text[:1] not in ("[", "{") and not _HASH.fullmatch(text)


def _rows(connection: sqlite3.Connection, query: str, values: tuple[Any, ...]) -> list[RunRow]:
    cursor = connection.execute(query, values)
    names = [column[0] for column in cursor.description]
    return [msgspec.convert(dict(zip(names, row, strict=True)), RunRow) for row in cursor]
