"""Model call: the request, the answer and the result of one attempt, and the protocol of models."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

from evalstudio.core.encodable import count, encodable
from evalstudio.core.outcome import Outcome
from evalstudio.core.score import Score
from evalstudio.core.thinking import split_thinking
from evalstudio.engine.limits.rate_limit_headers import RateHeaders
from evalstudio.evaluations.spec import TimeOuts
from evalstudio.models.keys import redact_answer
from evalstudio.store.rows import CUT_OFF
from evalstudio.templating.templates import Message


@dataclass(frozen=True, slots=True)
class Request:
    """The request of one call.

    Attributes:
        messages: The conversation so far.
        repeat: The number of the repeat, from 0.
        values: The sample's columns, for Python models that take them by name.
        time_left: Seconds left for the sample, where that may be less than the attempt's time-out.
    """

    messages: tuple[Message, ...]
    repeat: int
    values: Mapping[str, Any]
    time_left: float | None = None


TEXT_FIELDS = ("text", "thinking", "finish_reason", "answered_by", "prompt")
"""The fields of an answer with text of the endpoint's, or the user function's, own choice."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer of a model. Token counts are None where the endpoint reports none, or an impossible number.

    Thinking that stands in the text is taken out of it. Where the text ends in the midst of thinking there is no
    answer: then `text` is empty, and the finish reason is that of an answer cut off.
    """

    text: str
    thinking: str | None = None
    finish_reason: str | None = None
    answered_by: str | None = None
    tokens_in: int | None = None
    tokens_cached: int | None = None  # part of tokens_in
    tokens_out: int | None = None
    tokens_cache_written: int | None = None  # part of tokens_in, too, where the provider charges for it
    prompt: str | None = None  # the prompt, where the call itself composed it
    scores: tuple[Score, ...] | None = None  # where the call itself scored the answer

    def __post_init__(self) -> None:
        for name in TEXT_FIELDS:
            message = getattr(self, name)
            if message is not None and (clean := encodable(message)) is not message:
                object.__setattr__(self, name, clean)
        if not self.thinking:
            split = split_thinking(self.text)
            object.__setattr__(self, "text", split.answer)
            object.__setattr__(self, "thinking", split.thinking or self.thinking)
            if split.unfinished:
                object.__setattr__(self, "finish_reason", CUT_OFF)
        for name in ("tokens_in", "tokens_cached", "tokens_out", "tokens_cache_written"):
            stated = getattr(self, name)
            if stated is not None and count(stated) is None:
                object.__setattr__(self, name, None)


def still_thinking(text: str, thinking: str | None, finish_reason: str | None) -> bool:
    """Whether an answer was cut off before the model had ended its thinking: there is nothing to judge."""
    return finish_reason == CUT_OFF and bool(thinking) and not text.strip()


def without_keys(answer: Answer) -> Answer:
    """Redacts the keys of this process in all texts of an answer; returns the same object where there are none."""
    changes: dict[str, Any] = {
        name: clean
        for name in TEXT_FIELDS
        if (message := getattr(answer, name)) is not None and (clean := redact_answer(message)) is not message
    }
    return replace(answer, **changes) if changes else answer


@dataclass(frozen=True, slots=True)
class CallResult:
    """The result of a call. Unless the outcome is OK, `message` is one sentence, and `answer` may be partial."""

    outcome: Outcome
    answer: Answer | None = None
    message: str = ""
    status: int | None = None
    first_token: float | None = None  # seconds after the call began
    hint: float | None = None  # seconds that the endpoint asks to wait
    rates: RateHeaders | None = None
    fatal: bool = False  # every other sample would fail, too: a wrong key, no such model
    timed_out: bool = False
    out_of_time: bool = False  # the sample's time ended it, not the attempt's own
    connect: float | None = None  # seconds spent connecting; None: a connection was reused
    seconds: float | None = None  # of the call itself, without its wait for a worker

    def __post_init__(self) -> None:
        if (clean := encodable(self.message)) is not self.message:
            object.__setattr__(self, "message", clean)


class Model(Protocol):
    """A model that answers requests. Implementations never retry: one call is one attempt."""

    async def call(self, request: Request, on_parts: Callable[[int], None]) -> CallResult:
        """Makes one attempt. Failures are returned as results; only cancellation is raised.

        Args:
            request: The request.
            on_parts: Called with the number of parts of a streamed answer that have just arrived.
        """

    def set_timeouts(self, timeouts: TimeOuts) -> None:
        """Sets the time-outs of calls that start from now on."""

    async def aclose(self) -> None: ...
