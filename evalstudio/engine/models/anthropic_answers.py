"""Answers of Anthropic's Messages API, whole or in pieces: text, thinking, end and usage."""

from typing import Any

import msgspec

from evalstudio.core.outcome import Outcome
from evalstudio.engine.models.call import Answer, CallResult
from evalstudio.engine.models.ends import ended, meaning_of, stored_reason
from evalstudio.engine.models.gathering import InPieces
from evalstudio.engine.models.loose import NotReadable, dump, load_object, read_as, whole_characters
from evalstudio.engine.models.stated_error import as_error, aside_in, error_in, shown, stated


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


def read_message(data: bytes) -> CallResult:
    """Reads a whole answer.

    Raises:
        NotReadable: It holds no JSON object.
        InPieces: It holds the pieces of a stream.
    """
    message = read_as(data, _message, _Message)
    if message.error:
        return stated(message.error, None, "answered")
    if message.content is None:
        if message.type == "message_start":
            raise InPieces
        if message.type != "message" and (error := error_in(body := load_object(data)) or aside_in(body)):
            return stated(error, None, "answered")
        if message.type != "message":
            return CallResult(
                Outcome.BAD_ANSWER,
                message=f"answers with JSON that holds no message of Anthropic's API; check the base URL (it is {shown(data)}).",
            )
    content = message.content or []
    text = "".join(part.text or "" for part in content)
    thinking = "".join(part.thinking or "" for part in content)
    if not text:
        text = "\n".join(dump(part.input) for part in content if part.type == "tool_use")
    answer = _answer(text, thinking, message.stop_reason, message.model, message.usage or _Usage())
    return ended(answer, message.stop_reason, has_content=bool(content))


class Pieces:
    """A streamed answer so far; implements `Gathered`."""

    def __init__(self) -> None:
        self.done = False
        self._has_content = False
        self._text: list[str] = []
        self._thinking: list[str] = []
        self._tools: list[list[str]] = []
        self._model: str | None = None
        self._stop_reason: str | None = None
        self._usage = _Usage()
        self._error: Any = None

    @property
    def complete(self) -> bool:
        return bool(self._error or self._stop_reason) or (self.done and self.partial() is not None)

    def take(self, name: bytes, data: bytes) -> bool:
        if data == b"[DONE]":  # not of this API, but gateways add it
            self.done = True
            return False
        event = read_as(data, _event, _Event)
        match event.type or name.decode(errors="replace"):
            case "message_start" if event.message is not None:
                self._model = event.message.model
                self._count(event.message.usage)
            case "content_block_start" if event.content_block is not None:
                self._has_content = True
                if event.content_block.type == "tool_use":
                    self._tools.append([])
                return self._add(event.content_block)
            case "content_block_delta" if event.delta is not None:
                self._has_content = True
                return self._add(event.delta)
            case "message_delta":
                if event.delta is not None and meaning_of(event.delta.stop_reason) is not None:
                    self._stop_reason = event.delta.stop_reason
                self._count(event.usage)
            case "message_stop":
                self.done = True
            case "error":
                self._fail(event.error or as_error(data))
            case "ping" | "content_block_stop":
                pass
            case _:
                value = load_object(data)
                self._fail(event.error or error_in(value))
                if aside := aside_in(value):
                    raise NotReadable(aside, "it is no part of an answer", aside=True)
        return False

    def _fail(self, error: Any) -> None:
        if error and not self._stop_reason:  # behind the answer's end it is of no interest
            self._error = error
            self.done = True

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
            return stated(self._error, self.partial(), "broke off")
        return ended(self._answer(), self._stop_reason, has_content=self._has_content)

    def _answer(self) -> Answer:
        text = "".join(self._text) or "\n".join("".join(tool) or "{}" for tool in self._tools)
        return _answer(text, "".join(self._thinking), self._stop_reason, self._model, self._usage)


def _answer(text: str, thinking: str, stop_reason: str | None, model: str | None, usage: _Usage) -> Answer:
    read, written = usage.cache_read_input_tokens, usage.cache_creation_input_tokens
    tokens_in = usage.input_tokens  # in this API: those neither read from the cache nor written to it
    return Answer(
        whole_characters(text),
        whole_characters(thinking) or None,
        stored_reason(stop_reason),
        model,
        None if tokens_in is None else tokens_in + (read or 0) + (written or 0),
        read,
        usage.output_tokens,
        written,
    )
