"""Run counters: saved records by result, and running aggregates of their scores."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from evalstudio.core.score import Score
from evalstudio.evaluators import Evaluator
from evalstudio.statistics.metrics import LiveAggregate

MOST_ENDS = 20  # different ones; an endpoint may make up a new word for each answer


@dataclass(slots=True)
class Counts:
    """Committed records, by result."""

    saved: int = 0
    scored: int = 0
    unscored: int = 0
    errored: int = 0
    cached: int = 0  # of those saved: answers from the cache
    ends: Counter[str] = field(default_factory=Counter)  # of answers cut off, or ended by a word nobody knows

    def judged(self, *, scored: bool) -> None:
        """Counts a saved answer whose last score has arrived; `scored`: at least one evaluator could score it."""
        if scored:
            self.scored += 1
        else:
            self.unscored += 1

    def note_end(self, end: str | None, count: int = 1) -> None:
        """Counts saved answers by how they ended, where a summary is to tell it."""
        if end is not None:
            self.ends[end if end in self.ends or len(self.ends) < MOST_ENDS else "others"] += count


def make_aggregates(evaluators: Sequence[Evaluator]) -> dict[str, LiveAggregate]:
    """Returns an empty running aggregate for each evaluator, with its scale and direction."""
    return {
        one.name: LiveAggregate(one.metrics[0] if one.metrics else "mean", one.direction, one.scale)
        for one in evaluators
    }


def add_score(aggregates: dict[str, LiveAggregate], score: Score) -> None:
    """Adds a score to the aggregate of its evaluator; text scores have no mean and are left out."""
    if not isinstance(score.value, str) and score.name in aggregates:
        aggregates[score.name].add(score.value)
