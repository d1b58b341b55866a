"""Bin: deleted runs stay 30 days, can be restored, and then go with all their records; and giving disk space back."""

import sqlite3
import time
from collections.abc import Iterable
from contextlib import closing

import msgspec

from evalstudio.core.errors import RunError
from evalstudio.store.database import explained, open_for_writing
from evalstudio.store.runs import HIDDEN, any_run
from evalstudio.workspace.folder import Workspace

KEPT_S = 30 * 86_400.0  # seconds in the bin


class BinnedRun(msgspec.Struct, frozen=True):
    """A run in the bin. `size` is its share of the database in bytes, estimated from its records."""

    id: int
    experiment: str
    evaluation: str
    model: str
    saved: int
    deleted_at: float
    size: int


class BinContents(msgspec.Struct, frozen=True):
    """The bin, newest first, and the database: its size and what of it is free, in bytes."""

    runs: tuple[BinnedRun, ...] = ()
    size: int = 0
    free: int = 0


def bin_runs(connection: sqlite3.Connection, run_ids: Iterable[int]) -> None:
    """Moves runs to the bin. Raises RunError if one does not exist or is active; then none is moved."""
    for run_id in run_ids:
        run = any_run(connection, run_id)
        if run.is_leased:
            raise RunError(f"Run {run_id} of “{run.experiment}” is active; stop it before you delete it.")
        connection.execute(
            f"UPDATE runs SET {HIDDEN} = ? WHERE id = ? AND {HIDDEN} IS NULL", (time.time(), run_id)
        )


def restore_runs(connection: sqlite3.Connection, run_ids: Iterable[int]) -> None:
    """Takes runs out of the bin. Raises RunError if one is not there any more."""
    for run_id in run_ids:
        any_run(connection, run_id)
        connection.execute(f"UPDATE runs SET {HIDDEN} = NULL WHERE id = ?", (run_id,))


def expired(connection: sqlite3.Connection, now: float) -> list[int]:
    """Returns the runs that have been in the bin for 30 days."""
    rows = connection.execute(f"SELECT id FROM runs WHERE {HIDDEN} < ?", (now - KEPT_S,))
    return [run_id for (run_id,) in rows]


def bin_contents(connection: sqlite3.Connection) -> BinContents:
    """Returns what is in the bin."""
    (page,) = connection.execute("PRAGMA page_size").fetchone()
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    (free,) = connection.execute("PRAGMA freelist_count").fetchone()
    (saved,) = connection.execute("SELECT coalesce(sum(saved), 0) FROM runs").fetchone()
    each = (pages - free) * page / max(saved, 1)
    rows = connection.execute(
        f"SELECT runs.id, experiments.name, evaluation, model, saved, {HIDDEN} FROM runs"
        f" JOIN experiments ON experiments.id = experiment_id WHERE {HIDDEN} IS NOT NULL ORDER BY {HIDDEN} DESC, runs.id DESC"
    )
    runs = tuple(
        BinnedRun(run_id, experiment, evaluation, model, count, at, round(count * each))
        for run_id, experiment, evaluation, model, count, at in rows
    )
    return BinContents(runs, pages * page, free * page)


def compact(workspace: Workspace) -> int:
    """Rewrites the database without its free pages; returns by how many bytes it and its log got smaller.

    Nothing may be written meanwhile. It needs free space of the size of the database. Blocking.

    Raises:
        StoreError: It is locked, or the disk is full; nothing has changed then.
    """
    before = _size(workspace)
    with explained(workspace.database), closing(open_for_writing(workspace).conn) as connection:
        connection.execute("VACUUM")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return max(0, before - _size(workspace))


def _size(workspace: Workspace) -> int:
    path = workspace.database
    return sum(one.stat().st_size for one in (path, path.with_name(f"{path.name}-wal")) if one.exists())
