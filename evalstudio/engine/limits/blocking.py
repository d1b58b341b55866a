"""Blocking ratio: the share of a call's time that it waits, which decides whether threads help a synchronous model.

Under the interpreter lock (GIL) a call that computes keeps all other threads from running, so more threads bring
nothing; one that waits for a network or a GPU lets them run. The share of time spent waiting distinguishes the two (the
"blocking ratio" of arXiv 2601.10582). But a call beside others also waits for the lock, which looks the same. So the
sum of what all calls in flight compute is measured as well: where it saturates the lock, more threads bring nothing.
"""

import math
from enum import StrEnum

_SMOOTHING = 0.1
_ENOUGH = 8  # calls
_COMPUTES = 0.3
_WAITS = 0.7
_FULL = (0.85, 1.15)  # of the cores; more than all of them means that the calls release the lock


class ThreadUse(StrEnum):
    """What more threads do for a synchronous model."""

    UNKNOWN = "unknown"
    HELP = "threads help"
    HELP_LITTLE = "threads help a little"
    DO_NOT_HELP = "threads do not help this model"


def blocking_share(thread_time: float, wall: float) -> float:
    """Returns the share of a call's wall time, 0 to 1, in which its thread did not compute; arguments in seconds.

    Example:
        >>> blocking_share(thread_time=0.5, wall=2.0)
        0.75
    """
    return min(1.0, max(0.0, 1 - thread_time / wall)) if wall > 0 else 0.0


class BlockingShare:
    """The smoothed blocking share of a model's calls, and the number of threads that it makes useful.

    Args:
        cores: Threads that can compute at once: 1 under the interpreter lock, all usable cores without it.
    """

    def __init__(self, *, cores: int = 1) -> None:
        self._cores = cores
        self._calls = 0
        self._busy = 0.0  # cores that all calls in flight together keep busy
        self._full_at: int | None = None  # fewest calls in flight that were seen to keep all of them busy
        self.share: float | None = None

    def called(self, thread_time: float, wall: float, in_flight: int = 1) -> None:
        """Adds a call.

        Args:
            thread_time: Seconds that its thread computed.
            wall: Seconds that it took.
            in_flight: Calls that ran meanwhile, itself included.
        """
        share = blocking_share(thread_time, wall)
        self._calls += 1
        weight = max(_SMOOTHING, 1 / self._calls)
        self.share = share if self.share is None else self.share + (share - self.share) * weight
        self._busy += ((1 - share) * in_flight - self._busy) * weight
        low, high = (bound * self._cores for bound in _FULL)
        if self._calls < _ENOUGH:
            return
        if not low <= self._busy <= high:
            self._full_at = None
        elif in_flight > self._cores:
            self._full_at = min(in_flight, self._full_at or in_flight)

    @property
    def verdict(self) -> ThreadUse:
        if self.share is None or self._calls < _ENOUGH:
            return ThreadUse.UNKNOWN
        if self.share < _COMPUTES:
            return ThreadUse.DO_NOT_HELP
        if self._full_at is not None:
            return ThreadUse.HELP_LITTLE
        return ThreadUse.HELP if self.share > _WAITS else ThreadUse.HELP_LITTLE

    @property
    def useful_threads(self) -> int | None:
        """The number of threads beyond which more bring nothing; None where it is unknown or there is no bound."""
        verdict = self.verdict
        if self.share is None or verdict in (ThreadUse.UNKNOWN, ThreadUse.HELP):
            return None
        if verdict is ThreadUse.DO_NOT_HELP:
            return self._cores
        if self._full_at is not None:
            return self._full_at
        return math.ceil(self._cores / (1 - self.share))

    @property
    def sentence(self) -> str | None:
        """The advice for the user; None when threads help."""
        if self.share is None or self.verdict in (ThreadUse.UNKNOWN, ThreadUse.HELP):
            return None
        computes = f"a call computes for {1 - self.share:.0%} of its time"
        if self.verdict is ThreadUse.DO_NOT_HELP:
            return f"threads do not help this model: {computes}; processes would"
        if self._full_at is not None:
            return (
                f"more threads do not help this model: {self._full_at} calls at once compute all the time that Python "
                "can; processes would help"
            )
        return f"more than {self.useful_threads} threads do not help this model: {computes}; processes would"
