"""Overload limits: the circuit breaker of an endpoint, and the load that it bears.

A failure counts against the number in flight. One that comes at once, at a number that was never accepted, while others
are answered, is a refusal of that number, as another endpoint would say with 429.
"""

import math

from evalstudio.engine.limits.circuit_breaker import CircuitBreaker, RecentFailure
from evalstudio.engine.limits.safe_load import SafeLoad
from evalstudio.engine.limits.vocabulary import Ticket

_REFUSALS = 2  # one may be a stray failure
_MOMENT = 0.3  # seconds
_QUICK = 0.5  # of the time of an answer: a refusal, not a call that broke down


class Overload:
    """The breaker and the safe load of one endpoint.

    Args:
        patience: Seconds without an answer after which a run should pause instead of waiting.
        crashed_at: Calls in flight at which the endpoint went down in an earlier run; None: it never did.
    """

    def __init__(self, patience: float, crashed_at: int | None) -> None:
        self.breaker = CircuitBreaker(patience)
        self.load = SafeLoad(crashed_at)
        self._canaries: set[Ticket] = set()
        self._most_canaries = 1  # until one is answered
        self._lost_canaries_at = -math.inf
        self._last_answer = -math.inf
        self._most, self._most_at = (
            0,
            -math.inf,
        )  # most calls in flight, and when there were so many for the first time
        self._fresh = False  # they began as soon as there were more than ever before
        self._failing_from = 0  # calls in flight when they began to fail, one after the other
        self._refused = 0  # the least of them
        self._refusals = 0  # in a row, of numbers that were never accepted

    def holds_back(self) -> bool:
        """Whether canary calls are under way, so that no other may start: twice as many as were taken so far.

        An answer may take minutes; a call that is taken shows before that that the endpoint is back.
        """
        if not self.breaker.open:
            return False
        if len(self._canaries) >= self._most_canaries:
            return True
        taken = sum(ticket.accepted for ticket in self._canaries)
        return len(self._canaries) - taken >= max(1, taken)

    def started(self, ticket: Ticket) -> None:
        """Notes that a call started."""
        if ticket.in_flight > self._most:
            self._most, self._most_at = ticket.in_flight, ticket.started
        if self.breaker.open:
            self._canaries.add(ticket)

    def ended(self, ticket: Ticket) -> None:
        """Notes that a call ended, with whatever outcome."""
        self._canaries.discard(ticket)

    def accepted(self, in_flight: int) -> None:
        """Notes that a call was taken as one of `in_flight`: a refusal of no more was a stray failure."""
        if in_flight >= self._refused:
            self._refusals = 0

    def answered(self, now: float, ticket: Ticket) -> bool:
        """Notes an answer. Returns whether it ended an overload."""
        self._last_answer = now
        self._failing_from = 0
        closed = self.breaker.answered(now)
        if closed:
            self._canaries.clear()
        if closed and ticket.breaker_generation == self.breaker.generation:
            self.load.recovered(now)
        self.load.answered(ticket.in_flight)
        return closed

    def refuses_number(self, now: float, ticket: Ticket, seconds: float | None, accepted_most: int) -> bool:
        """Whether a failed call was refused because of the calls beside it.

        Args:
            now: Monotonic time, in seconds.
            ticket: The failed call.
            seconds: How long an answered call takes; None: none was answered yet.
            accepted_most: The most calls in flight at which one was accepted.
        """
        if self.breaker.open or seconds is None or ticket.breaker_generation != self.breaker.generation:
            return False
        quick = now - ticket.started < _QUICK * seconds
        lives = now - self._last_answer < seconds
        if not quick or not lives:
            return False
        if ticket.in_flight <= max(1, accepted_most):
            self._refusals = 0
            return False
        self._refused = min(self._refused, ticket.in_flight) if self._refusals else ticket.in_flight
        self._refusals += 1
        return self._refusals >= _REFUSALS

    def failed(
        self, now: float, ticket: Ticket, before: int, recent: int, seconds: float | None
    ) -> tuple[RecentFailure, int, bool]:
        """Classifies a failed attempt.

        Args:
            now: Monotonic time, in seconds.
            ticket: The attempt.
            before: Calls in flight when it failed, itself included.
            recent: Those of them that started so short a time ago that they may have come later.
            seconds: How long an answered call takes; None: none was answered yet.

        Returns:
            What it is, the calls in flight that it counts against, and whether their number was the reason.
        """
        verdict = self.breaker.failed(now, ticket.breaker_generation, before)
        if verdict is RecentFailure.CANARY:
            if ticket.accepted and now - self._lost_canaries_at > _MOMENT:  # it went down again, under these
                self._most_canaries = max(1, min(self._most_canaries, before) // 2)
            self._lost_canaries_at = now
        if not self._failing_from:
            self._fresh = now - self._most_at < _MOMENT and before >= self._most
        self._failing_from = max(self._failing_from, before - recent if self._fresh else before)
        top = self._failing_from if self._fresh else max(ticket.in_flight, self._failing_from)
        if verdict is RecentFailure.EPISODE:
            self._most_canaries = max(1, top // 2)
        if verdict is RecentFailure.KNOWN:
            self.load.lost_another()
        by_load = verdict is RecentFailure.EPISODE and self.load.broke_down(
            now, top, seconds or 1.0, at_once=self._fresh
        )
        return verdict, top, by_load
