"""Aggregates of scores over samples."""

import math

import msgspec

_Z = 1.959963984540054  # the standard normal's 97.5 % quantile


class Aggregate(msgspec.Struct, frozen=True):
    """A mean over `n` scored samples, with its 95 % interval."""

    value: float
    low: float
    high: float
    n: int


class LiveAggregate:
    """A mean that grows by one value at a time, in constant memory.

    The interval is Wilson's while all values are 0 or 1, else the normal one.
    """

    def __init__(self) -> None:
        self._n = 0
        self._mean = 0.0
        self._squares = 0.0
        self._binary = True

    def add(self, value: float) -> None:
        self._n += 1
        distance = value - self._mean
        self._mean += distance / self._n
        self._squares += distance * (value - self._mean)
        self._binary = self._binary and value in (0, 1)

    def snapshot(self) -> Aggregate:
        """The mean as it stands. Only after the first value."""
        n, mean = self._n, self._mean
        if self._binary:
            centre = (mean + _Z**2 / (2 * n)) / (1 + _Z**2 / n)
            half = _Z / (1 + _Z**2 / n) * math.sqrt(mean * (1 - mean) / n + _Z**2 / (4 * n * n))
            return Aggregate(mean, max(0.0, centre - half), min(1.0, centre + half), n)
        error = math.sqrt(self._squares / (n - 1) / n) if n > 1 else 0.0
        return Aggregate(mean, mean - _Z * error, mean + _Z * error, n)
