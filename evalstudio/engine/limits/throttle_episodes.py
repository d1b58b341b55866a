"""Throttle classifier: decides what a rejection shows: too many calls at once, too many a minute, or nothing.

Many calls are rejected at the same moment; only the first of an episode teaches the limits anything.
"""

import math
from collections import deque
from dataclasses import dataclass
from enum import StrEnum

from evalstudio.engine.limits.ceiling import Ceiling
from evalstudio.engine.limits.chance import ChanceRejections, Verdict
from evalstudio.engine.limits.vocabulary import AttemptResult, Ticket

_AT_ONCE = ("concurren", "simultaneous", "parallel", "in flight", "in-flight")
_BY_RATE = ("per minute", "tokens")
_TAKEN = 3  # calls accepted above a doubtful cap that show that it is none
_RECENT, _ENOUGH = 64, 4  # last accepted calls, and those of them that show that a number is accepted
_MOMENT = 0.1  # seconds between calls that start at about one moment
_NEAR = 0.9  # of the most that were ever in flight
_ISOLATED = 4  # accepted calls between two rejections
_LONG_HINT = 5.0  # seconds
_SURE = 4.0  # times the usual time of a rejection after which a call is deemed accepted
_LEAST_GRACE = 0.25  # seconds


class Reason(StrEnum):
    """The explanation of a rejection."""

    KNOWN = "known"  # belongs to an episode that has taught its lesson
    AT_ONCE = "at once"  # too many calls were in flight
    RATE = "rate"  # too many started in a minute, or the endpoint takes none at all
    STRAY = "stray"  # one by chance among calls that are accepted


@dataclass(frozen=True, slots=True)
class Throttle:
    """What one rejection means.

    Attributes:
        reason: Its explanation.
        pauses: No call may start for a while.
        verdict: What a trial of rejections by chance found out.
    """

    reason: Reason
    pauses: bool
    verdict: Verdict = Verdict.NOTHING


class ThrottleEpisodes:
    """Groups rejections into episodes, and distinguishes a concurrency cap (`cap`) from a rate limit and from chance."""

    def __init__(self) -> None:
        self.cap = Ceiling()
        self.chance = ChanceRejections()
        self.generation = 0  # number of the current episode; a ticket keeps the one in which it started
        self.closed_since: float | None = None  # since when the endpoint has accepted nothing
        self._closed_by = 0  # the episode that it began with
        self.grace = _LEAST_GRACE  # seconds in flight after which a call is deemed accepted
        self._record = 0  # most calls in flight in this generation
        self._accepted_at: deque[int] = deque(
            maxlen=_RECENT
        )  # in flight at which the last calls were accepted
        self._latency = 0.0  # of a rejection
        self._since_last = 0  # calls accepted since the last rejection
        self._last_start, self._burst = -math.inf, 0  # calls that started at about one moment
        self._taken = 0  # calls accepted above the cap
        self.doubtful = False  # the cap may have been a limit on calls that start at one moment
        self._disproved = 0  # caps that were none
        # Too many calls at once need no pause: new ones start only as others end. A second rejection soon after may
        # still be a rate limit, and pauses.
        self._unpaused, self._next_unpaused = -1, 0.0

    def started(self, now: float, in_flight: int, seconds: float | None) -> bool:
        """Notes that a call started.

        Args:
            now: Monotonic time, in seconds.
            in_flight: Calls in flight, this one included.
            seconds: How long an answered attempt takes; None: unknown.

        Returns:
            Whether this is close to the most that were in flight since the last episode.
        """
        usual = _MOMENT if seconds is None else 0.5 * seconds / in_flight
        self._burst = self._burst + 1 if now - self._last_start < min(_MOMENT, usual) else 1
        self._last_start = now
        self.chance.started()
        self._record = max(self._record, in_flight)
        return in_flight >= _NEAR * self._record

    @property
    def most(self) -> int:
        """The most calls in flight since the last episode."""
        return self._record

    def begin_anew(self, in_flight: int) -> None:
        """Resets the record of calls in flight to the present number: earlier ones are no evidence any more."""
        self._record = in_flight

    @property
    def accepted_most(self) -> int:
        """The most calls in flight at which several were accepted; one may have been while an answer was on its way."""
        known = sorted(self._accepted_at)
        return known[-_ENOUGH] if len(known) >= _ENOUGH else 0

    def reopen(self) -> None:
        """Notes that the endpoint accepted calls all the time."""
        self.closed_since = None

    def opens(self, ticket: Ticket) -> bool:
        """Whether a call that was accepted started after the endpoint began to accept nothing."""
        return ticket.generation >= self._closed_by

    def refutes_cap(self, in_flight: int) -> bool:
        """Whether a call that was accepted as one of `in_flight` shows that the cap is none; it is then lifted."""
        if not self.doubtful or in_flight <= self.cap.value:
            return False
        self._taken += 1
        if self._taken < _TAKEN:
            return False
        self._disproved += 1
        self.doubtful = False
        self.cap.lift()
        return True

    def accepted(self, now: float, ticket: Ticket) -> Verdict:
        """Notes that the endpoint accepted a call. Returns what that shows about earlier rejections."""
        self._accepted_at.append(ticket.in_flight)
        self._since_last += 1
        if self.opens(ticket):
            self.closed_since = None
        return self.chance.accepted(now, ticket.before[0])

    def judge(
        self,
        now: float,
        ticket: Ticket,
        result: AttemptResult,
        *,
        expected: bool,
        stated: bool,
        seconds: float | None,
    ) -> Throttle:
        """Classifies a rejected attempt.

        Args:
            now: Monotonic time, in seconds.
            ticket: The rejected attempt.
            result: How it ended.
            expected: A higher rate is being tried.
            stated: The endpoint states its limits.
            seconds: How long an answered attempt takes; None: unknown.
        """
        self._time(now - ticket.started)
        if ticket.generation != self.generation:
            return Throttle(Reason.KNOWN, pauses=ticket.generation != self._unpaused)
        accepted, self._since_last = self._since_last, 0
        if self._is_at_once(ticket, result, stated=stated):
            return self._too_many(now, ticket, result, seconds)
        if not (stated or self._names_rate(result)):
            verdict = self._by_chance(now, ticket, result.hint, accepted, expected=expected)
            if verdict is not Verdict.LIMIT:
                return Throttle(Reason.STRAY, pauses=False, verdict=verdict)
        self.generation += 1
        self.chance.end()
        if self.closed_since is None:
            self.closed_since, self._closed_by = now, self.generation
        return Throttle(Reason.RATE, pauses=True)

    def _too_many(self, now: float, ticket: Ticket, result: AttemptResult, seconds: float | None) -> Throttle:
        self.generation += 1
        self._accepted_at = deque((n for n in self._accepted_at if n < ticket.in_flight), _RECENT)
        if result.hint is None and now >= self._next_unpaused:
            self._unpaused = ticket.generation
        self._next_unpaused = now + 2 * (seconds or 1.0)
        return Throttle(Reason.AT_ONCE, pauses=ticket.generation != self._unpaused)

    def _is_at_once(self, ticket: Ticket, result: AttemptResult, *, stated: bool) -> bool:
        text = result.message.lower()
        if any(word in text for word in _AT_ONCE):
            return True
        if result.hint is not None or stated or self._names_rate(result) or self.closed_since is not None:
            return False
        if ticket.in_flight < 2 or ticket.in_flight <= self.accepted_most:
            return self._refute_cap(ticket)
        self._taken = 0
        self.doubtful = self._burst > 2
        return ticket.at_record and not self.chance.known and not (self.doubtful and self._disproved)

    def _refute_cap(self, ticket: Ticket) -> bool:
        """A number at which calls were accepted is refused: no cap."""
        if math.isfinite(self.cap.value) and ticket.in_flight <= self.cap.value:
            self._disproved += 1
            self.cap.lift()
        return False

    @staticmethod
    def _names_rate(result: AttemptResult) -> bool:
        text = result.message.lower()
        return any(word in text for word in _BY_RATE)

    def _by_chance(
        self, now: float, ticket: Ticket, hint: float | None, accepted: int, *, expected: bool
    ) -> Verdict:
        """Whether the rejection is one by chance: every verdict but LIMIT."""
        chance = self.chance
        if self.closed_since is not None:
            return Verdict.LIMIT
        if chance.is_open:
            return chance.rejected(now, ticket.before[0])
        first_hint = hint is not None and not self.generation
        if (
            expected
            or accepted < _ISOLATED
            or first_hint
            or (hint or 0.0) > _LONG_HINT
            or not chance.may_try()
        ):
            return Verdict.LIMIT
        chance.begin_trial(ticket.before[0])
        return Verdict.NOTHING

    def _time(self, seconds: float) -> None:
        self._latency += (seconds - self._latency) * (0.2 if self._latency else 1.0)
        self.grace = max(_LEAST_GRACE, _SURE * self._latency)
