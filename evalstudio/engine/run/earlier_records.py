"""What a run already has, so that going on neither repeats nor loses anything."""

import sqlite3
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from evalstudio.core.outcome import Outcome
from evalstudio.core.score import Score
from evalstudio.engine.run.counts import Counts, add_score, make_aggregates
from evalstudio.engine.run.sample_queue import RecordBits
from evalstudio.engine.run.telemetry import Telemetry
from evalstudio.evaluators import Evaluator
from evalstudio.statistics.metrics import LiveAggregate
from evalstudio.store.schema import record_ids


@dataclass(slots=True)
class Before:
    """Where a run stands before it goes on."""

    done: RecordBits
    counts: Counts
    aggregates: dict[str, LiveAggregate]
    next_second: int
    telemetry: Telemetry


def load_before(
    connection: sqlite3.Connection,
    run_id: int,
    classes: tuple[str, ...] | None,
    evaluators: Sequence[Evaluator],
    unjudged: Collection[int],
) -> Before:
    """Reads it from the store. `classes`: the outcomes whose records are made again; None: all errored ones.

    `unjudged` are answers that lack a score: they are counted once they have it.
    """
    done = RecordBits.load(connection, run_id, classes)
    counts = Counts(saved=done.kept)
    aggregates = make_aggregates(evaluators)
    answered, counts.cached = connection.execute(
        "SELECT count(*), coalesce(sum(attempts = 0), 0) FROM records WHERE run_id = ? AND outcome = ?",
        (run_id, Outcome.OK),
    ).fetchone()
    scores = connection.execute(
        "SELECT record_id, evaluator, value FROM scores WHERE record_id BETWEEN ? AND ?", record_ids(run_id)
    )
    for record, of_record in groupby(scores, itemgetter(0)):  # they lie in the order of their records
        if record in unjudged:
            continue
        scored = False
        for _, evaluator, value in of_record:
            scored = scored or value is not None
            add_score(aggregates, Score(evaluator, value))
        counts.scored += scored
    judged = answered - len(unjudged)
    if not evaluators:
        counts.scored = judged
    counts.unscored = judged - counts.scored
    counts.errored = done.kept - answered
    (last,) = connection.execute("SELECT max(second) FROM seconds WHERE run_id = ?", (run_id,)).fetchone()
    telemetry = Telemetry()
    for latency, *values in connection.execute(
        "SELECT latency, first_token, tokens_in, tokens_out, cost FROM records WHERE run_id = ? AND outcome = ?"
        " AND latency IS NOT NULL AND attempts > 0",  # 0: from the cache
        (run_id, Outcome.OK),
    ):
        first_token, tokens_in, tokens_out, cost = values
        telemetry.answered(latency, first_token, tokens_in, tokens_out)
        telemetry.spent(cost)
    telemetry.cost = max(telemetry.cost, _spent(connection, run_id))
    next_second = 0 if last is None else last + 1
    telemetry.skip_to(next_second)
    return Before(done, counts, aggregates, next_second, telemetry)


def _spent(connection: sqlite3.Connection, run_id: int) -> float:
    """What the run has cost so far: as it last ended, judges included, or by its records where it ended in no order."""
    (by_records, at_its_end) = connection.execute(
        "SELECT (SELECT sum(cost) FROM records WHERE run_id = runs.id), json_extract(summary, '$.cost') FROM runs WHERE id = ?",
        (run_id,),
    ).fetchone()
    return max(by_records or 0.0, at_its_end or 0.0)


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
