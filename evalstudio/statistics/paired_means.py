"""The mean of paired differences: Student's interval and the test that goes with it, also for clusters of samples."""

import math
from typing import TYPE_CHECKING, NamedTuple

from evalstudio.statistics.intervals import (
    Interval,
    cluster_variance,
    is_no_spread,
    same_values_interval,
)
from evalstudio.statistics.student import t_p_value, t_quantile

if TYPE_CHECKING:
    import numpy as np


class PairedTest(NamedTuple):
    """A 95 % interval and the p-value that belongs to it; no interval for a single pair."""

    interval: Interval | None
    p: float
    method: str


def paired_means(differences: "np.ndarray", reach: float, clusters: "np.ndarray | None" = None) -> PairedTest:
    """Whether the mean of paired differences is zero, by Student's t.

    Args:
        differences: b - a of each pair, shape (n,).
        reach: how far apart the values of a pair can be.
        clusters: the number of the cluster that each pair is in, shape (n,).
    """
    import numpy as np

    n, mean = len(differences), float(differences.mean())
    independent = float(differences.var(ddof=1)) / n if n > 1 else 0.0
    if clusters is None:
        units, variance, method = n, independent, "paired t"
    else:
        sums, counts = np.bincount(clusters, weights=differences), np.bincount(clusters)
        sums, counts = sums[counts > 0], counts[counts > 0].astype(float)
        units, method = len(sums), "clustered paired t"
        variance = max(cluster_variance(sums, counts), independent) if units > 1 else 0.0
    if units < 2:
        return PairedTest(None, 1.0, method)
    if is_no_spread(variance, max(abs(mean), reach)):
        return PairedTest(
            same_values_interval(mean, units, scale=(-reach, reach)),
            _same_values_p(mean, units, reach),
            method,
        )
    half = t_quantile(0.975, units - 1) * math.sqrt(variance)
    p = t_p_value(mean / math.sqrt(variance), units - 1)
    return PairedTest(Interval(mean - half, mean + half), p, method)


def _same_values_p(mean: float, n: int, reach: float) -> float:
    """The level at which the interval of n equal differences reaches to zero; of flips one way, the sign test's."""
    if mean == 0 or reach == 0:
        return 1.0
    return min(1.0, 2 * (reach / (reach + abs(mean))) ** n)
