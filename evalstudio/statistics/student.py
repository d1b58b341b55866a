"""Student's distribution, for whole degrees of freedom."""

import math
import sys
from functools import lru_cache
from statistics import NormalDist

SERIES = 200
"""Up to so many degrees of freedom the distribution function is a finite series; beyond, an expansion."""


def t_p_value(t: float, df: int) -> float:
    """The two-sided p-value of a t statistic: below 0.05 just where `t_quantile(0.975, df)` is exceeded."""
    t = abs(t)
    if df <= SERIES:
        return min(1.0, max(2 * (1 - _t_cdf(t, df)), sys.float_info.epsilon))
    low, high = 0.0, t
    for _ in range(200):
        middle = (low + high) / 2
        if not low < middle < high:
            break
        if _expanded(middle, df) < t:
            low = middle
        else:
            high = middle
    return max(math.erfc(high / math.sqrt(2)), sys.float_info.min)


@lru_cache(maxsize=1024)
def t_quantile(probability: float, df: int) -> float:
    """Student's t: the value below which `probability` (above 0.5) lies, for whole degrees of freedom.

    Up to 200 degrees the distribution function is the finite series 26.7.3 and 26.7.4 of Abramowitz and
    Stegun, inverted by bisection; beyond, the expansion 26.7.5 around the normal quantile.
    """
    z = NormalDist().inv_cdf(probability)
    if df > SERIES:
        return _expanded(z, df)
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


def _expanded(z: float, df: int) -> float:
    return z + math.fsum(term / float(df) ** order for order, term in enumerate(_expansion(z), 1))
