"""Chat completions schema: decodes requests to the demo server and encodes its answers."""

import re
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeVar

import msgspec

_T = TypeVar("_T")
Limit = Annotated[int, msgspec.Meta(ge=1)]
_TOKEN = re.compile(r"\s*(?:\w{1,8}|[^\w\s])|\s+")


class BadRequest(Exception):
    """The request cannot be served; `status` is the HTTP status, `code` OpenAI's error code."""

    def __init__(
        self, message: str, status: int = 400, code: str | None = None, param: str | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.param = param


class Part(msgspec.Struct, omit_defaults=True):
    """One part of a message's content; only text is read."""

    type: str
    text: str = ""


class ChatMessage(msgspec.Struct, omit_defaults=True):
    """One message of the conversation."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[Part] | None = None

    @property
    def text(self) -> str:
        """The content as text."""
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content if part.type == "text")
        return self.content or ""


class StreamOptions(msgspec.Struct):
    """Options of a streamed answer."""

    include_usage: bool = False


class ResponseFormat(msgspec.Struct):
    """The form the answer must have; `json_schema` holds {"name": ..., "schema": {...}}."""

    type: Literal["text", "json_object", "json_schema"]
    json_schema: dict[str, Any] | None = None


class ChatRequest(msgspec.Struct):
    """The fields of a request that the demo server uses; it ignores all others."""

    model: str
    messages: Annotated[list[ChatMessage], msgspec.Meta(min_length=1)]
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    max_tokens: Limit | None = None
    max_completion_tokens: Limit | None = None
    n: int | None = None
    response_format: ResponseFormat | None = None

    @property
    def token_limit(self) -> int | None:
        """The most tokens the answer may have."""
        return self.max_completion_tokens or self.max_tokens


_request_decoder = msgspec.json.Decoder(ChatRequest)
_encoder = msgspec.json.Encoder()
encode = _encoder.encode


def read_body(body: bytes, decoder: msgspec.json.Decoder[_T]) -> _T:
    """Decodes the body of a request. Raises BadRequest that says what is wrong with it."""
    try:
        return decoder.decode(body)
    except msgspec.ValidationError as error:
        text, _, place = str(error).partition(" - at ")
        param = place.strip("`").removeprefix("$").lstrip(".") or None
        raise BadRequest(f"{text}{f' in {param}' if param else ''}.", param=param) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadRequest(f"The body is not valid JSON: {error}.") from None


def read_request(body: bytes) -> ChatRequest:
    """Decodes the request in `body`. Raises BadRequest that says what is wrong with it."""
    request = read_body(body, _request_decoder)
    if request.n not in (None, 1):
        raise BadRequest("This server gives one answer a request; 'n' must be 1.", param="n")
    form = request.response_format
    if form is not None and form.type == "json_schema":
        schema = (form.json_schema or {}).get("schema")
        if not isinstance(schema, dict):
            raise BadRequest("'response_format.json_schema.schema' is missing.", param="response_format")
    return request


def pieces(text: str) -> list[str]:
    """Splits `text` into what counts as its tokens; joined, they are the text again."""
    return _TOKEN.findall(text)


def count_prompt(messages: list[ChatMessage]) -> int:
    """Estimates the tokens of the prompt: one for four characters, and four for each message."""
    return sum(4 + (len(message.text) + 3) // 4 for message in messages)


@dataclass(frozen=True)
class ChatAnswer:
    """A finished answer: its text in pieces, why it ended and what it cost."""

    id: str
    model: str
    created: int
    pieces: list[str]
    finish_reason: Literal["stop", "length"]
    prompt_tokens: int
    hidden_tokens: int  # counted as the thoughts of a reasoning model are

    @property
    def completion_tokens(self) -> int:
        """Visible and hidden tokens."""
        return len(self.pieces) + self.hidden_tokens

    def usage(self) -> dict[str, Any]:
        """The usage block."""
        usage: dict[str, Any] = {
            "prompt_tokens": self.prompt_tokens,
            "completion_tokens": self.completion_tokens,
            "total_tokens": self.prompt_tokens + self.completion_tokens,
        }
        if self.hidden_tokens:
            usage["completion_tokens_details"] = {"reasoning_tokens": self.hidden_tokens}
        return usage

    def body(self) -> bytes:
        """The body of an answer that is not streamed."""
        choice = {
            "index": 0,
            "message": {"role": "assistant", "content": "".join(self.pieces)},
            "logprobs": None,
            "finish_reason": self.finish_reason,
        }
        return _encoder.encode(self._head("chat.completion") | {"choices": [choice], "usage": self.usage()})

    def chunk(
        self, delta: dict[str, str], finish_reason: str | None = None, with_usage: bool = False
    ) -> bytes:
        """One event of a stream."""
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
        chunk = self._head("chat.completion.chunk") | {"choices": [choice]}
        if with_usage:
            chunk["usage"] = None
        return event(_encoder.encode(chunk))

    def usage_chunk(self) -> bytes:
        """The last event of a stream whose client asked for usage."""
        return event(
            _encoder.encode(self._head("chat.completion.chunk") | {"choices": [], "usage": self.usage()})
        )

    def _head(self, kind: str) -> dict[str, Any]:
        return {"id": self.id, "object": kind, "created": self.created, "model": self.model}


def event(data: bytes) -> bytes:
    """A server-sent event."""
    return b"data: " + data + b"\n\n"


def error_body(message: str, kind: str, code: str | None = None, param: str | None = None) -> bytes:
    """An error in the shape of the OpenAI API."""
    return _encoder.encode({"error": {"message": message, "type": kind, "param": param, "code": code}})
