"""Scoring: runs the evaluators of a run on its answers; it never raises, and never scores what has no answer.

Quick evaluators score at once, and their scores are committed together with the answer. User code, and evaluators that
take their time, run in processes of their own, where they can neither block nor crash the engine, and a model judge makes calls of its own: their scores arrive
after the answer is saved.
"""

import asyncio
import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from evalstudio.core.outcome import Outcome
from evalstudio.core.score import Score
from evalstudio.engine.scoring.judge_calls import JudgeCalls
from evalstudio.engine.scoring.judged import Judged
from evalstudio.engine.workers.protocol import CallFailed, Workers
from evalstudio.engine.workers.thread_workers import ThreadWorkers
from evalstudio.evaluations.spec import TimeOuts
from evalstudio.evaluators import Evaluator, EvaluatorFailed
from evalstudio.models.keys import redact
from evalstudio.store.rows import ScoreRow

THREADS = 8
STILL_THINKING = "truncated: the answer ends while the model is still thinking"


@dataclass(slots=True)
class _Waiting:
    """A saved answer with outstanding scores."""

    missing: int
    scored: bool
    since: float


class Scoring:
    """Scores the answers of one run.

    Args:
        evaluators: All evaluators, judges included.
        judges: The calls of those that are model judges.
        save: Called as `save(record_id, score, last, scored, seconds)` with a score that arrives after its answer was
            saved: `last`: no more will follow for the answer, `scored`: at least one evaluator could score it,
            `seconds`: since the answer was saved.
        workers: The workers of user-written evaluators, by name.
        longest: Returns the time-out of an evaluator, in seconds.
        on_judged: Called with the processor seconds of a call on a worker.
    """

    def __init__(
        self,
        evaluators: Sequence[Evaluator],
        judges: Sequence[JudgeCalls],
        save: Callable[[int, Score, bool, bool, float], None],
        workers: Mapping[str, Workers] | None = None,
        longest: Callable[[], float] = lambda: TimeOuts().attempt,
        on_judged: Callable[[float], None] = lambda processor: None,
    ) -> None:
        self._quick = [one for one in evaluators if not one.apart and not one.needs_calls]
        self._slow = [one for one in evaluators if one.apart]
        self.judges = list(judges)
        self._save = save
        self._workers = workers or {}
        self._threads = ThreadWorkers(THREADS, "evaluator")  # for evaluators that no worker can load
        self._longest = longest
        self._on_judged = on_judged
        self._waiting: dict[int, _Waiting] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def waiting(self) -> int:
        """How many saved answers wait for scores."""
        return len(self._waiting)

    def now(self, answer: str, values: Mapping[str, Any]) -> Judged:
        """Returns the scores of the quick evaluators."""
        started = time.perf_counter()
        scores = tuple(judge(evaluator, answer, values) for evaluator in self._quick)
        complete = not self._slow and not self.judges
        return Judged(scores, time.perf_counter() - started, complete)

    def none_for(self, why: str) -> Judged:
        """No score of any evaluator, for an answer that there is nothing to judge in."""
        every = (*self._quick, *self._slow, *(one.evaluator for one in self.judges))
        return Judged(tuple(Score(one.name, None, one.metrics, why) for one in every), 0.0)

    def later(
        self,
        record_id: int,
        answer: str,
        values: Mapping[str, Any],
        prompt: str,
        scored: bool,
        only: set[str] | None = None,
    ) -> None:
        """Starts the slow evaluators of a saved answer: all of them, or those named in `only`."""
        slow = [one for one in self._slow if only is None or one.name in only]
        judges = [one for one in self.judges if only is None or one.evaluator.name in only]
        if not slow and not judges:
            return
        self._waiting[record_id] = _Waiting(len(slow) + len(judges), scored, time.perf_counter())
        for evaluator in slow:
            task = asyncio.create_task(self._judge(record_id, evaluator, answer, values))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        for one in judges:
            with self._unscored_on_failure(record_id, one.evaluator):
                one.add(record_id, answer, values, prompt, self._done)

    def cancel(self) -> None:
        """Cancels all outstanding scores: the answers are saved, and a resume scores them."""
        for task in list(self._tasks):
            task.cancel()
        for one in self.judges:
            one.cancel()
        self._waiting.clear()

    async def _judge(
        self, record_id: int, evaluator: Evaluator, answer: str, values: Mapping[str, Any]
    ) -> None:
        longest = min(self._longest(), evaluator.longest_s or math.inf)
        try:
            score = await self._judged(evaluator, answer, values, longest)
        except TimeoutError:
            message = f"The evaluator '{evaluator.name}' did not return within {longest:g} s."
            score = failed(evaluator, EvaluatorFailed(message))
        except Exception as error:  # noqa: BLE001 - sys.exit() in a thread; the answer is kept, unscored
            score = failed(evaluator, error)
        self._done(record_id, evaluator.decided(score))

    async def _judged(
        self, evaluator: Evaluator, answer: str, values: Mapping[str, Any], longest: float
    ) -> Score:
        given = {"score": evaluator.name, "answer": answer, "values": dict(values)}
        workers = self._workers.get(evaluator.name)
        try:
            if workers is not None:
                returned = await workers.run(None, given, longest)
                self._on_judged(returned.spent.processor)
                return checked(evaluator, returned.value)
        except CallFailed as failure:
            if failure.outcome is not Outcome.OVERLOADED or failure.error is not None:
                error = EvaluatorFailed(f"The evaluator '{evaluator.name}' failed: {failure.message}")
                return failed(evaluator, error)
            # else the workers failed, not the evaluator: it runs in a thread
        here = {"evaluator": evaluator, "answer": answer, "values": values}
        score: Score = (await self._threads.run(judge, here, longest)).value
        return score

    async def aclose(self) -> None:
        """Closes the threads and workers of evaluators."""
        self._threads.close()
        for workers in set(self._workers.values()):
            await workers.aclose()

    def _done(self, record_id: int, score: Score) -> None:
        waiting = self._waiting.get(record_id)
        if waiting is None:
            return  # cancelled in the meantime
        waiting.missing -= 1
        waiting.scored = waiting.scored or score.scored
        last = waiting.missing == 0
        if last:
            del self._waiting[record_id]
        self._save(record_id, score, last, waiting.scored, time.perf_counter() - waiting.since)

    @contextmanager
    def _unscored_on_failure(self, record_id: int, evaluator: Evaluator) -> Iterator[None]:
        """Leaves a sample unscored by a judge whose template fails on it."""
        try:
            yield
        except Exception as error:  # noqa: BLE001 - whatever it raises, the answer is kept, unscored
            self._done(record_id, failed(evaluator, error))


def judge(evaluator: Evaluator, answer: str, values: Mapping[str, Any]) -> Score:
    """Returns the score of one evaluator; unscored, with the reason, where it fails or returns no finite number."""
    try:
        score = evaluator.judge(answer, values)
    except Exception as error:  # noqa: BLE001 - a user's evaluator may raise anything: the answer is kept, unscored
        return failed(evaluator, error)
    return checked(evaluator, score)


def checked(evaluator: Evaluator, score: Score) -> Score:
    """Returns the score; unscored, with the reason, where it is NaN or infinite."""
    if isinstance(score.value, float) and not math.isfinite(score.value):
        return Score(
            evaluator.name,
            None,
            evaluator.metrics,
            why=f"The evaluator returned {score.value}, which is no score.",
        )
    return score


def failed(evaluator: Evaluator, error: Exception) -> Score:
    """Returns an unscored result with the error as the reason."""
    return Score(
        evaluator.name, None, evaluator.metrics, why=redact(str(error) or type(error).__name__)[:1000]
    )


def score_rows(record_id: int, scores: Sequence[Score], seconds: float | None = None) -> list[ScoreRow]:
    """Returns the rows of scores; `seconds`: from the saved answer to these scores."""
    return [
        ScoreRow(record_id, score.name, score.value, score.label, score.expected_label, score.why, seconds)
        for score in scores
    ]
