"""Client of Anthropic's Messages API."""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from evalstudio.core.outcome import Outcome
from evalstudio.engine.models.address import Address
from evalstudio.engine.models.call import Answer, CallResult, Request
from evalstudio.engine.models.classify import classify_error_body, error_message
from evalstudio.engine.models.exchange import LARGEST_BODY, Exchange, broken_off
from evalstudio.engine.models.model_list import list_models
from evalstudio.evaluations.spec import TimeOuts
from evalstudio.models.settings import ModelSettings
from evalstudio.templating.templates import Message

VERSION = "2023-06-01"
MAX_TOKENS = 4096
"""The default of `max_tokens`, which the API requires."""

_FINISH_REASONS = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "tool_use": "tool_calls",
}


class _Usage(msgspec.Struct):
    input_tokens: int | None = None
    output_tokens: int | None = None
    cache_read_input_tokens: int | None = None
    cache_creation_input_tokens: int | None = None


class _Part(msgspec.Struct):
    """A content block of the answer, or a delta of one."""

    type: str = ""
    text: str | None = None
    thinking: str | None = None
    name: str | None = None
    input: Any = None
    partial_json: str | None = None
    stop_reason: str | None = None


class _Message(msgspec.Struct):
    type: str = ""
    content: list[_Part] | None = None
    model: str | None = None
    stop_reason: str | None = None
    usage: _Usage | None = None
    error: Any = None


class _Event(msgspec.Struct):
    type: str = ""
    message: _Message | None = None
    content_block: _Part | None = None
    delta: _Part | None = None
    usage: _Usage | None = None
    error: Any = None


_message = msgspec.json.Decoder(_Message)
_event = msgspec.json.Decoder(_Event)


class AnthropicModel:
    """A model behind Anthropic's Messages API; implements `Model`. One client per run keeps its connections alive."""

    def __init__(
        self,
        settings: ModelSettings,
        key: str | None,
        parameters: dict[str, Any],
        timeouts: TimeOuts,
        *,
        stream: bool,
        largest: int = LARGEST_BODY,
    ) -> None:
        self._address = Address.of(settings)
        self._fixed: dict[str, Any] = {"model": settings.name, "max_tokens": MAX_TOKENS, **parameters}
        if stream:
            self._fixed["stream"] = True
        headers = {"anthropic-version": VERSION}
        if key is not None:
            headers["x-api-key"] = key
        self._exchange = Exchange(
            self._address.join("/messages"),
            headers | self._address.headers,
            settings.name,
            timeouts,
            read=_read,
            gather=_Stream if stream else None,
            largest=largest,
        )

    async def call(self, request: Request, on_parts: Callable[[int], None]) -> CallResult:
        """Makes one attempt, within the time-outs; see `Model`."""
        body = msgspec.json.encode({**self._fixed, **_split(request.messages)})
        return await self._exchange.call(body, {}, on_parts, request.time_left)

    async def list_models(self) -> list[str]:
        """Returns the names of the models that the endpoint offers. Raises ModelError that says what is wrong."""
        return await list_models(self._exchange.client, self._address.join("/models", limit="1000"))

    def set_timeouts(self, timeouts: TimeOuts) -> None:
        self._exchange.set_timeouts(timeouts)

    async def aclose(self) -> None:
        await self._exchange.aclose()


def _split(messages: Sequence[Message]) -> dict[str, Any]:
    """The messages in this API's format, which separates system messages from the others."""
    system = [message.content for message in messages if message.role in ("system", "developer")]
    rest = [message for message in messages if message.role not in ("system", "developer")]
    return {"messages": rest} | ({"system": "\n\n".join(system)} if system else {})


class _Stream:
    """A streamed answer so far; implements `Gathered`."""

    def __init__(self) -> None:
        self.done = False
        self._text: list[str] = []
        self._thinking: list[str] = []
        self._tools: list[list[str]] = []
        self._model: str | None = None
        self._stop_reason: str | None = None
        self._usage = _Usage()
        self._error: Any = None

    def take(self, name: bytes, data: bytes) -> bool:
        event = _event.decode(data)
        match event.type:
            case "message_start" if event.message is not None:
                self._model = event.message.model
                self._count(event.message.usage)
            case "content_block_start" if event.content_block is not None:
                if event.content_block.type == "tool_use":
                    self._tools.append([])
                return self._add(event.content_block)
            case "content_block_delta" if event.delta is not None:
                return self._add(event.delta)
            case "message_delta":
                if event.delta is not None:
                    self._stop_reason = event.delta.stop_reason
                self._count(event.usage)
            case "message_stop":
                self.done = True
            case "error":
                self._error = event.error or {"message": "unknown"}
                self.done = True
        return False

    def _add(self, part: _Part) -> bool:
        if part.text:
            self._text.append(part.text)
        if part.thinking:
            self._thinking.append(part.thinking)
        if part.partial_json and self._tools:
            self._tools[-1].append(part.partial_json)
        return bool(part.text or part.thinking or part.partial_json)

    def _count(self, usage: _Usage | None) -> None:
        """Updates the counts: later events repeat only some of them."""
        for name in _Usage.__struct_fields__:
            if usage is not None and (value := getattr(usage, name)) is not None:
                setattr(self._usage, name, value)

    def partial(self) -> Answer | None:
        return self._answer() if self._text or self._thinking or self._tools else None

    def result(self) -> CallResult:
        if self._error:
            message = error_message(msgspec.json.encode(self._error).decode())
            return CallResult(
                classify_error_body(self._error),
                self.partial(),
                f"broke off with an error: {message}.",
            )
        if self._stop_reason is None:
            return broken_off(self.partial())
        return _judged(self._answer(), self._stop_reason)

    def _answer(self) -> Answer:
        text = "".join(self._text) or "\n".join("".join(tool) for tool in self._tools)
        return _answer(text, "".join(self._thinking), self._stop_reason, self._model, self._usage)


def _read(data: bytes) -> CallResult:
    message = _message.decode(data)
    if message.error:
        reported = error_message(msgspec.json.encode(message.error).decode())
        return CallResult(classify_error_body(message.error), message=f"answered with an error: {reported}.")
    if message.content is None:
        return CallResult(
            Outcome.BAD_ANSWER,
            message="answers with JSON that holds no message of Anthropic's API; check the base URL.",
        )
    text = "".join(part.text or "" for part in message.content)
    thinking = "".join(part.thinking or "" for part in message.content)
    if not text:
        tools = [part.input for part in message.content if part.type == "tool_use"]
        text = "\n".join(msgspec.json.encode(tool).decode() for tool in tools)
    return _judged(
        _answer(text, thinking, message.stop_reason, message.model, message.usage or _Usage()),
        message.stop_reason,
    )


def _judged(answer: Answer, stop_reason: str | None) -> CallResult:
    if stop_reason == "refusal":
        partial = answer if answer.text or answer.thinking else None
        return CallResult(Outcome.FILTERED, partial, "ended the answer itself (safety filter).")
    return CallResult(Outcome.OK, answer)


def _answer(text: str, thinking: str, stop_reason: str | None, model: str | None, usage: _Usage) -> Answer:
    read, written = usage.cache_read_input_tokens, usage.cache_creation_input_tokens
    tokens_in = usage.input_tokens  # in this API: those neither read from the cache nor written to it
    return Answer(
        text,
        thinking or None,
        _FINISH_REASONS.get(stop_reason or "", stop_reason),
        model,
        None if tokens_in is None else tokens_in + (read or 0) + (written or 0),
        read,
        usage.output_tokens,
        written,
    )
