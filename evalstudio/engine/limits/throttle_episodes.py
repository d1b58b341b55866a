"""What a throttled attempt means: one of many of the same moment, too many at once, or too many a minute."""

import math
from dataclasses import dataclass

from evalstudio.engine.limits.ceiling import Ceiling
from evalstudio.engine.limits.vocabulary import AttemptResult, Ticket

_AT_ONCE = ("concurren", "simultaneous", "parallel", "in flight", "in-flight")
_NEAR = 0.9  # of the known cap, or of the most that were ever in flight


@dataclass(frozen=True, slots=True)
class Throttle:
    """`new_episode`: not of the moment of an earlier one. `pauses`: calls have to stop for a while."""

    new_episode: bool
    at_once: bool
    pauses: bool


class Refusals:
    """Tells one moment of rejections from the next, and a cap of calls at once (`cap`) from a rate."""

    def __init__(self) -> None:
        self.cap = Ceiling(60.0)
        self.generation = 0  # of the moments of rejection; a ticket bears that in which it started
        self._record = 0  # most calls in flight in this generation
        # Too many at once needs no pause: calls start again only as others end. Soon again, it may be a rate.
        self._unpaused, self._next_unpaused = -1, 0.0

    def started(self, in_flight: int) -> bool:
        """A call started and is the `in_flight`th; whether hardly ever more were."""
        self._record = max(self._record, in_flight)
        return in_flight >= _NEAR * self._record

    @property
    def most(self) -> int:
        """Calls in flight since the last moment of rejection."""
        return self._record

    def begin_anew(self, in_flight: int) -> None:
        """What was in flight before says nothing about what comes now."""
        self._record = in_flight

    def judge(
        self, now: float, ticket: Ticket, result: AttemptResult, *, rate_known: bool, seconds: float | None
    ) -> Throttle:
        """`rate_known`: a rate was stated or learned, `seconds`: what an answered attempt takes."""
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
