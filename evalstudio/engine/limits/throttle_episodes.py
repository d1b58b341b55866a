"""Throttle classifier: decides whether a rejection starts a new episode, and which limit it shows, calls or rate.

Many calls are rejected at the same moment; only the first of an episode teaches the limits anything.
"""

import math
from dataclasses import dataclass

from evalstudio.engine.limits.ceiling import Ceiling
from evalstudio.engine.limits.vocabulary import AttemptResult, Ticket

_AT_ONCE = ("concurren", "simultaneous", "parallel", "in flight", "in-flight")
_NEAR = 0.9  # of the known cap, or of the most that were ever in flight


@dataclass(frozen=True, slots=True)
class Throttle:
    """What one rejection means.

    Attributes:
        new_episode: It does not belong to an episode that is already known.
        at_once: Too many calls were in flight; otherwise too many started in a minute.
        pauses: No call may start for a while.
    """

    new_episode: bool
    at_once: bool
    pauses: bool


class ThrottleEpisodes:
    """Groups rejections into episodes, and distinguishes a concurrency cap (`cap`) from a rate limit."""

    def __init__(self) -> None:
        self.cap = Ceiling(60.0)
        self.generation = 0  # number of the current episode; a ticket keeps the one in which it started
        self._record = 0  # most calls in flight in this generation
        # Too many calls at once need no pause: new ones start only as others end. A second rejection soon after may
        # still be a rate limit, and pauses.
        self._unpaused, self._next_unpaused = -1, 0.0

    def started(self, in_flight: int) -> bool:
        """Notes that a call started.

        Args:
            in_flight: Calls in flight, this one included.

        Returns:
            Whether this is close to the most that were in flight since the last episode.
        """
        self._record = max(self._record, in_flight)
        return in_flight >= _NEAR * self._record

    @property
    def most(self) -> int:
        """The most calls in flight since the last episode."""
        return self._record

    def begin_anew(self, in_flight: int) -> None:
        """Resets the record of calls in flight to the present number: earlier ones are no evidence any more."""
        self._record = in_flight

    def judge(
        self, now: float, ticket: Ticket, result: AttemptResult, *, rate_known: bool, seconds: float | None
    ) -> Throttle:
        """Classifies a rejected attempt.

        Args:
            now: Monotonic time, in seconds.
            ticket: The rejected attempt.
            result: How it ended.
            rate_known: A request rate was stated by the endpoint or learned.
            seconds: How long an answered attempt takes; None: unknown.
        """
        new = ticket.generation == self.generation
        at_once = new and self._is_at_once(ticket, result, rate_known=rate_known)
        if new:
            self.generation += 1
        if at_once:
            if result.hint is None and now >= self._next_unpaused:
                self._unpaused = ticket.generation
            self._next_unpaused = now + 2 * (seconds or 1.0)
        return Throttle(new, at_once, pauses=ticket.generation != self._unpaused)

    def _is_at_once(self, ticket: Ticket, result: AttemptResult, *, rate_known: bool) -> bool:
        text = result.message.lower()
        if any(word in text for word in _AT_ONCE):
            return True
        if result.hint is not None or rate_known or "per minute" in text or "tokens" in text:
            return False
        if not math.isfinite(self.cap.value):
            return ticket.at_record
        if ticket.in_flight > _NEAR * self.cap.value:
            return True
        self.cap.lift()  # rejected well below it: it was a rate limit all along
        return False
