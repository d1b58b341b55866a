"""Latency histogram: percentiles of durations from buckets of equal ratio, in bounded memory."""

import math
from collections import defaultdict

from evalstudio.protocol import Percentiles

_PER_E = 100  # buckets per factor e: each is 1 % wide, so a percentile is accurate to half a percent
_SMALLEST = 1e-6


class LatencyHistogram:
    """Counts durations, from a microsecond to weeks, in logarithmic buckets.

    Example:
        >>> histogram = LatencyHistogram()
        >>> for seconds in (0.1, 0.2, 0.2):
        ...     histogram.add(seconds)
        >>> f"{histogram.percentiles().p50:.2f}"
        '0.20'
    """

    __slots__ = ("_counts", "n")

    def __init__(self) -> None:
        self._counts: defaultdict[int, int] = defaultdict(int)
        self.n = 0

    def add(self, seconds: float) -> None:
        """Counts a duration, in seconds."""
        self._counts[math.floor(math.log(max(seconds, _SMALLEST)) * _PER_E)] += 1
        self.n += 1

    def percentiles(self) -> Percentiles | None:
        """Returns p50, p95 and p99, in seconds; None while nothing was added."""
        if self.n == 0:
            return None
        wanted = [math.ceil(self.n * share) for share in (0.5, 0.95, 0.99)]
        found: list[float] = []
        seen = 0
        for bucket in sorted(self._counts):
            seen += self._counts[bucket]
            while len(found) < len(wanted) and seen >= wanted[len(found)]:
                found.append(math.exp((bucket + 0.5) / _PER_E))
        return Percentiles(self.n, *found)
