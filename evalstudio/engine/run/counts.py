"""What a run has saved: how many records, what became of them, and their scores so far."""

from collections.abc import Sequence
from dataclasses import dataclass

from evalstudio.core.score import Score
from evalstudio.evaluators import Evaluator
from evalstudio.statistics.metrics import LiveAggregate


@dataclass(slots=True)
class Counts:
    """Records committed, by what became of them."""

    saved: int = 0
    scored: int = 0
    unscored: int = 0
    errored: int = 0
    cached: int = 0  # of those saved: answers that an earlier run has paid for

    def judged(self, *, scored: bool) -> None:
        """The last score of a saved answer is there; `scored`: any evaluator could judge it."""
        if scored:
            self.scored += 1
        else:
            self.unscored += 1


def make_aggregates(evaluators: Sequence[Evaluator]) -> dict[str, LiveAggregate]:
    """A running mean for each evaluator, with its scale and direction."""
    return {
        one.name: LiveAggregate(one.metrics[0] if one.metrics else "mean", one.direction, one.scale)
        for one in evaluators
    }


def add_score(aggregates: dict[str, LiveAggregate], score: Score) -> None:
    """Counts a score in the aggregate of its evaluator; text has no mean."""
    if not isinstance(score.value, str) and score.name in aggregates:
        aggregates[score.name].add(score.value)
