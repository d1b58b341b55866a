"""Why answers end: each word that an endpoint uses for it, and what the call comes to."""

import json
from typing import Any

import pytest

from evalstudio.core.outcome import Outcome
from evalstudio.engine.models.call import Answer, CallResult
from evalstudio.engine.models.ends import Meaning, ended, meaning_of, noted_end, stored_reason
from tests.engine.models.calls import call
from tests.engine.models.scripted import Connection, Script, chunk, completion, reply

ANSWERED = [
    ("stop", "stop"),
    ("STOP", "stop"),
    ("eos", "stop"),
    ("end_turn", "stop"),
    ("FINISH_REASON_STOP", "stop"),
    ("FinishReason.STOP", "stop"),
    ("length", "length"),
    ("MAX_TOKENS", "length"),
    ("max-tokens", "length"),
    ("model_length", "length"),
    ("max_output_tokens", "length"),
    ("tool_calls", "tool_calls"),
    ("function_call", "tool_calls"),
    ("vibes", "vibes"),  # a word of tomorrow
    ("", None),
    (None, None),
    ("null", None),
]
FAILED = [
    ("abort", Outcome.OVERLOADED),
    ("error", Outcome.OVERLOADED),
    ("ERROR", Outcome.OVERLOADED),
    ("cancelled", Outcome.OVERLOADED),
    ("timeout", Outcome.OVERLOADED),
    ("network_error", Outcome.OVERLOADED),
    ("insufficient_system_resource", Outcome.OVERLOADED),
    ("MALFORMED_FUNCTION_CALL", Outcome.BAD_ANSWER),
    ("UNEXPECTED_TOOL_CALL", Outcome.BAD_ANSWER),
    ("pause_turn", Outcome.BAD_ANSWER),
    ("content_filter", Outcome.FILTERED),
    ("sensitive", Outcome.FILTERED),
    ("SAFETY", Outcome.FILTERED),
    ("RECITATION", Outcome.FILTERED),
    ("PROHIBITED_CONTENT", Outcome.FILTERED),
    ("guardrail_intervened", Outcome.FILTERED),
    ("refusal", Outcome.FILTERED),
]


def chat(text: Any, reason: str | None, *, stream: bool) -> Script:
    return pieces(chunk(text, reason), "[DONE]") if stream else reply(completion(text, reason))


def anthropic(text: str, reason: str | None, *, stream: bool) -> Script:
    part = {"type": "text", "text": text}
    if not stream:
        return reply(
            {"type": "message", "content": [part], "stop_reason": reason, "usage": {"output_tokens": 2}}
        )
    return pieces(
        {"type": "content_block_start", "content_block": part},
        {"type": "message_delta", "delta": {"stop_reason": reason}},
        {"type": "message_stop"},
    )


def pieces(*events: Any) -> Script:
    async def script(connection: Connection) -> None:
        await connection.head(kind="text/event-stream")
        await connection.events(*events)

    return script


async def ended_with(reason: str | None, provider: str, *, stream: bool) -> CallResult:
    make = anthropic if provider == "anthropic" else chat
    return await call(make("four", reason, stream=stream), provider=provider, stream=stream)


@pytest.mark.parametrize("provider", ["openai", "anthropic"])
@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(("reason", "stored"), ANSWERED)
async def test_that_an_answer_that_ended_is_an_answer(
    reason: str | None, stored: str | None, stream: bool, provider: str
) -> None:
    result = await ended_with(reason, provider, stream=stream)
    assert result.outcome is Outcome.OK
    assert result.answer is not None
    assert (result.answer.text, result.answer.finish_reason) == ("four", stored)


@pytest.mark.parametrize("provider", ["openai", "anthropic"])
@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(("reason", "outcome"), FAILED)
async def test_that_an_end_that_says_failure_is_a_failed_call(
    reason: str, outcome: Outcome, stream: bool, provider: str
) -> None:
    result = await ended_with(reason, provider, stream=stream)
    assert result.outcome is outcome
    assert f"'{reason}'" in result.message
    assert result.answer is not None
    assert result.answer.text == "four"  # what came is kept beside the error


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        ({"message": "CUDA out of memory"}, Outcome.OVERLOADED),
        ({"message": "Provider returned error", "code": 502}, Outcome.OVERLOADED),
        ({"message": "Rate limit exceeded", "code": 429}, Outcome.THROTTLED),
        ("the engine died", Outcome.BAD_ANSWER),
    ],
)
async def test_that_an_error_within_a_choice_is_that_error(
    error: Any, outcome: Outcome, stream: bool
) -> None:
    choice = {"delta" if stream else "message": {"content": ""}, "finish_reason": "error", "error": error}
    script = pieces({"choices": [choice]}) if stream else reply({"choices": [choice]})
    result = await call(script, stream=stream)
    assert result.outcome is outcome
    assert (error if isinstance(error, str) else error["message"]) in result.message


@pytest.mark.parametrize(
    ("message", "reason", "usage"),
    [
        ({"content": ""}, "stop", {"completion_tokens": 0}),
        ({"content": "  "[:0]}, "length", {"completion_tokens": 0}),
        ({"content": None}, "stop", {"completion_tokens": 3}),
        ({"role": "assistant"}, "stop", None),
        ({}, "stop", None),
        ({}, None, None),
        ({"content": []}, "stop", {"completion_tokens": 0}),
        ({"content": ""}, "vibes", None),
        ({"content": None, "tool_calls": []}, "tool_calls", None),
        ({"content": "", "reasoning_content": ""}, "stop", {"completion_tokens": 0.0}),
    ],
)
async def test_that_nothing_is_no_answer(message: Any, reason: str | None, usage: Any) -> None:
    result = await call(reply({"choices": [{"message": message, "finish_reason": reason}], "usage": usage}))
    assert result.outcome is Outcome.BAD_ANSWER
    assert "empty" in result.message or "without content" in result.message
    events = [{"choices": [{"delta": message, "finish_reason": reason}], "usage": usage}]
    result = await call(pieces(*events, "[DONE]"), stream=True)
    assert result.outcome is Outcome.BAD_ANSWER


@pytest.mark.parametrize(
    ("message", "reason", "text"),
    [
        ({"content": ""}, "stop", ""),  # a model may say nothing, with a token for the end
        ({"content": "0"}, "stop", "0"),
        ({"content": None, "reasoning": "hm"}, "stop", ""),
        ({"content": None}, "length", ""),
        (
            {"content": None, "tool_calls": [{"function": {"name": "f"}}]},
            "tool_calls",
            '[{"function":{"name":"f"}}]',
        ),
    ],
)
async def test_that_little_is_an_answer(message: Any, reason: str, text: str) -> None:
    body = {"choices": [{"message": message, "finish_reason": reason}], "usage": {"completion_tokens": 1}}
    result = await call(reply(body))
    assert result.outcome is Outcome.OK
    assert result.answer is not None
    assert result.answer.text == text


@pytest.mark.parametrize(
    "error",
    [
        {"error": {"message": "CUDA out of memory"}},
        {"error": "CUDA out of memory"},
        {"object": "error", "message": "CUDA out of memory", "code": 500},
        {"detail": "CUDA out of memory"},
        {"error_code": 336100, "error_msg": "CUDA out of memory"},
        {"errors": [{"message": "CUDA out of memory"}]},
        {"type": "error", "message": "CUDA out of memory"},
        {"choices": [{"delta": {}, "finish_reason": "error", "error": {"message": "CUDA out of memory"}}]},
        "CUDA out of memory",
        "[ERROR] CUDA out of memory",
        '"CUDA out of memory"',
    ],
)
async def test_that_an_error_after_half_a_stream_is_told_in_its_own_words(error: Any) -> None:
    result = await call(pieces(chunk("half"), error), stream=True)
    assert result.outcome is Outcome.OVERLOADED
    assert "CUDA out of memory" in result.message
    assert "base URL" not in result.message
    assert result.answer is not None
    assert result.answer.text == "half"


async def test_that_an_error_behind_the_end_takes_nothing_away() -> None:
    result = await call(pieces(chunk("whole", "stop"), {"error": {"message": "late"}}), stream=True)
    assert result.outcome is Outcome.OK


@pytest.mark.parametrize(("reason", "stored"), ANSWERED)
def test_that_a_summary_notes_what_is_cut_off_or_unknown(reason: str | None, stored: str | None) -> None:
    assert stored_reason(reason) == stored
    assert noted_end(stored) == (stored if stored in ("length", "vibes") else None)


def test_that_every_word_keeps_its_meaning_in_any_writing() -> None:
    for word in ("content_filter", "Content-Filter", "CONTENT FILTER", " content_filter "):
        assert meaning_of(word) is Meaning.FILTERED


def test_that_an_unknown_word_cannot_grow_the_store() -> None:
    assert len(stored_reason("x" * 5000) or "") <= 60
    assert ended(Answer("a"), json.dumps("y" * 5000), has_content=True).outcome is Outcome.OK
