"""HTTP handlers of the demo server: chat completions, models, health, stats and control."""

import asyncio
import secrets
import socket
import struct
import time
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from aiohttp import web

from evalstudio.core.errors import ModelError
from evalstudio.engine.servers.demo.answers import answer_text
from evalstudio.engine.servers.demo.calls import CLIENT_GONE, RESET, Calls, ServedCall
from evalstudio.engine.servers.demo.chat import (
    BadRequest,
    ChatAnswer,
    ChatRequest,
    count_prompt,
    encode,
    error_body,
    pieces,
    read_request,
)
from evalstudio.engine.servers.demo.draws import lognormal, request_key
from evalstudio.engine.servers.demo.faults import Fault, Faults
from evalstudio.engine.servers.demo.manners import MANNERS, Manner
from evalstudio.engine.servers.demo.odd_answers import Asked
from evalstudio.engine.servers.demo.performance import Batch
from evalstudio.engine.servers.demo.profiles import Profile, profile_named
from evalstudio.engine.servers.demo.rate_limits import RateLimits

REPEAT_HEADER = "X-EvalStudio-Repeat"
MAX_BODY = 64 * 1024 * 1024  # bytes
Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


class DemoServer:
    """One demo model. `handle` serves one HTTP request."""

    def __init__(self, name: str, seed: int, api_key: str | None = None) -> None:
        self.name = name
        self.profile = profile_named(name)
        self.token = secrets.token_urlsafe(16)  # for /control
        self.calls = Calls()
        self.started = time.monotonic()  # with this profile
        self._seed = seed
        self._authorization = None if api_key is None else f"Bearer {api_key}"
        self._batch = Batch(self.profile)
        self._limits = RateLimits(self.profile, time.monotonic())
        self._faults = Faults()
        self._routes: dict[tuple[str, str], Handler] = {
            ("POST", "/v1/chat/completions"): self._chat,
            ("GET", "/v1/models"): self._models,
            ("GET", "/health"): self._health,
            ("GET", "/stats"): self._stats,
            ("GET", "/stats/calls"): self._stats_calls,
            ("POST", "/control"): self._control,
        }

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Finds the route; turns BadRequest into an error body."""
        handler = self._routes.get((request.method, request.path))
        try:
            if handler is None:
                raise BadRequest(f"No such address: {request.method} {request.path}.", 404, "not_found")
            return await handler(request)
        except BadRequest as error:
            kind = "authentication_error" if error.status == 401 else "invalid_request_error"
            return _json(error_body(str(error), kind, error.code, error.param), error.status)
        except web.HTTPRequestEntityTooLarge:
            return _json(error_body("The request is too large.", "invalid_request_error", "too_large"), 413)

    async def _models(self, request: web.BaseRequest) -> web.Response:
        self._check_key(request)
        model = {"id": self.name, "object": "model", "created": 0, "owned_by": "evalstudio"}
        return _json(encode({"object": "list", "data": [model]}))

    async def _health(self, request: web.BaseRequest) -> web.Response:
        return _json(b'{"status":"ok"}')

    async def _stats(self, request: web.BaseRequest) -> web.Response:
        now = {"in_work": self._batch.active, "queued": self._batch.queued, "profile": self.profile}
        return _json(encode(self.calls.counters() | now))

    async def _stats_calls(self, request: web.BaseRequest) -> web.Response:
        return _json(self.calls.log())

    async def _control(self, request: web.BaseRequest) -> web.Response:
        """Body: {"profile": NAME} to switch, or any fields of a profile to change."""
        given = request.headers.get("Authorization", "")
        if not secrets.compare_digest(given.encode(), f"Bearer {self.token}".encode()):
            raise BadRequest("The control address needs the token printed at start.", 401, "invalid_token")
        try:
            change = msgspec.json.decode(await request.read(), type=dict[str, Any])
            name = change.pop("profile", None)
            current = self.profile if name is None else profile_named(str(name))
            profile = msgspec.convert(msgspec.to_builtins(current) | change, Profile)
        except (msgspec.MsgspecError, ModelError) as error:
            raise BadRequest(str(error)) from None
        self.profile = profile
        self.started = time.monotonic()
        self._faults = Faults()
        self._batch.change(profile)
        self._limits = RateLimits(profile, time.monotonic())
        return _json(encode(profile))

    def _check_key(self, request: web.BaseRequest) -> None:
        if self._authorization is not None:
            given = request.headers.get("Authorization", "")
            if not secrets.compare_digest(given.encode(), self._authorization.encode()):
                raise BadRequest("Incorrect API key provided.", 401, "invalid_api_key")

    async def _chat(self, request: web.BaseRequest) -> web.StreamResponse:
        call = self.calls.start()
        try:
            response = await self._serve(request, call)
            if call.status is None:
                call.status = response.status
            return response
        except BadRequest as error:
            self.calls.failures["bad_request"] += 1
            call.status = error.status
            raise
        except (asyncio.CancelledError, ConnectionResetError):
            self.calls.failures["client_gone"] += 1
            call.status = CLIENT_GONE
            raise
        finally:
            self.calls.finish(call)

    async def _serve(self, request: web.BaseRequest, call: ServedCall) -> web.StreamResponse:
        self._check_key(request)
        chat = read_request(await request.read())
        profile = self.profile
        key = request_key(self._seed, encode(chat.messages), request.headers.get(REPEAT_HEADER, "0"))
        answer = self._answer(chat, key)
        if profile.round_trip:
            await asyncio.sleep(profile.round_trip)
        refusal = self._refuse(chat, answer)
        if refusal is not None:
            return refusal
        headers = self._limits.headers()
        fault = self._faults.draw(profile, key)
        if fault == "overloaded":
            self.calls.failures[fault] += 1
            return _json(error_body("The server is overloaded.", "server_error", "overloaded"), 503, headers)
        return await _Work(self, request, call, chat, answer, headers, fault, self._faults.attempts(key)).run(
            self._batch
        )

    def _answer(self, chat: ChatRequest, key: bytes) -> ChatAnswer:
        """The whole answer: text, length and cost are known before any time passes."""
        parts = pieces(answer_text(chat, key))
        profile, limit = self.profile, chat.token_limit
        length = len(parts)
        if profile.output_mean:
            drawn = lognormal(key, "length", profile.output_mean, profile.output_sigma)
            length = max(length, min(profile.output_max, round(drawn)))
        cut = limit is not None and len(parts) > limit
        if limit is not None:
            parts, length = parts[:limit], min(length, limit)
        return ChatAnswer(
            id=f"chatcmpl-{key.hex()}",
            model=chat.model,
            created=int(time.time()),
            pieces=parts,
            finish_reason="length" if cut else "stop",
            prompt_tokens=count_prompt(chat.messages),
            hidden_tokens=length - len(parts),
        )

    def _refuse(self, chat: ChatRequest, answer: ChatAnswer) -> web.Response | None:
        """The refusal of this call at admission, if any. The call itself counts as in flight already."""
        profile, now = self.profile, time.monotonic()
        if profile.max_concurrency is not None and self.calls.in_flight > profile.max_concurrency:
            self.calls.failures["concurrency"] += 1
            message = f"Too many calls at once: this model allows {profile.max_concurrency}."
            return _json(error_body(message, "concurrency", "rate_limit_exceeded"), 429)
        if profile.queue_limit is not None and self._batch.queued >= profile.queue_limit:
            self.calls.failures["queue_full"] += 1
            return _json(error_body("The server is busy, its queue is full.", "server_error", "busy"), 503)
        tokens = answer.prompt_tokens + (chat.token_limit or answer.completion_tokens)
        refusal = self._limits.admit(tokens, now)
        if refusal is None:
            return None
        self.calls.failures[refusal.cause] += 1
        message = f"Rate limit reached: {refusal.cause.replace('_', ' ')}."
        if profile.hints != "none":
            message += f" Please try again in {refusal.wait:.3f}s."
        kind = "requests" if refusal.cause == "requests_per_minute" else "tokens"
        headers = self._limits.headers() | self._limits.retry_headers(refusal.wait)
        return _json(error_body(message, kind, "rate_limit_exceeded"), 429, headers)


class _Work:
    """One admitted call: waits for its slot, takes its time and writes its answer, intact or with a fault."""

    def __init__(
        self,
        server: DemoServer,
        request: web.BaseRequest,
        call: ServedCall,
        chat: ChatRequest,
        answer: ChatAnswer,
        headers: dict[str, str],
        fault: Fault | None,
        attempt: int,
    ) -> None:
        self._calls = server.calls
        self._profile = server.profile
        self._request = request
        self._call = call
        self._chat = chat
        self._answer = answer
        self._headers = headers
        self._fault = fault
        self._attempt = attempt
        self._age = time.monotonic() - server.started
        self._prefill = self._profile.overhead_steps + answer.prompt_tokens / self._profile.prompt_per_step
        self._total = self._prefill + answer.completion_tokens

    async def run(self, batch: Batch) -> web.StreamResponse:
        """The response, already written where it is streamed."""
        if self._fault == "odd" and self._profile.manner in MANNERS:
            self._calls.failures[self._profile.manner] += 1
            return await self._odd(MANNERS[self._profile.manner])
        if self._fault is not None:
            self._calls.failures[self._fault] += 1
        await batch.enter()
        try:
            self._calls.serve(self._call)
            if self._fault in ("server_error", "reset"):
                await batch.work(self._total / 2, self._total)
                return self._fail()
            if self._chat.stream:
                return await self._stream(batch)
            await batch.work(self._total, self._total)
        finally:
            batch.leave()
        return await self._whole()

    async def _odd(self, manner: Manner) -> web.StreamResponse:
        """The response of a manner, byte for byte."""
        chat = self._chat
        asked = Asked(
            self._answer, bool(chat.stream), chat.stream_options is not None, self._age, self._attempt
        )
        reply = manner.write(asked)
        plain = "text/event-stream" if chat.stream else "application/json"
        headers = {**self._headers, "Content-Type": reply.content_type or plain, **reply.headers}
        response = web.StreamResponse(status=reply.status, headers=headers)
        response.force_close()
        await response.prepare(self._request)
        for part in reply.parts:
            await response.write(part)
        if reply.end == "stay":
            await asyncio.Event().wait()
        elif reply.end == "reset":
            await asyncio.sleep(0.05)  # a reset throws away what has not been read
            _reset(self._request)
        return response

    def _fail(self) -> web.Response:
        if self._fault == "reset":
            self._call.status = RESET
            _reset(self._request)
        return _json(error_body("The server had an error.", "server_error"), 500, self._headers)

    async def _whole(self) -> web.StreamResponse:
        body = self._answer.body()
        if self._fault == "broken":
            return _json(body[: len(body) // 2], 200, self._headers)
        if self._fault != "slow":
            return _json(body, 200, self._headers)
        response = web.StreamResponse(headers=self._headers | {"Content-Type": "application/json"})
        response.content_length = len(body)
        await response.prepare(self._request)
        step = max(1, len(body) // 20)
        for start in range(0, len(body), step):
            await asyncio.sleep(self._profile.slow_seconds / 20)
            await response.write(body[start : start + step])
        return response

    async def _stream(self, batch: Batch) -> web.StreamResponse:
        """Server-sent events: the first when the prompt has been read, the others evenly after it."""
        answer = self._answer
        options = self._chat.stream_options
        usage = options is not None and options.include_usage
        response = web.StreamResponse(headers=self._headers | {"Content-Type": "text/event-stream"})
        await batch.work(self._prefill, self._total)
        await response.prepare(self._request)
        await response.write(answer.chunk({"role": "assistant", "content": ""}, with_usage=usage))
        share = (self._total - self._prefill) / max(1, len(answer.pieces))
        for number, piece in enumerate(answer.pieces):
            if self._fault == "broken" and number >= len(answer.pieces) // 2:
                await response.write(answer.chunk({"content": piece}, with_usage=usage)[:20])
                return response  # in the middle of an event, without [DONE]
            if self._fault == "slow":
                await asyncio.sleep(self._profile.slow_seconds / len(answer.pieces))
            await batch.work(share, self._total)
            await response.write(answer.chunk({"content": piece}, with_usage=usage))
        last = answer.chunk({}, answer.finish_reason, usage)
        await response.write(last + (answer.usage_chunk() if usage else b"") + b"data: [DONE]\n\n")
        return response


def _json(body: bytes, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    return web.Response(body=body, status=status, headers=headers, content_type="application/json")


def _reset(request: web.BaseRequest) -> None:
    """Ends the connection with a reset (RST), not an orderly end."""
    if request.transport is not None:
        connection = request.transport.get_extra_info("socket")
        if connection is not None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        request.transport.abort()
