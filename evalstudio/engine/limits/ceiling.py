"""Concurrency ceiling: an upper bound learned from rejections, raised slowly, and less often after each one."""

import math

_FIRST_INTERVAL = 60.0
_LONGEST_INTERVAL = 960.0
_FACTOR = 1.05


class Ceiling:
    """An upper bound on calls in flight; infinite until it is hit.

    Args:
        relax_after: Seconds for which it has to be binding before it is raised for the first time.
    """

    def __init__(self, relax_after: float = _FIRST_INTERVAL) -> None:
        self.value = math.inf
        self._first_interval = relax_after
        self._interval = relax_after
        self._bound_since: float | None = None

    def hit(self, value: float) -> None:
        """Sets the bound: the endpoint refused more than `value`. After a second hit it is raised less often."""
        if math.isfinite(self.value):
            self._interval = min(_LONGEST_INTERVAL, 2 * self._interval)
        self.value = max(1.0, value)
        self._bound_since = None

    def lift(self) -> None:
        """Removes the bound."""
        self.value, self._interval, self._bound_since = math.inf, self._first_interval, None

    def tick(self, now: float, *, binds: bool) -> bool:
        """Raises the bound a little once it has been binding for long enough.

        Args:
            now: Monotonic time, in seconds.
            binds: It is what keeps calls from starting.

        Returns:
            Whether it was raised.
        """
        if not binds:
            self._bound_since = None
            return False
        if self._bound_since is None:
            self._bound_since = now
        if now - self._bound_since < self._interval:
            return False
        self._bound_since = now
        self.value = max(self.value + 1, self.value * _FACTOR)
        return True
