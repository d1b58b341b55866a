"""Store reader: read-only access to a workspace for the window, the CLI and exports; rows are looked up by id."""

import contextlib
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from evalstudio.core.run_state import RunState
from evalstudio.protocol import LimitChange, RecordNote, SecondBucket
from evalstudio.store.database import explained, open_for_reading
from evalstudio.store.notes import note_of
from evalstudio.store.query import GROUPS, LAST_MESSAGE, TEXTS, RecordQuery, to_sql
from evalstudio.store.rows import AttemptRow, Record, ScoreRow
from evalstudio.store.runs import RunRow, get_run, list_runs
from evalstudio.store.schema import record_ids
from evalstudio.workspace.folder import Workspace

__all__ = ["GROUPS", "Details", "Reader", "RecordLine", "RecordQuery"]


class RecordLine(msgspec.Struct, frozen=True):
    """A record as a row of a table, with texts cut to fit a cell."""

    id: int
    sample_id: str
    repeat: int
    outcome: str
    error: str | None
    answer: str | None
    expected: str | None
    latency: float | None
    attempts: int
    tokens_out: int | None
    score: float | str | None  # of the evaluator asked for, or the first
    scored: bool  # by that evaluator
    first_token: float | None = None
    tokens_in: int | None = None
    cost: float | None = None
    prompt: str | None = None  # the last one if there are several messages
    finish_reason: str | None = None
    note: str = ""  # with its tags
    scores: Mapping[str, float | str | None] = {}  # by evaluator


class Details(msgspec.Struct, frozen=True):
    """One complete record with its scores and attempts."""

    record: Record
    scores: tuple[ScoreRow, ...]
    attempts: tuple[AttemptRow, ...]
    note: RecordNote | None = None


class Reader:
    """One read-only connection. Use it from one thread at a time."""

    def __init__(self, workspace: Workspace) -> None:
        self.connection: sqlite3.Connection = open_for_reading(workspace)
        self._path = workspace.database

    def close(self) -> None:
        self.connection.close()

    def interrupt(self) -> None:
        """Aborts the running query from another thread; does nothing if the reader is closed."""
        with contextlib.suppress(sqlite3.ProgrammingError):  # closed at this very moment
            self.connection.interrupt()

    def runs(self, experiment: str | None = None) -> list[RunRow]:
        """Returns all runs, or those of an experiment, newest first."""
        return [self._recounted(row) for row in list_runs(self.connection, experiment)]

    def run(self, run_id: int) -> RunRow:
        return self._recounted(get_run(self.connection, run_id))

    def _recounted(self, row: RunRow) -> RunRow:
        """Updates the row of an interrupted run, which is as of its last heartbeat, by counting its saved records."""
        if row.true_state is not RunState.INTERRUPTED:
            return row
        saved, errored = self.connection.execute(
            "SELECT count(*), coalesce(sum(outcome != 'ok'), 0) FROM records WHERE run_id = ?", (row.id,)
        ).fetchone()
        return msgspec.structs.replace(row, saved=saved, errored=errored)

    def record_ids(self, run_id: int, outcome: str | None = None, search: str = "") -> list[int]:
        """Returns record ids in dataset order: all, those of one outcome, or those with a text in prompt or answer.

        `outcome` is an outcome class, or one of GROUPS: scored, right, wrong (a score of 1, or 0), unscored, errored.
        """
        return self.find(run_id, RecordQuery(outcome=outcome, search=search))

    def find(self, run_id: int, query: RecordQuery) -> list[int]:
        """Returns the ids of the run's records that match the query, in its order."""
        return list(self.each(run_id, query))

    def each(self, run_id: int, query: RecordQuery, after: int | None = None) -> Iterator[int]:
        """Iterates over the ids of `find`: a list of a million numbers takes five times the memory of their array.

        With `after`, only greater ids.
        """
        return (record for (record,) in self.connection.execute(*to_sql(run_id, query, after)))

    def lines(self, ids: Sequence[int], evaluator: str | None = None) -> list[RecordLine]:
        """Returns the table rows of these records, ordered by id."""
        marks = ", ".join("?" * len(ids))
        rows = self.connection.execute(
            "SELECT records.id, sample_id, repeat, outcome, error, substr(answer, 1, 400), substr(expected, 1, 400),"
            " latency, attempts, tokens_out, value, value IS NOT NULL, first_token, tokens_in, cost,"
            f" {LAST_MESSAGE}, finish_reason, coalesce({TEXTS['note']}, ''),"
            " (SELECT json_group_object(evaluator, value) FROM scores WHERE record_id = records.id)"
            " FROM records LEFT JOIN scores ON"
            " scores.record_id = records.id AND scores.evaluator = coalesce(?, (SELECT min(evaluator) FROM scores"
            f" AS one WHERE one.record_id = records.id)) WHERE records.id IN ({marks}) ORDER BY records.id",
            (evaluator, *ids),
        )
        return [RecordLine(*[*row[:-1], msgspec.json.decode(row[-1])]) for row in rows]

    def details(self, record_id: int) -> Details | None:
        """Returns one record with its scores and attempts; None if it does not exist (any more)."""
        records = _structs(self.connection, Record, "records", "id = ?", record_id)
        if not records:
            return None
        scores = _structs(self.connection, ScoreRow, "scores", "record_id = ?", record_id)
        attempts = _structs(
            self.connection, AttemptRow, "attempts", "record_id = ? ORDER BY number", record_id
        )
        return Details(records[0], tuple(scores), tuple(attempts), note_of(self.connection, record_id))

    def kept_answer(self, key: bytes) -> Record | None:
        """Returns the cached record that answers a question; None if there is none.

        Raises:
            StoreError: the database can't be read now.
        """
        where = "id = (SELECT record_id FROM cache WHERE key = ?) AND outcome = 'ok'"
        with explained(self._path):
            found = _structs(self.connection, Record, "records", where, key)
        return found[0] if found else None

    def errors(self, run_id: int) -> list[tuple[str, int, str]]:
        """Returns errored records by class: name, number and an example."""
        return self.connection.execute(
            "SELECT outcome, count(*), min(error) FROM records WHERE run_id = ? AND outcome != 'ok' GROUP BY outcome"
            " ORDER BY count(*) DESC",
            (run_id,),
        ).fetchall()

    def buckets(self, run_id: int, after: int = -1) -> list[SecondBucket]:
        """Returns the closed seconds of a run after the given second."""
        rows = self.connection.execute(
            "SELECT bucket FROM seconds WHERE run_id = ? AND second > ? ORDER BY second", (run_id, after)
        )
        return [msgspec.json.decode(bucket, type=SecondBucket) for (bucket,) in rows]

    def changes(self, run_id: int) -> list[LimitChange]:
        rows = self.connection.execute(
            "SELECT at, what, old, new, cause, sentence FROM limit_changes WHERE run_id = ? ORDER BY id",
            (run_id,),
        )
        return [LimitChange(*row) for row in rows]

    def evaluators(self, run_id: int) -> list[str]:
        """Returns the evaluators that have judged a record of the run."""
        first, last = record_ids(run_id)
        rows = self.connection.execute(
            "SELECT DISTINCT evaluator FROM scores WHERE record_id BETWEEN ? AND ? ORDER BY evaluator",
            (first, last),
        )
        return [name for (name,) in rows]

    def scores(self, run_id: int, evaluator: str) -> Iterator[tuple[str, Any, str | None, str | None]]:
        """Yields (sample id, value, label, expected label) of the answered records of a run; value None: unscored."""
        return iter(
            self.connection.execute(
                "SELECT sample_id, value, label, expected_label FROM records JOIN scores ON record_id = records.id"
                " WHERE run_id = ? AND outcome = 'ok' AND evaluator = ? ORDER BY records.id",
                (run_id, evaluator),
            )
        )

    def values(self, run_id: int, evaluator: str) -> list[tuple[str, int, Any]]:
        """Returns (sample id, repeat, value) of one evaluator's scores of the answered records; value None: unscored."""
        return self.connection.execute(
            "SELECT sample_id, repeat, value FROM records JOIN scores ON record_id = records.id"
            " WHERE run_id = ? AND outcome = 'ok' AND evaluator = ?",
            (run_id, evaluator),
        ).fetchall()

    def score_counts(self, run_id: int, evaluator: str) -> list[tuple[Any, int]]:
        """Counts the answers by one evaluator's score value; value None: unscored."""
        rows = self.connection.execute(
            "SELECT value, count(*) FROM scores WHERE record_id BETWEEN ? AND ? AND evaluator = ? GROUP BY value",
            (*record_ids(run_id), evaluator),
        )
        return rows.fetchall()


def _structs(connection: sqlite3.Connection, kind: Any, table: str, where: str, *values: Any) -> list[Any]:
    names = ", ".join(kind.__struct_fields__)
    rows = connection.execute(f"SELECT {names} FROM {table} WHERE {where}", values)
    return [kind(*row) for row in rows]
