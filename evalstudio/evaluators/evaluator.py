"""One evaluator of an evaluation, ready to judge."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from evalstudio.errors import EvaluationError
from evalstudio.score import Score


class EvaluatorFailed(EvaluationError):
    """An evaluator raised instead of judging: the answer is kept, and unscored."""


@dataclass(frozen=True, slots=True)
class Evaluator:
    """Judges answers, given the values of their samples.

    `needs_calls` is true for a judge that is itself a model: it has no `judge`, see `Judge`.
    """

    name: str
    type: str
    metrics: tuple[str, ...]
    function: Callable[[str, Mapping[str, Any]], Score]
    needs_calls: bool = False

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
