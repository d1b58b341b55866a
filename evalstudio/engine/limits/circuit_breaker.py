"""The brake: one cut for each overload, then one careful call at a time until the endpoint answers again."""

from collections import deque
from enum import StrEnum

_RECENT = 16  # attempts that ended last
_FAILED = 5  # of them failed, and more than half: an overload, not the stray failures of a flaky endpoint
_STREAK = 3  # failures in a row are enough when hardly more are in flight
_FRESH = 10.0  # seconds; older ends say nothing about now
_FIRST_WAIT = 2.0
_LONGEST_WAIT = 15.0
BREAKER_CANARIES = 8
BREAKER_SECONDS = 600.0


class RecentFailure(StrEnum):
    """What a failed attempt means."""

    STRAY = "stray"  # one of few: tried again, nothing else happens
    EPISODE = "episode"  # the endpoint is overloaded: cut once
    KNOWN = "known"  # belongs to an episode that was already cut
    CANARY = "canary"  # the careful call failed too: wait longer


class CircuitBreaker:
    """Tells overload from stray failures. `generation` rises with each episode; a call belongs to the one it started in."""

    def __init__(self) -> None:
        self.open = False  # an episode lasts until an answer arrives
        self.failed_canaries = 0
        self.generation = 0
        self._ends: deque[tuple[float, bool]] = deque(maxlen=_RECENT)
        self._failed = 0
        self._streak = 0
        self._last_answer: float | None = None
        self._opened_at = 0.0

    def answered(self, now: float) -> bool:
        """An attempt was answered; True when that ends the episode."""
        self._end(now, failed=False)
        self._streak = 0
        self._last_answer = now
        if not self.open:
            return False
        self.open = False
        self.failed_canaries = 0
        self._ends.clear()
        self._failed = 0
        return True

    def failed(self, now: float, generation: int, in_flight: int) -> RecentFailure:
        """An attempt of that generation failed while `in_flight` were out, itself included."""
        if generation != self.generation:
            return RecentFailure.KNOWN
        if self.open:
            self.failed_canaries += 1
            return RecentFailure.CANARY
        self._end(now, failed=True)
        self._streak += 1
        overloaded = self._failed >= _FAILED and 2 * self._failed > len(self._ends)
        if overloaded or (self._streak >= _STREAK and in_flight <= _STREAK):
            self.open = True
            self._opened_at = now
            self.generation += 1
            self._ends.clear()
            self._failed = self._streak = 0
            return RecentFailure.EPISODE
        return RecentFailure.STRAY

    def wait(self) -> float:
        """Seconds until the next careful call: 2, 4, 8, 15, 15, ..."""
        return min(_LONGEST_WAIT, _FIRST_WAIT * 2.0 ** min(self.failed_canaries, 10))

    def broken(self, now: float) -> bool:
        """The endpoint is down for good, as far as a run should wait: it pauses and keeps what it has."""
        return self.open and (
            self.failed_canaries >= BREAKER_CANARIES or now - self._opened_at > BREAKER_SECONDS
        )

    def reset_breaker(self, now: float) -> None:
        """A person has seen to the cause: the endpoint gets all its careful calls once more."""
        self.failed_canaries = 0
        self._opened_at = now

    def _end(self, now: float, *, failed: bool) -> None:
        ends = self._ends
        while ends and now - ends[0][0] > _FRESH:
            self._failed -= ends.popleft()[1]
        if len(ends) == _RECENT:
            self._failed -= ends[0][1]
        ends.append((now, failed))
        self._failed += failed
