"""Latency bound: the most calls in flight at which nearly all answers come in time.

Each answer gives a point: the mean number of calls beside it, and its seconds. The last points are rescaled to another
number by the exponent with which calls slow down, which a regression finds; the bound is the largest number whose
rescaled 95th percentile stays below the time that is allowed. The learner below it does what it always does.
"""

import math
from collections import deque
from dataclasses import dataclass

_POINTS, _ENOUGH = 80, 8
_USUAL, _WEIGHT = 0.6, 1.0  # exponent of slow-down before it is known, and the evidence that it is worth
_LEAST, _MOST = 0.2, 1.5
_LEAST_TRIM = 0.4  # of the time allowed, at which the rescaled times should be
_HERE = 1.15  # times the bound: what more in flight took is no reason for a lower one
_STEP = 0.04  # less of it after each answer that was late ...
_BACK = 0.04 * 0.03  # ... and more after each other: even at 3 % that are late
_SHARE = 0.95  # of the answers
_FURTHER = 2.0  # times the most that were seen
_STEADY = 0.08  # smaller changes are noise


@dataclass(frozen=True, slots=True)
class LatencyTarget:
    """What nearly all answers should keep to: seconds of a whole call, and to its first token; None: any."""

    seconds: float | None = None
    first_token: float | None = None


class LatencyBound:
    """An upper bound on calls in flight, from a target for the 95th percentile; infinite without one.

    Attributes:
        target: The target.
        value: The bound.

    Example:
        >>> bound = LatencyBound(LatencyTarget(seconds=2.0))
        >>> bound.value
        inf
    """

    def __init__(self, target: LatencyTarget = LatencyTarget()) -> None:
        self.target = target
        self.value = math.inf
        self._trim = 0.8
        self._points: deque[tuple[float, float, float | None]] = deque(maxlen=_POINTS)

    def answered(self, in_flight: float, seconds: float, first_token: float | None) -> bool:
        """Adds an answered call, with the mean number in flight beside it. Returns whether the bound has changed."""
        if self.target == LatencyTarget():
            return False
        self._points.append((max(1.0, in_flight), seconds, first_token))
        most = max(n for n, _, _ in self._points)
        found = _FURTHER * most if len(self._points) >= _ENOUGH else most
        for allowed, at in ((self.target.seconds, 1), (self.target.first_token, 2)):
            times = [(point[0], value) for point in self._points if (value := point[at])]
            if allowed is not None and times:
                late = times[-1][1] > allowed
                if in_flight <= _HERE * self.value:
                    self._trim = min(1.2, max(_LEAST_TRIM, self._trim * (1 - _STEP if late else 1 + _BACK)))
                found = min(found, _largest(times, self._trim * allowed))
        found = max(1.0, math.floor(found))
        if abs(math.log(found / self.value)) < _STEADY if math.isfinite(self.value) else False:
            return False
        changed, self.value = found != self.value, found
        return changed


def _largest(times: list[tuple[float, float]], allowed: float) -> float:
    """The largest number in flight at which the rescaled times keep to what is allowed."""
    exponent = _exponent(times)
    scaled = sorted(seconds / in_flight**exponent for in_flight, seconds in times)
    worst = scaled[min(len(scaled) - 1, math.ceil(_SHARE * len(scaled)) - 1)]
    return float((allowed / worst) ** (1 / exponent))


def _exponent(times: list[tuple[float, float]]) -> float:
    """By which power of the number in flight calls slow down; drawn towards the usual one while that is uncertain."""
    points = [(math.log(n), math.log(seconds)) for n, seconds in times]
    x = sum(point[0] for point in points) / len(points)
    y = sum(point[1] for point in points) / len(points)
    xx = sum((point[0] - x) ** 2 for point in points)
    xy = sum((point[0] - x) * (point[1] - y) for point in points)
    return min(_MOST, max(_LEAST, (xy + _WEIGHT * _USUAL) / (xx + _WEIGHT)))
