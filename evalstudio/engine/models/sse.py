"""Server-sent events parser: splits a byte stream into the events of a streamed answer."""

from collections.abc import Iterator


class EventLines:
    """Splits a stream of bytes into events: pairs of a name, often empty, and data.

    Unlike in the standard, each `data` line is an event of its own: endpoints send JSON in one line, and not all end it
    with an empty line. Comments and other fields are skipped. Lines may end in LF or CRLF, and pieces may be cut
    anywhere.

    Example:
        >>> list(EventLines().feed(b"event: ping\\ndata: {}\\n\\n"))
        [(b'ping', b'{}')]
    """

    def __init__(self) -> None:
        self._rest = bytearray()
        self._searched = 0  # no line end before this position
        self._name = b""

    @property
    def unfinished(self) -> int:
        """Bytes of the line that has not ended yet."""
        return len(self._rest)

    def feed(self, piece: bytes) -> Iterator[tuple[bytes, bytes]]:
        """Adds bytes; yields the events that they complete."""
        rest = self._rest
        rest += piece
        end = rest.rfind(b"\n", self._searched)
        if end < 0:
            self._searched = len(rest)
            return
        lines = bytes(rest[:end]).split(b"\n")
        del rest[: end + 1]
        self._searched = len(rest)
        for line in lines:
            yield from self._read(line)

    def end(self) -> Iterator[tuple[bytes, bytes]]:
        """Ends the stream; yields the event of a last line without a line end."""
        line = bytes(self._rest)
        self._rest.clear()
        yield from self._read(line)

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
            self._name = b""
