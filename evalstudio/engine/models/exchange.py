"""HTTP exchange: one request and its response within the time-outs, common to all API formats.

A format defines how an answer is read, whole (`read`) or streamed (`Gathered`); everything that can go wrong on the way
becomes a `CallResult` here. The messages of a format are sentences without their subject, the endpoint, which is
prepended here.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from datetime import UTC, datetime

import httpx
import msgspec

from evalstudio.core.outcome import Outcome
from evalstudio.core.refusals import classify, is_fatal
from evalstudio.engine.limits.rate_limit_headers import rate_headers, retry_hint
from evalstudio.engine.models.call import CallResult, without_keys
from evalstudio.engine.models.classify import error_message, sentence
from evalstudio.engine.models.gathering import (
    BrokenEvent,
    Events,
    Gathered,
    InPieces,
    Opening,
    opening_of,
    without_bom,
)
from evalstudio.engine.models.http import Client, connect_seconds, explain, place, plain_headers, stream_body
from evalstudio.engine.models.loose import NotReadable
from evalstudio.engine.models.stated_error import said
from evalstudio.evaluations.spec import TimeOuts
from evalstudio.models.keys import redact

LARGEST_BODY = 32 << 20
"""Bytes. No answer is that long; an endpoint that sends more is cut off."""

_ERROR_BODY = 64 << 10  # bytes that are read of an error's body
_ERROR_BODY_S = 10.0  # seconds that reading it may take
_AFTER_END_S = 5.0  # seconds that a stream may go on after its answer's end, for the usage


class Exchange:
    """Makes calls to one URL.

    Args:
        url: Where to post.
        headers: Of every request.
        model: The model's name, for messages.
        timeouts: In seconds.
        read: Decodes a whole answer. Raises NotReadable, or InPieces where the body holds a stream's pieces.
        gather: Makes the accumulator of a streamed answer.
        stream: Whether answers are asked for in pieces.
        largest: Bytes that are read of an answer, at most.
        api: What the endpoint should offer, and what an answer is, for messages.
    """

    def __init__(
        self,
        url: httpx.URL,
        headers: dict[str, str],
        model: str,
        timeouts: TimeOuts,
        *,
        read: Callable[[bytes], CallResult],
        gather: Callable[[], Gathered],
        stream: bool,
        largest: int = LARGEST_BODY,
        api: tuple[str, str] = ("chat completions", "chat completion"),
    ) -> None:
        self.url = url
        self.client = Client(url, headers, timeouts.connect)
        self._model = model
        self._timeouts = timeouts
        self._read = read
        self._gather = gather
        self._stream = stream
        self._largest = largest
        self._api, self._noun = api

    def set_timeouts(self, timeouts: TimeOuts) -> None:
        """Sets the time-outs of calls that start from now on."""
        self._timeouts = timeouts
        self.client.set_connect(timeouts.connect)

    async def call(
        self,
        body: bytes,
        headers: dict[str, str],
        on_parts: Callable[[int], None],
        time_left: float | None = None,
        read: Callable[[bytes], CallResult] | None = None,
    ) -> CallResult:
        """Makes one attempt. Failures are returned as results, with the part of the answer that has arrived.

        `read` decodes a whole answer where that depends on the request.
        """
        watch = _Watch(self._timeouts, time_left, streams=self._stream)
        events: Events | None = None
        answered: tuple[int, dict[str, str], float | None] | None = None
        timed_out = False
        try:
            async with asyncio.timeout_at(watch.deadline) as alarm:
                response = await self.client.post(self.url, body, headers)
                connect = connect_seconds()
                async with aclosing(response):
                    response_headers = plain_headers(response)
                    if not 200 <= response.status_code < 300:
                        alarm.reschedule(None)  # reading an error has its own time-out
                        return await self._failure(response, response_headers)
                    answered = response.status_code, response_headers, connect
                    events = Events(self._gather())
                    result = await self._follow(response, events, watch, alarm, on_parts, read or self._read)
            return self._finished(result, answered, watch)
        except TimeoutError:
            timed_out = True
            trouble = Outcome.OVERLOADED, watch.sentence(place(self.url))
        except _TooLarge:
            trouble = (
                Outcome.BAD_ANSWER,
                f"{place(self.url)} sends an answer without end; it was cut off after {_size(self._largest)}.",
            )
        except _Unreadable as error:
            trouble = error.outcome, f"{place(self.url)} {error}"
        except httpx.HTTPError as error:
            timed_out = isinstance(error, httpx.TimeoutException)
            trouble = Outcome.OVERLOADED, explain(error, self.url)
        if events is not None and events.gathered.complete and answered is not None:
            return self._finished(events.result(), answered, watch)  # it broke behind the answer's end
        outcome, message = trouble
        begun = None if events is None else events.gathered.partial()
        partial = None if begun is None else without_keys(begun)
        return CallResult(
            outcome,
            partial,
            message,
            first_token=watch.first_token,
            timed_out=timed_out,
            out_of_time=timed_out and watch.is_of_sample,
        )

    def _finished(
        self, result: CallResult, answered: tuple[int, dict[str, str], float | None], watch: "_Watch"
    ) -> CallResult:
        status, headers, connect = answered
        now = datetime.now(UTC)
        throttled = result.outcome is Outcome.THROTTLED
        return CallResult(
            result.outcome,
            without_keys(result.answer) if result.answer is not None else None,
            f"{place(self.url)} {result.message}" if result.message else "",
            status,
            watch.first_token,
            hint=retry_hint(headers, result.message, wall_now=now) if throttled else None,
            rates=rate_headers(headers, wall_now=now),
            fatal=result.fatal,
            connect=connect,
        )

    async def aclose(self) -> None:
        await self.client.aclose()

    async def _body(self, stream: AsyncIterator[bytes], begun: bytes = b"") -> bytes:
        """The rest of a body; one that breaks off behind a whole answer is whole."""
        body = bytearray(begun)
        try:
            async for piece in stream:
                body += piece
                if len(body) > self._largest:
                    raise _TooLarge
        except httpx.HTTPError:
            if not _is_json(body):
                raise
        return bytes(body)

    async def _failure(self, response: httpx.Response, headers: dict[str, str]) -> CallResult:
        """The result of an error response. The status is enough where the body does not arrive."""
        data = bytearray()
        try:
            async with asyncio.timeout(_ERROR_BODY_S):
                async for piece in stream_body(response):
                    data += piece
                    if len(data) > _ERROR_BODY:
                        break
        except (TimeoutError, httpx.HTTPError):
            pass
        body = bytes(data[:_ERROR_BODY]).decode(errors="replace")
        now = datetime.now(UTC)
        status = response.status_code
        hint = retry_hint(headers, body, wall_now=now)
        return CallResult(
            classify(status, body, hint),
            message=sentence(status, body, self.url, self._model, headers.get("location"), self._api),
            status=status,
            hint=hint,
            rates=rate_headers(headers, wall_now=now),
            fatal=is_fatal(status, body),
        )

    def _whole(self, data: bytes, status: int, read: Callable[[bytes], CallResult]) -> CallResult:
        data = without_bom(data)
        if not data.strip():
            raise _Unreadable(f"answered with nothing ({status}); check the base URL and the server's log.")
        if opening_of(data) == "events":
            return self._in_pieces(data)
        try:
            return read(data)
        except InPieces:
            return self._in_pieces(data)
        except NotReadable as error:
            raise self._unreadable(data, error) from error

    def _in_pieces(self, data: bytes) -> CallResult:
        """Reads a stream that has arrived as one body."""
        events = Events(self._gather())
        try:
            events.feed(data)
            events.end()
        except BrokenEvent as error:
            raise _Unreadable(
                f"streams something that is no {self._noun} ({_first_words(error)})."
            ) from error
        return events.result()

    def _unreadable(self, data: bytes, error: NotReadable) -> "_Unreadable":
        start = data.lstrip()
        if start.startswith(b"<"):
            title = error_message(data.decode(errors="replace"))
            return _Unreadable(
                "answered with a web page; check that the base URL ends where the API begins, often in /v1 "
                f"(the page: {title})."
            )
        if start.startswith((b"{", b"[")) and _breaks_off(data):
            return _Unreadable(
                "answered with JSON that breaks off; see the server's log, and that of a proxy on the way."
            )
        outcome, words = said(error.text)
        what = f": {words}" if words else f" ({_first_words(error)}); check the base URL"
        return _Unreadable(f"answered with something that is no {self._noun}{what}.", outcome)

    async def _follow(
        self,
        response: httpx.Response,
        events: Events,
        watch: "_Watch",
        alarm: asyncio.Timeout,
        on_parts: Callable[[int], None],
        read: Callable[[bytes], CallResult],
    ) -> CallResult:
        """Reads an answer, by what it turns out to be: whole, or a stream that extends the deadline as events arrive."""
        stream = stream_body(response)
        begun, opening = await _opening(stream, self._largest)
        if opening == "json" or (opening == "text" and (not begun or _kind(response) != "text/event-stream")):
            alarm.reschedule(watch.last)
            return self._whole(await self._body(stream, begun), response.status_code, read)
        size, piece = 0, begun or None
        try:
            while piece is not None:
                size += len(piece)
                if size > self._largest:
                    raise _TooLarge
                some, parts = events.feed(piece)
                if parts:
                    on_parts(parts)
                if some:
                    deadline = watch.received(parts > 0)
                    if events.gathered.done:
                        return events.result()
                    alarm.reschedule(watch.ended() if events.gathered.complete else deadline)
                piece = await anext(stream, None)
            events.end()
        except BrokenEvent as error:
            raise _Unreadable(
                f"streams something that is no {self._noun} ({_first_words(error)})."
            ) from error
        return events.result()


class _TooLarge(Exception):
    """The response is larger than any answer."""


class _Unreadable(Exception):
    """The response is not an answer; the text says what it is, without its subject."""

    def __init__(self, sentence: str, outcome: Outcome = Outcome.BAD_ANSWER) -> None:
        super().__init__(sentence)
        self.outcome = outcome


class _Watch:
    """Deadline tracker: which time-out is next, and the message when it passes. Times are on the loop's clock."""

    def __init__(self, timeouts: TimeOuts, time_left: float | None, *, streams: bool) -> None:
        self._now = asyncio.get_running_loop().time
        self._timeouts = timeouts
        self._sample = time_left is not None and time_left < timeouts.attempt
        self._whole = timeouts.attempt if time_left is None else min(timeouts.attempt, time_left)
        self._started = time.perf_counter()
        now = self._now()
        self._end = now + self._whole
        self.first_token: float | None = None
        self.deadline = min(self._end, now + timeouts.first_token) if streams else self._end

    def received(self, brought: bool) -> float:
        """Notes an event, with a part of the answer (`brought`) or without; returns the new deadline."""
        if brought and self.first_token is None:
            self.first_token = time.perf_counter() - self._started
        if self.first_token is not None:
            self.deadline = min(self._end, self._now() + self._timeouts.between_tokens)
        return self.deadline

    @property
    def last(self) -> float:
        """The end of the attempt's time; from now on the time of single tokens does not count."""
        self.deadline = self._end
        return self._end

    def ended(self) -> float:
        """Notes that the answer is complete; returns the deadline for what may follow it."""
        self.deadline = min(self._end, self._now() + _AFTER_END_S)
        return self.deadline

    @property
    def is_of_sample(self) -> bool:
        """Whether the time of the whole sample is the next to pass."""
        return self._sample and self.deadline >= self._end

    def sentence(self, where: str) -> str:
        if self.deadline >= self._end:
            if self._sample:
                return f"{where} did not complete its answer within the {self._timeouts.sample:g} s of one sample (time-out 'sample')."
            return f"{where} did not complete its answer within {self._whole:g} s (time-out 'attempt')."
        if self.first_token is None:
            return f"{where} sent no first token within {self._timeouts.first_token:g} s (time-out 'first_token')."
        return f"{where} sent no further token within {self._timeouts.between_tokens:g} s (time-out 'between_tokens')."


async def _opening(stream: AsyncIterator[bytes], largest: int) -> tuple[bytes, Opening]:
    """Reads as much of a body as tells what it is. Raises _TooLarge for blanks without end."""
    begun, size = b"", 0
    async for piece in stream:
        size += len(piece)
        if size > largest:
            raise _TooLarge
        begun = (begun + piece).lstrip()  # some send blanks to keep the connection open
        opening = opening_of(begun)
        if opening is not None:
            return without_bom(begun), opening
    return begun, "events" if begun else "text"


def _kind(response: httpx.Response) -> str:
    return str(response.headers.get("content-type", "")).partition(";")[0].strip().lower()


def _is_json(body: bytes | bytearray) -> bool:
    try:
        msgspec.json.decode(body, type=msgspec.Raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return False
    return True


def _breaks_off(data: bytes) -> bool:
    try:
        msgspec.json.decode(data, type=msgspec.Raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        return "truncated" in str(error)
    return False


def _first_words(error: Exception) -> str:
    return redact(str(error))[:120].rstrip(".")  # redacted before it is cut


def _size(count: int) -> str:
    return f"{count >> 20} MiB" if count >= 1 << 20 else f"{count:,} bytes"
