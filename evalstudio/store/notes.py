"""Notes in the store: notes and tags of runs and records, and which runs are pinned or archived."""

import sqlite3
import time
from collections.abc import Iterable

from evalstudio.protocol import RecordNote, RunMarks
from evalstudio.store.runs import RunRow, any_run


def mark_runs(connection: sqlite3.Connection, marks: Iterable[RunMarks]) -> None:
    """Writes the marks of runs. Raises RunError if one of them does not exist."""
    now = time.time()
    for one in marks:
        any_run(connection, one.run_id)
        connection.execute(
            "UPDATE runs SET note = ?1, tags = ?2, pinned_at = CASE WHEN ?3 THEN coalesce(pinned_at, ?5) END,"
            " archived_at = CASE WHEN ?4 THEN coalesce(archived_at, ?5) END WHERE id = ?6",
            (one.note, " ".join(one.tags), one.pinned, one.archived, now, one.run_id),
        )


def marks_of(row: RunRow) -> RunMarks:
    """Returns the marks of a run."""
    return RunMarks(
        row.id, row.note, tuple(row.tags.split()), row.pinned_at is not None, row.archived_at is not None
    )


def note_records(connection: sqlite3.Connection, notes: Iterable[RecordNote]) -> None:
    """Writes the notes of records; an empty one is removed."""
    for one in notes:
        if one.note or one.tags:
            connection.execute(
                "INSERT OR REPLACE INTO notes (record_id, note, tags) VALUES (?, ?, ?)",
                (one.record_id, one.note, " ".join(one.tags)),
            )
        else:
            connection.execute("DELETE FROM notes WHERE record_id = ?", (one.record_id,))


def note_of(connection: sqlite3.Connection, record_id: int) -> RecordNote | None:
    """Returns the note of a record; None if it has none."""
    found = connection.execute("SELECT note, tags FROM notes WHERE record_id = ?", (record_id,)).fetchone()
    return RecordNote(record_id, found[0], tuple(found[1].split())) if found is not None else None


def notes_of(connection: sqlite3.Connection, record_ids: Iterable[int]) -> list[RecordNote]:
    """Returns the notes of records, an empty one for each that has none."""
    return [note_of(connection, one) or RecordNote(one) for one in record_ids]
