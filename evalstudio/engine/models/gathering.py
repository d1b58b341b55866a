"""Gathering: puts the events of a streamed answer together, and tells an answer in pieces from one in one piece."""

import re
from typing import Literal, Protocol

from evalstudio.core.outcome import Outcome
from evalstudio.engine.models.call import Answer, CallResult
from evalstudio.engine.models.loose import BOM, NotReadable
from evalstudio.engine.models.sse import EventLines
from evalstudio.engine.models.stated_error import is_keep_alive, said

Opening = Literal["events", "json", "text"]
_EVENTS = re.compile(rb"(?:data|event|id|retry|error)?[ \t]*:")
_MAYBE_EVENTS = re.compile(rb"[a-z]{0,5}[ \t]*\Z")
_DONE = (b"done", b"end")


class Gathered(Protocol):
    """Accumulator of a streamed answer, in one API format."""

    done: bool
    """The format's end marker has arrived: nothing follows."""

    @property
    def complete(self) -> bool:
        """Whether text and end, or an error, are known: what may still follow is not needed."""

    def take(self, name: bytes, data: bytes) -> bool:
        """Adds an event; returns whether it held a part of the answer. Raises NotReadable where it is no JSON object."""

    def partial(self) -> Answer | None:
        """Returns the answer so far; None when no part has arrived."""

    def result(self) -> CallResult:
        """Returns the result of a complete answer."""


class InPieces(Exception):
    """A body holds a stream's pieces instead of a whole answer."""


class BrokenEvent(Exception):
    """A part of the answer arrived damaged."""


class Events:
    """Feeds a stream of bytes to the accumulator of a format.

    What is no JSON is either a sign of life or a message in plain words, which is kept for the case that no answer
    follows. JSON that does not end in its line continues in the next ones, until an empty line.
    """

    def __init__(self, gathered: Gathered) -> None:
        self.gathered = gathered
        self._lines = EventLines()
        self._said = ""
        self._held: tuple[bytes, bytearray] | None = None

    def feed(self, piece: bytes) -> tuple[bool, int]:
        """Adds bytes; returns whether there were events, and how many of them held a part of the answer.

        Raises:
            BrokenEvent: An event can't be read.
        """
        events, parts = False, 0
        take = self.gathered.take
        for name, data in self._lines.feed(piece):
            events = True
            if self._held is not None:
                parts += self._take(name, data)
                continue
            try:  # as in `_take`, which costs a call for each token
                parts += take(name, data)
            except NotReadable as error:
                parts += self._unread(name, data, error, last=False)
        return events, parts

    def end(self) -> None:
        """Ends the stream. Raises BrokenEvent."""
        for name, data in self._lines.end():
            self._take(name, data)

    def result(self) -> CallResult:
        """Returns the result, after the end of the stream."""
        if self.gathered.complete:
            return self.gathered.result()
        partial = self.gathered.partial()
        words = self._said or self._lines.stray.decode(errors="replace")
        if words.strip():
            outcome, plain = said(words)
            how = "broke off in the middle of its answer" if partial else "sent a stream without an answer"
            return CallResult(outcome, partial, f"{how}: {plain}.")
        if partial is None:
            return CallResult(
                Outcome.BAD_ANSWER, message="sent a stream without an answer; see the server's log."
            )
        return CallResult(Outcome.OVERLOADED, partial, "broke off in the middle of its answer.")

    def _take(self, name: bytes, data: bytes) -> bool:
        last = False
        if self._held is not None:
            if data:
                self._held[1].extend(b"\n" + data)
                return False
            name, data, last = self._held[0], bytes(self._held[1]), True
            self._held, self._lines.holding = None, False
        try:
            return self.gathered.take(name, data)
        except NotReadable as error:
            return self._unread(name, data, error, last=last)

    def _unread(self, name: bytes, data: bytes, error: NotReadable, *, last: bool) -> bool:
        if self.gathered.complete:
            return False  # junk behind the end
        if data.startswith((b"{", b"[{")) and not error.aside:
            if last:
                raise BrokenEvent(str(error)) from error
            self._held, self._lines.holding = (name, bytearray(data)), True
        elif data.strip(b' "[]').lower() in _DONE:
            self.gathered.done = True
        elif not self._said and not data.startswith(b":") and not is_keep_alive(error.text):
            self._said = error.text
        return False


def opening_of(data: bytes) -> Opening | None:
    """Returns what a body turns out to be by how it begins, whatever its content type says; None: it is too short."""
    start = without_bom(data).lstrip()
    if not start or BOM.startswith(start):
        return None
    if start[:1] in (b"{", b"["):
        return "json"
    if _EVENTS.match(start):
        return "events"
    return None if _MAYBE_EVENTS.match(start) else "text"


def without_bom(data: bytes) -> bytes:
    """Returns a body without a byte order mark."""
    return data.removeprefix(BOM)
