"""Plain completions of the demo server: a text goes on, and with `echo` and `logprobs` the prompt's log-probabilities.

The log-probability of a token follows from the seed and the text before it. The letter after a multiple-choice question
that ends with "Answer:" has those of a model that knows what the demo model knows.
"""

import math
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Annotated, Any, Literal, NamedTuple

import msgspec

from evalstudio.engine.servers.demo.answers import answer_text
from evalstudio.engine.servers.demo.chat import (
    BadRequest,
    ChatMessage,
    ChatRequest,
    encode,
    pieces,
    read_body,
)
from evalstudio.engine.servers.demo.draws import request_key, uniform
from evalstudio.engine.servers.demo.knowledge import choose, options_in

USUAL_TOKENS = 16  # of OpenAI's API, where a request sets no limit
KNOWN, UNLIKELY = 0.85, 0.04  # probabilities of the letter that the model would choose, and of another one
OTHER = " the"
_ASKS = re.compile(r"\banswer\s*:\s*$", re.IGNORECASE)


class CompletionRequest(msgspec.Struct):
    """The fields of a request that the demo server uses; it ignores all others."""

    model: str
    prompt: str | Annotated[list[str], msgspec.Meta(min_length=1)]
    max_tokens: Annotated[int, msgspec.Meta(ge=0)] | None = None
    echo: bool | None = None
    logprobs: Annotated[int, msgspec.Meta(ge=0)] | None = None
    stop: str | list[str] | None = None
    stream: Literal[False] | None = None
    stream_options: None = None
    n: int | None = None

    @property
    def prompts(self) -> list[str]:
        return [self.prompt] if isinstance(self.prompt, str) else self.prompt

    @property
    def new_tokens(self) -> int:
        """The most tokens that are written after each prompt."""
        return USUAL_TOKENS if self.max_tokens is None else self.max_tokens

    @property
    def token_limit(self) -> int | None:
        """The most tokens that the whole answer may have."""
        return self.new_tokens * len(self.prompts)


_decoder = msgspec.json.Decoder(CompletionRequest)


def read_completion(body: bytes) -> CompletionRequest:
    """Decodes a request. Raises BadRequest that says what is wrong with it."""
    request = read_body(body, _decoder)
    if request.n not in (None, 1):
        raise BadRequest("This server gives one answer a prompt; 'n' must be 1.", param="n")
    return request


class _Choice(NamedTuple):
    text: str
    tokens: int  # written
    finish_reason: Literal["stop", "length"]
    logprobs: dict[str, Any] | None


@dataclass(frozen=True)
class CompletionAnswer:
    """A finished answer to every prompt of a request."""

    id: str
    model: str
    created: int
    choices: tuple[_Choice, ...]
    prompt_tokens: int

    @property
    def completion_tokens(self) -> int:
        return sum(choice.tokens for choice in self.choices)

    def body(self) -> bytes:
        """The body of the response."""
        choices = [
            {
                "index": index,
                "text": choice.text,
                "logprobs": choice.logprobs,
                "finish_reason": choice.finish_reason,
            }
            for index, choice in enumerate(self.choices)
        ]
        usage = {
            "prompt_tokens": self.prompt_tokens,
            "completion_tokens": self.completion_tokens,
            "total_tokens": self.prompt_tokens + self.completion_tokens,
        }
        head = {"id": self.id, "object": "text_completion", "created": self.created, "model": self.model}
        return encode(head | {"choices": choices, "usage": usage})


def complete(asked: CompletionRequest, seed: int, repeat: str) -> CompletionAnswer:
    """Returns the answer: what is written, and the log-probabilities where they are asked for."""
    key = request_key(seed, encode(asked.prompts), repeat)
    return CompletionAnswer(
        id=f"cmpl-{key.hex()}",
        model=asked.model,
        created=int(time.time()),
        choices=tuple(_choice(asked, prompt, seed, repeat) for prompt in asked.prompts),
        prompt_tokens=sum(len(pieces(prompt)) for prompt in asked.prompts),
    )


def _choice(asked: CompletionRequest, prompt: str, seed: int, repeat: str) -> _Choice:
    written, ended = _written(asked, prompt, request_key(seed, prompt.encode(), repeat))
    before = pieces(prompt)
    shown = [*before, *written] if asked.echo else written
    logprobs = None
    if asked.logprobs is not None:
        every = _logprobs([*before, *written], seed)
        logprobs = _as_openai(shown, every[len(every) - len(shown) :], asked.logprobs)
    return _Choice("".join(shown), len(written), "stop" if ended else "length", logprobs)


def _written(asked: CompletionRequest, prompt: str, key: bytes) -> tuple[list[str], bool]:
    """The tokens that go on a prompt, and whether the text has come to its end."""
    last = prompt.strip().rsplit("\n\n", 1)[-1]  # what stands before are examples
    text = " " + answer_text(ChatRequest(asked.model, [ChatMessage("user", last)]), key)
    for stop in [asked.stop] if isinstance(asked.stop, str) else asked.stop or ():
        text = text.split(stop)[0] if stop else text
    tokens = pieces(text)
    return tokens[: asked.new_tokens], len(tokens) <= asked.new_tokens


class _Drawn(NamedTuple):
    own: float | None  # log-probability of the token; None for the first, before which nothing stands
    other: float | None = None  # of a token that the model would rather write


def _logprobs(tokens: Sequence[str], seed: int) -> list[_Drawn]:
    """The log-probability of each token after those before it."""
    drawn = [_Drawn(None)] if tokens else []
    state = blake2b(str(seed).encode(), digest_size=16)
    for at, token in enumerate(tokens[1:], 1):
        state.update(tokens[at - 1].encode() + b"\0")
        share = _known_share(tokens, at, state.digest())
        if share is None:
            share = 0.01 + 0.98 * uniform(state.digest(), token)
        rather = None if share > 0.5 else share + (1 - 2 * share) * 0.9
        drawn.append(_Drawn(math.log(share), None if rather is None else math.log(rather)))
    return drawn


def _known_share(tokens: Sequence[str], at: int, key: bytes) -> float | None:
    """The probability of a letter after a question with options; None for any other token."""
    letter = tokens[at].strip()
    if len(letter) != 1 or not _ASKS.search("".join(tokens[max(0, at - 6) : at])):
        return None
    question = "".join(tokens[:at]).rstrip().rsplit("\n\n", 1)[-1]
    options = options_in(question)
    if letter not in options or len(options) < 2:
        return None
    return KNOWN if choose(question, options, key) == letter else UNLIKELY


def _as_openai(tokens: Sequence[str], drawn: Sequence[_Drawn], tops: int) -> dict[str, Any]:
    offsets, at = [], 0
    for token in tokens:
        offsets.append(at)
        at += len(token)
    return {
        "tokens": list(tokens),
        "token_logprobs": [one.own for one in drawn],
        "top_logprobs": [_top(token, one, tops) for token, one in zip(tokens, drawn, strict=True)],
        "text_offset": offsets,
    }


def _top(token: str, drawn: _Drawn, tops: int) -> dict[str, float] | None:
    """The likeliest tokens, and the token itself, as OpenAI's API has them; None where nothing stands before."""
    if drawn.own is None or tops == 0:
        return None
    rather = OTHER if token != OTHER else " a"
    return {**({rather: drawn.other} if drawn.other is not None else {}), token: drawn.own}
