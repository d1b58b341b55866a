"""Metrics: from the scores of a run to one number with its interval, its coverage and its bounds."""

import math
import re
from collections.abc import Callable, Sequence
from statistics import NormalDist
from typing import TYPE_CHECKING, NamedTuple

from evalstudio.core.errors import EvaluationError
from evalstudio.statistics.aggregate import (
    SHARE,
    Aggregate,
    Direction,
    ScoreColumn,
    Scores,
    Value,
    column_of,
    mean_of,
    sample_numbers,
    with_bounds,
)
from evalstudio.statistics.confusion import ClassScore, Confusion, confusion
from evalstudio.statistics.intervals import LEVEL, Interval, is_no_spread, wilson
from evalstudio.statistics.live import LiveAggregate
from evalstudio.statistics.macro import macro_of
from evalstudio.statistics.repeats import consistency, pass_at_k

if TYPE_CHECKING:
    import numpy as np

__all__ = [
    "METRICS",
    "Aggregate",
    "ClassScore",
    "Confusion",
    "LiveAggregate",
    "Metric",
    "Scores",
    "aggregate",
    "confusion",
    "find_metric",
]


class Metric(NamedTuple):
    """What a metric says in words, which direction is better, and how it is computed."""

    title: str
    direction: Direction
    compute: Callable[[Scores, str], Aggregate]
    live: bool = False
    """Whether `LiveAggregate` shows the same number while the run runs."""


def aggregate(metric: str, scores: Scores, direction: Direction | None = None) -> Aggregate:
    """One metric of a run.

    Args:
        metric: a name of `METRICS`, or `pass_at_5` for any k.
        scores: what one evaluator said.
        direction: the evaluator's own, where lower values are better as for rambling.

    Raises:
        EvaluationError: there is no such metric, or the scores are not of the kind that it needs.
    """
    import msgspec

    known = find_metric(metric)
    found = known.compute(scores, metric)
    return msgspec.structs.replace(found, direction=direction or known.direction)


def find_metric(name: str) -> Metric:
    """The metric of a name.

    Raises:
        EvaluationError: there is none; the sentence lists those there are.
    """
    metric = METRICS.get("pass_at_k" if re.fullmatch(r"pass_at_[1-9]\d{0,3}", name) else name)
    if metric is None or name == "pass_at_k":
        raise EvaluationError(
            f"There is no metric '{name}'. Use one of {', '.join(METRICS)}, with a number for k."
        )
    return metric


def median_ranks(n: int) -> tuple[int, int] | None:
    """Places (from 0) in sorted values between which the median lies with 95 % confidence or more.

    From the binomial distribution of values below it; None where not even the extremes are enough.
    """
    half = (1 - LEVEL) / 2
    if n > 1000:
        below = math.floor(n / 2 - NormalDist().inv_cdf(1 - half) * math.sqrt(n) / 2)
        return below - 1, n - below
    below, tail = 0, 0.5**n
    while tail <= half:
        below += 1
        tail += math.comb(n, below) / 2**n
    return None if below == 0 else (below - 1, n - below)


def _accuracy(scores: Scores, metric: str) -> Aggregate:
    column = column_of(scores, scores.values, scores.scale or SHARE)
    if column.values.size and (column.values.min() < 0 or column.values.max() > 1):
        raise EvaluationError(
            "accuracy needs truth values or shares from 0 to 1; use mean for other numbers."
        )
    return mean_of(column, metric)


def _numbers(scores: Scores) -> ScoreColumn:
    shares = all(value is None or isinstance(value, bool) for value in scores.values)
    return column_of(scores, scores.values, scores.scale or (SHARE if shares else None))


def _mean(scores: Scores, metric: str) -> Aggregate:
    return mean_of(_numbers(scores), metric)


def _median(scores: Scores, metric: str) -> Aggregate:
    import numpy as np

    column = _numbers(scores)
    values = np.sort(column.values)
    if not len(values):
        return column.aggregate(metric, None, None, "")
    ranks = median_ranks(len(values))
    interval = None if ranks is None else Interval(float(values[ranks[0]]), float(values[ranks[1]]))
    found = column.aggregate(metric, float(np.median(values)), interval, "ranks")
    return with_bounds(found, column, lambda filled: float(np.median(filled)))


def _std(scores: Scores, metric: str) -> Aggregate:
    column = _numbers(scores)._replace(scale=None)
    values, n = column.values, len(column.values)
    if n < 2:
        return column.aggregate(metric, None, None, "")
    variance = float(values.var(ddof=1))
    deviation = math.sqrt(variance)
    if is_no_spread(variance, float(values.mean())):
        return column.aggregate(metric, 0.0, None, "")  # equal values don't tell how far others may lie
    # The delta method on the large-sample variance of a variance, (m4 - s^4) / n, which is 2 / (n - 1) s^4 at the normal.
    fourth = float(((values - values.mean()) ** 4).mean())
    spread = (fourth - variance**2) / n
    if spread <= 0:  # two equally frequent values
        spread = 2 * variance**2 / (n - 1)
    half = NormalDist().inv_cdf((1 + LEVEL) / 2) * math.sqrt(spread) / (2 * deviation)
    return column.aggregate(
        metric, deviation, Interval(max(0.0, deviation - half), deviation + half), "delta method"
    )


def _any(scores: Scores, metric: str) -> Aggregate:
    return _decided(scores, metric, lambda values: float((values != 0).any()))


def _all(scores: Scores, metric: str) -> Aggregate:
    return _decided(scores, metric, lambda values: float((values != 0).all()))


def _decided(scores: Scores, metric: str, check: "Callable[[np.ndarray], float]") -> Aggregate:
    """A statement about all samples; nothing is estimated, so there is no interval."""
    column = column_of(scores, scores.values, SHARE)
    value = check(column.values) if len(column.values) else None
    return with_bounds(column.aggregate(metric, value, None, ""), column, check)


def _mae(scores: Scores, metric: str) -> Aggregate:
    if scores.errors is None:
        raise EvaluationError("mae needs numbers and expected numbers: use it with numeric_match.")
    return mean_of(column_of(scores, scores.errors, None), metric)


def _failure_rate(scores: Scores, metric: str) -> Aggregate:
    scored = sum(value is not None for value in scores.values)
    total = len(scores.values) if scores.total is None else max(scores.total, len(scores.values))
    if total == 0:
        return Aggregate(metric, None, 0, 0, 0.0)
    low, high = wilson(total - scored, total)
    return Aggregate(metric, (total - scored) / total, total, total, 1.0, low, high, method="Wilson")


def _precision(scores: Scores, metric: str) -> Aggregate:
    return macro_of(scores, metric, "precision")


def _recall(scores: Scores, metric: str) -> Aggregate:
    return macro_of(scores, metric, "recall")


def _f1(scores: Scores, metric: str) -> Aggregate:
    return macro_of(scores, metric, "f1")


def _pass_at_k(scores: Scores, metric: str) -> Aggregate:
    k = int(metric.rsplit("_", 1)[1])
    other = next((value for value in scores.values if value not in (None, 0, 1)), None)
    if other is not None:
        raise EvaluationError(
            f"{metric} needs scores that are right or wrong (1 or 0), and one is {other!r}; give the evaluator a threshold,"
            " or use mean."
        )
    groups = _by_sample(scores, scores.values)
    return _over_samples([pass_at_k([bool(value) for value in group], k) for group in groups], scores, metric)


def _consistency(scores: Scores, metric: str) -> Aggregate:
    answers: list[Value] = list(scores.values)
    if scores.labels is not None:
        answers = [
            None if value is None else label or value
            for value, label in zip(answers, scores.labels, strict=True)
        ]
    return _over_samples([consistency(group) for group in _by_sample(scores, answers)], scores, metric)


def _by_sample(scores: Scores, values: Sequence[Value]) -> list[list[Value]]:
    """The scored values of each sample."""
    if scores.samples is None:
        raise EvaluationError("This metric compares repeats of a sample, and the scores name no samples.")
    places = sample_numbers(scores.samples)
    groups: list[list[Value]] = [[] for _ in range(int(places.max()) + 1 if len(places) else 0)]
    for place, value in zip(places.tolist(), values, strict=True):
        if value is not None:
            groups[place].append(value)
    return groups


def _over_samples(shares: list[float | None], scores: Scores, metric: str) -> Aggregate:
    """The mean of a share of each sample; `total` counts samples."""
    clusters = None
    if scores.clusters is not None and scores.samples is not None:
        clusters = list(dict(zip(scores.samples, scores.clusters, strict=True)).values())
    return mean_of(column_of(Scores(shares, clusters=clusters), shares, SHARE), metric)


METRICS: dict[str, Metric] = {
    "accuracy": Metric("the share of right answers", "higher", _accuracy, live=True),
    "mean": Metric("the mean of the scores", "higher", _mean, live=True),
    "median": Metric("the middle score", "higher", _median),
    "std": Metric("the standard deviation of the scores", "lower", _std),
    "any": Metric("whether any answer is right", "higher", _any),
    "all": Metric("whether all answers are right", "higher", _all),
    "precision": Metric(
        "of the answers of a class, the share that is right; mean over classes", "higher", _precision
    ),
    "recall": Metric(
        "of the samples of a class, the share that is found; mean over classes", "higher", _recall
    ),
    "f1": Metric("the harmonic mean of precision and recall; mean over classes", "higher", _f1),
    "mae": Metric("the mean distance from the expected number", "lower", _mae),
    "pass_at_k": Metric("the chance that one of k answers to a sample is right", "higher", _pass_at_k),
    "consistency": Metric("the chance that two answers to a sample are the same", "higher", _consistency),
    "failure_rate": Metric("the share of answers without a score", "lower", _failure_rate),
}
