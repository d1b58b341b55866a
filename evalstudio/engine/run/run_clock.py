"""The time of a run: since when it runs, and how much of that it was paused."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(slots=True)
class RunClock:
    """All times in seconds; `clock` is the engine's.

    `offset`: where the time of its charts goes on when it is resumed. `elapsed_before`: what earlier starts ran.
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
        self._started = self._going_since = self.clock()  # it may be asked before it starts

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
        """Since the run first started, pauses included: the time of its charts."""
        return self.offset + self._last - self._started

    @property
    def elapsed(self) -> float:
        """Of running, over all its starts, pauses left out."""
        paused = self._paused_for
        if self._paused_at is not None:
            paused += self._last - self._paused_at
        return self.elapsed_before + self._last - self._started - paused

    @property
    def going(self) -> float:
        """Since it was started or continued the last time."""
        return self._last - self._going_since

    @property
    def _last(self) -> float:
        return self.clock() if self._ended is None else self._ended
