"""Circuit breaker: stops calls to an endpoint that fails, and probes it until it answers again.

Each overload cuts the window once. While the breaker is open, one canary call at a time is sent, a few
seconds apart; the first answer closes it.
"""

from collections import deque
from enum import StrEnum

_RECENT = 16  # attempts that ended last
_FAILED = 5  # of them failed, and more than half: an overload, not the stray failures of a flaky endpoint
_STREAK = 3  # failures in a row are enough when hardly more are in flight
_FRESH = 10.0  # seconds; attempts that ended earlier are no evidence about the present
_FIRST_WAIT, _STEP = 2.0, 1.0
_LONGEST_WAIT = 4.0  # a question to an endpoint that is down costs nothing; its return should be noticed soon


class RecentFailure(StrEnum):
    """How the circuit breaker classifies a failed attempt."""

    STRAY = "stray"  # an isolated failure: it is retried, nothing else happens
    EPISODE = "episode"  # the endpoint is overloaded: cut once
    KNOWN = "known"  # belongs to an episode that has already cut the window
    CANARY = "canary"  # the canary call failed, too: wait longer


class CircuitBreaker:
    """Distinguishes overload from stray failures.

    Args:
        patience: Seconds without an answer after which a run should pause instead of waiting.

    Attributes:
        open: An overload episode is under way; it lasts until a call is answered.
        failed_canaries: Canary calls that have failed in this episode.
        generation: Number of the episode; a call belongs to the one in which it started.
    """

    def __init__(self, patience: float = 120.0) -> None:
        self.patience = patience
        self.open = False
        self.failed_canaries = 0
        self.generation = 0
        self._ends: deque[tuple[float, bool]] = deque(maxlen=_RECENT)
        self._failed = 0
        self._streak = 0
        self._last_answer: float | None = None
        self.opened_at = 0.0

    def answered(self, now: float) -> bool:
        """Notes an answered attempt; True when it closes the breaker."""
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
        """Classifies a failed attempt, and opens the breaker on an overload.

        Args:
            now: Monotonic time, in seconds.
            generation: The generation in which the attempt started.
            in_flight: Calls in flight when it failed, itself included.
        """
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
            self.opened_at = now
            self.generation += 1
            self._ends.clear()
            self._failed = self._streak = 0
            return RecentFailure.EPISODE
        return RecentFailure.STRAY

    def wait(self) -> float:
        """Returns the seconds until the next canary call: 2, 3, 4, 4, ..."""
        return min(_LONGEST_WAIT, _FIRST_WAIT + _STEP * self.failed_canaries)

    def broken(self, now: float) -> bool:
        """Returns whether the endpoint has been down for so long that a run should pause instead of waiting."""
        return self.open and now - self.opened_at > self.patience

    def reset_breaker(self, now: float) -> None:
        """Waits for the endpoint anew, after a person has fixed the cause."""
        self.failed_canaries = 0
        self.opened_at = now

    def _end(self, now: float, *, failed: bool) -> None:
        ends = self._ends
        while ends and now - ends[0][0] > _FRESH:
            self._failed -= ends.popleft()[1]
        if len(ends) == _RECENT:
            self._failed -= ends[0][1]
        ends.append((now, failed))
        self._failed += failed
