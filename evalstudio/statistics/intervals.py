"""Confidence intervals in closed form."""

import math
from statistics import NormalDist
from typing import TYPE_CHECKING, NamedTuple

from evalstudio.statistics.student import t_quantile

if TYPE_CHECKING:
    import numpy as np

LEVEL = 0.95
ROUNDING = 1e-12
"""What equal floating-point numbers may differ by, as a share of them."""


class Interval(NamedTuple):
    """A confidence interval, both ends included."""

    low: float
    high: float


def wilson(successes: float, n: int, level: float = LEVEL) -> Interval:
    """The score interval of a share, good also near 0 and 1 and for few samples.

    E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927).

    Raises:
        ValueError: n is not positive, or there are more successes than samples.
    """
    if n < 1 or not 0 <= successes <= n:
        raise ValueError(f"{successes} successes of {n}")
    return _score_interval(successes / n, n, NormalDist().inv_cdf((1 + level) / 2))


def mean_interval(
    mean: float,
    variance: float,
    n: int,
    level: float = LEVEL,
    *,
    scale: tuple[float, float] | None = None,
) -> Interval | None:
    """Student's interval of a mean from the unbiased variance; None for fewer than two samples.

    Values that are all the same say nothing of their spread: then it is `same_values_interval`.
    """
    if n < 2:
        return None
    if is_no_spread(variance, mean):
        return same_values_interval(mean, n, level, scale=scale)
    half = t_quantile((1 + level) / 2, n - 1) * math.sqrt(variance / n)
    return Interval(mean - half, mean + half)


def same_values_interval(
    value: float, n: int, level: float = LEVEL, *, scale: tuple[float, float] | None = None
) -> Interval | None:
    """The interval of a mean where all n values (or all n clusters) are the same.

    None of n differs, so up to a share 1 - ((1 - level) / 2)^(1 / n) of all there are may differ (the exact interval of
    Clopper and Pearson for 0 of n), and the mean is furthest away where those lie at an end of the scale. Without a
    scale nothing says how far that is: values from 0 to 1 are taken for shares, and others for as far away as zero is.
    None for no values.
    """
    if n < 1:
        return None
    if scale is None:
        is_share = -ROUNDING <= value <= 1 + ROUNDING
        scale = (0.0, 1.0) if is_share else (min(0.0, 2 * value), max(0.0, 2 * value))
    other = 1 - ((1 - level) / 2) ** (1 / n)
    return Interval(value - other * max(0.0, value - scale[0]), value + other * max(0.0, scale[1] - value))


def cluster_interval(
    sums: "np.ndarray",
    counts: "np.ndarray",
    level: float = LEVEL,
    *,
    scale: tuple[float, float] | None = None,
    least: float = 0.0,
) -> Interval | None:
    """The interval of a mean whose values come in clusters, as repeats of a sample do.

    Linearised variance of a ratio with the t quantile of clusters - 1; None for fewer than two clusters.
    W. G. Cochran, "Sampling Techniques", 3rd ed. (1977), section 6.3. With a scale it is Wilson's interval for the number
    of independent values that have this variance, good also near the ends: N. Dean and M. Pagano, "Evaluating confidence
    interval methods for binomial proportions in clustered surveys", J. Surv. Stat. Methodol. 3 (2015).

    Args:
        sums: the sum of the values of each cluster, shape (clusters,).
        counts: how many values each has, shape (clusters,).
        level: of the confidence.
        scale: the smallest and largest possible value.
        least: the variance of the mean if the values were independent. Clusters may be alike by chance; the interval is
            never narrower than without them.
    """
    clusters = len(sums)
    if clusters < 2:
        return None
    total = float(counts.sum())
    mean = float(sums.sum()) / total
    variance = max(cluster_variance(sums, counts), least)
    t = t_quantile((1 + level) / 2, clusters - 1)
    if is_no_spread(variance, mean):
        if scale is not None and mean in scale:
            found = _score_interval(float(mean == scale[1]), clusters, t)
            return Interval(*(scale[0] + end * (scale[1] - scale[0]) for end in found))
        return same_values_interval(mean, clusters, level, scale=scale)
    if scale is None or not scale[0] < mean < scale[1]:
        half = t * math.sqrt(variance)
        return Interval(mean - half, mean + half)
    width = scale[1] - scale[0]
    share = (mean - scale[0]) / width
    found = _score_interval(share, share * (1 - share) * width**2 / variance, t)
    return Interval(*(scale[0] + end * width for end in found))


def cluster_variance(sums: "np.ndarray", counts: "np.ndarray") -> float:
    """The variance of the mean of all values, for values in two clusters or more."""
    clusters, total = len(sums), float(counts.sum())
    residuals = sums - float(sums.sum()) / total * counts
    return clusters / (clusters - 1) * float((residuals * residuals).sum()) / total**2


def is_no_spread(variance: float, mean: float) -> bool:
    """Whether a variance is that of equal values, but for rounding."""
    return variance <= (ROUNDING * max(abs(mean), ROUNDING)) ** 2


def _score_interval(share: float, n: float, z: float) -> Interval:
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    # At the ends the formula gives exactly 0 or 1 but for rounding.
    return Interval(0.0 if share == 0 else middle - half, 1.0 if share == 1 else middle + half)
