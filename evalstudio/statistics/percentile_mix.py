"""Percentile mixture: the percentiles of several spans together, from those of each span and its number of values.

A maximum would overstate them: the 95th percentile of an hour is not that of its worst ten seconds. Each span's
distribution is rebuilt from its percentiles; against the values themselves the result is usually within 5 %.
"""

import math
from collections.abc import Iterable, Sequence

import numpy as np

MOST = 64  # spans mixed at once; more are mixed in groups first
_LOWEST = 1e-6  # seconds; the logarithm needs one above 0

Span = tuple[float, Sequence[float]]
"""The number of values, and their percentiles in seconds."""


def mix(spans: Iterable[Span], shares: Sequence[float]) -> list[float] | None:
    """Returns the percentiles of all values together; None if there are none.

    Args:
        spans: The spans; one without values or with an unknown percentile is left out.
        shares: Which percentiles these are, ascending, as in (0.5, 0.95).

    Example:
        >>> [round(value, 2) for value in mix([(100, (1.0, 2.0)), (100, (1.0, 2.0))], (0.5, 0.95))]
        [1.0, 2.0]
    """
    some = [(n, values) for n, values in spans if n > 0 and not any(map(math.isnan, values))]
    while len(some) > MOST:
        groups = [some[place : place + MOST] for place in range(0, len(some), MOST)]
        some = [(sum(n for n, _ in group), _mix(group, shares)) for group in groups]
    return _mix(some, shares) if some else None


def _mix(spans: Sequence[Span], shares: Sequence[float]) -> list[float]:
    curves = [(n, *_curve(n, values, shares)) for n, values in spans]
    places = np.unique(np.concatenate([curve for _, curve, _ in curves]))
    reached = np.zeros(len(places))
    for n, at, share in curves:
        reached += n * np.interp(places, at, share, left=0.0, right=1.0)
    total = sum(n for n, _ in spans)
    return [math.exp(np.interp(share * total, reached, places)) for share in shares]


def _curve(n: float, values: Sequence[float], shares: Sequence[float]) -> tuple[list[float], list[float]]:
    """Returns the distribution of one span: logarithms of durations, and which share of the values is below."""
    places: list[float] = []
    reached: list[float] = []
    for value, share in zip(values, shares, strict=True):
        rank = (math.ceil(n * share) - 0.5) / n  # of few values, several percentiles are the same one
        if not reached or rank > reached[-1]:
            places.append(math.log(max(value, _LOWEST)))
            reached.append(rank)
    below = places[0] - (places[1] - places[0] if len(places) > 1 else 0.0)  # as far as it is to the next one
    return [below - 1e-9, *places, places[-1] + 1e-9], [0.0, *reached, 1.0]
