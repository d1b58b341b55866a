"""Worker process handle: starts a worker process, sends it calls, lets it exit or kills it."""

import asyncio
import contextlib
import os
import pickle
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from evalstudio.engine.workers.output import Output
from evalstudio.engine.workers.process_worker_main import HEADER, LONGEST, SetUp
from evalstudio.engine.workers.protocol import WorkerResult
from evalstudio.engine.workers.target import Target

WORKER = "evalstudio.engine.workers.process_worker_main"


@dataclass(slots=True, eq=False)
class Job:
    """A call, queued or running. `longest` is its time-out in seconds, `crashes` the processes that it crashed."""

    number: int
    arguments: bytes
    future: "asyncio.Future[WorkerResult]"
    longest: float | None = None
    crashes: int = 0
    process: "WorkerProcess | None" = None
    timer: asyncio.TimerHandle | None = None  # while it runs

    def stop_timer(self) -> None:
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None


@dataclass(slots=True, eq=False)
class WorkerProcess:
    """One process and the calls that it runs."""

    number: int
    child: asyncio.subprocess.Process | None = None
    output: "asyncio.Task[None] | None" = None  # reads what it prints
    jobs: dict[int, Job] = field(default_factory=dict)
    ready: bool = False
    leaving: bool = False  # gets no further call
    blameless: bool = False  # the engine ends it: its calls are not the cause
    kept_for: Job | None = None  # a call that must run alone
    ended: int = 0

    async def start(self, log: Callable[[str], None]) -> None:
        """Starts the process; what it prints goes to the log. Raises OSError."""
        self.child = await asyncio.create_subprocess_exec(
            *_command(), start_new_session=sys.platform != "win32",
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        assert self.child.stderr is not None
        self.output = asyncio.create_task(Output(log).read(self.child.stderr))

    def set_up(self, target: Target, threads: int) -> None:
        """Sends the first message: which function to load, and the number of threads."""
        body = SetUp(target, threads, tuple(sys.path), str(Path.cwd()), os.getpid())
        self._send(0, pickle.dumps(body))

    def give(self, job: Job) -> None:
        """Sends a call to the process."""
        self.jobs[job.number] = job
        self._send(job.number, job.arguments)

    async def read(self) -> tuple[int, bytes]:
        """Reads a job's number and pickled result. Raises IncompleteReadError at the end or for a foreign message."""
        assert self.child is not None
        assert self.child.stdout is not None
        number, length = HEADER.unpack(await self.child.stdout.readexactly(HEADER.size))
        if length > LONGEST:
            raise asyncio.IncompleteReadError(b"", None)
        return number, await self.child.stdout.readexactly(length)

    @property
    def is_idle(self) -> bool:
        """Whether no caller waits for any of its calls."""
        return all(job.future.done() for job in self.jobs.values())

    def let_go(self) -> None:
        """Closes the pipe of an idle process, which then exits in order; a busy one exits after its calls."""
        self.leaving = True
        if not self.jobs and self.child is not None and self.child.stdin is not None:
            self.child.stdin.close()

    def kill(self) -> None:
        """Kills the process group: the process and whatever user code has started there."""
        if self.child is None:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if sys.platform == "win32":
                self.child.kill()
            else:
                os.killpg(self.child.pid, signal.SIGKILL)

    async def wait(self) -> str:
        """Waits for the end of the process; returns how it ended, in words."""
        if self.child is None:
            return "could not be started"
        status = await self.child.wait()
        if self.output is not None:
            await asyncio.wait([self.output], timeout=0.2)  # a fork may keep the pipe open
            self.output.cancel()
        if status >= 0:
            return f"ended by itself (status {status})"
        with contextlib.suppress(ValueError):
            return f"was ended by {signal.Signals(-status).name}"
        return f"was ended by signal {-status}"

    def _send(self, number: int, body: bytes) -> None:
        assert self.child is not None
        assert self.child.stdin is not None
        self.child.stdin.write(HEADER.pack(number, len(body)) + body)


def _command() -> list[str]:
    """The command for a worker that has the import path of this process."""
    if getattr(sys, "frozen", False):
        return [sys.executable, "-m", WORKER]
    return [
        sys.executable,
        "-c",
        f"import sys; sys.path[:] = {sys.path!r}; from {WORKER} import main; sys.exit(main())",
    ]
