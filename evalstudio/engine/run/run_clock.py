"""Run clock: measures how long a run has been active, with and without its pauses."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(slots=True)
class RunClock:
    """The clock of one run. All times are in seconds.

    Args:
        clock: The engine's monotonic clock.
        offset: Where the time axis of its charts continues when it is resumed.
        elapsed_before: How long earlier starts ran.
    """

    clock: Callable[[], float]
    offset: float = 0.0
    elapsed_before: float = 0.0
    _started: float = 0.0
    _going_since: float = 0.0
    _paused_at: float | None = None
    _paused_for: float = 0.0
    _ended: float | None = None

    def __post_init__(self) -> None:
        self._started = self._going_since = self.clock()  # may be read before the start

    def start(self) -> None:
        self._started = self._going_since = self.clock()

    def pause(self) -> None:
        self._paused_at = self.clock()

    def unpause(self) -> None:
        self._going_since = self.clock()
        if self._paused_at is not None:
            self._paused_for += self._going_since - self._paused_at
            self._paused_at = None

    def end(self) -> None:
        self._ended = self.clock()

    @property
    def now(self) -> float:
        """Seconds since the run first started, pauses included: the time axis of its charts."""
        return self.offset + self._last - self._started

    @property
    def elapsed(self) -> float:
        """Seconds of running, over all starts, without pauses."""
        paused = self._paused_for
        if self._paused_at is not None:
            paused += self._last - self._paused_at
        return self.elapsed_before + self._last - self._started - paused

    @property
    def going(self) -> float:
        """Seconds since it was last started or continued."""
        return self._last - self._going_since

    @property
    def _last(self) -> float:
        return self.clock() if self._ended is None else self._ended
