"""A number in flight that the endpoint was seen not to take; it is relaxed slowly, and each time less often."""

import math

_FIRST_INTERVAL = 60.0
_LONGEST_INTERVAL = 960.0
_FACTOR = 1.05


class Ceiling:
    """Infinite until something was hit. `relax_after` is the first interval between relaxations, in seconds."""

    def __init__(self, relax_after: float = _FIRST_INTERVAL) -> None:
        self.value = math.inf
        self._first_interval = relax_after
        self._interval = relax_after
        self._bound_since: float | None = None

    def hit(self, value: float) -> None:
        """The endpoint refused more than `value`. Hit again, it is tried less often."""
        if math.isfinite(self.value):
            self._interval = min(_LONGEST_INTERVAL, 2 * self._interval)
        self.value = max(1.0, value)
        self._bound_since = None

    def lift(self) -> None:
        self.value, self._interval, self._bound_since = math.inf, self._first_interval, None

    def tick(self, now: float, *, binds: bool) -> bool:
        """True when it was raised a little because it has been binding for long enough."""
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
