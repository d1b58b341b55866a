"""The judgement of one answer by one evaluator."""

from typing import Any, Literal

import msgspec

from evalstudio.core.errors import EvaluationError

Unreadable = Literal["unscored", "wrong"]
"""What becomes of an answer that an evaluator can't read."""
UNREADABLE = "unreadable: "


class Score(msgspec.Struct, frozen=True):
    """What one evaluator says of one answer.

    `value` None means *unscored*: there is an answer, but the evaluator could not decide; `why` says why.
    Truth values count as 1 and 0 in metrics. `label` and `expected_label` carry classes, where the evaluator
    knows them, for precision, recall, F1 and the confusion matrix.
    """

    name: str
    value: bool | int | float | str | None
    metrics: tuple[str, ...] = ("accuracy",)
    why: str = ""
    label: str | None = None
    expected_label: str | None = None
    metadata: dict[str, Any] = {}

    def __post_init__(self) -> None:
        """Takes what dotevals takes, too: a list of metrics, and metadata after them."""
        given: Any = self.metrics
        if type(given) is not tuple or not all(type(metric) is str for metric in given):
            msgspec.structs.force_setattr(self, "metrics", metric_names(given))
        after: Any = self.why
        if not isinstance(after, str):
            msgspec.structs.force_setattr(self, "metadata", after)
            msgspec.structs.force_setattr(self, "why", "")

    @property
    def scored(self) -> bool:
        return self.value is not None


def counted_wrong(score: Score, value: bool | float = False) -> Score:
    """A score that has no value, counted as wrong; why it has none stays readable."""
    return msgspec.structs.replace(score, value=value, why=f"{UNREADABLE}{score.why}".strip())


def metric_names(metrics: Any) -> tuple[str, ...]:
    """The names of metrics given as names, as metrics, or as a list of them."""
    listed = metrics if isinstance(metrics, (list, tuple)) else [metrics]
    names = []
    for one in listed:
        name = one if isinstance(one, str) else getattr(one, "evalstudio_metric", None)
        if name is None and callable(one):
            name = getattr(one, "__name__", None)
        if not isinstance(name, str):
            raise EvaluationError(
                f"{one!r} is no metric; use a name, as in 'accuracy', or a function with @metric."
            )
        names.append(name)
    return tuple(names)
