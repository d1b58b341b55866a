"""Server-sent events: the lines in which endpoints stream their answers."""

from collections.abc import Iterator


class EventLines:
    """Cuts a stream of bytes into events: pairs of a name, often empty, and data.

    Each `data` line is an event of its own: endpoints send JSON in one line, and not all put the empty line of the
    standard behind it. Comments and other fields are left out. Takes line ends of both kinds and pieces cut anywhere.
    """

    def __init__(self) -> None:
        self._rest = bytearray()
        self._searched = 0  # no line end before this place
        self._name = b""

    @property
    def unfinished(self) -> int:
        """Bytes of a line that has not ended yet."""
        return len(self._rest)

    def feed(self, piece: bytes) -> Iterator[tuple[bytes, bytes]]:
        """Takes in bytes; yields the events that they complete."""
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
        """The stream has ended: its last line, if that had no end of its own."""
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
        elif field == b"error":  # as llama.cpp tells of a failure in mid-stream
            yield b"error", value
        elif not line.strip():
            self._name = b""
