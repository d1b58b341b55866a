"""An aggregate of scores: a number with its interval, its coverage and its bounds.

Errored and unscored samples are never counted as wrong: they are left out, and every aggregate says how many
were scored (`n` of `total`) and what it would be if the missing ones were counted either way.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

import msgspec

from evalstudio.core.errors import EvaluationError
from evalstudio.statistics.intervals import Interval, cluster_interval, mean_interval, wilson

if TYPE_CHECKING:
    import numpy as np

Value = bool | int | float | str | None
Direction = Literal["higher", "lower"]
SHARE = (0.0, 1.0)


@dataclass(frozen=True)
class Scores:
    """What one evaluator said in one run, by column; all sequences are of the same length.

    `values` are None where unscored. `samples` are the samples' ids: repeats of a sample share one, and
    count as a cluster. `clusters` are wider groups, as the document that several samples are about. `total` is the
    number of answers asked for, errored ones included (by default those given here). `scale` is the smallest and
    largest possible value, for the bounds; truth values have theirs. `errors` are how far a number is off, for `mae`.
    """

    values: Sequence[Value]
    samples: Sequence[str] | None = None
    labels: Sequence[str | None] | None = None
    expected_labels: Sequence[str | None] | None = None
    errors: Sequence[float | None] | None = None
    total: int | None = None
    scale: tuple[float, float] | None = None
    clusters: Sequence[str] | None = None


class Aggregate(msgspec.Struct, frozen=True):
    """A metric over the scored samples. Missing ends are None: too few samples, or an unbounded scale."""

    metric: str
    value: float | None
    n: int
    total: int
    coverage: float
    low: float | None = None
    high: float | None = None
    bound_low: float | None = None
    bound_high: float | None = None
    direction: Direction = "higher"
    method: str = ""


def numeric(value: Value) -> float | None:
    """A score's value as a number: truth values count as 1 and 0.

    Raises:
        EvaluationError: the value is a text.
    """
    if isinstance(value, str):
        raise EvaluationError(
            f"This metric needs numbers or truth values, and a score is the text '{value}'."
        )
    return None if value is None else float(value)


class ScoreColumn(NamedTuple):
    """The scored part of a run: numbers, the clusters they are in (if any repeat), and what is missing."""

    values: "np.ndarray"
    clusters: "np.ndarray | None"
    total: int
    scale: tuple[float, float] | None

    def aggregate(
        self, metric: str, value: float | None, interval: Interval | None, method: str
    ) -> Aggregate:
        """The aggregate, its interval cut to the scale."""
        low, high = (None, None) if interval is None else interval
        if self.scale is not None and low is not None and high is not None:
            low, high = max(low, self.scale[0]), min(high, self.scale[1])
        n = len(self.values)
        coverage = n / self.total if self.total else 0.0
        return Aggregate(metric, value, n, self.total, coverage, low, high, method=method)

    def filled(self, end: float) -> "np.ndarray":
        """The values with every missing one counted as `end`."""
        import numpy as np

        return np.concatenate([self.values, np.full(self.total - len(self.values), end)])


def column_of(scores: Scores, values: Sequence[Value], scale: tuple[float, float] | None) -> ScoreColumn:
    """The scored ones of `values` as an array."""
    import numpy as np

    numbers = np.array([math.nan if (number := numeric(value)) is None else number for value in values])
    there = ~np.isnan(numbers)
    clusters = None
    groups = scores.samples if scores.clusters is None else scores.clusters
    if groups is not None:
        places = sample_numbers(groups)
        if len(places) and int(places.max()) + 1 < len(places):
            clusters = places[there]
    total = len(values) if scores.total is None else max(scores.total, len(values))
    return ScoreColumn(numbers[there], clusters, total, scale)


def mean_of(column: ScoreColumn, metric: str) -> Aggregate:
    """The mean, with Wilson's interval for shares, else Student's; clustered where samples repeat."""
    import numpy as np

    values, n = column.values, len(column.values)
    interval: Interval | None = None
    if n == 0:
        return with_bounds(column.aggregate(metric, None, None, ""), column, _mean)
    mean = float(values.mean())
    if column.clusters is not None:
        counts = np.bincount(column.clusters)
        sums = np.bincount(column.clusters, weights=values)
        least = float(values.var(ddof=1)) / n if n > 1 else 0.0
        there = counts > 0
        interval = cluster_interval(sums[there], counts[there].astype(float), scale=column.scale, least=least)
        method = "clustered"
    elif bool(np.isin(values, SHARE).all()):
        interval, method = wilson(float(values.sum()), n), "Wilson"
    else:
        variance = float(values.var(ddof=1)) if n > 1 else 0.0
        interval, method = mean_interval(mean, variance, n, scale=column.scale), "Student's t"
    return with_bounds(column.aggregate(metric, mean, interval, method), column, _mean)


def with_bounds(
    found: Aggregate, column: ScoreColumn, statistic: "Callable[[np.ndarray], float]"
) -> Aggregate:
    """What the statistic would be if every missing sample had the lowest or the highest possible value."""
    if column.scale is None or column.total == 0:
        return found
    low, high = sorted(statistic(column.filled(end)) for end in column.scale)
    return msgspec.structs.replace(found, bound_low=low, bound_high=high)


def _mean(values: "np.ndarray") -> float:
    return float(values.mean())


def sample_numbers(samples: Sequence[str]) -> "np.ndarray":
    """For each entry the number of its sample, in order of first appearance."""
    import numpy as np

    numbers: dict[str, int] = {}
    return np.array([numbers.setdefault(sample, len(numbers)) for sample in samples], dtype=np.int64)
