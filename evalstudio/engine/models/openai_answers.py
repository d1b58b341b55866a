"""Answers of chat completions, whole or in pieces: text, thinking, end and usage."""

from typing import Any

import msgspec

from evalstudio.core.outcome import Outcome
from evalstudio.engine.models.call import Answer, CallResult
from evalstudio.engine.models.ends import COMPLETE, Meaning, ended, meaning_of, stored_reason
from evalstudio.engine.models.gathering import InPieces
from evalstudio.engine.models.loose import (
    UNCLEAN,
    NotReadable,
    dump,
    fitted,
    load_object,
    read_as,
    whole_characters,
    words,
)
from evalstudio.engine.models.stated_error import as_error, aside_in, error_in, shown, stated
from evalstudio.models.keys import redact


class _Details(msgspec.Struct):
    cached_tokens: int | None = None


class _Usage(msgspec.Struct):
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    prompt_tokens_details: _Details | None = None
    prompt_cache_hit_tokens: int | None = None  # DeepSeek's name


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
    error: Any = None
    text: Any = None  # where an older API is served under the newer one's address


class _Completion(msgspec.Struct):
    choices: list[_Choice] | None = None
    model: str | None = None
    usage: _Usage | None = None
    error: Any = None


_completion = msgspec.json.Decoder(_Completion)


def read_completion(data: bytes) -> CallResult:
    """Reads a whole answer.

    Raises:
        NotReadable: It holds no JSON object.
        InPieces: It holds the pieces of a stream.
    """
    completion = read_as(data, _completion, _Completion)
    choice = completion.choices[0] if completion.choices else None
    if error := completion.error or (choice.error if choice else None):
        return stated(error, None, "answered")
    if choice is not None and choice.message is None and choice.text is not None:
        choice.message = _Message(content=choice.text)
    if choice is None or (message := choice.message) is None:
        if choice is not None and choice.delta is not None:
            raise InPieces
        body = load_object(data)
        if choice is None and (error := error_in(body) or aside_in(body)):
            return stated(error, None, "answered")
        return CallResult(
            Outcome.BAD_ANSWER,
            message=f"answers with JSON that holds no message of a chat completion; check the base URL (it is {shown(data)}).",
        )
    text = _text(message.content)
    if not text and message.tool_calls:
        text = dump(message.tool_calls)
    if message.refusal and not text and meaning_of(choice.finish_reason) in (None, Meaning.COMPLETE):
        return CallResult(Outcome.FILTERED, message=_refused(message.refusal))
    answer = _answer(
        text,
        _thinking(message),
        choice.finish_reason,
        completion.model,
        completion.usage,
    )
    return ended(answer, choice.finish_reason, has_content=message.content is not None)


class Pieces:
    """A streamed answer so far; implements `Gathered`."""

    def __init__(self) -> None:
        self.done = False
        self._has_content = False
        self._text: list[str] = []
        self._thinking: list[str] = []
        self._refusal: list[str] = []
        self._tools: dict[int, dict[str, Any]] = {}
        self._finish_reason: str | None = None
        self._model: str | None = None
        self._usage: _Usage | None = None
        self._error: Any = None

    @property
    def complete(self) -> bool:
        return bool(self._error or self._finish_reason) or (self.done and self.partial() is not None)

    def take(self, name: bytes, data: bytes) -> bool:
        if data == b"[DONE]":
            self.done = True
            return False
        if name == b"error":
            self._fail(as_error(data))
            return False
        try:
            chunk = _completion.decode(data)
        except UNCLEAN:
            chunk = fitted(load_object(data), _Completion)
        choice = chunk.choices[0] if chunk.choices else None
        if chunk.error or (choice is not None and choice.error):
            self._fail(chunk.error or (choice.error if choice else None))
        elif choice is None and chunk.usage is None:
            value = load_object(data)
            self._fail(error_in(value))
            if aside := aside_in(value):
                raise NotReadable(aside, "it is no part of an answer", aside=True)
        if self._model is None:
            self._model = chunk.model
        if chunk.usage is not None:
            self._usage = chunk.usage
        if choice is None:
            return False
        delta = choice.delta or choice.message
        if delta is None and choice.text is not None:
            delta = _Message(content=choice.text)
        brought = delta is not None and self._add(delta)
        if choice.finish_reason and meaning_of(choice.finish_reason) is not None:
            self._finish_reason = choice.finish_reason
        elif brought:
            self._finish_reason = None  # an end in every piece is none
        return brought

    def _fail(self, error: Any) -> None:
        if error and not self._finish_reason:  # behind the answer's end it is of no interest
            self._error = error
            self.done = True

    def _add(self, delta: _Message) -> bool:
        text = content = delta.content
        thinking = delta.reasoning_content or delta.reasoning
        if type(content) is not str:
            text, thinking = _text(content), _thinking(delta)
        if content is not None:
            self._has_content = True
        if text:
            self._text.append(text)
        if thinking:
            self._thinking.append(thinking)
        if delta.refusal:
            self._refusal.append(delta.refusal)
        for part in delta.tool_calls or ():
            _merge_tool(self._tools, part)
        return bool(text or thinking or delta.refusal or delta.tool_calls)

    def partial(self) -> Answer | None:
        return self._answer() if self._text or self._thinking or self._tools else None

    def result(self) -> CallResult:
        if self._error:
            return stated(self._error, self.partial(), "broke off")
        plain = meaning_of(self._finish_reason) in (None, Meaning.COMPLETE)
        if self._refusal and not self._text and plain:
            return CallResult(Outcome.FILTERED, message=_refused("".join(self._refusal)))
        return ended(self._answer(), self._finish_reason, has_content=self._has_content)

    def _answer(self) -> Answer:
        text = "".join(self._text)
        if not text and self._tools:
            text = dump([_joined(tool) for tool in self._tools.values()])
        return _answer(text, "".join(self._thinking) or None, self._finish_reason, self._model, self._usage)


def _answer(
    text: str, thinking: str | None, finish_reason: str | None, model: str | None, usage: _Usage | None
) -> Answer:
    return Answer(
        whole_characters(text),
        whole_characters(thinking) if thinking else None,
        finish_reason if finish_reason == COMPLETE else stored_reason(finish_reason),
        model,
        usage.prompt_tokens if usage else None,
        _cached(usage) if usage else None,
        usage.completion_tokens if usage else None,
    )


def _cached(usage: _Usage) -> int | None:
    if usage.prompt_tokens_details is not None:
        return usage.prompt_tokens_details.cached_tokens
    return usage.prompt_cache_hit_tokens


def _text(content: Any) -> str:
    if type(content) is str:
        return content
    if isinstance(content, list):  # parts, as some endpoints send them
        content = [part for part in content if not _is_thinking(part)]
    return words(content) or ""


def _thinking(message: _Message) -> str | None:
    thinking = message.reasoning_content or message.reasoning
    if not thinking and isinstance(message.content, list):
        thinking = words([part for part in message.content if _is_thinking(part)])
    return thinking


def _is_thinking(part: Any) -> bool:
    return isinstance(part, dict) and part.get("type") in ("thinking", "reasoning")


def _merge_tool(tools: dict[int, dict[str, Any]], part: dict[str, Any]) -> None:
    """Adds a piece of a streamed tool call: the name arrives once, the arguments in pieces."""
    index, function = part.get("index"), part.get("function")
    index = index if isinstance(index, int) else 0
    tool = tools.setdefault(index, {"type": "function", "function": {}})
    if part.get("id"):
        tool["id"] = part["id"]
    for name, value in function.items() if isinstance(function, dict) else ():
        # joined at the end: appending each piece to a string takes quadratic time
        if value is not None:
            tool["function"].setdefault(name, []).append(value if isinstance(value, str) else dump(value))


def _joined(tool: dict[str, Any]) -> dict[str, Any]:
    return {**tool, "function": {name: "".join(bits) for name, bits in tool["function"].items()}}


def _refused(refusal: str) -> str:
    return f"answered that the model refuses: {redact(refusal)[:300]}"
