"""Streamed answers: what arrives in pieces is put together, and kept when the stream breaks."""

import asyncio
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalstudio.core.outcome import Outcome
from evalstudio.engine.models.call import CallResult
from evalstudio.engine.models.sse import EventLines
from evalstudio.evaluations.spec import TimeOuts
from tests.engine.models.calls import call, call_at
from tests.engine.models.scripted import Connection, Script, chunk, completion, reply, scripted

SHORT = TimeOuts(connect=2, first_token=0.3, between_tokens=0.2, attempt=5)


def streamed(*events: Any, then: str = "") -> Script:
    """A script: a stream of events, then its end: "" closes, "reset" resets, "wait" says nothing more."""

    async def script(connection: Connection) -> None:
        await connection.head(kind="text/event-stream")
        await connection.events(*events)
        if then == "reset":
            await asyncio.sleep(0.05)  # what was sent must arrive before the reset throws it away
            connection.reset()
        elif then == "wait":
            await asyncio.Event().wait()

    return script


def text_of(result: CallResult) -> str | None:
    return result.answer.text if result.answer else None


async def test_that_pieces_make_an_answer() -> None:
    usage = {"choices": [], "usage": completion()["usage"]}
    heard: list[int] = []
    result = await call(
        streamed(
            chunk("", role="assistant"), chunk("fi"), chunk("ne"), chunk(None, "length"), usage, "[DONE]"
        ),
        stream=True,
        on_parts=heard.append,
    )
    assert result.outcome is Outcome.OK
    answer = result.answer
    assert answer is not None
    assert (answer.text, answer.finish_reason, answer.answered_by) == ("fine", "length", "m-1")
    assert (answer.tokens_in, answer.tokens_cached, answer.tokens_out) == (9, 4, 2)
    assert sum(heard) == 2
    assert result.first_token is not None


async def test_that_a_stream_is_asked_for_with_its_usage() -> None:
    async with scripted(streamed(chunk("a", "stop"), "[DONE]")) as server:
        await call_at(server.url, stream=True)
        await call_at(server.url, stream=True, parameters={"stream_options": {"include_usage": False}})
    assert server.asked[0].json["stream"] is True
    assert server.asked[0].json["stream_options"] == {"include_usage": True}
    assert server.asked[1].json["stream_options"] == {"include_usage": False}


async def test_that_thinking_in_a_field_of_its_own_is_kept_apart() -> None:
    for field in ("reasoning_content", "reasoning"):
        result = await call(
            streamed(chunk(None, **{field: "let me "}), chunk(None, **{field: "see"}), chunk("fine", "stop")),
            stream=True,
        )
        assert result.answer is not None
        assert (result.answer.thinking, result.answer.text) == ("let me see", "fine")


async def test_that_the_first_token_is_timed_when_it_comes() -> None:
    gate = asyncio.Event()

    async def script(connection: Connection) -> None:
        await connection.head(kind="text/event-stream")
        await connection.events(chunk("", role="assistant"))
        await asyncio.sleep(0.12)
        await connection.events(chunk("a"))
        await gate.wait()
        await connection.events(chunk("b", "stop"), "[DONE]")

    result = await call(script, stream=True, on_parts=lambda parts: gate.set())
    assert result.outcome is Outcome.OK
    assert result.first_token is not None
    assert result.first_token >= 0.12


@pytest.mark.parametrize("ending", ["\n\n", "\r\n\r\n", "\n"])
@pytest.mark.parametrize("prefix", ["data: ", "data:"])
async def test_that_lines_are_read_in_every_form(prefix: str, ending: str) -> None:
    lines = [json.dumps(chunk("fi")), json.dumps(chunk("ne", "stop")), "[DONE]"]

    async def script(connection: Connection) -> None:
        await connection.head(kind="text/event-stream")
        await connection.send(f": hello{ending}id: 4{ending}retry: 10{ending}")
        await connection.send("".join(f"{prefix}{line}{ending}" for line in lines))

    assert text_of(await call(script, stream=True)) == "fine"


async def test_that_pieces_cut_within_a_character_are_put_together() -> None:
    data = f"data: {json.dumps(chunk('größer 🙂', 'stop'), ensure_ascii=False)}\n\ndata: [DONE]\n\n".encode()

    async def script(connection: Connection) -> None:
        await connection.head(kind="text/event-stream")
        for byte in data:
            await connection.send(bytes([byte]))
            await asyncio.sleep(0)

    assert text_of(await call(script, stream=True)) == "größer 🙂"


@given(
    st.lists(
        st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), min_size=1)
        .map(str.strip)
        .filter(bool),
        max_size=8,
    ),
    st.data(),
)
def test_that_events_do_not_depend_on_where_the_stream_is_cut(texts: list[str], data: st.DataObject) -> None:
    stream = "".join(
        f"data:{text}{data.draw(st.sampled_from([chr(10), chr(13) + chr(10), chr(10) * 2]))}"
        for text in texts
    ).encode()
    whole = EventLines()
    expected = [*whole.feed(stream), *whole.end()]
    assert len(expected) == len(texts)
    cut = EventLines()
    found: list[tuple[bytes, bytes]] = []
    while stream:
        size = data.draw(st.integers(1, len(stream)))
        found += cut.feed(stream[:size])
        stream = stream[size:]
    assert found + list(cut.end()) == expected


@pytest.mark.parametrize("line", ["\n", "\r\n"])
def test_that_a_name_holds_until_an_empty_line(line: str) -> None:
    lines = EventLines()
    stream = f"event: error{line}data: 1{line}{line}data: 2{line}: comment{line}event: x{line}data: 3{line}"
    assert list(lines.feed(stream.encode())) == [(b"error", b"1"), (b"", b"2"), (b"x", b"3")]


async def test_that_a_stream_without_done_is_complete_when_it_says_why_it_ended() -> None:
    assert (await call(streamed(chunk("fine"), chunk(None, "stop")), stream=True)).outcome is Outcome.OK


async def test_that_a_last_line_without_an_end_is_read() -> None:
    async def script(connection: Connection) -> None:
        await connection.head(kind="text/event-stream")
        await connection.send(f"data: {json.dumps(chunk('fine', 'stop'))}")

    assert text_of(await call(script, stream=True)) == "fine"


async def test_that_a_whole_answer_is_taken_where_a_stream_was_asked_for() -> None:
    result = await call(reply(completion("fine")), stream=True)
    assert (result.outcome, text_of(result)) == (Outcome.OK, "fine")


@pytest.mark.parametrize(
    ("then", "outcome", "said"),
    [
        ("", Outcome.OVERLOADED, "broke off in the middle of its answer"),
        ("reset", Outcome.OVERLOADED, "broke off in the middle of its answer"),
        ("wait", Outcome.OVERLOADED, "no further token within 0.2 s (time-out 'between_tokens')"),
    ],
)
async def test_that_what_came_before_the_break_is_kept(then: str, outcome: Outcome, said: str) -> None:
    result = await call(streamed(chunk("half an "), chunk("answ"), then=then), stream=True, timeouts=SHORT)
    assert result.outcome is outcome
    assert said in result.message
    assert text_of(result) == "half an answ"
    assert result.first_token is not None


async def test_that_a_stream_that_never_ends_is_kept_up_to_the_time_out() -> None:
    async def script(connection: Connection) -> None:
        await connection.head(kind="text/event-stream")
        while True:
            await connection.events(chunk("a"))
            await asyncio.sleep(0.02)

    result = await call(script, stream=True, timeouts=TimeOuts(attempt=0.3))
    assert result.outcome is Outcome.OVERLOADED
    assert "within 0.3 s (time-out 'attempt')" in result.message
    assert set(text_of(result) or "") == {"a"}
    result = await call(script, stream=True, time_left=0.3)
    assert "one sample" in result.message
    assert set(text_of(result) or "") == {"a"}


@pytest.mark.parametrize("comments", [False, True])
async def test_that_no_first_token_in_time_ends_the_attempt_whatever_else_comes(comments: bool) -> None:
    async def script(connection: Connection) -> None:
        await connection.head(kind="text/event-stream")
        while True:
            await asyncio.sleep(0.03)
            if comments:
                await connection.send(": still working\n\n")
                await connection.events(chunk("", role="assistant"))

    result = await call(script, stream=True, timeouts=SHORT)
    assert result.outcome is Outcome.OVERLOADED
    assert "no first token within 0.3 s (time-out 'first_token')" in result.message
    assert result.answer is None


async def test_that_comments_before_the_first_token_are_no_trouble() -> None:
    async def script(connection: Connection) -> None:
        await connection.head(kind="text/event-stream")
        await connection.send(": PROCESSING\n\n" * 50)
        await connection.events(chunk("fine", "stop"), "[DONE]")

    assert text_of(await call(script, stream=True, timeouts=SHORT)) == "fine"


@pytest.mark.parametrize(
    ("lines", "outcome"),
    [
        ('data: {"error": {"message": "Server overloaded", "code": 503}}\n\n', Outcome.OVERLOADED),
        ('event: error\ndata: {"message": "Rate limit exceeded"}\n\n', Outcome.THROTTLED),
        ('error: {"code": 500, "message": "slot unavailable"}\n\n', Outcome.OVERLOADED),
        ("event: error\ndata: it went wrong\n\n", Outcome.BAD_ANSWER),
    ],
)
async def test_that_an_error_in_mid_stream_has_its_class_and_keeps_what_came(
    lines: str, outcome: Outcome
) -> None:
    async def script(connection: Connection) -> None:
        await connection.head(kind="text/event-stream")
        await connection.events(chunk("half"))
        await connection.send(lines)
        await asyncio.Event().wait()  # some leave the connection open

    result = await call(script, stream=True)
    assert result.outcome is outcome
    assert "broke off with an error" in result.message
    assert text_of(result) == "half"


@pytest.mark.parametrize("data", [b"data: {nonsense\n\n", b'data: {"choices": [{"delta"\n\n'])
async def test_that_events_that_cannot_be_read_are_a_bad_answer(data: bytes) -> None:
    async def script(connection: Connection) -> None:
        await connection.head(kind="text/event-stream")
        await connection.events(chunk("half"))
        await connection.send(data)

    result = await call(script, stream=True)
    assert result.outcome is Outcome.BAD_ANSWER
    assert "streams something that is no chat completion" in result.message
    assert text_of(result) == "half"


@pytest.mark.parametrize("events", [[], ["[DONE]"]])
async def test_that_a_stream_of_nothing_is_no_answer(events: list[str]) -> None:
    result = await call(streamed(*events), stream=True)
    assert result.outcome is Outcome.BAD_ANSWER
    assert result.answer is None


async def test_that_an_answer_without_text_is_an_answer_where_the_model_says_so() -> None:
    result = await call(streamed(chunk("", "stop"), "[DONE]"), stream=True)
    assert (result.outcome, text_of(result)) == (Outcome.OK, "")


async def test_that_filters_and_refusals_in_mid_stream_are_told_as_filtered() -> None:
    result = await call(streamed(chunk("I will"), chunk(None, "content_filter"), "[DONE]"), stream=True)
    assert (result.outcome, text_of(result)) == (Outcome.FILTERED, "I will")
    result = await call(
        streamed(chunk(None, refusal="I can't "), chunk(None, refusal="do that."), chunk(None, "stop")),
        stream=True,
    )
    assert result.outcome is Outcome.FILTERED
    assert "I can't do that." in result.message


async def test_that_the_pieces_of_a_tool_call_are_put_together() -> None:
    def part(**function: str) -> dict[str, Any]:
        return chunk(None, tool_calls=[{"index": 0, "function": function}])

    first = chunk(None, tool_calls=[{"index": 0, "id": "c1", "function": {"name": "look", "arguments": ""}}])
    result = await call(
        streamed(
            first, part(arguments='{"q":'), part(arguments=' "x"}'), chunk(None, "tool_calls"), "[DONE]"
        ),
        stream=True,
    )
    assert json.loads(text_of(result) or "") == [
        {"type": "function", "id": "c1", "function": {"name": "look", "arguments": '{"q": "x"}'}}
    ]


async def test_that_an_error_before_the_stream_keeps_status_and_hint() -> None:
    result = await call(reply({"error": {"message": "slow down"}}, 429, Retry_After="4"), stream=True)
    assert (result.outcome, result.status, result.hint) == (Outcome.THROTTLED, 429, 4)
