"""Odd answers: what endpoints send with status 200 that a client has to read all the same, or has to know as failed."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from evalstudio.engine.servers.demo.chat import ChatAnswer

BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Asked:
    """What a client asked for, and the plain answer to it."""

    answer: ChatAnswer
    stream: bool
    with_options: bool = False  # the request has stream_options
    age: float = 0.0  # seconds since the server has this profile
    calls: int = 1  # attempts of this request so far


@dataclass(frozen=True)
class OddReply:
    """A reply byte for byte. None as `content_type`: that of a plain answer."""

    parts: tuple[bytes, ...]
    status: int = 200
    content_type: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    end: Literal["close", "reset", "stay"] = "close"


Write = Callable[[Asked], OddReply]


def events(asked: Asked, *, finish: str | None = "stop", tail: bool = True) -> list[dict[str, Any]]:
    """The events of a plain stream, as objects."""
    head: dict[str, Any] = {
        "id": asked.answer.id,
        "object": "chat.completion.chunk",
        "model": asked.answer.model,
    }
    made: list[dict[str, Any]] = [
        {**head, "choices": [{"index": 0, "delta": {"content": piece}}]} for piece in asked.answer.pieces
    ]
    if tail:
        made.append(
            {
                **head,
                "choices": [{"index": 0, "delta": {}, "finish_reason": finish}],
                "usage": asked.answer.usage(),
            }
        )
    return made  # fmt: skip


def body(asked: Asked, **changes: Any) -> dict[str, Any]:
    """The body of a plain answer; `changes` replace fields of it."""
    return {**json.loads(asked.answer.body()), **changes}


def sse(*made: Any, end: str = "\n\n") -> bytes:
    """Server-sent events of objects and of texts as they are."""
    texts = (one if isinstance(one, str) else json.dumps(one) for one in made)
    return "".join(f"data: {text}{end}" for text in texts).encode()


def ended(reason: str | None, **choice: Any) -> Write:
    """An answer that ends with this finish reason; `choice` holds further fields of its choice."""

    def write(asked: Asked) -> OddReply:
        if asked.stream:
            made = events(asked, finish=reason)
            made[-1]["choices"][0].update(choice)
            return OddReply((sse(*made, "[DONE]"),))
        whole = body(asked)
        whole["choices"][0].update({"finish_reason": reason, **choice})
        return OddReply((json.dumps(whole).encode(),))

    return write


def message(content: Any, tokens: int | None, reason: str = "stop", **fields: Any) -> Write:
    """An answer with this content and count of tokens; `fields` are further ones of its message."""

    def write(asked: Asked) -> OddReply:
        usage = (
            None
            if tokens is None
            else {"prompt_tokens": asked.answer.prompt_tokens, "completion_tokens": tokens}
        )
        said = {"role": "assistant", **({} if content is ... else {"content": content}), **fields}
        choice = {"index": 0, "delta" if asked.stream else "message": said, "finish_reason": reason}
        if asked.stream:
            return OddReply((sse({"choices": [choice], "usage": usage}, "[DONE]"),))
        return OddReply((json.dumps(body(asked, choices=[choice], usage=usage)).encode(),))

    return write


def with_usage(usage: Any) -> Write:
    """An answer with this usage."""

    def write(asked: Asked) -> OddReply:
        made = events(asked)
        made[-1]["usage"] = usage
        whole = json.dumps(body(asked, usage=usage)).encode()
        return OddReply((sse(*made, "[DONE]") if asked.stream else whole,))

    return write


def streamed(change: Callable[[list[dict[str, Any]]], bytes | tuple[bytes, ...]]) -> Write:
    """A stream, whatever was asked for."""

    def write(asked: Asked) -> OddReply:
        made = change(events(asked))
        return OddReply((made,) if isinstance(made, bytes) else made, content_type="text/event-stream")

    return write


def whole(change: Callable[[bytes], bytes], content_type: str = "application/json") -> Write:
    """A whole body, whatever was asked for."""
    return lambda asked: OddReply((change(asked.answer.body()),), content_type=content_type)


def text(words: str, status: int = 200, content_type: str = "text/plain", **headers: str) -> Write:
    """Words, and nothing of an answer."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda asked: OddReply((words.encode(),), status, content_type, named)


def in_lines(made: list[dict[str, Any]], end: str = "\n") -> bytes:
    """Events of which each stands in several `data` lines."""
    return "".join(
        "".join(f"data: {line}{end}" for line in json.dumps(one, indent=1).split("\n")) + end for one in made
    ).encode()


def half(*after: Any) -> Write:
    """Half an answer, then these events."""

    def write(asked: Asked) -> OddReply:
        made = events(asked, tail=False)
        return OddReply((sse(*made[: len(made) // 2 + 1], *after),), content_type="text/event-stream")

    return write
