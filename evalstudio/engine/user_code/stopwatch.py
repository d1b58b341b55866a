"""Stopwatch: measures how a call spent its time, on the clocks of its thread."""

import os
import threading
import time
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Spent:
    """The time of a call, in seconds.

    Attributes:
        wall: Wall-clock time.
        processor: Time that its thread computed.
        kept_out: Part of `wall` in which the thread was ready to run but other programs had the processors. On a busy
            machine that looks like waiting, although the call does not wait. 0 where the system does not report it.
    """

    wall: float = 0.0
    processor: float = 0.0
    kept_out: float = 0.0

    @property
    def undisturbed(self) -> float:
        """Seconds that the call would have taken on an idle machine."""
        return max(self.processor, self.wall - self.kept_out)


class Stopwatch:
    """Starts when it is created; to be read in the same thread."""

    __slots__ = ("_delay", "_processor", "_wall")

    def __init__(self) -> None:
        self._delay = _run_delay()
        self._wall, self._processor = time.perf_counter(), time.thread_time()

    def read(self) -> Spent:
        """Returns the time since the start."""
        wall, processor = time.perf_counter() - self._wall, time.thread_time() - self._processor
        return Spent(wall, processor, _run_delay() - self._delay)


class _Schedstat:
    """Linux scheduler statistics of one thread; the file stays open, since opening costs more than reading."""

    def __init__(self) -> None:
        self._file: int | None = None
        try:
            self._file = os.open("/proc/thread-self/schedstat", os.O_RDONLY | os.O_CLOEXEC)
        except (OSError, AttributeError):  # not Linux, or a kernel without these statistics
            return

    def delay(self) -> float:
        """Seconds so far in which the thread was ready to run but did not."""
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
