"""One evaluator of an evaluation, ready to judge."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from evalstudio.core.errors import EvaluationError
from evalstudio.core.score import Score, Unreadable, counted_wrong

if TYPE_CHECKING:
    from evalstudio.evaluators.judging.judge import Judge


class EvaluatorFailed(EvaluationError):
    """An evaluator raised instead of judging: the answer is kept, and unscored."""


@dataclass(frozen=True, slots=True)
class Evaluator:
    """Judges answers, given the values of their samples.

    A judge that is itself a model needs calls: then `model_judge` says what to send and reads the replies,
    and `judge` is not used. `scale` is the smallest and largest possible value, where there are such. One that is
    judged `apart` takes its time, and has a process of its own in a run; `longest_s` is its own deadline there.
    `unreadable` is what becomes of an answer that cannot be read.
    """

    name: str
    type: str
    metrics: tuple[str, ...]
    function: Callable[[str, Mapping[str, Any]], Score]
    direction: Literal["higher", "lower"] = "higher"
    scale: tuple[float, float] | None = None
    model_judge: "Judge | None" = None
    unreadable: Unreadable = "unscored"
    apart: bool = False
    longest_s: float | None = None

    @property
    def needs_calls(self) -> bool:
        return self.model_judge is not None

    def decided(self, score: Score) -> Score:
        """The score; of an answer that could not be read the worst, where a person has asked for that."""
        if score.value is not None or self.unreadable == "unscored":
            return score
        return counted_wrong(score, self.worst)

    @property
    def worst(self) -> bool | float:
        """What a wrong answer scores."""
        if "accuracy" in self.metrics or self.scale is None:
            return False if "accuracy" in self.metrics else 0.0
        return float(self.scale[self.direction == "lower"])

    def judge(self, answer: str, values: Mapping[str, Any]) -> Score:
        """What the evaluator says of one answer.

        Raises:
            EvaluatorFailed: its code, or a template of it, raised; the cause is chained.
        """
        try:
            return self.function(answer, values)
        except EvaluationError as error:
            raise EvaluatorFailed(f"The evaluator '{self.name}' failed: {error}") from error
        except Exception as error:
            # A person's own code may raise anything; whatever it is, there is no judgement.
            raise EvaluatorFailed(
                f"The evaluator '{self.name}' failed: {type(error).__name__}: {error}"
            ) from error
