"""OpenAI-compatible chat completions: OpenAI, Azure, Gemini's compatible endpoint, vLLM, Ollama, llama.cpp and others."""

import asyncio
import time
from collections.abc import Callable
from contextlib import aclosing
from datetime import UTC, datetime
from typing import Any

import httpx
import msgspec

from evalstudio.engine.limits.hints import rate_headers, retry_hint
from evalstudio.engine.models.call import Answer, CallResult, Request
from evalstudio.engine.models.classify import classify, classify_error_body, error_message, is_fatal, sentence
from evalstudio.engine.models.http import BodyTooLarge, Client, explain, plain_headers, read_body, stream_body
from evalstudio.engine.models.thinking import split_thinking
from evalstudio.errors import ModelError
from evalstudio.evaluation import ModelSettings, TimeOuts
from evalstudio.outcome import Outcome

REPEAT_HEADER = "X-EvalStudio-Repeat"


class _Details(msgspec.Struct):
    cached_tokens: int | None = None


class _Usage(msgspec.Struct):
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    prompt_tokens_details: _Details | None = None


class _Message(msgspec.Struct):
    content: Any = None
    reasoning_content: str | None = None
    reasoning: str | None = None
    refusal: str | None = None
    tool_calls: list[dict[str, Any]] | None = None


class _Choice(msgspec.Struct):
    message: _Message | None = None
    delta: _Message | None = None
    finish_reason: str | None = None


class _Completion(msgspec.Struct):
    choices: list[_Choice] = []
    model: str | None = None
    usage: _Usage | None = None
    error: Any = None


class _ModelEntry(msgspec.Struct):
    id: str


class _ModelList(msgspec.Struct):
    data: list[_ModelEntry]


_completion = msgspec.json.Decoder(_Completion)
_models = msgspec.json.Decoder(_ModelList)


class OpenAIModel:
    """A model behind an OpenAI-compatible endpoint. One client a run, its connections kept alive."""

    def __init__(
        self,
        settings: ModelSettings,
        key: str | None,
        parameters: dict[str, Any],
        timeouts: TimeOuts,
        *,
        stream: bool,
    ) -> None:
        if not settings.base_url.startswith(("http://", "https://")):
            raise ModelError(
                f"The model {settings.label} needs a base URL that begins with http:// or https://; it is '{settings.base_url}'."
            )
        base = settings.base_url.rstrip("/")
        self._url = httpx.URL(f"{base}/chat/completions")
        self._list_url = httpx.URL(f"{base}/models")
        self._timeouts = timeouts
        self._stream = stream
        self._fixed: dict[str, Any] = {"model": settings.name, **parameters}
        if stream:
            self._fixed |= {"stream": True, "stream_options": {"include_usage": True}}
        headers = {} if key is None else {"Authorization": f"Bearer {key}"}
        self._client = Client(self._url, headers, timeouts.connect, timeouts.attempt)

    async def call(self, request: Request, on_first_token: Callable[[], None]) -> CallResult:
        """One attempt, within the time-outs; see `Model`."""
        body = msgspec.json.encode({**self._fixed, "messages": request.messages})
        headers = {REPEAT_HEADER: str(request.repeat)} if request.repeat else {}
        try:
            async with asyncio.timeout(self._timeouts.attempt):
                if self._stream:
                    return await self._streamed(body, headers, on_first_token)
                response, data = await self._client.post(self._url, body, headers)
                if response.status_code == 200:
                    return _read(data, plain_headers(response))
                return self._error(response, data)
        except TimeoutError:
            return CallResult(Outcome.OVERLOADED, message=f"No answer within {self._timeouts.attempt:g} s.")
        except BodyTooLarge:
            return CallResult(Outcome.BAD_ANSWER, message="The answer is longer than 32 MiB; it was cut off.")
        except httpx.HTTPError as error:
            return CallResult(Outcome.OVERLOADED, message=explain(error, self._url))

    async def list_models(self) -> list[str]:
        """The names of the models that the endpoint offers. Raises ModelError with what is wrong."""
        url = self._list_url
        try:
            async with asyncio.timeout(self._timeouts.connect + 20):
                response, data = await self._client.get(url)
        except (httpx.HTTPError, TimeoutError) as error:
            raise ModelError(explain(error, url)) from error
        if response.status_code != 200:
            raise ModelError(sentence(response.status_code, data.decode(errors="replace"), url.host))
        try:
            return [entry.id for entry in _models.decode(data).data]
        except msgspec.MsgspecError as error:
            raise ModelError(
                f"{url} answers, but not with a list of models; check that the base URL ends where its API begins, often in /v1."
            ) from error

    async def aclose(self) -> None:
        await self._client.aclose()

    def _error(self, response: httpx.Response, data: bytes) -> CallResult:
        body = data.decode(errors="replace")
        now = datetime.now(UTC)
        status = response.status_code
        headers = plain_headers(response)
        return CallResult(
            classify(status, body),
            message=sentence(status, body, self._url.host),
            status=status,
            hint=retry_hint(headers, body, wall_now=now),
            rates=rate_headers(headers, wall_now=now),
            fatal=is_fatal(status, body),
        )

    async def _streamed(
        self, body: bytes, headers: dict[str, str], on_first_token: Callable[[], None]
    ) -> CallResult:
        started = time.perf_counter()
        gathered = _Gathered()
        limit = self._timeouts.first_token
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(limit) as deadline:
                response = await self._client.open(self._url, body, headers)
                async with aclosing(response):
                    if response.status_code != 200:
                        return self._error(response, await read_body(response))
                    async for data in stream_body(response):
                        if gathered.feed(data) and gathered.first_token is None:
                            gathered.first_token = time.perf_counter() - started
                            on_first_token()
                            limit = self._timeouts.between_tokens
                        if gathered.done:
                            break
                        deadline.reschedule(loop.time() + limit)
            return gathered.result(plain_headers(response))
        except TimeoutError:
            what = "first token" if gathered.first_token is None else "next token"
            return gathered.failed(Outcome.OVERLOADED, f"No {what} within {limit:g} s.")
        except BodyTooLarge:
            return gathered.failed(Outcome.BAD_ANSWER, "The answer is longer than 32 MiB; it was cut off.")
        except httpx.HTTPError as error:
            return gathered.failed(Outcome.OVERLOADED, explain(error, self._url))
        except msgspec.MsgspecError as error:
            return gathered.failed(
                Outcome.BAD_ANSWER, f"The endpoint streams something that is no chat completion ({error})."
            )


class _Gathered:
    """A streamed answer as far as it has come."""

    def __init__(self) -> None:
        self.first_token: float | None = None
        self.done = False
        self._buffer = b""
        self._text: list[str] = []
        self._thinking: list[str] = []
        self._finish_reason: str | None = None
        self._model: str | None = None
        self._usage: _Usage | None = None
        self._error: Any = None
        self._size = 0

    def feed(self, data: bytes) -> bool:
        """Takes in bytes of the stream; whether they brought text."""
        self._size += len(data)
        if self._size > 32 << 20:
            raise BodyTooLarge
        *lines, self._buffer = (self._buffer + data).split(b"\n")
        before = len(self._text) + len(self._thinking)
        for line in lines:
            if not line.startswith(b"data:"):
                continue
            payload = line[5:].strip()
            if payload == b"[DONE]":
                self.done = True
            elif payload:
                self._take(_completion.decode(payload))
        return len(self._text) + len(self._thinking) > before

    def _take(self, chunk: _Completion) -> None:
        self._error = self._error or chunk.error
        self._model = self._model or chunk.model
        self._usage = chunk.usage or self._usage
        for choice in chunk.choices[:1]:
            self._finish_reason = choice.finish_reason or self._finish_reason
            if choice.delta is not None:
                if text := _text(choice.delta.content):
                    self._text.append(text)
                if thinking := choice.delta.reasoning_content or choice.delta.reasoning:
                    self._thinking.append(thinking)

    def result(self, headers: dict[str, str]) -> CallResult:
        rates = rate_headers(headers, wall_now=datetime.now(UTC))
        if self._error:
            outcome = classify_error_body(self._error)
            return self.failed(
                outcome, f"The endpoint broke off with an error: {error_message(_dump(self._error))}."
            )
        if self._finish_reason == "content_filter":
            return self.failed(Outcome.FILTERED, "The provider's content filter cut the answer off.")
        if not self.done and self._finish_reason is None:
            return self.failed(Outcome.BAD_ANSWER, "The stream ended in the middle of the answer.")
        return CallResult(Outcome.OK, self._answer(), first_token=self.first_token, rates=rates, status=200)

    def failed(self, outcome: Outcome, message: str) -> CallResult:
        partial = self._answer() if self._text or self._thinking else None
        return CallResult(outcome, partial, message, first_token=self.first_token)

    def _answer(self) -> Answer:
        return _answer(
            "".join(self._text),
            "".join(self._thinking) or None,
            self._finish_reason,
            self._model,
            self._usage,
        )


def _read(data: bytes, headers: dict[str, str]) -> CallResult:
    try:
        completion = _completion.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        return CallResult(
            Outcome.BAD_ANSWER, message=f"The endpoint's answer is no chat completion ({error}).", status=200
        )
    if completion.error:
        said = error_message(_dump(completion.error))
        return CallResult(
            classify_error_body(completion.error),
            message=f"The endpoint answered with an error: {said}.",
            status=200,
        )
    if not completion.choices or (message := completion.choices[0].message) is None:
        return CallResult(Outcome.BAD_ANSWER, message="The endpoint's answer holds no message.", status=200)
    choice = completion.choices[0]
    if choice.finish_reason == "content_filter":
        return CallResult(
            Outcome.FILTERED, message="The provider's content filter withheld the answer.", status=200
        )
    if message.refusal and not message.content:
        return CallResult(Outcome.FILTERED, message=f"The model refused: {message.refusal[:300]}", status=200)
    text = _text(message.content)
    if not text and message.tool_calls:
        text = _dump(message.tool_calls)
    answer = _answer(
        text,
        message.reasoning_content or message.reasoning,
        choice.finish_reason,
        completion.model,
        completion.usage,
    )
    return CallResult(Outcome.OK, answer, rates=rate_headers(headers, wall_now=datetime.now(UTC)), status=200)


def _answer(
    text: str, thinking: str | None, finish_reason: str | None, model: str | None, usage: _Usage | None
) -> Answer:
    if thinking is None:
        thinking, text = split_thinking(text)
    cached = usage.prompt_tokens_details.cached_tokens if usage and usage.prompt_tokens_details else None
    return Answer(
        text,
        thinking,
        finish_reason,
        model,
        usage.prompt_tokens if usage else None,
        cached,
        usage.completion_tokens if usage else None,
    )


def _text(content: Any) -> str:
    if isinstance(content, str):
        return content
    if isinstance(content, list):  # parts, as some endpoints send them
        return "".join(part.get("text", "") for part in content if isinstance(part, dict))
    return ""


def _dump(value: Any) -> str:
    return msgspec.json.encode(value).decode()
