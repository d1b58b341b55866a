"""Scores table: the scores of a run, which ones are missing, and the removal of those that no longer count."""

from collections.abc import Collection, Iterator
from typing import Any

from evalstudio.store.database import Connection
from evalstudio.store.schema import record_ids


def all_scores(connection: Connection, run_id: int) -> Iterator[tuple[int, str, Any]]:
    """Returns (record id, evaluator, value) of each score of a run in record order; value None: unscored."""
    return connection.execute(
        "SELECT record_id, evaluator, value FROM scores WHERE record_id BETWEEN ? AND ?", record_ids(run_id)
    )


def score_scales(connection: Connection, run_id: int) -> list[tuple[str, bool]]:
    """Returns (evaluator, whether it gave any value other than 0 and 1) for each evaluator of a run."""
    rows = connection.execute(
        "SELECT evaluator, coalesce(max(value NOT IN (0, 1)), 0) FROM scores JOIN records ON records.id = record_id"
        " WHERE run_id = ? GROUP BY evaluator",
        (run_id,),
    )
    return [(str(evaluator), bool(is_number)) for evaluator, is_number in rows]


def records_without_score(
    connection: Connection, run_id: int, evaluator: str, not_asked: str
) -> Iterator[int]:
    """Returns the ids of the answered records that an evaluator has not judged.

    An unscored record counts as not judged if its reason begins with `not_asked`.
    """
    rows = connection.execute(
        "SELECT id FROM records WHERE run_id = ? AND outcome = 'ok' AND NOT EXISTS"
        " (SELECT 1 FROM scores WHERE record_id = records.id AND evaluator = ?"
        " AND NOT (value IS NULL AND substr(why, 1, ?) = ?))",
        (run_id, evaluator, len(not_asked), not_asked),
    )
    return (int(record) for (record,) in rows)


def keep_scores_of(connection: Connection, run_id: int, evaluators: Collection[str]) -> None:
    """Deletes the scores of a run except those by these evaluators."""
    rows = connection.execute(
        "SELECT DISTINCT evaluator FROM scores JOIN records ON records.id = record_id WHERE run_id = ?",
        (run_id,),
    ).fetchall()
    for (name,) in rows:
        if name not in evaluators:
            connection.execute(
                "DELETE FROM scores WHERE evaluator = ? AND record_id IN (SELECT id FROM records WHERE run_id = ?)",
                (name, run_id),
            )
