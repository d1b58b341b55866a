"""Benchmark host, the engine's end: starts the process with lm-eval, asks it, and ends it when it does not reply."""

import asyncio
import contextlib
import os
import sys
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from evalstudio.core.errors import EvaluationError, RequirementError
from evalstudio.workspace.packaged import how_to_add

PYTHON_VARIABLE = "EVALSTUDIO_BENCHMARKS_PYTHON"
"""Names a Python interpreter that has lm-eval; by default it is this one."""
EXTRA = "'evalstudio[benchmarks]'"
LONGEST_OPEN_S = 3600.0  # a large dataset may have to be downloaded
LONGEST_FINISH_S = 900.0  # bootstrapped standard errors take their time
_ROOT = str(Path(__file__).resolve().parents[3])
_LARGEST_LINE = 256 << 20  # bytes
_STOP_S = 3.0
# This program's own modules are found there, and nothing else: the interpreter may be one with other libraries.
_MAIN = (
    "import sys; sys.path.insert(0, sys.argv[1]); import evalstudio.benchmarks.host.main as host; "
    "sys.path.pop(0); host.main()"
)


class HostFailed(Exception):
    """The host ended, or a task's own code raised; the message is one sentence."""


class _Reply(msgspec.Struct):
    id: int
    value: Any = None
    error: str | None = None
    missing: str | None = None


class BenchmarkHost:
    """One process with lm-eval. It answers one request at a time; one that hangs is ended, and the next starts anew.

    Args:
        wrap: Words before the command, as of a sandbox.
    """

    def __init__(self, wrap: Sequence[str] = ()) -> None:
        self._wrap = tuple(wrap)
        self._process: asyncio.subprocess.Process | None = None
        self._opened: dict[str, Any] | None = None  # what to open again after a restart
        self._turn = asyncio.Lock()
        self._number = 0
        self._stderr: deque[str] = deque(maxlen=8)
        self._reading: asyncio.Task[None] | None = None
        self._users = 0

    def use(self) -> None:
        """Counts a run that needs the host until it calls `release`."""
        self._users += 1

    async def release(self) -> None:
        """Ends the process once no run needs it any more."""
        self._users -= 1
        if self._users <= 0:
            await self.aclose()

    async def index(self, cache: Path) -> dict[str, str]:
        """Returns the version of lm-eval and the path of its index.

        Raises:
            RequirementError: lm-eval is not installed.
        """
        value: dict[str, str] = await self.ask("index", LONGEST_OPEN_S, cache=str(cache))
        return value

    async def open(self, **options: Any) -> Any:
        """Opens a benchmark; see `OpenTasks` of the host.

        Raises:
            RequirementError: lm-eval, or a package that the task needs, is not installed.
            EvaluationError: The benchmark can't be opened; the message says what to do.
        """
        try:
            described = await self.ask("open", LONGEST_OPEN_S, **options)
        except HostFailed as error:
            raise EvaluationError(f"The benchmark '{options['name']}' can't be opened. {error}") from error
        except TimeoutError as error:
            raise EvaluationError(
                f"The benchmark '{options['name']}' was not open within {LONGEST_OPEN_S:g} s."
            ) from error
        self._opened = options
        return described

    async def ask(self, verb: str, longest: float, **arguments: Any) -> Any:
        """Asks the host and returns its reply.

        Raises:
            TimeoutError: It did not reply within `longest` seconds; it is ended.
            HostFailed: The task's code raised, or the process died.
            RequirementError: A package is missing.
        """
        async with self._turn:
            if self._process is None:
                await self._start()
                if self._opened is not None and verb != "open":
                    await self._exchange("open", LONGEST_OPEN_S, self._opened)
            return await self._exchange(verb, longest, arguments)

    async def aclose(self) -> None:
        """Ends the process."""
        process, self._process = self._process, None
        if process is None:
            return
        assert process.stdin is not None
        process.stdin.close()
        try:
            async with asyncio.timeout(_STOP_S):
                await process.wait()
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)

    async def _start(self) -> None:
        python = os.environ.get(PYTHON_VARIABLE) or sys.executable
        command = [*self._wrap, python, "-P", "-c", _MAIN, _ROOT]
        pipe = asyncio.subprocess.PIPE
        environment = {
            **os.environ,
            "TOKENIZERS_PARALLELISM": "false",
            "HF_DATASETS_DISABLE_PROGRESS_BARS": "1",
        }
        try:
            self._process = await asyncio.create_subprocess_exec(
                *command, stdin=pipe, stdout=pipe, stderr=pipe, limit=_LARGEST_LINE, env=environment
            )
        except OSError as error:
            raise RequirementError(f"The Python of {PYTHON_VARIABLE} can't be started: {error}.") from error
        self._reading = asyncio.create_task(self._read_stderr(self._process))

    async def _exchange(self, verb: str, longest: float, arguments: dict[str, Any]) -> Any:
        process = self._process
        assert process is not None
        assert process.stdin is not None
        assert process.stdout is not None
        self._number += 1
        request = {"id": self._number, "verb": verb, **arguments}
        try:
            async with asyncio.timeout(longest):
                process.stdin.write(msgspec.json.encode(request) + b"\n")
                await process.stdin.drain()
                line = await process.stdout.readline()
        except (BrokenPipeError, ConnectionResetError):
            line = b""
        except (
            BaseException
        ):  # also when the wait is cancelled: its reply must not be taken for the next one's
            await self._kill(process)
            raise
        if not line:
            await self._kill(process)
            raise HostFailed(f"The process with the task's code ended.{self._last_words()}")
        reply = msgspec.json.decode(line, type=_Reply)
        if reply.missing is not None:
            raise _missing(reply)
        if reply.error is not None:
            raise HostFailed(reply.error)
        return reply.value

    async def _kill(self, process: asyncio.subprocess.Process) -> None:
        if self._process is process:
            self._process = None
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()

    def _last_words(self) -> str:
        return f" It said: {self._stderr[-1]}" if self._stderr else ""

    async def _read_stderr(self, process: asyncio.subprocess.Process) -> None:
        assert process.stderr is not None
        while chunk := await process.stderr.read(65_536):
            self._stderr.extend(line for line in chunk.decode(errors="replace").splitlines() if line.strip())


def _missing(reply: _Reply) -> RequirementError:
    if reply.missing == "lm_eval":
        return RequirementError(f"Benchmarks need lm-eval; {how_to_add(EXTRA)}.")
    return RequirementError(f"{reply.error} To run it, {how_to_add(str(reply.missing))}.")
