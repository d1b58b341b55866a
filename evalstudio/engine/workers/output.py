"""What a person's code prints in a worker process, on its way to the log: in lines, and never more than a log can hold."""

import asyncio
import time
from collections.abc import Callable

PER_SECOND = 64 * 1024  # bytes
CHUNK = 64 * 1024
LONGEST = 20_000  # characters of one entry of the log


class Output:
    """Passes text on in whole lines; of what comes faster than `PER_SECOND`, the amount."""

    def __init__(self, take: Callable[[str], None], clock: Callable[[], float] = time.monotonic) -> None:
        self._take = take
        self._clock = clock
        self._rest = b""
        self._since = clock()
        self._taken = 0
        self._left_out = 0

    async def read(self, stream: asyncio.StreamReader) -> None:
        """Reads to the end: a process never waits for its prints."""
        while data := await stream.read(CHUNK):
            self.feed(data)
        self.close()

    def feed(self, data: bytes) -> None:
        """Takes what has come."""
        now = self._clock()
        if now >= self._since + 1.0:
            self._since, self._taken = now, 0
            self._tell_left_out()
        if self._taken >= PER_SECOND:
            self._left_out += len(data)
            return
        self._taken += len(data)
        *lines, self._rest = (self._rest + data).split(b"\n")
        if len(self._rest) > CHUNK:
            lines, self._rest = [*lines, self._rest], b""
        self._pass_on(lines)

    def close(self) -> None:
        """Nothing more comes."""
        self._pass_on([self._rest])
        self._rest = b""
        self._tell_left_out()

    def _pass_on(self, lines: list[bytes]) -> None:
        if text := b"\n".join(lines).decode(errors="replace").strip():
            self._take(text[-LONGEST:])

    def _tell_left_out(self) -> None:
        if self._left_out:
            self._take(f"({self._left_out / 1e6:,.1f} MB of output are left out.)")
            self._left_out = 0
