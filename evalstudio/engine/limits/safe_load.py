"""How many calls at once an endpoint stood, once it broke down under more."""

import math

from evalstudio.engine.limits.ceiling import Ceiling

_AFTER = 0.75  # of the calls under which it broke down
_AFTER_CRASH = 0.85  # of those, where it went down as a whole and is back: more never again in this run
_ALL = 0.8  # of the calls in flight were lost: it went down as a whole
_NOTICED = 5  # calls that had failed when the overload was noticed


class SafeLoad:
    """Infinite until the endpoint broke down. `crashed_at`: calls in flight when it went down as a whole."""

    def __init__(self, crashed_at: int | None = None) -> None:
        self.crashed_at = crashed_at
        self._ceiling = Ceiling(120.0)
        self._top = self._lost = 0  # calls in flight in this overload, and how many of them failed
        if crashed_at is not None:
            self._ceiling.hit(math.floor(_AFTER * crashed_at))

    @property
    def value(self) -> float:
        return self._ceiling.value

    def broke_down(self, in_flight: int) -> None:
        """With so many in flight calls began to fail."""
        self._ceiling.hit(math.floor(_AFTER * in_flight))
        self._top, self._lost = in_flight, _NOTICED

    def lost_another(self) -> None:
        self._lost += 1

    def recovered(self) -> None:
        """It answers again. Were all calls lost, it had crashed."""
        if self._lost >= _ALL * self._top:
            self.crashed_at = self._top
            self._ceiling.value = max(self._ceiling.value, math.floor(_AFTER_CRASH * self._top))

    def tick(self, now: float, *, binds: bool) -> None:
        """It is tried a little higher now and then, but never near to where it crashed."""
        if self._ceiling.tick(now, binds=binds) and self.crashed_at is not None:
            self._ceiling.value = min(self._ceiling.value, _AFTER_CRASH * self.crashed_at)
