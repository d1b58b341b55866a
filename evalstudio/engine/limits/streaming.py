"""Streaming throughput estimator: measures a window by the parts of answers that are still being streamed.

An answer of half a minute shows within seconds how the endpoint performs at this window, by the rate at which its parts
arrive, so the ramp need not wait for whole answers. Calls without a first part count as well: their prompt is being
read, and their answer will stream as fast as the others. The exception are calls that have waited longer than calls did
before the window grew: those are in the endpoint's queue.
"""

import math
from dataclasses import dataclass

from evalstudio.engine.limits.estimators import Estimate
from evalstudio.engine.limits.vocabulary import Ticket

_LONG_ENOUGH = 0.75  # seconds at one window
_TOO_LONG = 6.0
_NOISE = 0.5  # of the noise of a Poisson process: streams are more regular
_ENOUGH = 40  # parts
_ADDED = 0.85  # of the added calls must have a first part, or have waited too long
_PATIENCE = 1.5  # times the longest wait for a first part before the window grew
_BESIDE = 0.03  # ... plus this for each added call: an endpoint reads prompts one after the other
_SHARE = 0.5  # of an answer's time: the longest wait for a first part that counts
_SHORT = 0.5  # of that: the longest mean wait with which streams beat whole answers

_Point = tuple[float, int, float]  # time, parts so far, streams over time so far


@dataclass(frozen=True, slots=True)
class Streams:
    """What streams show about one window.

    Attributes:
        rate: Parts a second, over all streams.
        answered: Calls that are being answered; the others wait in the endpoint's queue.
    """

    rate: Estimate
    answered: int


class StreamRate:
    """Measures the rate of streamed parts, one window after the other."""

    def __init__(self) -> None:
        self._parts = 0
        self._writing = 0  # calls in flight whose answer has begun to stream
        self._reading: dict[Ticket, None] = {}  # the others, oldest first
        self._area, self._area_at = 0.0, 0.0  # integral over time of the number of streams
        self._waits, self._first_parts = 0.0, 0  # seconds waited for first parts, and their number
        self._longest = self._usual = 0.0  # wait for a first part: so far, and before the window grew
        self._fastest = 0.0  # parts a second of one stream
        self._window = self._added = 0
        self._added_parts = 0  # first parts of calls that started since the window changed
        self._changed: _Point = (0.0, 0, 0.0)
        self._begun: _Point | None = None
        self._too_coarse = False
        self._seconds = math.inf  # that an answer takes

    def started(self, now: float, ticket: Ticket, window: int) -> None:
        """Notes that a call started while `window` was in force."""
        if window != self._window:
            self._advance(now)
            self._added, self._window = window - self._window, window
            self._changed, self._begun, self._added_parts = (now, self._parts, self._area), None, 0
            self._usual = self._longest
        self._reading[ticket] = None

    def came(self, now: float, ticket: Ticket, parts: int) -> None:
        """Notes that parts of an answer arrived."""
        self._parts += parts
        if ticket not in self._reading:
            return
        del self._reading[ticket]
        self._advance(now)
        wait = now - ticket.started
        self._writing += 1
        self._added_parts += ticket.started >= self._changed[0]
        self._first_parts += 1
        self._waits += wait
        if wait <= self._patience((now, self._parts, self._area)):
            self._longest = max(self._longest, wait)

    def ended(self, now: float, ticket: Ticket) -> None:
        """Notes that a call ended, with whatever outcome."""
        if ticket in self._reading:
            del self._reading[ticket]
        elif ticket.streams:
            self._advance(now)
            self._writing -= 1

    def whole(self, seconds: float) -> None:
        """Sets the mean time of a whole answer, in seconds."""
        self._seconds = seconds

    @property
    def is_sooner(self) -> bool:
        """Whether streams measure a window sooner than whole answers do."""
        if not self._first_parts or self._too_coarse:
            return False
        wait = self._waits / self._first_parts
        return wait < _SHORT * _SHARE * self._seconds and 1.5 * wait + _LONG_ENOUGH < self._seconds

    def measure(self, now: float, *, full: bool) -> Streams | None:
        """Measures the window in force; to be called a few times a second.

        Args:
            now: Monotonic time, in seconds.
            full: As many calls are in flight as the window allows.

        Returns:
            The rate of parts; None while it is not known.
        """
        self._advance(now)
        here = (now, self._parts, self._area)
        patience = self._patience(here)
        waited = now - self._changed[0] > patience
        if not full or (self._added_parts < _ADDED * self._added and not waited):
            self._begun = None
            return None
        if self._begun is None:
            self._begun = here
            return None
        passed, parts = now - self._begun[0], self._parts - self._begun[1]
        if passed < _LONG_ENOUGH:
            return None
        if parts < _ENOUGH:
            self._too_coarse = passed > _TOO_LONG  # answers arrive in a few large parts
            return None
        speed = _speed(self._begun, here)
        if speed <= 0:
            self._too_coarse = True  # whole answers at one moment: a proxy has buffered them
            return None
        self._fastest = max(self._fastest, speed)
        reading = sum(1 for ticket in self._reading if now - ticket.started <= patience)
        answered = max(1, self._writing + reading)  # the last one may have ended just now
        return Streams(Estimate(answered * speed, _NOISE * parts**-0.5), answered)

    def _patience(self, here: _Point) -> float:
        """Seconds that a call may wait for its first part: longer where more answers are being streamed."""
        if not self._usual:
            return math.inf  # the first window: nothing to compare with
        speed = _speed(self._changed, here)
        slower = max(1.0, self._fastest / speed) if speed > 0 else 1.0
        patience = (_PATIENCE + _BESIDE * max(0, self._added)) * self._usual * slower
        return min(patience, _SHARE * self._seconds)

    def _advance(self, now: float) -> None:
        self._area += self._writing * (now - self._area_at)
        self._area_at = now


def _speed(begun: _Point, here: _Point) -> float:
    """Parts a second of one stream, between two points."""
    area = here[2] - begun[2]
    return (here[1] - begun[1]) / area if area > 0 else 0.0
