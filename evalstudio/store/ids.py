"""Record id queries: the ids of up to a million records as an array.

The database returns them as a single text, because fetching a row per id is what costs most. A run without gaps
needs no look at its records at all. Numeric columns are sorted here, which takes half the time that the database
needs.
"""

import sqlite3
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from evalstudio.store.query import COLUMNS, RecordQuery, to_sql
from evalstudio.store.schema import record_ids

Ids = npt.NDArray[np.int64]

# Non-negative numeric columns with their resolution per unit: nanoseconds, trillionths of a dollar.
STEPS = {
    "latency": "1e9", "first_token": "1e9", "tokens_in": "1", "tokens_out": "1", "cost": "1e12", "attempts": "1",
}  # fmt: skip
NOTHING = -1


def no_ids() -> Ids:
    return np.empty(0, dtype=np.int64)


def find_ids(
    connection: sqlite3.Connection, run_id: int, query: RecordQuery, after: int | None = None
) -> Ids:
    """Returns the ids of the run's records that match the query, in its order; with `after`, only greater ids."""
    if after is not None:
        (ids,) = _fetch(connection, run_id, to_sql(run_id, query, after))
        return ids
    if query == RecordQuery(sort="sample", descending=query.descending, evaluator=query.evaluator):
        unbroken = _unbroken(connection, run_id)
        if unbroken is not None:
            return unbroken[::-1] if query.descending else unbroken
    if query.sort == "sample":
        (ids,) = _fetch(connection, run_id, to_sql(run_id, query, order=False))
        ids.sort()
        return ids[::-1] if query.descending else ids
    if query.sort in STEPS:
        return _by_number(connection, run_id, query)
    if query.evaluator is None:
        query = msgspec.structs.replace(query, evaluator=_only_evaluator(connection, run_id))
    (ids,) = _fetch(connection, run_id, to_sql(run_id, query))
    return ids


def first_ids(connection: sqlite3.Connection, run_id: int, count: int, *, descending: bool) -> Ids:
    """Returns the first ids of the run's unfiltered table, in constant time however many there are."""
    order = "DESC" if descending else "ASC"
    rows = connection.execute(
        f"SELECT id FROM records WHERE id BETWEEN ? AND ? ORDER BY id {order} LIMIT ?",
        (*record_ids(run_id), count),
    ).fetchall()
    return np.array([one for (one,) in rows], dtype=np.int64)


def _unbroken(connection: sqlite3.Connection, run_id: int) -> Ids | None:
    """Returns all ids of the run if none is missing between the first and the last, else None."""
    first, last, count = connection.execute(
        "SELECT (SELECT min(id) FROM records WHERE id BETWEEN ?1 AND ?2), (SELECT max(id) FROM records WHERE id"
        " BETWEEN ?1 AND ?2), (SELECT count(*) FROM records WHERE run_id = ?3)",
        (*record_ids(run_id), run_id),
    ).fetchone()
    return np.arange(first, last + 1, dtype=np.int64) if count and last - first + 1 == count else None


def _by_number(connection: sqlite3.Connection, run_id: int, query: RecordQuery) -> Ids:
    statement, values = to_sql(run_id, query, order=False)
    value = f"coalesce(CAST({COLUMNS[query.sort]} * {STEPS[query.sort]} AS INTEGER), {NOTHING})"
    ids, numbers = _fetch(connection, run_id, (statement.replace(" FROM", f", {value} FROM", 1), values), 2)
    key = -numbers if query.descending else numbers
    key[numbers == NOTHING] = np.iinfo(np.int64).max  # last, in either direction
    order: Ids = np.lexsort((ids, key))
    return ids[order]


def _only_evaluator(connection: sqlite3.Connection, run_id: int) -> str | None:
    """Returns the run's evaluator if it has only one: looking up each record's first doubles the time of a sort."""
    span = record_ids(run_id)
    found = connection.execute(
        "SELECT evaluator FROM scores WHERE record_id BETWEEN ? AND ? LIMIT 1", span
    ).fetchone()
    if found is None:
        return None
    others = connection.execute(
        "SELECT 1 FROM scores WHERE record_id BETWEEN ? AND ? AND evaluator != ? LIMIT 1", (*span, *found)
    )
    return None if others.fetchone() is not None else str(found[0])


def _fetch(
    connection: sqlite3.Connection, run_id: int, asked: tuple[str, list[Any]], columns: int = 1
) -> tuple[Ids, ...]:
    """Runs a statement and returns one array per column; the first column holds ids."""
    first, _ = record_ids(run_id)
    statement, values = asked
    names = ["id", "value"][:columns]
    parts = ", ".join(f"group_concat({name})" for name in [f"id - {first}", *names[1:]])
    row = connection.execute(
        f"WITH found({', '.join(names)}) AS ({statement}) SELECT {parts} FROM found", values
    ).fetchone()
    arrays = [np.fromstring(text or "", dtype=np.int64, sep=",") for text in row]
    arrays[0] += first
    return tuple(arrays)
