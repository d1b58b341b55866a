"""Safe load: the number of concurrent calls that an endpoint can bear, known once it has broken down under more."""

import math

from evalstudio.engine.limits.ceiling import Ceiling

_AFTER = 0.75  # of the calls under which it broke down
_AFTER_CRASH = (
    0.85  # of those, after the whole endpoint went down and came back: never more again in this run
)
_ALL = 0.8  # of the calls in flight were lost: the whole endpoint went down
_NOTICED = 5  # calls that had failed when the overload was noticed


class SafeLoad:
    """A ceiling on calls in flight; infinite until the endpoint breaks down.

    Args:
        crashed_at: Calls in flight when the whole endpoint went down in an earlier run; None: it never did.
    """

    def __init__(self, crashed_at: int | None = None) -> None:
        self.crashed_at = crashed_at
        self._ceiling = Ceiling(120.0)
        self._top = self._lost = 0  # calls in flight when this overload began, and how many of them failed
        if crashed_at is not None:
            self._ceiling.hit(math.floor(_AFTER * crashed_at))

    @property
    def value(self) -> float:
        return self._ceiling.value

    def broke_down(self, in_flight: int) -> None:
        """Lowers the ceiling: calls began to fail with `in_flight` of them in flight."""
        self._ceiling.hit(math.floor(_AFTER * in_flight))
        self._top, self._lost = in_flight, _NOTICED

    def lost_another(self) -> None:
        """Notes that one more call of this overload failed."""
        self._lost += 1

    def recovered(self) -> None:
        """Ends the overload. If nearly all calls were lost, the endpoint had crashed."""
        if self._lost >= _ALL * self._top:
            self.crashed_at = self._top
            self._ceiling.value = max(self._ceiling.value, math.floor(_AFTER_CRASH * self._top))

    def tick(self, now: float, *, binds: bool) -> None:
        """Raises the ceiling a little now and then, but never close to where the endpoint crashed."""
        if self._ceiling.tick(now, binds=binds) and self.crashed_at is not None:
            self._ceiling.value = min(self._ceiling.value, _AFTER_CRASH * self.crashed_at)
