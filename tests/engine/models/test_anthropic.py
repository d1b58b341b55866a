"""Anthropic's Messages API, played by a server of the test's own."""

import asyncio
import json
from typing import Any

import pytest

from evalstudio.core.outcome import Outcome
from evalstudio.engine.models.call import CallResult
from evalstudio.templating.templates import Message
from tests.engine.models.calls import call, call_at
from tests.engine.models.scripted import Connection, Script, reply, scripted

USAGE = {
    "input_tokens": 10,
    "cache_read_input_tokens": 30,
    "cache_creation_input_tokens": 5,
    "output_tokens": 7,
}


def message(*content: dict[str, Any], stop_reason: str = "end_turn", **changes: Any) -> dict[str, Any]:
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "claude-x",
        "content": list(content),
        "stop_reason": stop_reason,
        "usage": USAGE,
        **changes,
    }


def text(words: str) -> dict[str, Any]:
    return {"type": "text", "text": words}


def streamed(*events: dict[str, Any], hang: bool = False) -> Script:
    async def script(connection: Connection) -> None:
        await connection.head(kind="text/event-stream; charset=utf-8")
        for event in events:
            await connection.send(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n")
        if hang:
            await asyncio.Event().wait()

    return script


def delta(kind: str, **values: str) -> dict[str, Any]:
    return {"type": "content_block_delta", "index": 0, "delta": {"type": kind, **values}}


START = {
    "type": "message_start",
    "message": message(stop_reason="", usage={**USAGE, "output_tokens": 1}) | {"stop_reason": None},
}
STOP = {"type": "message_stop"}


def ended(stop_reason: str) -> dict[str, Any]:
    return {"type": "message_delta", "delta": {"stop_reason": stop_reason}, "usage": {"output_tokens": 7}}


async def ask(script: Script, **options: Any) -> CallResult:
    return await call(script, provider="anthropic", **options)


async def test_that_a_request_has_the_form_that_the_api_takes() -> None:
    messages = (
        Message("system", "Be brief."),
        Message("user", "Hi"),
        Message("assistant", "Hello"),
        Message("developer", "In French."),
        Message("user", "How are you?"),
    )
    async with scripted(reply(message(text("fine")))) as server:
        await call_at(server.url, provider="anthropic", key="k-123456", messages=messages)
        await call_at(
            server.url, provider="anthropic", messages=messages[1:3], parameters={"max_tokens": 9, "top_k": 2}
        )
    first, second = server.asked
    assert (first.method, first.target) == ("POST", "/v1/messages")
    assert first.headers["x-api-key"] == "k-123456"
    assert first.headers["anthropic-version"] == "2023-06-01"
    assert "authorization" not in first.headers
    assert first.json == {
        "model": "m-1",
        "max_tokens": 4096,
        "system": "Be brief.\n\nIn French.",
        "messages": [
            {"role": "user", "content": "Hi"},
            {"role": "assistant", "content": "Hello"},
            {"role": "user", "content": "How are you?"},
        ],
    }
    assert "system" not in second.json
    assert (second.json["max_tokens"], second.json["top_k"]) == (9, 2)


async def test_that_thinking_and_usage_are_kept_apart_from_the_text() -> None:
    thinking = {"type": "thinking", "thinking": "hm", "signature": "s"}
    result = await ask(
        reply(message(thinking, {"type": "redacted_thinking", "data": "x"}, text("fi"), text("ne")))
    )
    assert result.outcome is Outcome.OK
    answer = result.answer
    assert answer is not None
    assert (answer.text, answer.thinking, answer.finish_reason, answer.answered_by) == (
        "fine",
        "hm",
        "stop",
        "claude-x",
    )
    # what was read from the cache and what was written to it are input, too
    assert (answer.tokens_in, answer.tokens_cached, answer.tokens_cache_written, answer.tokens_out) == (
        45,
        30,
        5,
        7,
    )


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(
    ("stop_reason", "finish_reason"),
    [
        ("end_turn", "stop"),
        ("stop_sequence", "stop"),
        ("max_tokens", "length"),
        ("model_context_window_exceeded", "length"),
        ("pause_turn", "pause_turn"),
    ],
)
async def test_that_the_reason_why_an_answer_ended_has_one_name_for_all_apis(
    stop_reason: str, finish_reason: str, stream: bool
) -> None:
    script = (
        streamed(START, delta("text_delta", text="a"), ended(stop_reason), STOP)
        if stream
        else reply(message(text("a"), stop_reason=stop_reason))
    )
    result = await ask(script, stream=stream)
    assert result.answer is not None
    assert result.answer.finish_reason == finish_reason


async def test_that_a_stream_makes_an_answer() -> None:
    block = {"type": "content_block_start", "index": 0, "content_block": {"type": "thinking", "thinking": ""}}
    heard: list[int] = []
    result = await ask(
        streamed(
            START,
            {"type": "ping"},
            block,
            delta("thinking_delta", thinking="let me see"),
            delta("signature_delta", signature="s"),
            {"type": "content_block_stop", "index": 0},
            delta("text_delta", text="fi"),
            delta("text_delta", text="ne"),
            {"type": "an_event_of_the_future", "index": 3},
            ended("end_turn"),
            STOP,
            hang=True,
        ),
        stream=True,
        on_parts=heard.append,
    )
    assert result.outcome is Outcome.OK
    answer = result.answer
    assert answer is not None
    assert (answer.text, answer.thinking, answer.answered_by) == ("fine", "let me see", "claude-x")
    assert (answer.tokens_in, answer.tokens_cached, answer.tokens_out) == (45, 30, 7)
    assert sum(heard) == 3
    assert result.first_token is not None


async def test_that_tools_give_their_input() -> None:
    result = await ask(
        reply(message({"type": "tool_use", "name": "f", "input": {"q": 1}}, stop_reason="tool_use"))
    )
    assert result.answer is not None
    assert (json.loads(result.answer.text), result.answer.finish_reason) == ({"q": 1}, "tool_calls")
    block = {
        "type": "content_block_start",
        "index": 0,
        "content_block": {"type": "tool_use", "name": "f", "input": {}},
    }
    pieces = [delta("input_json_delta", partial_json=piece) for piece in ('{"q"', ": 1}")]
    result = await ask(streamed(START, block, *pieces, ended("tool_use"), STOP), stream=True)
    assert result.answer is not None
    assert json.loads(result.answer.text) == {"q": 1}


@pytest.mark.parametrize("stream", [False, True])
async def test_that_a_refusal_is_no_answer(stream: bool) -> None:
    script = (
        streamed(START, delta("text_delta", text="I"), ended("refusal"), STOP)
        if stream
        else reply(message(text("I"), stop_reason="refusal"))
    )
    result = await ask(script, stream=stream)
    assert result.outcome is Outcome.FILTERED
    assert result.answer is not None
    assert result.answer.text == "I"


async def test_that_a_stream_that_breaks_keeps_what_came() -> None:
    begun = (START, delta("text_delta", text="half"))
    result = await ask(streamed(*begun), stream=True)
    assert (result.outcome, result.answer and result.answer.text) == (Outcome.OVERLOADED, "half")
    error = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}
    result = await ask(streamed(*begun, error, hang=True), stream=True)
    assert (result.outcome, result.answer and result.answer.text) == (Outcome.OVERLOADED, "half")
    assert "Overloaded" in result.message


@pytest.mark.parametrize(
    ("status", "kind", "said", "outcome", "fatal"),
    [
        (529, "overloaded_error", "Overloaded", Outcome.OVERLOADED, False),
        (500, "api_error", "Internal server error", Outcome.OVERLOADED, False),
        (429, "rate_limit_error", "This request would exceed your rate limit", Outcome.THROTTLED, False),
        (401, "authentication_error", "invalid x-api-key", Outcome.CLIENT_ERROR, True),
        (403, "permission_error", "not allowed", Outcome.CLIENT_ERROR, True),
        (404, "not_found_error", "model: m-1", Outcome.CLIENT_ERROR, True),
        (413, "request_too_large", "Request exceeds the maximum size", Outcome.CLIENT_ERROR, False),
        (400, "invalid_request_error", "messages: at least one message is required", Outcome.CLIENT_ERROR, False),
        (400, "invalid_request_error", "Your credit balance is too low. Go to Plans & Billing.", Outcome.QUOTA, False),
    ],
)  # fmt: skip
async def test_that_each_error_of_anthropic_has_its_class(
    status: int, kind: str, said: str, outcome: Outcome, fatal: bool
) -> None:
    body = {"type": "error", "error": {"type": kind, "message": said}}
    result = await ask(reply(body, status, Retry_After="9"))
    assert (result.outcome, result.status, result.fatal, result.hint) == (outcome, status, fatal, 9)
    assert said.removesuffix(".") in result.message
    if status == 404:
        assert "has no model 'm-1'" in result.message


async def test_that_an_answer_of_another_api_is_a_bad_answer() -> None:
    result = await ask(reply({"choices": []}))
    assert result.outcome is Outcome.BAD_ANSWER
    assert "no message of Anthropic's API" in result.message


async def test_that_its_limits_are_read_from_its_headers() -> None:
    result = await ask(
        reply(
            message(text("a")),
            anthropic_ratelimit_requests_limit="50",
            anthropic_ratelimit_requests_remaining="49",
        )
    )
    assert result.rates is not None
    assert result.rates.limit_requests == 50
