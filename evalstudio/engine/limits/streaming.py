"""How fast answers come while they are still being written.

An answer of half a minute says within seconds how the endpoint does at this window: by how fast the parts of those
that are being written come. So a climb need not wait for answers to end, as long as calls that were added are
answered at once: where they wait in the endpoint's queue, only whole answers tell.
"""

import math

from evalstudio.engine.limits.estimators import Estimate

_LONG_ENOUGH = 0.75  # seconds at one window
_ENOUGH = 40  # parts
_ADDED = 0.85  # of the calls that were added must have a first part
_PATIENCE = 2.0  # times the shortest wait for a first part that added calls may take ...
_BESIDE = 0.05  # ... and so much more for each of them: an endpoint reads them one after the other
_LEAST_PATIENCE = 0.5  # seconds

_Point = tuple[float, int, float]  # time, parts so far, streams over time so far


class StreamRate:
    """Parts a second at one window after the other."""

    def __init__(self) -> None:
        self._parts = 0
        self._writing = 0  # calls in flight of whose answers a part has come
        self._area, self._area_at = 0.0, 0.0  # of them over time
        self._shortest = math.inf  # wait for a first part, seconds
        self._fastest = 0.0  # parts a second of one stream
        self._window = self._added = 0
        self._first_parts = 0  # of calls that started since the window changed
        self._changed: _Point = (0.0, 0, 0.0)
        self._begun: _Point | None = None
        self._tells = True

    def came(self, now: float, parts: int, wait: float | None) -> None:
        """Parts of an answer came; `wait` seconds after its call began, where they are its first."""
        self._parts += parts
        if wait is not None:
            self._advance(now)
            self._writing += 1
            self._first_parts += now - wait >= self._changed[0]
            self._shortest = min(self._shortest, wait)

    def ended(self, now: float) -> None:
        """An answer that was being written ended."""
        self._advance(now)
        self._writing -= 1

    def is_sooner(self, seconds: float | None) -> bool:
        """Whether it knows a window sooner than answers of so many seconds do; None: no answer has ended yet."""
        if not self._tells or not math.isfinite(self._shortest):
            return False
        return seconds is None or 1.5 * self._shortest + _LONG_ENOUGH < seconds

    def started(self, now: float, window: int) -> None:
        """A call started, with this window in force."""
        if window != self._window:
            self._advance(now)
            self._added, self._window = window - self._window, window
            self._changed, self._begun, self._first_parts = (now, self._parts, self._area), None, 0

    def measure(self, now: float, *, full: bool) -> Estimate | None:
        """What the window in force brings, None before that is known. To be asked a few times a second.

        `full`: as many are in flight as may be.
        """
        self._advance(now)
        here = (now, self._parts, self._area)
        if not full:
            self._begun = None
            return None
        if self._first_parts < _ADDED * self._added:
            self._tells = now < self._changed[0] + self._patience(here)
            return None
        if self._begun is None:
            self._begun = here
            return None
        passed, parts = now - self._begun[0], self._parts - self._begun[1]
        if passed < _LONG_ENOUGH:
            return None
        if parts < _ENOUGH:
            self._tells = passed < 4 * _LONG_ENOUGH  # answers that come in a few large parts
            return None
        speed = _speed(self._begun, here)
        self._fastest = max(self._fastest, speed)
        # all calls in flight, as fast as those that are being written: the others will be in a moment
        return Estimate(self._window * speed, parts**-0.5)

    def _patience(self, here: _Point) -> float:
        """Seconds that added calls may take to their first parts: more where more are being written."""
        speed = _speed(self._changed, here)
        slower = max(1.0, self._fastest / speed) if speed > 0 else 1.0
        return max(_LEAST_PATIENCE, (_PATIENCE + _BESIDE * self._added) * self._shortest * slower)

    def _advance(self, now: float) -> None:
        self._area += self._writing * (now - self._area_at)
        self._area_at = now


def _speed(begun: _Point, here: _Point) -> float:
    """Parts a second of one stream, between two points."""
    area = here[2] - begun[2]
    return (here[1] - begun[1]) / area if area > 0 else 0.0
