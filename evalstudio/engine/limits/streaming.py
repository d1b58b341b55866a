"""How fast answers come while they are still being written.

An answer of half a minute says within seconds how the endpoint does at this window: by how fast the parts of those
that are being written come. So a climb need not wait for answers to end. Calls without a first part count as well, for
they are being read and will be written as fast as the others, unless they have waited for longer than calls did
before the window grew: those wait in the endpoint's queue.
"""

import math
from dataclasses import dataclass

from evalstudio.engine.limits.estimators import Estimate
from evalstudio.engine.limits.vocabulary import Ticket

_LONG_ENOUGH = 0.75  # seconds at one window
_TOO_LONG = 6.0
_NOISE = 0.5  # of what chance would do: streams are more regular
_ENOUGH = 40  # parts
_ADDED = 0.85  # of the calls that were added must have a first part, or have waited for too long
_PATIENCE = 1.5  # times the longest wait for a first part before the window grew
_BESIDE = 0.03  # ... and so much more for each added call: an endpoint reads them one after the other
_SHARE = 0.5  # of an answer's time is the most
_SHORT = 0.5  # of that is a wait with which it tells enough

_Point = tuple[float, int, float]  # time, parts so far, streams over time so far


@dataclass(frozen=True, slots=True)
class Streams:
    """Parts a second at one window, and how many of its calls are being answered; the others queue."""

    rate: Estimate
    answered: int


class StreamRate:
    """Measures one window after the other."""

    def __init__(self) -> None:
        self._parts = 0
        self._writing = 0  # calls in flight of whose answers a part has come
        self._reading: dict[Ticket, None] = {}  # the others, oldest first
        self._area, self._area_at = 0.0, 0.0  # of those being written over time
        self._waits, self._first_parts = 0.0, 0  # for first parts, seconds, and how many there were
        self._longest = self._usual = 0.0  # wait so far; of calls before the window grew
        self._fastest = 0.0  # parts a second of one stream
        self._window = self._added = 0
        self._added_parts = 0  # first parts of calls that started since the window changed
        self._changed: _Point = (0.0, 0, 0.0)
        self._begun: _Point | None = None
        self._too_coarse = False
        self._seconds = math.inf  # that an answer takes

    def started(self, now: float, ticket: Ticket, window: int) -> None:
        """A call started, with this window in force."""
        if window != self._window:
            self._advance(now)
            self._added, self._window = window - self._window, window
            self._changed, self._begun, self._added_parts = (now, self._parts, self._area), None, 0
            self._usual = self._longest
        self._reading[ticket] = None

    def came(self, now: float, ticket: Ticket, parts: int) -> None:
        """Parts of an answer came."""
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
        """A call ended, whatever became of it."""
        if ticket in self._reading:
            del self._reading[ticket]
        elif ticket.streams:
            self._advance(now)
            self._writing -= 1

    def whole(self, seconds: float) -> None:
        """Answers take so many seconds in the mean."""
        self._seconds = seconds

    @property
    def is_sooner(self) -> bool:
        """Whether it knows a window sooner than whole answers do."""
        if not self._first_parts or self._too_coarse:
            return False
        wait = self._waits / self._first_parts
        return wait < _SHORT * _SHARE * self._seconds and 1.5 * wait + _LONG_ENOUGH < self._seconds

    def measure(self, now: float, *, full: bool) -> Streams | None:
        """What the window in force brings, None before that is known. To be asked a few times a second.

        `full`: as many are in flight as may be.
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
            self._too_coarse = passed > _TOO_LONG  # answers that come in a few large parts
            return None
        speed = _speed(self._begun, here)
        if speed <= 0:
            self._too_coarse = True  # whole answers at one moment: something on the way held them back
            return None
        self._fastest = max(self._fastest, speed)
        reading = sum(1 for ticket in self._reading if now - ticket.started <= patience)
        answered = max(1, self._writing + reading)  # one may have ended at this very moment
        return Streams(Estimate(answered * speed, _NOISE * parts**-0.5), answered)

    def _patience(self, here: _Point) -> float:
        """Seconds that a call may take to its first part: more where more are being written."""
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
