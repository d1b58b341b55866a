"""What a run already has, so that going on neither repeats nor loses anything."""

import sqlite3
from dataclasses import dataclass

from evalstudio.engine.run import Counts, add_score
from evalstudio.engine.samples import Done
from evalstudio.engine.telemetry import Telemetry
from evalstudio.metrics import LiveAggregate
from evalstudio.outcome import Outcome
from evalstudio.score import Score


@dataclass(slots=True)
class Before:
    """Where a run stands before it goes on."""

    done: Done
    counts: Counts
    aggregates: dict[str, LiveAggregate]
    next_second: int
    telemetry: Telemetry


def load_before(connection: sqlite3.Connection, run_id: int, classes: tuple[str, ...] | None) -> Before:
    """Reads it from the store. `classes`: the outcomes whose records are made again; None: all errored ones."""
    done = Done.load(connection, run_id, classes)
    counts = Counts(saved=done.kept)
    (answered,) = _one(
        connection, "SELECT count(*) FROM records WHERE run_id = ? AND outcome = ?", run_id, Outcome.OK
    )
    counts.errored = done.kept - answered
    (counts.unscored,) = _one(
        connection,
        "SELECT count(*) FROM (SELECT record_id FROM scores JOIN records ON records.id = record_id"
        " WHERE run_id = ? AND outcome = ? GROUP BY record_id HAVING count(value) = 0)",
        run_id,
        Outcome.OK,
    )
    counts.scored = answered - counts.unscored
    aggregates: dict[str, LiveAggregate] = {}
    rows = connection.execute(
        "SELECT evaluator, value FROM scores JOIN records ON records.id = record_id WHERE run_id = ? AND outcome = ?",
        (run_id, Outcome.OK),
    )
    for evaluator, value in rows:
        add_score(aggregates, Score(evaluator, value))
    (last,) = _one(connection, "SELECT max(second) FROM seconds WHERE run_id = ?", run_id)
    telemetry = Telemetry()
    for latency, *values in connection.execute(
        "SELECT latency, first_token, tokens_in, tokens_out, cost FROM records WHERE run_id = ? AND outcome = ?"
        " AND latency IS NOT NULL",
        (run_id, Outcome.OK),
    ):
        first_token, tokens_in, tokens_out, cost = values
        telemetry.answered(latency, first_token, tokens_in, tokens_out)
        telemetry.spent(cost)
    next_second = 0 if last is None else last + 1
    telemetry.skip_to(next_second)
    return Before(done, counts, aggregates, next_second, telemetry)


def count_crashes(connection: sqlite3.Connection, in_flight: list[int]) -> dict[int, int]:
    """Notes that an engine died with these records in flight; how often that has happened to each now."""
    for record in in_flight:
        connection.execute(
            "INSERT INTO crashes (record_id, times) VALUES (?, 1) ON CONFLICT DO UPDATE SET times = times + 1",
            (record,),
        )
    marks = ", ".join("?" * len(in_flight))
    rows = connection.execute(f"SELECT record_id, times FROM crashes WHERE record_id IN ({marks})", in_flight)
    return dict(rows.fetchall())


def _one(connection: sqlite3.Connection, query: str, *values: object) -> tuple[int, ...]:
    row: tuple[int, ...] = connection.execute(query, values).fetchone()
    return row
