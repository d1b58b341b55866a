"""Evaluator and metric decorators: `@evaluator` and `@metric` for scoring functions of one's own."""

import functools
import inspect
import math
from collections.abc import Callable, Sequence
from typing import Any, get_args

import msgspec

from evalstudio.core.errors import EvaluationError
from evalstudio.core.score import Score, Unreadable, counted_wrong, metric_names
from evalstudio.models.keys import redact
from evalstudio.statistics.aggregate import Aggregate, Scores
from evalstudio.statistics.metrics import METRICS, Metric, find_metric

_metrics_of: dict[str, tuple[str, ...]] = {}


def evaluator(
    metrics: Any = "accuracy", *, unreadable: Unreadable = "unscored"
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Returns a decorator for a function that judges one answer; the decorated function returns a Score.

    The function returns a bool, a number, a text, a Score, or None if it cannot decide. If it raises, the answer is
    unscored with the exception's text: a broken evaluator never makes an answer wrong. The decorated function takes
    an additional argument `name=`, which names the score; by default it has the function's name.

    Args:
        metrics: how scores are aggregated: a name such as "accuracy", a metric such as `accuracy()`, or a list of
            them.
        unreadable: "wrong" counts an answer as wrong where the function returns None or raises.

    Returns:
        The decorator. `@evaluator` without parentheses is also possible.

    Raises:
        EvaluationError: there is no such metric, or `unreadable` is something else.

    Example:
        >>> from evalstudio import evaluator
        >>> from evalstudio.metrics import mean
        >>> @evaluator(metrics=mean())
        ... def brevity(answer, limit=10):
        ...     return min(1.0, limit / len(answer))
        >>> brevity("twenty characters...").value
        0.5
        >>> brevity("", name="empty").why
        'ZeroDivisionError: division by zero'
    """
    if unreadable not in get_args(Unreadable):
        raise EvaluationError(
            f"unreadable must be {' or '.join(get_args(Unreadable))}; it is {unreadable!r}."
        )
    if inspect.isfunction(metrics) and not hasattr(metrics, "evalstudio_metric"):
        return evaluator()(metrics)  # @evaluator without brackets
    names = metric_names(metrics)
    for name in names:
        find_metric(name)

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        own_name = getattr(function, "__name__", "evaluator")
        _metrics_of[own_name] = names

        def score_of(value: Any, name: str) -> Score:
            if isinstance(value, Score):
                return decided(value if name == own_name else msgspec.structs.replace(value, name=name))
            return decided(Score(name, value, names, "the evaluator returned None" if value is None else ""))

        def failed(error: Exception, name: str) -> Score:
            return decided(Score(name, None, names, redact(f"{type(error).__name__}: {error}")[:1000]))

        def decided(score: Score) -> Score:
            if score.value is not None or unreadable == "unscored":
                return score
            return counted_wrong(score, False if "accuracy" in names else 0.0)

        if inspect.iscoroutinefunction(function):

            @functools.wraps(function)
            async def judge_async(*values: Any, name: str | None = None, **options: Any) -> Score:
                try:
                    return score_of(await function(*values, **options), name or own_name)
                except Exception as error:  # noqa: BLE001 - a broken evaluator leaves its answer unscored
                    return failed(error, name or own_name)

            return judge_async

        @functools.wraps(function)
        def judge(*values: Any, name: str | None = None, **options: Any) -> Score:
            try:
                return score_of(function(*values, **options), name or own_name)
            except Exception as error:  # noqa: BLE001 - a broken evaluator leaves its answer unscored
                return failed(error, name or own_name)

        return judge

    return decorate


def metric(function: Callable[..., Any]) -> Callable[..., Any]:
    """Decorates a function as a metric, which computes one number from a list of scores.

    The function takes the list or, as in dotevals, takes nothing and returns a function of the list. Errored and
    unscored samples are not in the list. The metric is registered under the function's name.

    Args:
        function: the function; the first line of its docstring is the metric's title.

    Returns:
        The metric, to be passed to `@evaluator(metrics=...)`; it can be called with a list of scores.

    Raises:
        EvaluationError: a built-in metric has that name.

    Example:
        >>> from evalstudio import evaluator, metric
        >>> @metric
        ... def worst(values):
        ...     "Lowest score"
        ...     return min(values)
        >>> @evaluator(metrics=worst)
        ... def politeness(answer):
        ...     return 1 - answer.count("!") / 10
        >>> worst([0.5, 1.0])
        0.5
    """
    name = function.__name__
    known = METRICS.get(name)
    if known is not None and not hasattr(known.compute, "of_a_person"):
        raise EvaluationError(f"There is a metric '{name}' already; give yours another name.")
    parameters = inspect.signature(function).parameters.values()
    makes_one = not any(parameter.default is parameter.empty for parameter in parameters)

    def named(compute: Callable[[Sequence[Any]], Any]) -> Callable[..., Any]:
        @functools.wraps(compute)
        def call(values: Sequence[Any]) -> Any:
            return compute(values)

        call.evalstudio_metric = name  # type: ignore[attr-defined]
        METRICS[name] = Metric(
            (function.__doc__ or name).strip().splitlines()[0], "higher", _computed_by(compute)
        )
        return call

    if not makes_one:
        return named(function)

    @functools.wraps(function)
    def make(*values: Any, **options: Any) -> Callable[..., Any]:
        return named(function(*values, **options))

    make.evalstudio_metric = name  # type: ignore[attr-defined]
    make()
    return make


def accuracy() -> str:
    """Returns the metric for the share of right answers, from 0 to 1: `@evaluator(metrics=accuracy())`.

    Example:
        >>> accuracy()
        'accuracy'
    """
    return "accuracy"


def mean() -> str:
    """Returns the metric for the mean of the scores: `@evaluator(metrics=mean())`.

    Example:
        >>> mean()
        'mean'
    """
    return "mean"


def metrics_of(evaluator_name: str) -> tuple[str, ...] | None:
    """Returns the metrics of an evaluator made with `@evaluator`; None for an unknown name."""
    return _metrics_of.get(evaluator_name)


def _computed_by(compute: Callable[[Sequence[Any]], Any]) -> Callable[[Scores, str], Aggregate]:
    def aggregate(scores: Scores, name: str) -> Aggregate:
        values = [value for value in scores.values if value is not None]
        total = len(scores.values) if scores.total is None else max(scores.total, len(scores.values))
        coverage = len(values) / total if total else 0.0
        if not values:
            return Aggregate(name, None, 0, total, coverage)
        try:
            number = float(compute(values))
        except Exception as error:
            # user code may raise anything; there is no number then, and none is made up
            raise EvaluationError(f"The metric '{name}' failed: {type(error).__name__}: {error}") from error
        if not math.isfinite(number):
            raise EvaluationError(f"The metric '{name}' returned {number}.")
        return Aggregate(name, number, len(values), total, coverage)

    aggregate.of_a_person = True  # type: ignore[attr-defined]
    return aggregate
