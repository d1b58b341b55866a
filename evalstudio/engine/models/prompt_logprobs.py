"""Prompt log-probabilities: what a model gives a continuation after its context, in the forms that servers echo them.

OpenAI's own form is also that of vLLM, SGLang and llama-cpp-python; llama.cpp's server lists tokens as in chat
completions; vLLM has a field `prompt_logprobs` besides.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import msgspec

INSTEAD = (
    "vLLM, SGLang and llama-cpp-python (logits_all) do; else take a task that lets the model write its answer, such as "
    "mmlu_generative or gsm8k"
)


@dataclass(frozen=True, slots=True)
class Continuation:
    """A text whose log-probability is asked for, after its context.

    Attributes:
        context: What comes before it.
        is_prefix: The context is the token with which any text begins, as nothing else comes before.
        text: The continuation.
    """

    context: str
    is_prefix: bool
    text: str

    @property
    def prompt(self) -> str:
        """The text that is sent."""
        return self.context + self.text

    @property
    def start(self) -> int:
        """The character at which the continuation begins; blanks at the end of a context belong to it."""
        return len(self.context) if self.is_prefix else len(self.context.rstrip())


class Likelihood(NamedTuple):
    """The log-probability of a continuation, and whether the model itself would have written it."""

    logprob: float
    greedy: bool


class NoLogprobs(Exception):
    """A response without the log-probabilities that were asked for. `fatal`: no other response will have them."""

    def __init__(self, message: str, *, fatal: bool = False) -> None:
        super().__init__(message)
        self.fatal = fatal


class _Token(NamedTuple):
    text: str
    logprob: float | None
    best: float | None  # the highest log-probability at its place


def read_logprobs(echoed: str | None, logprobs: Any, prompt_logprobs: Any, asked: Continuation) -> Likelihood:
    """Returns the log-probability of the continuation in one choice of a response.

    Args:
        echoed: The choice's text: the prompt, and one token more.
        logprobs: The choice's field of that name.
        prompt_logprobs: vLLM's field of that name.
        asked: What was sent.

    Raises:
        NoLogprobs: The server sends none for the prompt, or they don't fit it.
    """
    try:
        tokens = _tokens(logprobs, prompt_logprobs)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise NoLogprobs(f"sent log-probabilities in a form that can't be read ({error!r}).") from error
    placed = _placed(tokens, asked.prompt)
    if placed is None:
        if not tokens or echoed is None or not echoed.startswith(asked.prompt[:200]):
            raise NoLogprobs(
                f"sends no log-probabilities of the prompt (echo with logprobs), which this task needs: {INSTEAD}.",
                fatal=True,
            )
        raise NoLogprobs("sent log-probabilities whose tokens are not those of the prompt.")
    inside = [token for start, token in placed if start >= asked.start]
    inside = inside or [token for start, token in placed if start + len(token.text) > asked.start]
    known = [token for token in inside if token.logprob is not None]
    if len(known) < len(inside) - 1 or (len(known) < len(inside) and asked.context and not asked.is_prefix):
        raise NoLogprobs("sent no log-probability for some tokens of the continuation.")
    greedy = all(token.best is not None and token.logprob == token.best for token in known)
    return Likelihood(sum(token.logprob for token in known if token.logprob is not None), greedy)


def as_text(found: Sequence[Likelihood], asked: Sequence[Continuation]) -> str:
    """Returns the answer as it is stored: a list of JSON, an object for each continuation."""
    rows = [
        {"continuation": one.text if len(one.text) <= 200 else f"{one.text[:200]}…", "logprob": likelihood.logprob,
         "greedy": likelihood.greedy}
        for likelihood, one in zip(found, asked, strict=True)
    ]  # fmt: skip
    return msgspec.json.encode(rows).decode()


def _tokens(logprobs: Any, prompt_logprobs: Any) -> list[_Token]:
    if isinstance(prompt_logprobs, list) and prompt_logprobs:
        return [_of_vllm(entry) for entry in prompt_logprobs if entry is not None]
    if not isinstance(logprobs, dict):
        return []
    if isinstance(logprobs.get("content"), list):
        return [_of_chat(entry) for entry in logprobs["content"]]
    texts, values = logprobs.get("tokens") or (), logprobs.get("token_logprobs") or ()
    tops = logprobs.get("top_logprobs") or [None] * len(texts)
    return [
        _Token(str(text), value, _best(top)) for text, value, top in zip(texts, values, tops, strict=True)
    ]


def _of_chat(entry: dict[str, Any]) -> _Token:
    top = [one["logprob"] for one in entry.get("top_logprobs") or ()]
    return _Token(entry["token"], entry.get("logprob"), max(top) if top else None)


def _of_vllm(entry: dict[str, Any]) -> _Token:
    """The first of a place's tokens is the prompt's own."""
    own = next(iter(entry.values()))
    best = max(one["logprob"] for one in entry.values())
    return _Token(own["decoded_token"], own["logprob"], best)


def _best(top: Any) -> float | None:
    if isinstance(top, dict) and top:
        return float(max(top.values()))
    if isinstance(top, list) and top:  # as SGLang's own endpoint has them
        return float(max(one["logprob"] for one in top))
    return None


def _placed(tokens: Sequence[_Token], prompt: str) -> list[tuple[int, _Token]] | None:
    """The tokens of the prompt, each with the character at which it begins; None where they are not its tokens.

    What servers send as offsets is -1, or counts a token that stands before the text, so the tokens themselves count.
    """
    for skipped in (0, 1):  # a token that begins every text is listed, but not part of the prompt
        placed, at = [], 0
        for token in tokens[skipped:]:
            if at >= len(prompt):
                break
            if not _fits(prompt, at, token.text):
                break
            placed.append((at, token))
            at += len(token.text)
        if at >= len(prompt) and placed:
            return placed
    return None


def _fits(prompt: str, at: int, text: str) -> bool:
    """Whether a token stands at a place; parts of a character that is split into several are replaced by a mark."""
    part = prompt[at : at + len(text)]
    return part == text or (len(part) == len(text) and "�" in text)
