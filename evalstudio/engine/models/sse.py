"""Server-sent events parser: splits a byte stream into the events of a streamed answer."""

import re
from collections.abc import Iterator

_LINE_END = re.compile(rb"\r\n|\n|\r")
_FIELDS = (b"", b"id", b"retry")
_LONGEST_STRAY = 4096  # bytes
_CR = 13


class EventLines:
    r"""Splits a stream of bytes into events: pairs of a name, often empty, and data.

    Unlike in the standard, each `data` line is an event of its own: endpoints send JSON in one line, and not all end it
    with an empty line. A line that holds JSON without a field before it is an event, too. Comments and other fields
    are skipped. Lines may end in LF, CRLF or CR, and pieces may be cut anywhere.

    While `holding`, an event continues until an empty line, which is then yielded as an event without data; lines
    without a field belong to it. `stray` holds what was neither field nor JSON: often an error in plain words.

    Example:
        >>> list(EventLines().feed(b"event: ping\ndata: {}\n\n"))
        [(b'ping', b'{}')]
    """

    def __init__(self) -> None:
        self.holding = False
        self.stray = b""
        self._rest = bytearray()
        self._searched = 0  # no line end before this position
        self._name = b""
        self._with_cr = False  # a carriage return has been seen
        self._after_cr = False  # a line feed that comes next belongs to the last line end

    @property
    def unfinished(self) -> int:
        """Bytes of the line that has not ended yet."""
        return len(self._rest)

    def feed(self, piece: bytes) -> Iterator[tuple[bytes, bytes]]:
        """Adds bytes; yields the events that they complete."""
        rest = self._rest
        if self._with_cr or b"\r" in piece:
            block = self._block_with_cr(piece)
            if block is None:
                return
            lines = _LINE_END.split(block)
        else:
            rest += piece
            end = rest.rfind(b"\n", self._searched)
            if end < 0:
                self._searched = len(rest)
                return
            lines = bytes(rest[:end]).split(b"\n")
            del rest[: end + 1]
            self._searched = len(rest)
        for line in lines:
            if line.startswith(b"data:"):  # nearly all of them; a generator for each would double the cost
                if value := line[5:].strip():
                    yield self._name, value
            elif line or self.holding:
                yield from self._read(line)
            else:
                self._name = b""

    def end(self) -> Iterator[tuple[bytes, bytes]]:
        """Ends the stream; yields the event of a last line without a line end."""
        line = bytes(self._rest)
        self._rest.clear()
        yield from self._read(line)
        if self.holding:
            yield self._name, b""

    def _block_with_cr(self, piece: bytes) -> bytes | None:
        """Adds bytes of a stream with carriage returns; returns the lines that they complete, without the last line end."""
        rest = self._rest
        self._with_cr = True
        if self._after_cr and piece:
            piece = piece.removeprefix(b"\n")
            self._after_cr = False
        rest += piece
        end = max(rest.rfind(b"\n", self._searched), rest.rfind(b"\r", self._searched))
        if end < 0:
            self._searched = len(rest)
            return None
        self._after_cr = rest[end] == _CR
        block = bytes(rest[:end])
        del rest[: end + 1]
        self._searched = len(rest)
        return block if self._after_cr else block.removesuffix(b"\r")

    def _read(self, line: bytes) -> Iterator[tuple[bytes, bytes]]:
        field, _, value = line.partition(b":")
        value = value.strip()
        if field == b"data":
            if value:
                yield self._name, value
        elif field == b"event":
            self._name = value
        elif field == b"error":  # as llama.cpp reports a failure in mid-stream
            yield b"error", value
        elif not line.strip():
            if self.holding:
                yield self._name, b""
            self._name = b""
        elif self.holding or line.startswith(b"{"):
            yield self._name, line.strip()
        elif field not in _FIELDS and len(self.stray) < _LONGEST_STRAY:
            self.stray += line[:_LONGEST_STRAY] + b"\n"
