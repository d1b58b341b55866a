"""Scoring result: the scores of one answer."""

from dataclasses import dataclass

from evalstudio.core.score import Score


@dataclass(frozen=True, slots=True)
class Judged:
    """Scores of an answer and the seconds they took. `complete`: no evaluator is outstanding."""

    scores: tuple[Score, ...]
    seconds: float
    complete: bool = True

    @property
    def scored(self) -> bool:
        return any(score.scored for score in self.scores)
