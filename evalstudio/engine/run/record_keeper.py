"""Record keeper: hands the records of a run to the writer, and counts them once they are committed."""

from dataclasses import dataclass

from evalstudio.core.outcome import Outcome
from evalstudio.core.score import Score
from evalstudio.engine.models.ends import noted_end
from evalstudio.engine.planning.plan import Plan
from evalstudio.engine.run.context import RunContext
from evalstudio.engine.run.counts import Counts, add_score, make_aggregates
from evalstudio.engine.run.record_rows import Ended, make_record
from evalstudio.engine.run.sample_queue import SampleTask
from evalstudio.engine.scoring.inline_scores import given_evaluator
from evalstudio.engine.scoring.judged import Judged
from evalstudio.engine.scoring.scoring import score_rows
from evalstudio.evaluators import Evaluator
from evalstudio.models.keys import redact
from evalstudio.statistics.metrics import LiveAggregate
from evalstudio.store.writer import Saved


@dataclass(slots=True)
class RecordSaved:
    """The writer's token for a committed record. `judged` None: it is errored."""

    keeper: "RecordKeeper"
    judged: Judged | None
    cached: bool = False
    end: str | None = None
    """How the answer ended, where the summary counts it."""


@dataclass(slots=True)
class ScoresSaved:
    """The writer's token for committed scores of a saved answer; `last`: no more will follow."""

    keeper: "RecordKeeper"
    scores: tuple[Score, ...]
    last: bool
    scored: bool  # at least one evaluator could score it


class RecordKeeper:
    """The records of one run on their way to the store, and the counts and aggregates of those committed."""

    def __init__(
        self, context: RunContext, plan: Plan, counts: Counts, aggregates: dict[str, LiveAggregate]
    ) -> None:
        self.run_id = context.id
        self._writer = context.services.writer
        self._log = context.services.log
        self._telemetry = context.telemetry
        self.counts = counts
        self.aggregates = aggregates
        self.evaluators: dict[str, Evaluator] = {one.name: one for one in plan.evaluators}
        self.unsaved = 0
        self._learns_evaluators = plan.evaluation is not None
        self._expected = plan.compile_expected()

    def save(self, item: SampleTask, ended: Ended) -> None:
        """Queues the record of a finished sample for the writer."""
        try:
            record = make_record(self.run_id, item, ended, self._expected)
        except Exception as error:  # noqa: BLE001 - a value of a person's own class can raise anything; one record errs
            message = redact(f"The record can't be made: {type(error).__name__}: {error}")
            self._log("error", f"Sample {item.sample.id}: {message}")
            ended = Ended(Outcome.CLIENT_ERROR, message, cost=ended.cost)
            item.messages = ()
            record = make_record(self.run_id, item, ended, None)
        scores = score_rows(record.id, ended.judged.scores) if ended.judged else ()
        self.unsaved += 1
        token = RecordSaved(self, ended.judged, ended.cached, _noted_end(ended))
        question = None if ended.cached or ended.outcome is not Outcome.OK else item.question
        saved = Saved(record, scores, item.attempts, token, item.again, question)
        self._writer.save(saved)

    def save_later_score(
        self, record_id: int, score: Score, last: bool, scored: bool, seconds: float
    ) -> None:
        """Queues one score that arrived `seconds` after its answer was saved."""
        self.save_scores(record_id, (score,), last=last, scored=scored, seconds=seconds)

    def save_scores(
        self,
        record_id: int,
        scores: tuple[Score, ...],
        *,
        last: bool,
        scored: bool,
        seconds: float | None = None,
    ) -> None:
        """Queues scores of an answer that is saved already."""
        self.unsaved += 1
        token = ScoresSaved(self, scores, last, scored)
        self._writer.save(Saved(None, score_rows(record_id, scores, seconds), token=token))

    def on_saved(self, saved: RecordSaved | ScoresSaved) -> None:
        """Counts a record, or scores of one, that the writer has committed."""
        self.unsaved -= 1
        match saved:
            case RecordSaved(judged=judged, cached=cached, end=end):
                self.counts.saved += 1
                self.counts.note_end(end)
                if cached:
                    self.counts.cached += 1  # no evidence about the endpoint: charts leave it out
                else:
                    self._telemetry.saved(1)
                if judged is None:
                    self.counts.errored += 1
                    return
                scores = judged.scores
                if judged.complete:
                    self.counts.judged(scored=judged.scored or not scores)
            case ScoresSaved(scores=scores, last=last, scored=scored):
                if last:
                    self.counts.judged(scored=scored)
        for score in scores:
            self._learn_evaluator(score)
            add_score(self.aggregates, score)

    def _learn_evaluator(self, score: Score) -> None:
        """Adds the evaluator of a score: an evaluation's own function declares them only by returning scores."""
        if self._learns_evaluators and score.name not in self.evaluators:
            evaluator = given_evaluator(score.name, score.metrics)
            self.evaluators[score.name] = evaluator
            self.aggregates |= make_aggregates([evaluator])


def _noted_end(ended: Ended) -> str | None:
    return noted_end(ended.answer.finish_reason) if ended.judged is not None and ended.answer else None
