"""Score: the judgement of one answer by one evaluator."""

from typing import Any, Literal

import msgspec

from evalstudio.core.errors import EvaluationError

Unreadable = Literal["unscored", "wrong"]
"""What becomes of an answer that an evaluator can't read."""
UNREADABLE = "unreadable: "


class Score(msgspec.Struct, frozen=True):
    """What one evaluator says about one answer.

    `metrics` may also be given as metric functions; as in dotevals, metadata may follow them as the fourth argument.

    Args:
        name: the evaluator's name.
        value: the judgement; a bool counts as 1 or 0 in metrics. None means *unscored*: there is an answer, but the
            evaluator could not decide.
        metrics: the names of the metrics that aggregate these scores.
        why: the reason, in particular if the answer is unscored.
        label: the class of the answer, if known, for precision, recall, F1 and the confusion matrix.
        expected_label: the class of the expected answer, if known.
        metadata: anything else that the function wants to keep with the score; it is not stored.

    Raises:
        EvaluationError: `metrics` contains something that is not a metric.

    Example:
        >>> from evalstudio import Score
        >>> Score("polite", 0.8, metrics=("mean",)).scored
        True
        >>> Score("polite", None, why="the answer is empty").scored
        False
    """

    name: str
    value: bool | int | float | str | None
    metrics: tuple[str, ...] = ("accuracy",)
    why: str = ""
    label: str | None = None
    expected_label: str | None = None
    metadata: dict[str, Any] = {}

    def __post_init__(self) -> None:
        """Accepts the argument forms of dotevals, too: a list of metrics, and metadata after them."""
        given: Any = self.metrics
        if type(given) is not tuple or not all(type(metric) is str for metric in given):
            msgspec.structs.force_setattr(self, "metrics", metric_names(given))
        after: Any = self.why
        if not isinstance(after, str):
            msgspec.structs.force_setattr(self, "metadata", after)
            msgspec.structs.force_setattr(self, "why", "")

    @property
    def scored(self) -> bool:
        """Whether the evaluator could decide."""
        return self.value is not None


def counted_wrong(score: Score, value: bool | float = False) -> Score:
    """A score that has no value, counted as wrong; why it has none stays readable."""
    return msgspec.structs.replace(score, value=value, why=f"{UNREADABLE}{score.why}".strip())


def metric_names(metrics: Any) -> tuple[str, ...]:
    """Returns the names of metrics given as names, as metrics, or as a list of them."""
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
