"""One request within its time-outs: what HTTP endpoints of every format have in common.

A format says how an answer is read, whole (`read`) or as it streams in (`Gathered`); all that can go wrong on the
way there becomes a `CallResult` here. The messages of a format are sentences without their subject, the endpoint,
which is put in front here.
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

_ERROR_BODY = 64 << 10  # bytes of an error's body that are read
_ERROR_BODY_S = 10.0  # and for how long


class Gathered(Protocol):
    """A streamed answer as far as it has come, in one endpoint's format."""

    done: bool  # the format's own sign of the end has come

    def take(self, name: bytes, data: bytes) -> bool:
        """Takes in an event; whether it brought a part of the answer.

        Raises msgspec.MsgspecError or UnicodeDecodeError when it can't be read.
        """

    def partial(self) -> Answer | None:
        """The answer so far; None when there is none of it yet."""

    def result(self) -> CallResult:
        """What the stream came to, now that it has ended."""


def broken_off(partial: Answer | None) -> CallResult:
    """A stream that ended without its format's sign of an end."""
    if partial is None:
        return CallResult(
            Outcome.BAD_ANSWER, message="sent a stream without an answer; see the server's log."
        )
    return CallResult(Outcome.OVERLOADED, partial, "broke off in the middle of its answer.")


class Exchange:
    """Makes calls of one address. `largest` bounds what is read of an answer, in bytes."""

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
        """For calls that start from now on."""
        self._timeouts = timeouts
        self.client.set_connect(timeouts.connect)

    async def call(
        self,
        body: bytes,
        headers: dict[str, str],
        on_parts: Callable[[int], None],
        time_left: float | None = None,
    ) -> CallResult:
        """One attempt. Failures come back as results, with the part of the answer that was there."""
        watch = _Watch(self._timeouts, time_left, streams=self._gather is not None)
        gathered: Gathered | None = None
        timed_out = False
        try:
            async with asyncio.timeout_at(watch.deadline) as alarm:
                response = await self.client.post(self.url, body, headers)
                connect = connect_seconds()
                async with aclosing(response):
                    said = plain_headers(response)
                    if not 200 <= response.status_code < 300:
                        alarm.reschedule(None)  # it has a time-out of its own
                        return await self._failure(response, said)
                    if self._gather is None or _kind(said) in ("application/json", "text/html"):
                        result = self._whole(await self._body(response), response.status_code, said)
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
                rates=rate_headers(said, wall_now=datetime.now(UTC)),
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
        """An answer that is an error. Its status says enough where its body does not come."""
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

    def _whole(self, data: bytes, status: int, headers: dict[str, str]) -> CallResult:
        if not data.strip():
            raise _Unreadable(
                f"{place(self.url)} answered with nothing ({status}); check the base URL and the server's log."
            )
        try:
            return self._read(data)
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
        """Reads a stream to its end."""
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
    """The endpoint sends more than any answer can be."""


class _Unreadable(Exception):
    """The endpoint sends something that is no answer; the text says what."""


class _Watch:
    """Which time-out is the next, and what to say when it passes. Times are of the loop's clock."""

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
        """Something came, a part of the answer or not; the new deadline."""
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
