"""An aggregate while a run runs: a fixed cost for each score, whatever their number."""

import math

from evalstudio.statistics.aggregate import SHARE, Aggregate, Direction, Value, numeric
from evalstudio.statistics.intervals import Interval, mean_interval, wilson


class LiveAggregate:
    """The mean of scores as they come, with its interval and bounds.

    Mean and variance by B. P. Welford, "Note on a method for calculating corrected sums of squares and
    products", Technometrics 4 (1962). Repeats of a sample count as samples here; the aggregate of the
    finished run knows better.

    Args:
        metric: the name the aggregate carries; its value is the mean.
        direction: whether a higher or a lower value is better.
        scale: the smallest and largest possible value; truth values have theirs.
    """

    def __init__(
        self,
        metric: str = "accuracy",
        direction: Direction = "higher",
        scale: tuple[float, float] | None = None,
    ) -> None:
        self.metric = metric
        self.direction: Direction = direction
        self.scale = SHARE if scale is None and metric == "accuracy" else scale
        self._n = 0
        self._missing = 0
        self._mean = 0.0
        self._squares = 0.0
        self._binary = True

    def add(self, value: Value) -> None:
        """Count one more answer; None for one that is errored or unscored.

        Raises:
            EvaluationError: the value is a text.
        """
        number = numeric(value)
        if number is None:
            self._missing += 1
            return
        self._n += 1
        step = number - self._mean
        self._mean += step / self._n
        self._squares += step * (number - self._mean)
        self._binary = self._binary and number in SHARE

    def add_many(self, number: float, count: int) -> None:
        """Count so many answers that scored the same: the update for groups of T. F. Chan, G. H. Golub and R. J. LeVeque,
        "Updating formulae and a pairwise algorithm for computing sample variances" (1979)."""
        before, self._n = self._n, self._n + count
        step = number - self._mean
        self._mean += step * count / self._n
        self._squares += step * step * before * count / self._n
        self._binary = self._binary and number in SHARE

    def snapshot(self) -> Aggregate:
        """The aggregate of what came so far; `total` and the bounds count the answers that came, not those to come."""
        n, seen = self._n, self._n + self._missing
        coverage = n / seen if seen else 0.0
        if n == 0:
            return Aggregate(self.metric, None, 0, seen, coverage, direction=self.direction)
        interval: Interval | None
        if self._binary:
            interval, method = wilson(min(n, round(self._mean * n)), n), "Wilson"
        else:
            variance = self._squares / (n - 1) if n > 1 else 0.0
            interval, method = (
                mean_interval(self._mean, max(variance, 0.0), n, scale=self.scale),
                "Student's t",
            )
        low, high = (None, None) if interval is None else interval
        bound_low = bound_high = None
        if self.scale is not None:
            bound_low, bound_high = ((self._mean * n + self._missing * end) / seen for end in self.scale)
            if low is not None and high is not None:
                low, high = max(low, self.scale[0]), min(high, self.scale[1])
        return Aggregate(
            self.metric,
            self._mean,
            n,
            seen,
            coverage,
            low,
            high,
            bound_low,
            bound_high,
            self.direction,
            method,
        )

    @property
    def failure_rate(self) -> float:
        """The share of answers without a score; NaN before the first."""
        seen = self._n + self._missing
        return self._missing / seen if seen else math.nan
