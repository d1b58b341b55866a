"""Pace: how many records a second a run saves now, and how far that can be trusted for the time that is left."""

from collections import deque
from typing import NamedTuple

WINDOW_S = 15
RECENT_S = 5
_LEAST_S = 3  # seconds before a change of pace is looked for
_BAND = 1.3  # standard errors of an 80 % band


class Estimate(NamedTuple):
    """Records a second over the last seconds, their number, and the relative error of the rate (80 %)."""

    rate: float = 0.0
    records: int = 0
    error: float = 0.9


class Pace:
    """The pace of one run. Times are in seconds on its own axis, on which pauses count."""

    def __init__(self) -> None:
        self._seconds: deque[tuple[float, float, int]] = deque(maxlen=WINDOW_S)  # from, to, records
        self._since: float | None = None  # when it was last started, continued or changed
        self._before = 0  # records of the current second from before that

    def closed(self, second: int, saved: int) -> None:
        """Adds a second that has passed."""
        first = max(float(second), self._since if self._since is not None else float(second))
        if first < second + 1:
            self._seconds.append((first, second + 1.0, saved - self._before))
        self._before = 0

    def restart(self, now: float, saved: int) -> None:
        """Forgets the past: after a pause or a change of limits it says nothing about what is to come.

        Args:
            now: The time.
            saved: Records of the current second so far.
        """
        self._seconds.clear()
        self._since, self._before = now, saved

    def estimate(self, now: float, saved: int) -> Estimate:
        """Returns the pace at a time; `saved`: records of the current second so far."""
        begun = max(float(int(now)), self._since or 0.0)
        parts = [*self._seconds, (begun, now, saved - self._before)]
        recent = [part for part in parts if part[0] >= now - RECENT_S]
        if len(parts) - len(recent) >= _LEAST_S and _differ(parts[: len(parts) - len(recent)], recent):
            parts = recent  # it goes faster or slower than before
        count = sum(part[2] for part in parts)
        span = now - parts[0][0]
        if span <= 0 or count <= 0:
            return Estimate()
        rate = count / span
        whole = [part[2] / (part[1] - part[0]) for part in parts if part[1] - part[0] > 0.5]
        uneven = _variance(whole) / rate if len(whole) > 1 else 1.0  # 1: as records that come by chance
        error = _BAND * (max(1.0, uneven) / count) ** 0.5
        return Estimate(rate, count, min(0.9, max(error, 0.9 / (1 + span))))


def eta(left: int, pace: Estimate, tail: float) -> tuple[float, float, float] | None:
    """Estimates the seconds until the end: low, likely and high; None while nothing is known.

    Args:
        left: Samples that remain.
        pace: How fast they are done.
        tail: Seconds that the last samples take at least: the 95th percentile of the latency.

    Example:
        >>> eta(0, Estimate(2.0, 10, 0.4), 1.0)
        (0.0, 0.0, 0.0)
    """
    if left == 0:
        return (0.0, 0.0, 0.0)
    if pace.rate <= 0 or pace.records < 3:
        return None
    likely = left / pace.rate
    return (
        likely / (1 + pace.error),
        max(likely, min(tail, likely * 4)),
        likely / (1 - pace.error) + tail,
    )


def _differ(before: list[tuple[float, float, int]], after: list[tuple[float, float, int]]) -> bool:
    """Returns whether two stretches have different rates, by more than chance and unevenness explain."""
    rates, errors = [], []
    for parts in (before, after):
        span = parts[-1][1] - parts[0][0]
        count = sum(part[2] for part in parts)
        if span <= 0:
            return False
        whole = [part[2] / (part[1] - part[0]) for part in parts if part[1] - part[0] > 0.5]
        rates.append(count / span)
        errors.append(max(count, _variance(whole) * len(whole) if len(whole) > 1 else count, 1.0) / span**2)
    return bool(abs(rates[0] - rates[1]) > 3 * (errors[0] + errors[1]) ** 0.5)


def _variance(values: list[float]) -> float:
    mean = sum(values) / len(values)
    return sum((value - mean) ** 2 for value in values) / (len(values) - 1)
