"""Safe load: the number of concurrent calls that an endpoint can bear, known once it has broken down under more.

An endpoint that breaks down under a load that it bore before was restarted, cut off or asleep: that is no measure of
what it can bear. Only a number that it never bore, or under which it broke down twice, bounds the window.
"""

import math
from collections import deque

from evalstudio.engine.limits.ceiling import Ceiling

_AFTER = 0.75  # of the calls under which it broke down
_AFTER_CRASH = 0.85  # of those, after the whole endpoint went down and came back
_ALL = 0.8  # of the calls in flight were lost: the whole endpoint went down
_NOTICED = 5  # calls that had failed when the overload was noticed
_RECENT, _ENOUGH = 64, 4  # last answers, and those of them that show that a number was borne
_ROOM = 1.05  # times that number is no more of a load
# response times until it is risked again to bring the endpoint down, by how sure it is that the load was the reason
_GUESS_GAP = 1.0  # where it may as well have been away for another reason
_CRASH_GAP, _RECALLED_GAP, _SURE_GAP = 8.0, 40.0, 200.0
_MORE = 1.1  # times the number at which it went down: that was not the reason
_AGAIN, _NEAR = (
    5.0,
    0.9,
)  # response times after which another breakdown at about the same number is no accident


class SafeLoad:
    """A ceiling on calls in flight; infinite until the endpoint breaks down under a load.

    Args:
        crashed_at: Calls in flight when the whole endpoint went down in an earlier run; None: it never did.

    Attributes:
        ceiling: The bound, and its tests.
        crashed_at: Calls in flight when it went down because of them; None: it never did.
        is_sure: It went down as soon as there were so many, or twice.
    """

    def __init__(self, crashed_at: int | None = None) -> None:
        self.crashed_at = crashed_at
        self.ceiling = Ceiling(gap=8.0)
        self._borne: deque[int] = deque(maxlen=_RECENT)
        self._top = self._lost = 0  # calls in flight when this overload began, and how many of them failed
        self._by_load = self._at_once = self._is_guess = False
        self.is_sure = crashed_at is not None
        self._began = self._ended = -math.inf
        if crashed_at is not None:
            self.ceiling.hit(math.floor(_AFTER_CRASH * crashed_at))
            self.ceiling.wait_for(_RECALLED_GAP)

    @property
    def value(self) -> float:
        return self.ceiling.value

    def answered(self, in_flight: int) -> None:
        """Notes that a call was answered that started as one of `in_flight`."""
        self._borne.append(in_flight)
        if self.crashed_at is not None and in_flight > _MORE * self.crashed_at:
            self.crashed_at = None  # it bears more

    def bears(self, in_flight: int) -> bool:
        """Whether the endpoint has answered so many calls at once before."""
        known = sorted(self._borne)
        return len(known) >= _ENOUGH and in_flight <= max(1.0, _ROOM * known[-_ENOUGH])

    def broke_down(self, now: float, in_flight: int, seconds: float, *, at_once: bool = False) -> bool:
        """Notes that calls began to fail with `in_flight` of them in flight.

        Args:
            now: Monotonic time, in seconds.
            in_flight: Calls in flight, the failed ones included.
            seconds: How long an answered call takes.
            at_once: They began as soon as there were more in flight than ever before.

        Returns:
            Whether their number was the reason; the ceiling is then below it.
        """
        again = now - self._ended < _AGAIN * seconds and in_flight >= _NEAR * self._top
        self._by_load = in_flight > 1 and (again or (bool(self._borne) and not self.bears(in_flight)))
        self._at_once, self._is_guess = at_once, not (at_once or again)
        self._top, self._lost, self._began = in_flight, _NOTICED, now
        if self._by_load:
            self.ceiling.hit(math.floor(_AFTER * in_flight))
            self._borne.clear()
        return self._by_load

    def lost_another(self) -> None:
        """Notes that one more call of this overload failed."""
        self._lost += 1

    def recovered(self, now: float) -> None:
        """Ends the overload. If nearly all calls were lost, the endpoint had crashed."""
        self._ended = now
        if not self._by_load:
            return
        self._by_load = False
        if self._is_guess:
            self.ceiling.wait_for(_GUESS_GAP)
            return
        self.ceiling.costs(now - self._began)
        if self._lost >= _ALL * self._top:
            again = self.crashed_at is not None and self._top >= _NEAR * self.crashed_at
            self.is_sure = again or self._at_once
            self.ceiling.wait_for(_SURE_GAP if self.is_sure else _CRASH_GAP)
            self.crashed_at = self._top
            self.ceiling.value = max(self.ceiling.value, math.floor(_AFTER_CRASH * self._top))

    def accepted(self, in_flight: int) -> bool:
        """Raises the ceiling if so many calls at once are more than it. Returns whether it was raised."""
        return self.ceiling.accepted(in_flight)

    def lift(self, in_flight: int) -> None:
        """Removes the ceiling: so many calls at once are borne."""
        self.ceiling.lift()
        if self.crashed_at is not None and in_flight > self.crashed_at:
            self.crashed_at = None
