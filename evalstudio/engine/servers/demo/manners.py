"""Catalogue of manners: odd things that endpoints were seen to do, each under a name.

A manner is a profile of its own, `evalstudio demo-server --profile NAME`, and a field of every other one: with
`{"manner": NAME, "odd": 0.1}` at /control a tenth of all attempts is answered so. `docs/reference/manners.md` is made
from this table.
"""

import gzip
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Literal

from evalstudio.engine.servers.demo.odd_answers import (
    BOM,
    Asked,
    OddReply,
    Write,
    ended,
    events,
    half,
    in_lines,
    message,
    sse,
    streamed,
    text,
    whole,
    with_usage,
)

Expected = Literal["an answer", "tried again", "once more", "one error", "filtered", "stops the run", "waits"]


@dataclass(frozen=True)
class Manner:
    """One manner: what it does, and what should become of a call."""

    description: str
    expected: Expected
    write: Write


def _error(words: str, status: int, code: str | None = None, **headers: str) -> Write:
    said = json.dumps({"error": {"message": words, "type": "error", "param": None, "code": code}})
    return text(said, status, "application/json", **headers)


def _clock_off(asked: Asked) -> OddReply:
    theirs = datetime.now(UTC).replace(microsecond=0) - timedelta(days=400)
    dates = {
        "Date": format_datetime(theirs, usegmt=True),
        "Retry-After": format_datetime(theirs + timedelta(seconds=1), usegmt=True),
    }
    return _once(OddReply((b"Slow down.",), 429, "text/plain", dates), asked)  # fmt: skip


def _once(refusal: OddReply, asked: Asked) -> OddReply:
    """The refusal at the first attempt, the plain answer at the next."""
    return refusal if asked.calls == 1 else _plain(asked)


def _plain(asked: Asked) -> OddReply:
    return OddReply((sse(*events(asked), "[DONE]") if asked.stream else asked.answer.body(),))


def _first(write: Write) -> Write:
    return lambda asked: _once(write(asked), asked)


def _no_options(asked: Asked) -> OddReply:
    if not asked.with_options:
        return _plain(asked)
    return _error("Unrecognized request argument supplied: stream_options", 400)(asked)


def _loading(asked: Asked) -> OddReply:
    return _plain(asked) if asked.age > 25 else _error("Loading model", 503)(asked)


def _after_end(end: Literal["reset", "stay"]) -> Write:
    return lambda asked: OddReply((sse(*events(asked)),), content_type="text/event-stream", end=end)


def _bytes(asked: Asked) -> OddReply:
    made = sse(*events(asked), "[DONE]", end="\r\n\r\n")
    return OddReply(tuple(made[at : at + 1] for at in range(len(made))), content_type="text/event-stream")


def _packed(asked: Asked) -> OddReply:
    return OddReply((gzip.compress(asked.answer.body()),), content_type="application/json", headers={"Content-Encoding": "gzip"})  # fmt: skip


_HEARTBEAT = {"type": "heartbeat", "message": "alive"}
_TOKENS = "Rate limit reached on tokens per minute (TPM): Limit 7000, Used 0, Requested ~12903. Please try again in 11s."

MANNERS: dict[str, Manner] = {
    # ends
    "end-length": Manner("finish reason length", "an answer", ended("length")),
    "end-max-tokens": Manner("finish reason MAX_TOKENS", "an answer", ended("MAX_TOKENS")),
    "end-unknown": Manner("a finish reason of tomorrow", "an answer", ended("vibes")),
    "end-missing": Manner("no finish reason", "an answer", ended(None)),
    "end-abort": Manner("finish reason abort, as of vLLM", "tried again", ended("abort")),
    "end-error": Manner("finish reason error, with the error in the choice", "tried again", ended("error", error={"message": "Provider returned error", "code": 502})),
    "end-no-resource": Manner("finish reason insufficient_system_resource", "tried again", ended("insufficient_system_resource")),
    "end-malformed-call": Manner("finish reason MALFORMED_FUNCTION_CALL", "once more", ended("MALFORMED_FUNCTION_CALL")),
    "end-pause-turn": Manner("finish reason pause_turn", "once more", ended("pause_turn")),
    "end-sensitive": Manner("finish reason sensitive", "filtered", ended("sensitive")),
    "end-safety": Manner("finish reason SAFETY", "filtered", ended("SAFETY")),
    "empty": Manner("an empty answer of 0 tokens", "once more", message("", 0)),
    "no-content": Manner("a message without content", "once more", message(..., None)),
    "silence": Manner("an empty answer of one token", "an answer", message("", 1)),
    "error-half-way": Manner("an error object after half a stream", "tried again", half({"error": {"message": "CUDA out of memory"}})),
    "words-half-way": Manner("plain words after half a stream", "tried again", half("CUDA out of memory")),
    "hole": Manner("a damaged event in mid-stream", "once more", half("{broken", "[DONE]")),
    # streams
    "keepalive-data": Manner("comments sent as data", "an answer", streamed(lambda made: sse(": keepalive", *made, ": keepalive", "[DONE]"))),
    "heartbeat-data": Manner("ping, {}, null and numbers as data", "an answer", streamed(lambda made: sse("ping", "{}", "null", *made, "0", "[DONE]"))),
    "heartbeat-objects": Manner("objects that only say that the server lives", "an answer", streamed(lambda made: sse(_HEARTBEAT, *made, "[DONE]"))),
    "heartbeat-events": Manner("events named heartbeat", "an answer", streamed(lambda made: b"event: heartbeat\ndata: 1\n\n" + sse(*made))),
    "several-data-lines": Manner("the JSON of an event in several data lines", "an answer", streamed(in_lines)),
    "carriage-returns": Manner("lines that end in CR", "an answer", streamed(lambda made: sse(*made, "[DONE]", end="\r\r"))),
    "byte-by-byte": Manner("CRLF, a byte at a time", "an answer", _bytes),
    "bom-stream": Manner("a byte order mark before a stream", "an answer", streamed(lambda made: BOM + sse(*made, "[DONE]"))),
    "no-data-fields": Manner("lines of JSON without `data:`", "an answer", streamed(lambda made: "".join(json.dumps(one) + "\n" for one in made).encode())),
    "no-done": Manner("a stream without [DONE]", "an answer", streamed(lambda made: sse(*made))),
    "junk-behind-stream": Manner("junk behind the end of a stream", "an answer", streamed(lambda made: sse(*made, "{broken", "junk"))),
    "reset-behind-end": Manner("a reset behind the end of a stream", "an answer", _after_end("reset")),
    "stays-open": Manner("a stream that ends, and a connection that does not", "an answer", _after_end("stay")),
    "split-character": Manner("the halves of a surrogate pair in two events", "an answer", streamed(lambda made: sse('{"choices": [{"delta": {"content": "\\ud83d"}}]}', '{"choices": [{"delta": {"content": "\\ude42 "}}]}', *made))),
    # bodies
    "bom": Manner("a byte order mark before JSON", "an answer", whole(lambda body: BOM + body)),
    "utf-16": Manner("JSON in UTF-16", "an answer", whole(lambda body: body.decode().encode("utf-16"))),
    "junk-behind": Manner("junk behind JSON", "an answer", whole(lambda body: body + b"\n\ndata: [DONE]\n\n")),
    "blanks-before": Manner("blank lines before JSON", "an answer", whole(lambda body: b" \r\n" * 200 + body)),
    "comments-before": Manner("comments before JSON", "an answer", whole(lambda body: b": PROCESSING\n\n" + body)),
    "in-a-list": Manner("the answer in a list", "an answer", whole(lambda body: b"[" + body + b"]")),
    "bad-byte": Manner("a byte that is no UTF-8", "an answer", whole(lambda body: body.replace(b'"content":"', b'"content":"\xff '))),
    "lone-surrogate": Manner("half a surrogate pair", "an answer", whole(lambda body: body.replace(b'"content":"', b'"content":"\\ud83d '))),
    "packed": Manner("gzip that nobody asked for", "an answer", _packed),
    "sse-as-json": Manner("a stream as application/json", "an answer", lambda asked: OddReply((sse(*events(asked), "[DONE]"),), content_type="application/json")),
    "json-as-sse": Manner("a whole answer as text/event-stream", "an answer", whole(lambda body: body, "text/event-stream")),
    "as-text": Manner("a whole answer as text/plain", "an answer", whole(lambda body: body, "text/plain")),
    "as-html": Manner("a whole answer as text/html", "an answer", whole(lambda body: body, "text/html")),
    "usage-floats": Manner("counts of tokens as 7.0", "an answer", with_usage({"prompt_tokens": 7.0, "completion_tokens": 2.0})),
    "usage-words": Manner("counts of tokens as n/a", "an answer", with_usage({"prompt_tokens": "n/a", "completion_tokens": "n/a"})),
    "usage-list": Manner("usage as a list", "an answer", with_usage([])),
    "reasoning-object": Manner("reasoning as an object", "an answer", message("fine", 2, reasoning={"text": "hm"})),
    "number-content": Manner("a number as content", "an answer", message(42, 2)),
    "out-of-memory": Manner("status 200 and the words CUDA out of memory", "tried again", text("CUDA out of memory")),
    "web-page": Manner("status 200 and a web page", "once more", text("<!doctype html><title>Sign in</title>", content_type="text/html")),
    # refusals
    "never-fits": Manner("429 for a request larger than the limit, with a hint", "one error", _error(_TOKENS, 429, "rate_limit_exceeded", Retry_After="11")),
    "request-too-large": Manner("429 Request too large", "one error", _error("Request too large: Limit 30000, Requested 36105.", 429)),
    "context-500": Manner("500 for a context that is too long", "one error", _error("This model's maximum context length is 4096 tokens.", 500)),
    "limit-0": Manner("429 with a limit of 0", "stops the run", _error("Quota exceeded, limit: 0. Please retry in 40s.", 429, Retry_After="40")),
    "quota": Manner("429 insufficient_quota", "stops the run", _error("You exceeded your current quota.", 429, "insufficient_quota")),
    "hint-in-words": Manner("429 once, `try again after 1 seconds`", "waits", _first(_error("Try again after 1 seconds.", 429))),
    "hint-clock-off": Manner("429 once, with a date of a clock that is 400 days off", "waits", _clock_off),
    "hint-125": Manner("429 once, with a hint of 125 s", "waits", _first(_error("Slow down.", 429, Retry_After="125"))),
    "loading": Manner("503 Loading model for the first 25 s", "waits", _loading),
    "no-stream-options": Manner("400 where stream_options are sent", "an answer", _no_options),
}  # fmt: skip
