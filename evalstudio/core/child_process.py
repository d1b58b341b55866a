"""Child server processes: the parent's end (`start_child_server`) and the child's.

The child prints one line of JSON with its "url" when it listens. It exits when its stdin closes, which happens
however the parent dies.
"""

import asyncio
import contextlib
import json
import os
import sys
import threading
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from evalstudio.core.errors import ModelError

EXIT_WITH_PARENT = "--exit-with-parent"
_LAST_LINES = 12


@dataclass(frozen=True)
class ChildServer:
    """A running server: its base URL, its process id and the rest of what it announced."""

    url: str
    pid: int
    info: dict[str, Any]


@asynccontextmanager
async def start_child_server(
    arguments: Sequence[str], *, start_timeout: float = 30.0, stop_timeout: float = 5.0
) -> AsyncIterator[ChildServer]:
    """Runs `sys.executable *arguments --exit-with-parent`, yields the server and stops it at the end.

    Times are in seconds. Raises ModelError, with the last lines of its stderr, when the process ends or
    stays silent instead of listening.
    """
    pipe = asyncio.subprocess.PIPE
    command = [sys.executable, *arguments, EXIT_WITH_PARENT]
    try:
        process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, stderr=pipe)
    except OSError as error:
        raise ModelError(f"The server '{' '.join(arguments)}' could not be started: {error}.") from error
    lines: deque[str] = deque(maxlen=_LAST_LINES)
    stderr = asyncio.create_task(_read_lines(process.stderr, lines))
    try:
        info = await _first_line(process, stderr, lines, " ".join(arguments), start_timeout)
        stdout = asyncio.create_task(_read_lines(process.stdout, deque(maxlen=0)))
        try:
            yield ChildServer(url=str(info["url"]), pid=process.pid, info=info)
        finally:
            stdout.cancel()
    finally:
        await _stop(process, stop_timeout)
        stderr.cancel()
        await asyncio.gather(stderr, return_exceptions=True)


async def _first_line(
    process: asyncio.subprocess.Process,
    stderr: asyncio.Task[None],
    lines: deque[str],
    name: str,
    timeout: float,
) -> dict[str, Any]:
    assert process.stdout is not None
    try:
        async with asyncio.timeout(timeout):
            line = await _line(process.stdout)
    except TimeoutError:
        raise ModelError(
            f"The server '{name}' did not start within {timeout:g} s.{_output_of(lines)}"
        ) from None
    try:
        info = json.loads(line)
        if isinstance(info, dict) and "url" in info:
            return info
    except ValueError:
        pass
    if not line:
        with contextlib.suppress(TimeoutError):  # it has ended: wait for the rest of its output
            async with asyncio.timeout(2):
                await asyncio.shield(stderr)
        raise ModelError(f"The server '{name}' ended before it listened.{_output_of(lines)}")
    raise ModelError(
        f"The server '{name}' said something else than its address: {line!r}.{_output_of(lines)}"
    )


async def _line(stream: asyncio.StreamReader) -> bytes:
    try:
        return await stream.readline()
    except ValueError:  # longer than the reader's buffer, so not an address
        return b"(a very long line)"


def _output_of(lines: deque[str]) -> str:
    return f" It said: {' | '.join(lines)}" if lines else ""


async def _read_lines(stream: asyncio.StreamReader | None, lines: deque[str]) -> None:
    """Reads until end of file, so that the child never blocks on a full pipe; keeps the last lines."""
    assert stream is not None
    while chunk := await stream.read(65_536):
        lines.extend(line for line in chunk.decode(errors="replace").splitlines() if line.strip())


async def _stop(process: asyncio.subprocess.Process, timeout: float) -> None:
    """Stops the process: closes its stdin, then terminates, then kills it. Each wait is bounded."""
    assert process.stdin is not None
    process.stdin.close()
    for end in (process.terminate, process.kill):
        try:
            async with asyncio.timeout(timeout):
                await process.wait()
                return
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                end()
    await process.wait()


def announce(info: dict[str, Any], fd: int = 1) -> None:
    """Prints the line of JSON that the parent waits for. Called in the child."""
    os.write(fd, json.dumps(info).encode() + b"\n")


def when_parent_ends(call: Callable[[], object]) -> None:
    """Calls `call` in a thread once stdin has been closed. Called in the child."""

    def watch() -> None:
        # not sys.stdin: its lock, held by a daemon thread, would break the interpreter's shutdown
        with contextlib.suppress(OSError):
            while os.read(0, 4096):
                pass
        call()

    threading.Thread(target=watch, name="parent watch", daemon=True).start()
