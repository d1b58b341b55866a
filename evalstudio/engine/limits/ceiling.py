"""Concurrency ceiling: an upper bound learned from refusals, and tested again for as long as it holds.

A test lets one call more in than the bound. If that is accepted the bound rises, by one, two, four and so on; if it is
refused the next test comes later, but never later than a bounded number of response times.
"""

import math

_FIRST_GAP, _LONGEST_GAP = 2.0, 32.0  # response times between tests
_TAKEN = (
    2  # calls accepted above the bound that raise it: an answer on its way makes one too many look possible
)
_SHORTEST = 0.5  # seconds
_FIRST_SHARE, _SHARE = 8.0, 20.0  # seconds that a refusal cost, times this, until it is risked (again)


class Ceiling:
    """An upper bound on calls in flight; infinite until it is hit.

    Args:
        gap: Response times until it is tested for the first time.

    Attributes:
        value: The bound.
        extra: Calls above it that a test under way lets in.
    """

    def __init__(self, gap: float = _FIRST_GAP) -> None:
        self.value = math.inf
        self.extra = 0
        self._first_gap = self._gap = gap
        self._step = 1
        self._taken = 0  # calls accepted above the bound
        self._cost, self._share = 0.0, _FIRST_SHARE
        self._since: float | None = None

    def hit(self, value: float, cost: float = 0.0) -> None:
        """Sets the bound: the endpoint refused more than `value`.

        Args:
            value: The most that it takes.
            cost: Seconds for which it then answered nothing.
        """
        again = math.isfinite(self.value)
        self._gap = min(_LONGEST_GAP, 2 * self._gap) if again else self._first_gap
        self.value = max(1.0, value)
        self._cost = max(cost, self._cost)
        self._share = _SHARE if again else _FIRST_SHARE
        self._step, self._taken, self.extra, self._since = 1, 0, 0, None

    def costs(self, seconds: float) -> None:
        """Corrects what the last refusal cost, once that is known."""
        self._cost = max(self._cost, seconds)
        self._since = None

    def wait_for(self, gap: float) -> None:
        """Sets the response times until the next test."""
        self._gap, self._since = gap, None

    def lift(self) -> None:
        """Removes the bound."""
        self.__init__(self._first_gap)  # type: ignore[misc]

    def accepted(self, in_flight: int) -> bool:
        """Raises the bound if a call was accepted above it; `in_flight` counts it. Returns whether it was raised."""
        if in_flight <= self.value:
            return False
        self._taken += 1
        if self._taken < _TAKEN:
            self.extra = self._step + self._taken
            return False
        self._taken = 0
        self.value += max(self.extra, in_flight - self.value)
        self._step *= 2
        self._gap, self._cost, self.extra, self._since = 1.0, 0.0, 0, None
        return True

    def tick(self, now: float, *, binds: bool, seconds: float) -> None:
        """Begins a test once the bound has held for long enough, and keeps calls from starting.

        Args:
            now: Monotonic time, in seconds.
            binds: It is what keeps calls from starting.
            seconds: How long an answered call takes.
        """
        if not math.isfinite(self.value):
            return
        if self._since is None:
            self._since = now
        due = self._since + max(_SHORTEST, self._gap * seconds, self._share * self._cost)
        self.extra = self._step + self._taken if binds and now >= due else 0
