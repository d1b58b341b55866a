"""Confidence intervals in closed form."""

import math
from functools import lru_cache
from statistics import NormalDist
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np

LEVEL = 0.95


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
    z = NormalDist().inv_cdf((1 + level) / 2)
    share = successes / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    # At the ends the formula gives exactly 0 or 1 but for rounding.
    low = 0.0 if successes == 0 else middle - half
    high = 1.0 if successes == n else middle + half
    return Interval(low, high)


def mean_interval(mean: float, variance: float, n: int, level: float = LEVEL) -> Interval | None:
    """Student's interval of a mean from the unbiased variance; None for fewer than two samples."""
    if n < 2:
        return None
    half = t_quantile((1 + level) / 2, n - 1) * math.sqrt(variance / n)
    return Interval(mean - half, mean + half)


def cluster_interval(sums: "np.ndarray", counts: "np.ndarray", level: float = LEVEL) -> Interval | None:
    """The interval of a mean whose values come in clusters, as repeats of a sample do.

    Linearised variance of a ratio with the t quantile of clusters - 1; None for fewer than two clusters.
    W. G. Cochran, "Sampling Techniques", 3rd ed. (1977), section 6.3.

    Args:
        sums: the sum of the values of each cluster, shape (clusters,).
        counts: how many values each has, shape (clusters,).
    """
    clusters = len(sums)
    if clusters < 2:
        return None
    total = float(counts.sum())
    mean = float(sums.sum()) / total
    residuals = sums - mean * counts
    error = math.sqrt(clusters / (clusters - 1) * float((residuals * residuals).sum())) / total
    half = t_quantile((1 + level) / 2, clusters - 1) * error
    return Interval(mean - half, mean + half)


@lru_cache(maxsize=1024)
def t_quantile(probability: float, df: int) -> float:
    """Student's t: the value below which `probability` (above 0.5) lies, for whole degrees of freedom.

    Up to 200 degrees the distribution function is the finite series 26.7.3 and 26.7.4 of Abramowitz and
    Stegun, inverted by bisection; beyond, the expansion 26.7.5 around the normal quantile.
    """
    z = NormalDist().inv_cdf(probability)
    if df > 200:
        return z + math.fsum(term / float(df) ** order for order, term in enumerate(_expansion(z), 1))
    low, high = 0.0, 1.0
    while _t_cdf(high, df) < probability:
        high *= 2
    for _ in range(200):
        middle = (low + high) / 2
        if not low < middle < high:
            break
        if _t_cdf(middle, df) < probability:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _t_cdf(t: float, df: int) -> float:
    angle = math.atan(t / math.sqrt(df))
    sine, cosine = math.sin(angle), math.cos(angle)
    if df % 2:
        term = total = cosine if df > 1 else 0.0
        for step in range(3, df - 1, 2):
            term *= cosine * cosine * (step - 1) / step
            total += term
        inside = 2 / math.pi * (angle + sine * total)
    else:
        term = total = 1.0
        for step in range(2, df - 1, 2):
            term *= cosine * cosine * (step - 1) / step
            total += term
        inside = sine * total
    return (1 + inside) / 2


def _expansion(z: float) -> tuple[float, float, float, float]:
    return (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
