"""Output capture: passes what user code prints in a worker process to the log, in lines and at a bounded rate."""

import asyncio
import time
from collections.abc import Callable

PER_SECOND = 64 * 1024  # bytes that are passed on
CHUNK = 64 * 1024
LONGEST = 20_000  # characters of a log entry


class Output:
    """Passes text on in whole lines; of output beyond `PER_SECOND`, only the amount.

    Args:
        take: Called with each block of lines.
        clock: Monotonic time, in seconds.
    """

    def __init__(self, take: Callable[[str], None], clock: Callable[[], float] = time.monotonic) -> None:
        self._take = take
        self._clock = clock
        self._rest = b""
        self._since = clock()
        self._taken = 0
        self._left_out = 0

    async def read(self, stream: asyncio.StreamReader) -> None:
        """Reads the stream to its end, so that the process never blocks on its output."""
        while data := await stream.read(CHUNK):
            self.feed(data)
        self.close()

    def feed(self, data: bytes) -> None:
        """Adds output of the process."""
        now = self._clock()
        if now >= self._since + 1.0:
            self._since, self._taken = now, 0
            self._report_left_out()
        if self._taken >= PER_SECOND:
            self._left_out += len(data)
            return
        self._taken += len(data)
        *lines, self._rest = (self._rest + data).split(b"\n")
        if len(self._rest) > CHUNK:
            lines, self._rest = [*lines, self._rest], b""
        self._pass_on(lines)

    def close(self) -> None:
        """Passes on the rest, at the end of the output."""
        self._pass_on([self._rest])
        self._rest = b""
        self._report_left_out()

    def _pass_on(self, lines: list[bytes]) -> None:
        if text := b"\n".join(lines).decode(errors="replace").strip():
            self._take(text[-LONGEST:])

    def _report_left_out(self) -> None:
        if self._left_out:
            self._take(f"({self._left_out / 1e6:,.1f} MB of output are left out.)")
            self._left_out = 0
