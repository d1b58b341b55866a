"""What endpoints send that is not quite as it should be: text, end and sane usage are read all the same."""

import asyncio
import json
from typing import Any

import pytest

from evalstudio.core.outcome import Outcome
from evalstudio.engine.models.call import CallResult
from tests.engine.models.calls import call
from tests.engine.models.scripted import Connection, Script, chunk, completion, reply

FI, NE = chunk("fi"), chunk("ne", "stop")
BOM = b"\xef\xbb\xbf"


def raw(*parts: bytes | str, kind: str = "text/event-stream", then: str = "close") -> Script:
    async def script(connection: Connection) -> None:
        await connection.head(kind=kind)
        for part in parts:
            await connection.send(part)
        if then == "reset":
            await asyncio.sleep(0.05)  # what was sent must arrive before the reset throws it away
            connection.reset()
        elif then == "wait":
            await asyncio.Event().wait()

    return script


def data(*events: Any, end: str = "\n\n") -> str:
    texts = (event if isinstance(event, str) else json.dumps(event) for event in events)
    return "".join(f"data: {text}{end}" for text in texts)


def lines(event: Any, end: str = "\n") -> str:
    """An event whose JSON stands in several `data` lines."""
    return "".join(f"data: {line}{end}" for line in json.dumps(event, indent=2).split("\n")) + end


def whole(**changes: Any) -> bytes:
    return json.dumps(completion(**changes)).encode()


STREAMS: dict[str, tuple[bytes | str, ...]] = {
    "comment as data": (data(FI, ": keepalive", ": OPENROUTER PROCESSING", NE, "[DONE]"),),
    "heartbeats as data": (data("ping", FI, "keep-alive", "heartbeat", "", "null", "{}", "[]", "0", NE, "[DONE]"),),
    "heartbeats as objects": (data(FI, {"type": "ping"}, {"type": "heartbeat", "message": "alive"}, NE),),
    "progress as objects": (data({"status": "queued", "message": "2 before you"}, FI, {"message": "going on"}, NE),),
    "heartbeat events": ("event: heartbeat\ndata: 12\n\n", data(FI), "event: ping\ndata: {}\n\n", data(NE)),
    "several data lines": (lines(FI), lines(NE), data("[DONE]")),
    "several data lines, CRLF": (lines(FI, "\r\n"), lines(NE, "\r\n")),
    "several data lines, CR": (lines(FI, "\r"), lines(NE, "\r")),
    "CR": (data(FI, NE, "[DONE]", end="\r\r"),),
    "CR, one byte a time": tuple(bytes([byte]) for byte in data(FI, NE, end="\r\r").encode()),
    "CRLF, one byte a time": tuple(bytes([byte]) for byte in data(FI, NE, end="\r\n\r\n").encode()),
    "BOM": (BOM, data(FI, NE, "[DONE]")),
    "BOM in pieces": (BOM[:1], BOM[1:2], BOM[2:], data(FI, NE)),
    "blank lines first": ("\n\r\n\n", data(FI, NE)),
    "junk behind the end": (data(FI, NE, "{broken", "junk", {"object": "trailer"}),),
    "no field names": ("".join(json.dumps(event) + "\n" for event in (FI, NE)),),
    "a comment, then lines of JSON": (": hi\n", json.dumps(FI) + "\n", json.dumps(NE) + "\n"),
    "no line end at all": (data(FI), f"data: {json.dumps(NE)}"),
    "DONE in another writing": (data(FI, chunk("ne"), "[done]"),),
    "DONE as a text": (data(FI, chunk("ne"), '"[DONE]"'),),
    "usage as null and list": (data({**FI, "usage": None}, {**NE, "usage": []}, "[DONE]"),),
    "usage of words": (data(FI, NE, {"choices": [], "usage": {"completion_tokens": "n/a"}}, "[DONE]"),),
    "choices of null": (data(FI, {"choices": None}, NE, "[DONE]"),),
    "integers for words": (data({**FI, "model": 7, "id": 3}, {**NE, "model": 7}, "[DONE]"),),
    "reasoning as an object": (data({"choices": [{"delta": {"content": "fi", "reasoning": {"effort": 1}}}]}, NE),),
    "a whole message as the one event": (data(completion("fine"), "[DONE]"),),
    "JSON in place of events": (whole(text="fine"),),
    "JSON in place of events, indented": (json.dumps(completion("fine"), indent=1),),
    "an older API's field": (data({"choices": [{"text": "fi"}]}, {"choices": [{"text": "ne", "finish_reason": "stop"}]}),),
    "NUL bytes behind the end": (data(FI, NE), b"\0\0\0"),
}  # fmt: skip


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("name", STREAMS)
async def test_that_an_odd_stream_is_an_answer(name: str, stream: bool) -> None:
    result = await call(raw(*STREAMS[name]), stream=stream)
    assert result.outcome is Outcome.OK, result.message
    assert result.answer is not None
    assert result.answer.text == "fine"


@pytest.mark.parametrize(
    "kind",
    [
        "text/event-stream; charset=utf-8", "application/json", "text/plain", "application/octet-stream",
        "application/x-ndjson", "application/stream+json", "text/html", "",
    ],
)  # fmt: skip
@pytest.mark.parametrize("stream", [False, True])
async def test_that_the_content_type_does_not_matter(kind: str, stream: bool) -> None:
    for body in (data(FI, NE, "[DONE]").encode(), whole(text="fine")):
        result = await call(raw(body, kind=kind), stream=stream)
        assert result.outcome is Outcome.OK, result.message
        assert result.answer is not None
        assert result.answer.text == "fine"


@pytest.mark.parametrize("then", ["reset", "wait", "close"])
async def test_that_what_happens_behind_the_end_does_not_matter(
    then: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("evalstudio.engine.models.exchange._AFTER_END_S", 0.2)
    usage = {"choices": [], "usage": {"completion_tokens": 5}}
    result = await call(raw(data(FI, NE, usage), then=then), stream=True)
    assert result.outcome is Outcome.OK
    assert result.answer is not None
    assert (result.answer.text, result.answer.tokens_out) == ("fine", 5)


BODIES: dict[str, bytes] = {
    "BOM": BOM + whole(),
    "UTF-16": whole().decode().encode("utf-16"),
    "junk behind": whole() + b"\n\nOK\n",
    "a second object behind": whole() + b'{"done": true}',
    "DONE behind": whole() + b"\n\ndata: [DONE]\n\n",
    "blanks before": b" \n\n\r\n" * 300 + whole(),
    "comments before": b": PROCESSING\n\n: PROCESSING\n\n" + whole(),
    "a status line before": b"HTTP/1.1 200 OK\r\n\r\n\n" + whole(),
    "in a list": b"[" + whole() + b"]",
    "control characters": whole(text="fine").replace(b"fine", b"fine\t"),
    "usage as a list": whole(usage=[]),
    "usage as a text": whole(usage="n/a"),
    "a choice without a list": whole(choices={"message": {"content": "fine"}, "finish_reason": "stop"}),
    "choices by number": whole(choices={"0": {"message": {"content": "fine"}, "finish_reason": "stop"}}),
    "reasoning as a list": whole(choices=[{"message": {"content": "fine", "reasoning": []}}]),
    "tool calls as false": whole(choices=[{"message": {"content": "fine", "tool_calls": False}}]),
    "a word for each number": whole(created="now", id=3, model=["m"]),
    "NaN": whole().replace(b'"m-1"', b'"m-1", "score": NaN, "top": -Infinity'),
    "legacy": whole(choices=[{"text": "fine", "finish_reason": "stop"}]),
    "an error that is none": whole(error=None, errors=[]),
}


@pytest.mark.parametrize("name", BODIES)
async def test_that_an_odd_body_is_an_answer(name: str) -> None:
    result = await call(reply(BODIES[name]))
    assert result.outcome is Outcome.OK, result.message
    assert result.answer is not None
    assert result.answer.text.strip() == "fine"


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (42, "42"),
        (4.5, "4.5"),
        (True, "true"),
        ({"a": 1}, '{"a": 1}'),
        ({"type": "text", "text": "hi"}, "hi"),
        (["h", "i"], "hi"),
        ([{"type": "text", "text": {"value": "x"}}, {"type": "text", "text": "hi"}], "hi"),
        ([{"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]}, {"type": "text", "text": "hi"}], "hi"),
    ],
)  # fmt: skip
async def test_that_a_content_of_another_kind_is_a_text(content: Any, text: str) -> None:
    result = await call(reply(completion(content)))
    assert result.outcome is Outcome.OK
    assert result.answer is not None
    assert result.answer.text == text


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (rb"\ud83d\ude42", "🙂"),
        (rb"a\ud83d", "a\ufffd"),
        (rb"\ude42b", "\ufffdb"),
        (b"a\xffb", "a\ufffdb"),
        (b"gr\xc3\xb6\xdfer", "grö\ufffder"),
        (b"\xed\xa0\xbd", None),
    ],
)
async def test_that_a_bad_character_costs_that_character(content: bytes, text: str | None) -> None:
    body = whole(text="TEXT").replace(b"TEXT", content)
    event = b"data: " + json.dumps(chunk("TEXT", "stop")).encode().replace(b"TEXT", content) + b"\n\n"
    for result in (await call(reply(body)), await call(raw(event), stream=True)):
        assert result.outcome is Outcome.OK
        assert result.answer is not None
        assert text is None or result.answer.text == text
        result.answer.text.encode()


async def test_that_halves_of_a_character_in_two_pieces_are_one() -> None:
    first, second = (
        json.dumps(chunk("X", end)).replace("X", half)
        for half, end in (("\\ud83d", None), ("\\ude42", "stop"))
    )
    result = await call(raw(data(first, second)), stream=True)
    assert result.answer is not None
    assert result.answer.text == "🙂"


@pytest.mark.parametrize(
    ("stated", "count"),
    [(7, 7), (7.0, 7), ("7", 7), ("7.0", 7), (7.5, None), ("n/a", None), ([7], None), (-1, None), (True, None), (1e300, None)],
)  # fmt: skip
async def test_that_sane_usage_is_read_in_every_writing(stated: Any, count: int | None) -> None:
    result = await call(reply(completion(usage={"prompt_tokens": 3, "completion_tokens": stated})))
    assert result.outcome is Outcome.OK
    assert result.answer is not None
    assert (result.answer.tokens_in, result.answer.tokens_out) == (3, count)


ANTHROPIC = [
    {"type": "message_start", "message": {"type": "message", "model": 5, "usage": {"input_tokens": 3.0}}},
    {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "fine"}},
    {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": "2"}},
]


@pytest.mark.parametrize(
    "end",
    [
        data("[DONE]"), data({"type": "message_stop"}, "[DONE]"), data({"type": "message_stop"}, "{junk"), "", ": bye\n",
        data("ping", "[DONE]"), "event: heartbeat\ndata: 3\n\n", data({"type": "billing", "cost": 1}), data("}"),
        "data: [DONE]",
    ],
)  # fmt: skip
async def test_that_a_stream_of_messages_may_end_as_it_likes(end: str) -> None:
    for events in (data(*ANTHROPIC), data(*ANTHROPIC, end="\r\r"), "".join(map(lines, ANTHROPIC))):
        result = await call(raw(events, end), stream=True, provider="anthropic")
        assert result.outcome is Outcome.OK, result.message
        assert result.answer is not None
        assert (result.answer.text, result.answer.tokens_in, result.answer.tokens_out) == ("fine", 3, 2)


async def test_that_a_stream_of_messages_without_types_goes_by_its_events_names() -> None:
    events = "".join(
        f"event: {event['type']}\ndata: {json.dumps({k: v for k, v in event.items() if k != 'type'})}\n\n" for event in ANTHROPIC
    )  # fmt: skip
    result = await call(raw(events), stream=True, provider="anthropic")
    assert result.outcome is Outcome.OK


WORDS: list[tuple[bytes | str, Outcome]] = [
    ("CUDA out of memory", Outcome.OVERLOADED),
    ('"CUDA out of memory"', Outcome.OVERLOADED),
    ('{"message": "CUDA out of memory"}', Outcome.OVERLOADED),
    ('{"detail": "CUDA out of memory"}', Outcome.OVERLOADED),
    ('{"error": {"error": {"message": "CUDA out of memory"}}}', Outcome.OVERLOADED),
    ('{"choices": [], "error_msg": "CUDA out of memory", "error_code": 7}', Outcome.OVERLOADED),
    ('[{"error": {"message": "CUDA out of memory"}}]', Outcome.OVERLOADED),
    ('data: {"message": "CUDA out of memory"}\n\n', Outcome.OVERLOADED),
    ("data: CUDA out of memory\n\n", Outcome.OVERLOADED),
    ("event: error\ndata: CUDA out of memory\n\n", Outcome.OVERLOADED),
    ("Error: CUDA out of memory\r\n", Outcome.OVERLOADED),
    ("error: CUDA out of memory\n", Outcome.OVERLOADED),
    (b"CUDA out of memory \xff\xfe", Outcome.OVERLOADED),
]


@pytest.mark.parametrize("kind", ["application/json", "text/event-stream", "text/plain"])
@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(("body", "outcome"), WORDS)
async def test_that_the_servers_own_words_are_told(
    body: bytes | str, outcome: Outcome, stream: bool, kind: str
) -> None:
    result = await call(raw(body, kind=kind), stream=stream)
    assert result.outcome is outcome
    assert "CUDA out of memory" in result.message
    assert "base URL" not in result.message
    assert result.answer is None


@pytest.mark.parametrize(
    "events",
    [
        (chunk("half"), "{broken"),
        (chunk("half"), '{"choices": [{"delta": {"content": "lost'),
        (chunk("half"), "{broken", chunk("more", "stop"), "[DONE]"),
        (chunk("half"),),
        ("ping", "keep-alive"),
        ("[DONE]",),
        ({},),
        ({"choices": []},),
        ({"type": "ping"},),
        ("oops",),
    ],
)
async def test_that_a_hole_in_an_answer_is_not_passed_over(events: tuple[Any, ...]) -> None:
    result: CallResult = await call(raw(data(*events)), stream=True)
    assert result.outcome in (Outcome.BAD_ANSWER, Outcome.OVERLOADED)
    assert result.message
