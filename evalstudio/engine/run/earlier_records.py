"""Resume state: what a run has saved already, so that resuming it neither repeats nor loses anything."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from evalstudio.core.score import Score
from evalstudio.engine.models.ends import noted_end
from evalstudio.engine.run.counts import Counts, add_score, make_aggregates
from evalstudio.engine.run.sample_queue import RecordBits
from evalstudio.engine.run.telemetry import Telemetry
from evalstudio.evaluators import Evaluator
from evalstudio.statistics.metrics import LiveAggregate
from evalstudio.store.database import Connection
from evalstudio.store.run_records import answer_figures, cost_so_far, count_answers, count_ends
from evalstudio.store.scores import all_scores
from evalstudio.store.timeline import last_second


@dataclass(slots=True)
class Before:
    """The state of a run before it is resumed. `next_second` is where its charts continue."""

    done: RecordBits
    counts: Counts
    aggregates: dict[str, LiveAggregate]
    next_second: int
    telemetry: Telemetry


def load_before(
    connection: Connection,
    run_id: int,
    classes: tuple[str, ...] | None,
    evaluators: Sequence[Evaluator],
    unjudged: Collection[int],
) -> Before:
    """Reads the state of a run from the store.

    Args:
        connection: The store.
        run_id: The run.
        classes: Outcomes whose records are made again; None: all errored ones.
        evaluators: The evaluators of the run.
        unjudged: Records whose answer lacks a score; they are counted once they have it.
    """
    done = RecordBits.load(connection, run_id, classes)
    counts = Counts(saved=done.kept)
    aggregates = make_aggregates(evaluators)
    answered, counts.cached = count_answers(connection, run_id)
    for record, of_record in groupby(all_scores(connection, run_id), itemgetter(0)):
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
    for reason, count in count_ends(connection, run_id):
        counts.note_end(noted_end(reason), count)
    last = last_second(connection, run_id)
    telemetry = Telemetry()
    for latency, first_token, tokens_in, tokens_out, cost in answer_figures(connection, run_id):
        telemetry.answered(latency, first_token, tokens_in, tokens_out)
        telemetry.spent(cost)
    telemetry.cost = max(telemetry.cost, cost_so_far(connection, run_id))
    next_second = 0 if last is None else last + 1
    telemetry.skip_to(next_second)
    return Before(done, counts, aggregates, next_second, telemetry)
