"""How a call spent its time, by the clocks of the thread that made it."""

import os
import threading
import time
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds of a call.

    `kept_out` of the `wall` clock it could have computed, and other programs had the processors: on a busy machine
    that looks like waiting, and is none of the call's own. 0 where the system does not tell.
    """

    wall: float = 0.0
    processor: float = 0.0
    kept_out: float = 0.0

    @property
    def undisturbed(self) -> float:
        """What the call would have taken on a machine of its own."""
        return max(self.processor, self.wall - self.kept_out)


class Stopwatch:
    """Runs from its making, in the thread that made it."""

    __slots__ = ("_delay", "_processor", "_wall")

    def __init__(self) -> None:
        self._delay = _run_delay()
        self._wall, self._processor = time.perf_counter(), time.thread_time()

    def read(self) -> Spent:
        wall, processor = time.perf_counter() - self._wall, time.thread_time() - self._processor
        return Spent(wall, processor, _run_delay() - self._delay)


class _Schedstat:
    """The kernel's account of one thread; kept open, since opening it costs more than reading it."""

    def __init__(self) -> None:
        self._file: int | None = None
        try:
            self._file = os.open("/proc/thread-self/schedstat", os.O_RDONLY | os.O_CLOEXEC)
        except (OSError, AttributeError):  # no Linux, or one that keeps no such account
            return

    def delay(self) -> float:
        """Seconds so far in which the thread was ready to run and did not."""
        if self._file is None:
            return 0.0
        return int(os.pread(self._file, 64, 0).split()[1]) / 1e9

    def __del__(self) -> None:
        if self._file is not None:
            os.close(self._file)


class _Thread(threading.local):
    def __init__(self) -> None:
        self.account = _Schedstat()


_thread = _Thread()


def _run_delay() -> float:
    return _thread.account.delay()
