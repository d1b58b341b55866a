"""Every way in which an endpoint can answer or fail, over real sockets, and what the attempt comes to."""

import asyncio
import json
import tracemalloc
from typing import Any

import pytest

from evalstudio.core.outcome import Outcome
from evalstudio.evaluations.spec import TimeOuts
from evalstudio.templating.templates import Message
from tests.engine.models.calls import call, call_at
from tests.engine.models.scripted import Connection, completion, reply, scripted

SHORT = TimeOuts(connect=2, first_token=0.15, between_tokens=0.15, attempt=0.4)


async def test_that_an_answer_keeps_all_that_belongs_to_it() -> None:
    result = await call(reply(completion("<think>hm</think>fine", "length")))
    assert result.outcome is Outcome.OK
    answer = result.answer
    assert answer is not None
    assert (answer.text, answer.thinking, answer.finish_reason) == ("fine", "hm", "length")
    assert (answer.tokens_in, answer.tokens_cached, answer.tokens_out) == (9, 4, 2)
    assert answer.answered_by == "m-1"


async def test_that_a_connection_that_is_reset_counts_as_overload() -> None:
    async def script(connection: Connection) -> None:
        connection.reset()

    result = await call(script)
    assert result.outcome is Outcome.OVERLOADED
    assert "127.0.0.1" in result.message
    assert "closed the connection before it answered" in result.message


async def test_that_a_connection_that_is_closed_before_the_answer_counts_as_overload() -> None:
    async def script(connection: Connection) -> None:
        connection.writer.close()

    result = await call(script)
    assert result.outcome is Outcome.OVERLOADED
    assert "closed the connection before it answered" in result.message


@pytest.mark.parametrize("end", ["close", "reset"])
async def test_that_half_a_body_counts_as_overload(end: str) -> None:
    async def script(connection: Connection) -> None:
        await connection.head(Content_Length="5000")
        await connection.send(json.dumps(completion())[:40])
        if end == "reset":
            connection.reset()

    result = await call(script)
    assert result.outcome is Outcome.OVERLOADED
    assert "127.0.0.1" in result.message
    assert "answer" in result.message


async def test_that_chunks_that_are_no_chunks_count_as_overload() -> None:
    async def script(connection: Connection) -> None:
        await connection.send(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nnonsense"
        )

    result = await call(script)
    assert result.outcome is Outcome.OVERLOADED
    assert "no HTTP answer" in result.message or "broke off in the middle" in result.message


async def test_that_something_that_is_no_http_is_told_with_what_to_check() -> None:
    async def script(connection: Connection) -> None:
        await connection.send("220 mail.example.org ESMTP ready\r\n")

    result = await call(script)
    assert result.outcome is Outcome.OVERLOADED
    assert "no HTTP answer" in result.message
    assert "check the base URL and the port" in result.message


@pytest.mark.parametrize("stream", [False, True])
async def test_that_a_web_page_instead_of_an_answer_is_told_with_what_to_check(stream: bool) -> None:
    result = await call(
        reply("<!doctype html><title>Hi</title>", kind="text/html; charset=utf-8"), stream=stream
    )
    assert result.outcome is Outcome.BAD_ANSWER
    assert "a web page; check that the base URL ends where the API begins" in result.message


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "answered with nothing (200)"),
        (b"  \n", "answered with nothing (200)"),
        (b'{"choices": [{"message": {"cont', "JSON that breaks off"),
        (b"[1, 2]", "no chat completion"),
        (b'{"choices": "x"}', "holds no message"),
        (b'{"hello": 1}', "holds no message"),
        (b'{"choices": []}', "holds no message"),
        (b'{"choices": [{}]}', "holds no message"),
        (b"\x00\x01\x02", "no chat completion"),
    ],
)
async def test_that_a_body_that_is_no_answer_is_a_bad_answer(body: bytes, said: str) -> None:
    result = await call(reply(body))
    assert result.outcome is Outcome.BAD_ANSWER
    assert said in result.message
    assert result.answer is None


async def test_that_status_204_is_no_answer_and_no_refusal() -> None:
    async def script(connection: Connection) -> None:
        await connection.send("HTTP/1.1 204 No Content\r\n\r\n")

    result = await call(script)
    assert result.outcome is Outcome.BAD_ANSWER
    assert "answered with nothing (204)" in result.message


@pytest.mark.parametrize("stream", [False, True])
async def test_that_an_endless_answer_is_cut_off_and_bounded_in_memory(stream: bool) -> None:
    cap = 1 << 20
    sent = 0

    async def script(connection: Connection) -> None:
        nonlocal sent
        await connection.head(kind="text/event-stream" if stream else "application/json")
        while True:
            await connection.send(b"x" * 65_536)
            sent += 65_536

    async with scripted(script) as server:
        tracemalloc.start()
        try:
            result = await call_at(server.url, stream=stream, largest=cap)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert result.outcome is Outcome.BAD_ANSWER
    assert "an answer without end; it was cut off after 1 MiB" in result.message
    assert peak < 12 * cap
    assert sent < 40 * cap


async def test_that_an_endless_error_is_cut_off_and_keeps_its_class() -> None:
    sent = 0

    async def script(connection: Connection) -> None:
        nonlocal sent
        await connection.head(429, Retry_After="7")
        while True:
            await connection.send(b"slow down " * 1000)
            sent += 10_000

    result = await call(script)
    assert result.outcome is Outcome.THROTTLED
    assert result.hint == 7
    assert sent < 20_000_000  # what the sockets hold; without a bound it goes on for seconds
    assert len(result.message) < 600


async def test_that_an_error_whose_body_never_comes_keeps_its_class(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evalstudio.engine.models.exchange._ERROR_BODY_S", 0.3)

    async def script(connection: Connection) -> None:
        await connection.head(503, Content_Length="100", Retry_After="3")
        await asyncio.Event().wait()

    result = await call(script, stream=True, timeouts=SHORT)
    assert (result.outcome, result.status, result.hint) == (Outcome.OVERLOADED, 503, 3)


async def test_that_an_answer_that_takes_too_long_ends_at_its_time_out() -> None:
    async def script(connection: Connection) -> None:
        await asyncio.Event().wait()

    result = await call(script, timeouts=SHORT)
    assert result.outcome is Outcome.OVERLOADED
    assert "127.0.0.1" in result.message
    assert "within 0.4 s (time-out 'attempt')" in result.message


async def test_that_an_answer_that_drips_ends_at_its_time_out() -> None:
    async def script(connection: Connection) -> None:
        await connection.head()
        while True:
            await connection.send(b" ")
            await asyncio.sleep(0.02)

    result = await call(script, timeouts=SHORT)
    assert result.outcome is Outcome.OVERLOADED
    assert "time-out 'attempt'" in result.message


async def test_that_the_time_of_the_sample_counts_where_it_is_shorter() -> None:
    async def script(connection: Connection) -> None:
        await asyncio.Event().wait()

    result = await call(script, time_left=0.1, timeouts=TimeOuts(sample=900))
    assert result.outcome is Outcome.OVERLOADED
    assert "within the 900 s of one sample" in result.message


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_that_redirects_are_not_followed_and_end_the_run(status: int) -> None:
    def turn(where: str) -> Any:
        return reply("", status, Location=where)

    async with scripted(turn("/v1/chat/completions")) as server:
        result = await call_at(server.url)
    assert server.calls == 1
    assert result.outcome is Outcome.CLIENT_ERROR
    assert result.fatal
    assert "sends us elsewhere" in result.message
    assert "check the base URL" in result.message


async def test_that_a_redirect_names_the_host_it_leads_to_and_no_query() -> None:
    result = await call(reply("", 302, Location="https://login.example.org/in?token=abc"))
    assert "to login.example.org" in result.message
    assert "abc" not in result.message


async def test_that_large_headers_are_read_and_endless_ones_refused() -> None:
    assert (await call(reply(completion(), X_Trace="t" * 30_000))).outcome is Outcome.OK

    async def script(connection: Connection) -> None:
        await connection.send("HTTP/1.1 200 OK\r\nX-Long: ")
        while True:
            await connection.send(b"y" * 65_536)

    result = await call(script, timeouts=TimeOuts(attempt=20))
    assert result.outcome is Outcome.OVERLOADED
    assert "no HTTP answer" in result.message


async def test_that_a_prompt_of_megabytes_arrives_whole() -> None:
    text = "ä" * 3_000_000
    async with scripted(reply(completion())) as server:
        result = await call_at(server.url, messages=(Message("user", text),))
    assert result.outcome is Outcome.OK
    asked = server.asked[0]
    assert asked.json["messages"][0]["content"] == text
    assert "transfer-encoding" not in asked.headers


async def test_that_a_compressed_answer_is_read() -> None:
    import gzip

    result = await call(reply(gzip.compress(json.dumps(completion()).encode()), Content_Encoding="gzip"))
    assert result.outcome is Outcome.OK
    result = await call(reply(b"not gzip at all", Content_Encoding="gzip"))
    assert result.outcome is Outcome.OVERLOADED
    assert "compressed answer" in result.message


OPENAI_RATE = (
    "Rate limit reached for gpt-4o in organization org-1 on tokens per min (TPM): Limit 30000, Used 30000. Please try "
    "again in 6ms. You can increase your rate limit by adding a payment method to your account at "
    "https://platform.example.com/account/billing."
)
GEMINI_MINUTE = [
    {
        "error": {
            "code": 429,
            "message": "You exceeded your current quota, please check your plan and billing details.",
            "status": "RESOURCE_EXHAUSTED",
            "details": [
                {"violations": [{"quotaId": "GenerateRequestsPerMinutePerProjectPerModel-FreeTier"}]},
                {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "45.8379s"},
            ],
        }
    }
]
GEMINI_DAY = json.loads(json.dumps(GEMINI_MINUTE).replace("PerMinute", "PerDay"))
AZURE_RATE = (
    "Requests to the ChatCompletions_Create Operation under Azure OpenAI API have exceeded call rate limit of your "
    "current OpenAI S0 pricing tier. Please retry after 2 seconds. Please go here: https://aka.ms/oai/quotaincrease"
)
DAILY = "Rate limit reached on requests per day (RPD): Limit 200, Used 200, Requested 1."


@pytest.mark.parametrize(
    ("status", "error", "outcome"),
    [
        (429, OPENAI_RATE, Outcome.THROTTLED),
        (429, GEMINI_MINUTE, Outcome.THROTTLED),
        (429, GEMINI_DAY, Outcome.QUOTA),
        (429, AZURE_RATE, Outcome.THROTTLED),
        (429, DAILY, Outcome.QUOTA),
        (429, f"{DAILY} Please try again in 7m12s.", Outcome.THROTTLED),
        (429, {"error": {"code": "insufficient_quota", "message": "You exceeded your quota"}}, Outcome.QUOTA),
        (402, "Insufficient credits", Outcome.QUOTA),
        (400, "Your credit balance is too low to access the API.", Outcome.QUOTA),
        (503, "Rate limit exceeded, slow down", Outcome.THROTTLED),
        (503, "Service Unavailable", Outcome.OVERLOADED),
        (500, "", Outcome.OVERLOADED),
        (500, "CUDA out of memory", Outcome.OVERLOADED),
        (502, "<html><title>502 Bad Gateway</title></html>", Outcome.OVERLOADED),
        (504, "", Outcome.OVERLOADED),
        (529, "Overloaded", Outcome.OVERLOADED),
        (408, "", Outcome.OVERLOADED),
        (413, "Payload too large", Outcome.CLIENT_ERROR),
        (422, "temperature must be a number", Outcome.CLIENT_ERROR),
        (400, "Unknown parameter: 'safety_identifier'.", Outcome.CLIENT_ERROR),
        (
            400,
            {"error": {"code": "content_filter", "message": "The response was filtered", "innererror": {"code": "ResponsibleAIPolicyViolation"}}},
            Outcome.FILTERED,
        ),
        (400, "Your prompt was flagged as potentially violating our usage policy.", Outcome.FILTERED),
        (403, "Your chosen model requires moderation and your input was flagged for harassment.", Outcome.FILTERED),
    ],
)  # fmt: skip
async def test_that_an_error_has_the_class_of_its_status_and_body(
    status: int, error: Any, outcome: Outcome
) -> None:
    result = await call(reply(error, status))
    assert result.outcome is outcome
    assert result.status == status
    assert str(status) in result.message
    assert "127.0.0.1" in result.message
    assert not result.fatal


@pytest.mark.parametrize(
    ("status", "error", "said"),
    [
        (401, {"error": {"message": "Incorrect API key"}}, "does not accept the API key (401: Incorrect API key)"),
        (403, "Country not supported", "refuses access (403: Country not supported)"),
        (404, {"detail": "Not Found"}, "has no chat completions at /v1/chat/completions (404: Not Found)"),
        (404, {"error": {"message": "The model `m-1` does not exist"}}, "has no model 'm-1' (404"),
        (404, {"error": {"message": 'model "m-1" not found, try pulling it first'}}, "has no model 'm-1' (404"),
        (404, {"error": {"code": "DeploymentNotFound", "message": "The API deployment does not exist."}}, "no model"),
        (400, {"error": {"code": "model_not_found", "message": "no"}}, "has no model 'm-1' (400"),
        (405, "Method Not Allowed", "check the base URL"),
    ],
)  # fmt: skip
async def test_that_an_error_that_every_sample_would_meet_is_fatal(
    status: int, error: Any, said: str
) -> None:
    result = await call(reply(error, status))
    assert result.outcome is Outcome.CLIENT_ERROR
    assert result.fatal
    assert said in result.message


@pytest.mark.parametrize(
    ("headers", "body", "hint"),
    [
        ({"retry_after_ms": "1500"}, "", 1.5),
        ({"Retry_After": "12"}, "", 12),
        ({}, GEMINI_MINUTE, 45.8379),
        ({"x_ratelimit_remaining_requests": "0", "x_ratelimit_reset_requests": "6m0s"}, "", 360),
        ({}, "Please try again in 20s", 20),
        ({}, AZURE_RATE, 2),
        ({}, "no idea", None),
    ],
)
async def test_that_a_wish_to_wait_reaches_the_limits(
    headers: dict[str, str], body: Any, hint: float | None
) -> None:
    result = await call(reply(body, 429, **headers))
    assert result.outcome is Outcome.THROTTLED
    assert result.hint == (hint if hint is None else pytest.approx(hint))


async def test_that_what_headers_say_of_the_limits_comes_with_every_answer() -> None:
    for stream in (False, True):
        result = await call(
            reply(completion(), x_ratelimit_limit_requests="600", x_ratelimit_remaining_requests="599"),
            stream=stream,
        )
        assert result.rates is not None
        assert result.rates.limit_requests == 600


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        ({"message": "Rate limit exceeded", "type": "rate_limit"}, Outcome.THROTTLED),
        ({"message": "The server is overloaded"}, Outcome.OVERLOADED),
        ({"message": "Provider returned error", "code": 502}, Outcome.OVERLOADED),
        ({"message": "Too fast", "code": "429"}, Outcome.THROTTLED),
        ({"message": "insufficient_quota"}, Outcome.QUOTA),
        ({"message": "blocked", "code": "content_filter"}, Outcome.FILTERED),
        ({"message": "something odd"}, Outcome.BAD_ANSWER),
        ("something odd", Outcome.BAD_ANSWER),
    ],
)
async def test_that_an_error_under_status_200_is_no_answer(
    error: Any, outcome: Outcome, stream: bool
) -> None:
    result = await call(reply({"error": error}), stream=stream)
    assert result.outcome is outcome
    assert result.answer is None
    said = error if isinstance(error, str) else error["message"]
    assert said in result.message
    assert result.message.startswith("127.0.0.1")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (completion(None, "content_filter"), "content filter"),
        (completion("", "content_filter"), "content filter"),
        (
            {
                "choices": [
                    {"message": {"content": None, "refusal": "I can't do that."}, "finish_reason": "stop"}
                ]
            },
            "the model refuses: I can't do that.",
        ),
    ],
)
async def test_that_a_filtered_answer_is_no_answer(body: Any, said: str) -> None:
    result = await call(reply(body))
    assert result.outcome is Outcome.FILTERED
    assert said in result.message
    assert result.answer is None


async def test_that_an_answer_in_parts_or_by_tools_becomes_text() -> None:
    parts = [{"type": "text", "text": "fi"}, {"type": "text", "text": "ne"}, {"type": "image"}]
    result = await call(reply(completion(parts)))
    assert result.answer is not None
    assert result.answer.text == "fine"
    tool = {"id": "1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    body = {"choices": [{"message": {"content": None, "tool_calls": [tool]}, "finish_reason": "tool_calls"}]}
    result = await call(reply(body))
    assert result.answer is not None
    assert json.loads(result.answer.text) == [tool]


async def test_that_unknown_usage_stays_unknown() -> None:
    result = await call(reply(completion(usage=None)))
    assert result.answer is not None
    assert (result.answer.tokens_in, result.answer.tokens_cached, result.answer.tokens_out) == (
        None,
        None,
        None,
    )


async def test_that_parameters_go_through_as_they_are() -> None:
    schema = {
        "type": "json_schema",
        "json_schema": {"name": "a", "strict": True, "schema": {"type": "object"}},
    }
    async with scripted(reply(completion('{"a": 1}'))) as server:
        await call_at(server.url, parameters={"response_format": schema, "seed": 7, "top_k": 3})
    asked = server.asked[0].json
    assert asked["response_format"] == schema
    assert (asked["seed"], asked["top_k"], asked["model"]) == (7, 3, "m-1")
    assert asked["messages"] == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "How are you?"},
    ]
