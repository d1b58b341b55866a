"""Evaluators at work on one answer: scores, never an exception and never a score for what has no answer."""

import asyncio
import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evalstudio.evaluators import Evaluator
from evalstudio.score import Score
from evalstudio.store.rows import ScoreRow


@dataclass(frozen=True, slots=True)
class Judged:
    """The scores of an answer and the seconds they took."""

    scores: tuple[Score, ...]
    seconds: float

    @property
    def scored(self) -> bool:
        return any(score.scored for score in self.scores)


class Judging:
    """The evaluators of a run. Those that are a person's own code run in a thread, so they cannot hold up the loop."""

    def __init__(self, evaluators: Sequence[Evaluator]) -> None:
        self._quick = [evaluator for evaluator in evaluators if evaluator.type != "python"]
        self._slow = [evaluator for evaluator in evaluators if evaluator.type == "python"]
        self.needs_thread = bool(self._slow)

    def judge(self, answer: str, values: Mapping[str, Any]) -> Judged:
        """The scores of the evaluators that need no thread."""
        started = time.perf_counter()
        scores = tuple(_judge(evaluator, answer, values) for evaluator in self._quick)
        return Judged(scores, time.perf_counter() - started)

    async def judge_all(self, answer: str, values: Mapping[str, Any]) -> Judged:
        """The scores of all evaluators."""
        started = time.perf_counter()
        scores = self.judge(answer, values).scores
        slow = await asyncio.gather(
            *(asyncio.to_thread(_judge, evaluator, answer, values) for evaluator in self._slow)
        )
        return Judged((*scores, *slow), time.perf_counter() - started)


def score_rows(record_id: int, scores: Sequence[Score]) -> list[ScoreRow]:
    return [
        ScoreRow(record_id, score.name, score.value, score.label, score.expected_label, score.why)
        for score in scores
    ]


def _judge(evaluator: Evaluator, answer: str, values: Mapping[str, Any]) -> Score:
    try:
        score = evaluator.judge(answer, values)
    except Exception as error:  # noqa: BLE001 - whatever a person's evaluator raises, the answer is kept, unscored
        return Score(
            evaluator.name,
            None,
            evaluator.metrics,
            why=f"The evaluator failed: {type(error).__name__}: {error}",
        )
    if isinstance(score.value, float) and not math.isfinite(score.value):
        return Score(
            evaluator.name,
            None,
            evaluator.metrics,
            why=f"The evaluator returned {score.value}, which is no score.",
        )
    return score
