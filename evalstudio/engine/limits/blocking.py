"""Whether threads can help a synchronous model: how much of a call's time it only waits.

Under the interpreter lock a call that computes keeps all other threads from running, so more of them bring nothing;
one that waits for a network or a GPU lets them run. The share of time spent waiting tells the two apart (the
"blocking ratio" of arXiv 2601.10582).
"""

import math
from enum import StrEnum

_SMOOTHING = 0.1
_ENOUGH = 8  # calls
_COMPUTES = 0.3
_WAITS = 0.7


class ThreadUse(StrEnum):
    """What threads do for a synchronous model."""

    UNKNOWN = "unknown"
    HELP = "threads help"
    HELP_LITTLE = "threads help a little"
    DO_NOT_HELP = "threads do not help this model"


def blocking_share(thread_time: float, wall: float) -> float:
    """The share of a call's wall time in which its thread did not compute, 0 to 1; both in seconds."""
    return min(1.0, max(0.0, 1 - thread_time / wall)) if wall > 0 else 0.0


class BlockingShare:
    """The smoothed blocking share of a model's calls, and what follows for its threads.

    `cores` is how many threads can compute at once: 1 under the interpreter lock, all usable cores without it.
    """

    def __init__(self, *, cores: int = 1) -> None:
        self._cores = cores
        self._calls = 0
        self.share: float | None = None

    def called(self, thread_time: float, wall: float) -> None:
        """A call took `wall` seconds, of which its thread computed `thread_time`."""
        share = blocking_share(thread_time, wall)
        self._calls += 1
        if self.share is None:
            self.share = share
        else:
            self.share += (share - self.share) * max(_SMOOTHING, 1 / self._calls)

    @property
    def verdict(self) -> ThreadUse:
        if self.share is None or self._calls < _ENOUGH:
            return ThreadUse.UNKNOWN
        if self.share < _COMPUTES:
            return ThreadUse.DO_NOT_HELP
        return ThreadUse.HELP if self.share > _WAITS else ThreadUse.HELP_LITTLE

    @property
    def useful_threads(self) -> int | None:
        """More threads than this bring nothing; None where that is not known or there is no such bound."""
        verdict = self.verdict
        if self.share is None or verdict in (ThreadUse.UNKNOWN, ThreadUse.HELP):
            return None
        if verdict is ThreadUse.DO_NOT_HELP:
            return self._cores
        return math.ceil(self._cores / (1 - self.share))

    @property
    def sentence(self) -> str | None:
        """What a person should know; None when threads help."""
        if self.share is None or self.verdict in (ThreadUse.UNKNOWN, ThreadUse.HELP):
            return None
        computes = f"a call computes for {1 - self.share:.0%} of its time"
        if self.verdict is ThreadUse.DO_NOT_HELP:
            return f"threads do not help this model: {computes}; processes would"
        return f"more than {self.useful_threads} threads do not help this model: {computes}; processes would"
