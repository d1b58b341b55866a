"""Process pool: runs a synchronous function in processes x threads, from one shared queue.

Each process imports the function's file itself. A process that dies is replaced, and its calls run again, each alone in
a process, so that a call whose process dies once more is known to be the cause. The process of an abandoned call is
killed, once no other call runs there.
"""

import asyncio
import contextlib
import pickle
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from evalstudio.authoring.user_code import sentence_of
from evalstudio.core.errors import ModelError
from evalstudio.core.outcome import Outcome
from evalstudio.core.workers import Processes
from evalstudio.engine.workers.pickling import pickled, read_done
from evalstudio.engine.workers.process_handle import Job, WorkerProcess
from evalstudio.engine.workers.process_worker_main import Ready
from evalstudio.engine.workers.protocol import CallFailed, WorkerResult
from evalstudio.engine.workers.target import Target
from evalstudio.protocol import WorkerStatus

MOST_CRASHES = 2  # processes that a call may crash
START_S = 600.0  # for a model to set itself up
OTHERS_S = 1.0
CLOSE_S = 3.0


class ProcessWorkers:
    """Runs a synchronous function in a pool of processes; implements `Workers`. Bound to the loop that starts it.

    Args:
        target: The function, as another process can load it.
        kind: The number of processes and of threads in each.
        log: Called with level and text.
    """

    def __init__(
        self,
        target: Target,
        kind: Processes,
        *,
        log: Callable[[str, str], None] = lambda level, text: None,
    ) -> None:
        self._on_change: Callable[[], None] = lambda: None
        self._target = target
        self._kind = kind
        self._log = log
        self._queue: deque[Job] = deque()
        self._processes: dict[WorkerProcess, asyncio.Task[None]] = {}
        self._numbers = 0
        self._started = 0
        self._closed = False
        self._problem: str | None = None  # why the last process could not start
        self._first: asyncio.Future[tuple[str, ...]] | None = None
        self._all_ready = asyncio.Event()

    @property
    def size(self) -> int:
        return self._kind.capacity

    @property
    def capacity(self) -> int:
        active = self._active()
        if not active:
            return self.size  # the next call starts processes
        return sum(self._kind.threads_per_process for one in active if one.ready)

    @property
    def label(self) -> str:
        return self._kind.label

    @property
    def waiting(self) -> int:
        return len(self._queue)

    def notify_changes(self, on_change: Callable[[], None]) -> None:
        self._on_change = on_change

    async def start(self) -> tuple[str, ...]:
        """Starts the processes and waits for the first one to be ready, then up to a second for the others.

        Returns:
            The function's parameters.

        Raises:
            ModelError: The function can't be loaded there.
        """
        self._first = asyncio.get_running_loop().create_future()
        self._fill()
        try:
            async with asyncio.timeout(START_S):
                parameters = await self._first
        except TimeoutError:
            await self.aclose()
            name = Path(self._target.path).name
            raise ModelError(f"{name} did not set itself up within {START_S:g} s in a process.") from None
        except BaseException:
            await self.aclose()
            raise
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._all_ready.wait(), OTHERS_S)
        return parameters

    async def run(
        self,
        function: Callable[..., Any] | None,
        arguments: Mapping[str, Any],
        longest: float | None = None,
    ) -> WorkerResult:
        """Has a process call its function; see `Workers`."""
        if self._closed:
            raise CallFailed(Outcome.CANCELLED, "The worker processes are closed.")
        self._numbers += 1
        future: asyncio.Future[WorkerResult] = asyncio.get_running_loop().create_future()
        job = Job(self._numbers, pickled(arguments), future, longest)
        self._queue.append(job)
        self._fill()
        self._dispatch()
        try:
            return await future
        except asyncio.CancelledError:
            self._give_up(job)
            raise

    def resize(self, size: int) -> None:
        """Changes the number of processes, rounded up to whole ones; surplus processes finish their calls first."""
        threads = self._kind.threads_per_process
        self._kind = Processes(-(-size // threads), threads)
        surplus = len(self._active()) - self._kind.processes
        for one in sorted(self._active(), key=lambda one: len(one.jobs))[: max(0, surplus)]:
            one.let_go()
        self._fill()

    def worker_status(self) -> tuple[WorkerStatus, ...]:
        threads = self._kind.threads_per_process
        return tuple(
            WorkerStatus(
                f"process {one.number}",
                threads,
                len(one.jobs),
                state="leaving" if one.leaving else "ready" if one.ready else "starting",
                ended=one.ended,
            )
            for one in self._processes
        )

    def close(self) -> None:
        self._closed = True
        while self._queue:
            self._queue.popleft().future.cancel()
        for one in list(self._processes):
            one.let_go() if not one.jobs and one.ready else self._kill(one)

    async def aclose(self) -> None:
        self.close()
        tasks = list(self._processes.values())
        if tasks:
            await asyncio.wait(tasks, timeout=CLOSE_S)
            for one in list(self._processes):
                self._kill(one)
            await asyncio.gather(*tasks, return_exceptions=True)

    # Calls ----------------------------------------------------------------------------------------------------

    def _dispatch(self) -> None:
        """Assigns queued calls to processes with a free thread, least loaded first."""
        threads = self._kind.threads_per_process
        while self._queue:
            job = self._queue[0]
            there = [one for one in self._active() if one.ready and one.kept_for in (None, job)]
            one = min(there, key=lambda one: (one.kept_for is not job, len(one.jobs)), default=None)
            if one is None:
                return
            if job.crashes and one.jobs:
                one.kept_for = job  # it gets no other call, and this one once it is idle
                return
            if len(one.jobs) >= threads:
                return
            self._queue.popleft()
            one.kept_for = job if job.crashes else None
            job.process = one
            if job.longest is not None:
                job.timer = asyncio.get_running_loop().call_later(job.longest, self._expire, job)
            one.give(job)

    def _ended(self, one: WorkerProcess, number: int, body: bytes) -> None:
        job = one.jobs.pop(number)
        job.stop_timer()
        one.ended += 1
        if one.kept_for is job:
            one.kept_for = None
        if not job.future.done():
            _deliver(job.future, body)
        if one.leaving and one.is_idle:
            self._kill(one) if one.blameless else one.let_go()
        self._dispatch()

    def _expire(self, job: Job) -> None:
        if not job.future.done():
            job.future.set_exception(TimeoutError())
            self._give_up(job)

    def _give_up(self, job: Job) -> None:
        """Abandons a call: it is past its deadline, or its run was stopped."""
        one = job.process
        if one is None:
            with contextlib.suppress(ValueError):
                self._queue.remove(job)
            for other in self._processes:
                if other.kept_for is job:
                    other.kept_for = None
            self._dispatch()
        elif job.number in one.jobs:
            one.leaving = one.blameless = True
            if one.is_idle:
                self._kill(one)
            self._fill()

    # Processes ------------------------------------------------------------------------------------------------

    def _active(self) -> list[WorkerProcess]:
        return [one for one in self._processes if not one.leaving]

    def _fill(self) -> None:
        if self._closed:
            return
        for _ in range(self._kind.processes - len(self._active())):
            self._started += 1
            one = WorkerProcess(self._started)
            self._processes[one] = asyncio.create_task(self._live(one))

    async def _live(self, one: WorkerProcess) -> None:
        """Runs one process from its start to its end, and settles its calls."""
        try:
            await one.start(lambda text: self._log("output", text))
            if self._closed:
                return
            one.set_up(self._target, self._kind.threads_per_process)
            await self._listen(one)
        except (asyncio.IncompleteReadError, OSError) as error:
            if one.child is None:
                self._problem = f"A worker process can't be started: {error}."
        except Exception as error:  # noqa: BLE001 - user code may have written into the pipe
            self._problem = f"A worker process wrote what it must not: {sentence_of(error)}"
        finally:
            await self._bury(one)

    async def _listen(self, one: WorkerProcess) -> None:
        _, body = await one.read()
        ready: Ready = pickle.loads(body)
        if ready.problem is not None:
            self._problem = ready.problem
            return
        one.ready, self._problem = True, None
        if self._first is not None and not self._first.done():
            self._first.set_result(ready.parameters)
        if self.capacity == self.size:
            self._all_ready.set()
        self._dispatch()
        self._on_change()
        while True:
            number, body = await one.read()
            if number not in one.jobs:
                return  # not written by our worker code
            self._ended(one, number, body)

    async def _bury(self, one: WorkerProcess) -> None:
        """Ends a process, queues its calls again, and replaces it."""
        self._kill(one)
        how = await one.wait()
        del self._processes[one]
        lost = [job for job in one.jobs.values() if not job.future.done()]
        expected = one.leaving or self._closed
        if not expected and one.ready:
            again = (
                f"; {len(lost)} calls run again" if len(lost) > 1 else "; its call runs again" if lost else ""
            )
            self._log("warning", f"Worker process {one.number} {how}{again}.")
        for job in reversed(lost):
            self._run_again(job, how, blameless=one.blameless)
        if not one.ready and not expected:
            self._could_not_start(one, how)
        else:
            self._fill()
        self._dispatch()

    def _run_again(self, job: Job, how: str, *, blameless: bool) -> None:
        job.process = None
        job.stop_timer()
        job.crashes += not blameless
        if self._closed:
            job.future.cancel()
        elif job.crashes >= MOST_CRASHES:
            message = f"Its worker process {how} while it was called, {job.crashes} times."
            job.future.set_exception(CallFailed(Outcome.CRASHED_WORKER, message))
        else:
            self._queue.appendleft(job)

    def _could_not_start(self, one: WorkerProcess, how: str) -> None:
        """Fails the queued calls after a process could not start; their retry starts another process."""
        problem = self._problem or (
            f"A worker process {how} while it set up {Path(self._target.path).name}; what it printed is in the log."
        )
        if self._first is not None and not self._first.done():
            self._first.set_exception(ModelError(problem))
            return
        self._log("warning", problem)
        if not self._active():
            while self._queue:
                job = self._queue.popleft()
                if not job.future.done():
                    job.future.set_exception(CallFailed(Outcome.OVERLOADED, problem))

    def _kill(self, one: WorkerProcess) -> None:
        one.leaving = one.leaving or self._closed
        one.kill()


def _deliver(future: "asyncio.Future[WorkerResult]", body: bytes) -> None:
    try:
        future.set_result(read_done(pickle.loads(body)))
    except CallFailed as failed:
        future.set_exception(failed)
