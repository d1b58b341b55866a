"""The difference of two shares on the same samples, with an interval that agrees with the exact McNemar test."""

import math
from collections.abc import Callable
from statistics import NormalDist

from evalstudio.statistics.intervals import LEVEL, Interval
from evalstudio.statistics.paired import mcnemar_exact

STEPS = 200


def paired_share_interval(up: int, down: int, n: int, level: float = LEVEL) -> Interval:
    """The interval of (up - down) / n for flips of n pairs; zero is outside just where the exact McNemar test rejects.

    Tango's score interval. The test for no difference is the exact one, which is the stricter: where it does not
    reject, the interval reaches to zero.

    Example:
        `paired_share_interval(41, 16, 800)` is about (0.013, 0.050).
    """
    low, high = tango(up, down, n, level)
    if mcnemar_exact(up, down) >= 1 - level:
        return Interval(min(low, 0.0), max(high, 0.0))
    return Interval(low, high)


def tango(up: int, down: int, n: int, level: float = LEVEL) -> Interval:
    """The score interval of a difference of paired shares.

    T. Tango, "Equivalence test and confidence interval for the difference in proportions for the paired-sample design",
    Statistics in Medicine 17 (1998).

    Raises:
        ValueError: there are more flips than pairs, or no pairs.
    """
    if n < 1 or up < 0 or down < 0 or up + down > n:
        raise ValueError(f"{up} and {down} flips of {n} pairs")
    z = NormalDist().inv_cdf((1 + level) / 2)
    seen = (up - down) / n
    low = _crossing(lambda difference: _score(difference, up, down, n) > z, -1.0, seen)
    high = _crossing(lambda difference: _score(difference, up, down, n) > -z, seen, 1.0)
    return Interval(low, high)


def _score(difference: float, up: int, down: int, n: int) -> float:
    """How many standard errors the flips seen are above those that a difference lets one expect."""
    distance = up - down - n * difference
    if distance == 0:
        return 0.0
    # The most likely share of flips down under this difference, from 2n q^2 + B q + C = 0.
    b = -up - down + (2 * n - up + down) * difference
    c = -down * difference * (1 - difference)
    share = (math.sqrt(max(0.0, b * b - 8 * n * c)) - b) / (4 * n)
    variance = n * (2 * share + difference * (1 - difference))
    return distance / math.sqrt(variance) if variance > 0 else math.copysign(math.inf, distance)


def _crossing(is_above: Callable[[float], bool], low: float, high: float) -> float:
    """Where the falling score crosses a threshold that it is above at `low`, if anywhere before `high`."""
    for _ in range(STEPS):
        middle = (low + high) / 2
        if not low < middle < high:
            break
        if is_above(middle):
            low = middle
        else:
            high = middle
    return (low + high) / 2
