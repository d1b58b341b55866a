"""Client of OpenAI-compatible chat completions: OpenAI, Azure, Gemini, vLLM, Ollama, llama.cpp and others."""

from collections.abc import Callable
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

REPEAT_HEADER = "X-EvalStudio-Repeat"


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


class _Completion(msgspec.Struct):
    choices: list[_Choice] | None = None
    model: str | None = None
    usage: _Usage | None = None
    error: Any = None


_completion = msgspec.json.Decoder(_Completion)


class OpenAIModel:
    """A model behind an OpenAI-compatible endpoint; implements `Model`. One client per run keeps connections alive."""

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
        self._fixed: dict[str, Any] = {"model": settings.name, **parameters}
        if stream:
            self._fixed = {"stream": True, "stream_options": {"include_usage": True}, **self._fixed}
        headers = {} if key is None else {"Authorization": f"Bearer {key}"}
        self._exchange = Exchange(
            self._address.join("/chat/completions"),
            headers | self._address.headers,
            settings.name,
            timeouts,
            read=_read,
            gather=_Stream if stream else None,
            largest=largest,
        )

    async def call(self, request: Request, on_parts: Callable[[int], None]) -> CallResult:
        """Makes one attempt, within the time-outs; see `Model`."""
        body = msgspec.json.encode({**self._fixed, "messages": request.messages})
        headers = {REPEAT_HEADER: str(request.repeat)} if request.repeat else {}
        return await self._exchange.call(body, headers, on_parts, request.time_left)

    async def list_models(self) -> list[str]:
        """Returns the names of the models that the endpoint offers. Raises ModelError that says what is wrong."""
        return await list_models(self._exchange.client, self._address.join("/models"))

    def set_timeouts(self, timeouts: TimeOuts) -> None:
        self._exchange.set_timeouts(timeouts)

    async def aclose(self) -> None:
        await self._exchange.aclose()


class _Stream:
    """A streamed answer so far; implements `Gathered`."""

    def __init__(self) -> None:
        self.done = False
        self._text: list[str] = []
        self._thinking: list[str] = []
        self._refusal: list[str] = []
        self._tools: dict[int, dict[str, Any]] = {}
        self._finish_reason: str | None = None
        self._model: str | None = None
        self._usage: _Usage | None = None
        self._error: Any = None

    def take(self, name: bytes, data: bytes) -> bool:
        if data == b"[DONE]":
            self.done = True
            return False
        if name == b"error":
            self._error = _error_within(data)
            self.done = True
            return False
        chunk = _completion.decode(data)
        if chunk.error:
            self._error = chunk.error
            self.done = True
        self._model = self._model or chunk.model
        self._usage = chunk.usage or self._usage
        for choice in (chunk.choices or [])[:1]:
            self._finish_reason = choice.finish_reason or self._finish_reason
            if (delta := choice.delta or choice.message) is not None:
                return self._add(delta)
        return False

    def _add(self, delta: _Message) -> bool:
        text = _text(delta.content)
        thinking = delta.reasoning_content or delta.reasoning
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
            message = error_message(_dump(self._error))
            return CallResult(
                classify_error_body(self._error),
                self.partial(),
                f"broke off with an error: {message}.",
            )
        if self._finish_reason == "content_filter":
            return CallResult(Outcome.FILTERED, self.partial(), "cut its answer off (content filter).")
        if self._finish_reason is None and not (self.done and self.partial()):
            return broken_off(self.partial())
        if self._refusal and not self._text:
            return CallResult(Outcome.FILTERED, message=_refused("".join(self._refusal)))
        return CallResult(Outcome.OK, self._answer())

    def _answer(self) -> Answer:
        text = "".join(self._text)
        if not text and self._tools:
            text = _dump([_joined(tool) for tool in self._tools.values()])
        return _answer(text, "".join(self._thinking) or None, self._finish_reason, self._model, self._usage)


def _read(data: bytes) -> CallResult:
    completion = _completion.decode(data)
    if completion.error:
        reported = error_message(_dump(completion.error))
        return CallResult(
            classify_error_body(completion.error), message=f"answered with an error: {reported}."
        )
    if not completion.choices or (message := completion.choices[0].message) is None:
        return CallResult(
            Outcome.BAD_ANSWER,
            message="answers with JSON that holds no message of a chat completion; check the base URL.",
        )
    choice = completion.choices[0]
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
    if choice.finish_reason == "content_filter":
        partial = answer if text else None
        return CallResult(Outcome.FILTERED, partial, "withheld the answer (content filter).")
    if message.refusal and not text:
        return CallResult(Outcome.FILTERED, message=_refused(message.refusal))
    return CallResult(Outcome.OK, answer)


def _answer(
    text: str, thinking: str | None, finish_reason: str | None, model: str | None, usage: _Usage | None
) -> Answer:
    return Answer(
        text,
        thinking or None,
        finish_reason,
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
    if isinstance(content, str):
        return content
    if isinstance(content, list):  # parts, as some endpoints send them
        return "".join(str(part.get("text") or "") for part in content if isinstance(part, dict))
    return ""


def _merge_tool(tools: dict[int, dict[str, Any]], part: dict[str, Any]) -> None:
    """Adds a piece of a streamed tool call: the name arrives once, the arguments in pieces."""
    index, function = part.get("index"), part.get("function")
    index = index if isinstance(index, int) else 0
    tool = tools.setdefault(index, {"type": "function", "function": {}})
    if part.get("id"):
        tool["id"] = part["id"]
    for name, value in function.items() if isinstance(function, dict) else ():
        # joined at the end: appending each piece to a string takes quadratic time
        tool["function"].setdefault(name, []).append(f"{value or ''}")


def _joined(tool: dict[str, Any]) -> dict[str, Any]:
    return {**tool, "function": {name: "".join(bits) for name, bits in tool["function"].items()}}


def _refused(refusal: str) -> str:
    return f"answered that the model refuses: {refusal[:300]}"


def _error_within(data: bytes) -> Any:
    try:
        error = msgspec.json.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return {"message": data.decode(errors="replace")}
    return error.get("error", error) if isinstance(error, dict) else error


def _dump(value: Any) -> str:
    return msgspec.json.encode(value).decode()
