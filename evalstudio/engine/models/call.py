"""One call of a model: what is asked, and what came of it."""

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
    """What one call asks. `values` are the sample's columns, for Python models that take them by name.

    `time_left`: seconds that its sample has, where that may be less than the attempt's time-out.
    """

    messages: tuple[Message, ...]
    repeat: int
    values: Mapping[str, Any]
    time_left: float | None = None


SAID = ("text", "thinking", "finish_reason", "answered_by", "prompt")
"""The fields of an answer in which an endpoint, or a person's function, says what it likes."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the model said. Token counts are None where the endpoint does not tell them, or none that can be.

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
    prompt: str | None = None  # what was asked, where the call itself made it up
    scores: tuple[Score, ...] | None = None  # where the call itself judged the answer

    def __post_init__(self) -> None:
        for name in SAID:
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
    """The answer with the keys of this process taken out of all that it says; itself where there is none in it."""
    changes: dict[str, Any] = {
        name: clean
        for name in SAID
        if (message := getattr(answer, name)) is not None and (clean := redact_answer(message)) is not message
    }
    return replace(answer, **changes) if changes else answer


@dataclass(frozen=True, slots=True)
class CallResult:
    """What came of a call. `message` is one sentence for anything but OK; `answer` may then be a partial one."""

    outcome: Outcome
    answer: Answer | None = None
    message: str = ""
    status: int | None = None
    first_token: float | None = None  # seconds after the call began
    hint: float | None = None  # seconds that the endpoint asks to wait
    rates: RateHeaders | None = None
    fatal: bool = False  # no other sample can fare better: a wrong key, no such model
    timed_out: bool = False
    connect: float | None = None  # seconds of it until there was a connection; None: one was there
    seconds: float | None = None  # that the call itself took, where it waited for a worker before

    def __post_init__(self) -> None:
        if (clean := encodable(self.message)) is not self.message:
            object.__setattr__(self, "message", clean)


class Model(Protocol):
    """Something that answers. Implementations never retry: one call is one attempt."""

    async def call(self, request: Request, on_parts: Callable[[int], None]) -> CallResult:
        """One attempt. Failures come back as results; only cancellation is raised.

        `on_parts` is told how many parts of a streamed answer have just come.
        """

    def set_timeouts(self, timeouts: TimeOuts) -> None:
        """For calls that start from now on."""

    async def aclose(self) -> None: ...
