"""HTTP exchange: one request and its response within the time-outs, common to all API formats.

A format defines how an answer is read, whole (`read`) or streamed (`Gathered`); everything that can go wrong on the way
becomes a `CallResult` here. The messages of a format are sentences without their subject, the endpoint, which is
prepended here.
"""

import asyncio
import time
from collections.abc import Callable
from contextlib import aclosing
from datetime import UTC, datetime
from typing import Protocol

import httpx
import msgspec

from evalstudio.core.outcome import Outcome
from evalstudio.engine.limits.rate_limit_headers import rate_headers, retry_hint
from evalstudio.engine.models.call import Answer, CallResult, without_keys
from evalstudio.engine.models.classify import classify, is_fatal, sentence
from evalstudio.engine.models.http import Client, connect_seconds, explain, place, plain_headers, stream_body
from evalstudio.engine.models.sse import EventLines
from evalstudio.evaluations.spec import TimeOuts

LARGEST_BODY = 32 << 20
"""Bytes. No answer is that long; an endpoint that sends more is cut off."""

_ERROR_BODY = 64 << 10  # bytes that are read of an error's body
_ERROR_BODY_S = 10.0  # seconds that reading it may take


class Gathered(Protocol):
    """Accumulator of a streamed answer, in one API format."""

    done: bool  # the format's end marker has arrived

    def take(self, name: bytes, data: bytes) -> bool:
        """Adds an event; returns whether it held a part of the answer.

        Raises:
            msgspec.MsgspecError: It can't be decoded.
            UnicodeDecodeError: It is not UTF-8.
        """

    def partial(self) -> Answer | None:
        """Returns the answer so far; None when no part has arrived."""

    def result(self) -> CallResult:
        """Returns the result, after the end of the stream."""


def broken_off(partial: Answer | None) -> CallResult:
    """Returns the result of a stream that ended without its format's end marker."""
    if partial is None:
        return CallResult(
            Outcome.BAD_ANSWER, message="sent a stream without an answer; see the server's log."
        )
    return CallResult(Outcome.OVERLOADED, partial, "broke off in the middle of its answer.")


class Exchange:
    """Makes calls to one URL.

    Args:
        url: Where to post.
        headers: Of every request.
        model: The model's name, for messages.
        timeouts: In seconds.
        read: Decodes a whole answer.
        gather: Makes the accumulator of a streamed answer; None: answers are not streamed.
        largest: Bytes that are read of an answer, at most.
    """

    def __init__(
        self,
        url: httpx.URL,
        headers: dict[str, str],
        model: str,
        timeouts: TimeOuts,
        *,
        read: Callable[[bytes], CallResult],
        gather: Callable[[], Gathered] | None,
        largest: int = LARGEST_BODY,
    ) -> None:
        self.url = url
        self.client = Client(url, headers, timeouts.connect)
        self._model = model
        self._timeouts = timeouts
        self._read = read
        self._gather = gather
        self._largest = largest

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

        `read` decodes the whole answer where that depends on the request.
        """
        watch = _Watch(self._timeouts, time_left, streams=self._gather is not None)
        gathered: Gathered | None = None
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
                    if self._gather is None or _kind(response_headers) in ("application/json", "text/html"):
                        result = self._whole(
                            await self._body(response),
                            response.status_code,
                            response_headers,
                            read or self._read,
                        )
                    else:
                        gathered = self._gather()
                        await self._follow(response, gathered, watch, alarm, on_parts)
                        result = gathered.result()
            return CallResult(
                result.outcome,
                without_keys(result.answer) if result.answer is not None else None,
                f"{place(self.url)} {result.message}" if result.message else "",
                response.status_code,
                watch.first_token,
                fatal=result.fatal,
                rates=rate_headers(response_headers, wall_now=datetime.now(UTC)),
                connect=connect,
            )
        except TimeoutError:
            timed_out = True
            trouble = Outcome.OVERLOADED, watch.sentence(place(self.url))
        except _TooLarge:
            trouble = (
                Outcome.BAD_ANSWER,
                (
                    f"{place(self.url)} sends an answer without end; it was cut off after {_size(self._largest)}."
                ),
            )
        except _Unreadable as error:
            trouble = Outcome.BAD_ANSWER, str(error)
        except httpx.HTTPError as error:
            timed_out = isinstance(error, httpx.TimeoutException)
            trouble = Outcome.OVERLOADED, explain(error, self.url)
        outcome, message = trouble
        begun = None if gathered is None else gathered.partial()
        partial = None if begun is None else without_keys(begun)
        return CallResult(outcome, partial, message, first_token=watch.first_token, timed_out=timed_out)

    async def aclose(self) -> None:
        await self.client.aclose()

    async def _body(self, response: httpx.Response) -> bytes:
        body = bytearray()
        async for piece in stream_body(response):
            body += piece
            if len(body) > self._largest:
                raise _TooLarge
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
            message=sentence(status, body, self.url, self._model, headers.get("location")),
            status=status,
            hint=hint,
            rates=rate_headers(headers, wall_now=now),
            fatal=is_fatal(status, body),
        )

    def _whole(
        self, data: bytes, status: int, headers: dict[str, str], read: Callable[[bytes], CallResult]
    ) -> CallResult:
        if not data.strip():
            raise _Unreadable(
                f"{place(self.url)} answered with nothing ({status}); check the base URL and the server's log."
            )
        try:
            return read(data)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            if _kind(headers) == "text/html":
                why = "a web page; check that the base URL ends where the API begins, often in /v1"
            elif "truncated" in str(error) and not data.rstrip().endswith(b"}"):
                why = "JSON that breaks off; see the server's log, and that of a proxy on the way"
            else:
                why = f"something that is no chat completion ({_first_words(error)}); check the base URL"
            raise _Unreadable(f"{place(self.url)} answered with {why}.") from error

    async def _follow(
        self,
        response: httpx.Response,
        gathered: Gathered,
        watch: "_Watch",
        alarm: asyncio.Timeout,
        on_parts: Callable[[int], None],
    ) -> None:
        """Reads a stream to its end, and extends the deadline as events arrive."""
        lines = EventLines()
        size = 0
        try:
            async for piece in stream_body(response):
                size += len(piece)
                if size > self._largest:
                    raise _TooLarge
                events, parts = False, 0
                for name, data in lines.feed(piece):
                    events = True
                    parts += gathered.take(name, data)
                if parts:
                    on_parts(parts)
                if events:
                    alarm.reschedule(watch.received(parts > 0))
                if gathered.done:
                    return
            for name, data in lines.end():
                gathered.take(name, data)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise _Unreadable(
                f"{place(self.url)} streams something that is no chat completion ({_first_words(error)})."
            ) from error


class _TooLarge(Exception):
    """The response is larger than any answer."""


class _Unreadable(Exception):
    """The response is not an answer; the text says what it is."""


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

    def sentence(self, where: str) -> str:
        if self.deadline >= self._end:
            if self._sample:
                return f"{where} did not complete its answer within the {self._timeouts.sample:g} s of one sample (time-out 'sample')."
            return f"{where} did not complete its answer within {self._whole:g} s (time-out 'attempt')."
        if self.first_token is None:
            return f"{where} sent no first token within {self._timeouts.first_token:g} s (time-out 'first_token')."
        return f"{where} sent no further token within {self._timeouts.between_tokens:g} s (time-out 'between_tokens')."


def _kind(headers: dict[str, str]) -> str:
    return headers.get("content-type", "").partition(";")[0].strip().lower()


def _first_words(error: Exception) -> str:
    return str(error)[:120].rstrip(".")


def _size(count: int) -> str:
    return f"{count >> 20} MiB" if count >= 1 << 20 else f"{count:,} bytes"
