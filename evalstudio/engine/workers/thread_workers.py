"""Thread pool: runs synchronous functions in threads, with a size that changes live and calls that can be abandoned.

A thread can't be killed. A thread whose call is past its deadline is abandoned: it is no longer counted, another one
takes its place, and its result is dropped.
"""

import asyncio
import contextlib
import os
import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from evalstudio.core.strategy import check_count
from evalstudio.core.workers import Threads
from evalstudio.engine.user_code.forks import end_fork
from evalstudio.engine.user_code.stopwatch import Stopwatch
from evalstudio.engine.workers.protocol import WorkerResult
from evalstudio.protocol import WorkerStatus

GIVEN_UP = "given up"  # the name of an abandoned thread


@dataclass(slots=True, eq=False)
class _Job:
    function: Callable[..., Any]
    arguments: Mapping[str, Any]
    loop: asyncio.AbstractEventLoop
    future: "asyncio.Future[WorkerResult]"
    longest: float | None = None
    timer: asyncio.TimerHandle | None = None
    thread: threading.Thread | None = None  # once it has started
    abandoned: bool = False


@dataclass(slots=True)
class ThreadWorkers:
    """Runs synchronous functions in `size` threads; implements `Workers`."""

    size: int
    name: str = "worker"
    abandoned: int = 0  # threads that were abandoned and still run
    _jobs: deque[_Job] = field(default_factory=deque)
    _ready: threading.Condition = field(default_factory=threading.Condition)
    _threads: int = 0
    _idle: int = 0
    _ended: int = 0
    _closed: bool = False

    def __post_init__(self) -> None:
        check_count("workers", self.size)

    @property
    def capacity(self) -> int:
        return self.size

    @property
    def label(self) -> str:
        return Threads(self.size).label

    @property
    def waiting(self) -> int:
        return len(self._jobs)

    def notify_changes(self, on_change: Callable[[], None]) -> None:
        """Never calls it: threads don't change by themselves."""

    async def run(
        self,
        function: Callable[..., Any] | None,
        arguments: Mapping[str, Any],
        longest: float | None = None,
    ) -> WorkerResult:
        """Calls `function` in a thread; see `Workers`. The thread of an abandoned call keeps running."""
        assert function is not None
        loop = asyncio.get_running_loop()
        job = _Job(function, arguments, loop, loop.create_future(), longest)
        with self._ready:
            self._jobs.append(job)
            if len(self._jobs) > self._idle and self._threads < self.size:
                self._start_thread()  # an idle thread takes one job, however many were just queued
            self._ready.notify()
        try:
            return await job.future
        except asyncio.CancelledError:
            self._give_up(job)
            raise

    def resize(self, size: int) -> None:
        """Changes the number of threads; busy ones finish their call first."""
        check_count("workers", size)
        with self._ready:
            self.size = size
            while self._threads < min(self.size, self._threads - self._idle + len(self._jobs)):
                self._start_thread()
            self._ready.notify_all()

    def worker_status(self) -> tuple[WorkerStatus, ...]:
        return (WorkerStatus("threads", self.size, max(0, self._threads - self._idle), ended=self._ended),)

    async def aclose(self) -> None:
        self.close()

    def close(self) -> None:
        """Ends idle threads. Hung threads are daemons: the process does not wait for them at its exit."""
        with self._ready:
            self._closed = True
            self._jobs.clear()
            self._ready.notify_all()

    def _start_thread(self) -> None:
        self._threads += 1
        threading.Thread(target=self._work, name=self.name, daemon=True).start()

    def _give_up(self, job: _Job) -> None:
        with self._ready:
            if job.thread is None:
                with contextlib.suppress(ValueError):
                    self._jobs.remove(job)
            elif not job.abandoned:
                job.abandoned = True
                job.thread.name = GIVEN_UP
                self.abandoned += 1
                self._threads -= 1  # its place is free for a new thread
                if self._jobs and self._threads < self.size:
                    self._start_thread()

    def _work(self) -> None:
        while (job := self._next()) is not None:
            process, watch = os.getpid(), Stopwatch()
            value: Any = None
            failure: BaseException | None = None
            try:
                value = job.function(**job.arguments)
            except BaseException as error:  # noqa: BLE001 - sys.exit() in a model must not end the thread silently
                failure = error
            end_fork(process)
            returned = WorkerResult(value, watch.read())
            with contextlib.suppress(RuntimeError):  # the loop is closed: no caller waits any more
                job.loop.call_soon_threadsafe(_deliver, job, returned, failure)
            with self._ready:
                self._ended += 1
                if job.abandoned:
                    self.abandoned -= 1
                    return

    def _start_timer(self, job: _Job) -> None:
        assert job.longest is not None
        if not job.future.done():
            job.timer = job.loop.call_later(job.longest, self._expire, job)

    def _expire(self, job: _Job) -> None:
        if not job.future.done():
            job.future.set_exception(TimeoutError())
            self._give_up(job)

    def _next(self) -> _Job | None:
        with self._ready:
            while True:
                if self._closed or self._threads > self.size:
                    self._threads -= 1
                    return None
                if self._jobs:
                    job = self._jobs.popleft()
                    job.thread = threading.current_thread()
                    if job.longest is not None:
                        with contextlib.suppress(RuntimeError):  # the loop is closed
                            job.loop.call_soon_threadsafe(self._start_timer, job)
                    return job
                self._idle += 1
                self._ready.wait()
                self._idle -= 1


def _deliver(job: _Job, returned: WorkerResult, failure: BaseException | None) -> None:
    future = job.future
    if job.timer is not None:
        job.timer.cancel()
    if future.done():
        return
    if failure is None:
        future.set_result(returned)
    elif isinstance(failure, Exception) and not isinstance(failure, StopIteration):
        future.set_exception(failure)
    else:
        future.set_exception(RuntimeError(f"{type(failure).__name__}: {failure}"))
