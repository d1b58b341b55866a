"""Refusals that no waiting helps against, in the words of those that pass, and the other way round."""

import time
from pathlib import Path
from typing import Any

import pytest

from evalstudio.core.outcome import Outcome
from evalstudio.evaluations.request import Options
from evalstudio.workspace.folder import Workspace
from tests.engine.models.calls import call
from tests.engine.models.scripted import Connection, completion, number_of, reply, scripted
from tests.engine.support import engine_in, finish, write_evaluation

PERMANENT = [
    (429, "Rate limit reached for m on tokens per minute (TPM): Limit 7000, Used 0, Requested ~12903. Please try again in 11s."),
    (429, "Request too large for m in organization o on tokens per min (TPM): Limit 30000, Requested 36105."),
    (413, "Request too large for model `m` on tokens per minute (TPM): Limit 6000, Requested 9211, please reduce your message size and try again."),
    (429, "Tokens: limit: 1,000, requested: 2,500. Retry after 3 seconds."),
    (429, "requested 9000 tokens, limit 8000"),
    (429, "The input or output tokens must be reduced in order to run successfully."),
    (429, {"error": {"code": "rate_limit_exceeded", "message": "This request requires 9000 tokens, the limit is 4000"}}),
    (500, "This model's maximum context length is 4096 tokens, however you requested 5000 tokens."),
    (503, "the request exceeds the available context size. try increasing the context size"),
    (500, {"error": {"message": "litellm.ContextWindowExceededError: prompt is too long: 9001 tokens > 8192 maximum"}}),
    (502, "Please reduce the length of the messages."),
    (413, ""),
]  # fmt: skip
PASSING = [
    (429, "Rate limit reached for m on tokens per minute (TPM): Limit 7000, Used 6500, Requested 900. Please try again in 3.4s."),
    (429, "Limit 30000, Used 30000, Requested 30000."),
    (429, "Too many tokens, please wait before trying again."),
    (429, "This request would exceed your rate limit of 10,000 input tokens per minute."),
    (429, "Rate limit reached on requests per min: Limit 3, Used 3, Requested 1."),
    (429, "Too many requests; limit 10 per second"),
    (503, "Model is overloaded, limit 7 of 7 requests in flight"),
    (500, "context deadline exceeded"),
    (502, "upstream: request body buffered"),
    (429, ""),
]  # fmt: skip


@pytest.mark.parametrize(("status", "words"), PERMANENT)
async def test_that_what_never_fits_is_one_error(status: int, words: Any) -> None:
    result = await call(
        reply(words if isinstance(words, dict) else {"error": {"message": words}}, status, Retry_After="11")
    )
    assert result.outcome is Outcome.CLIENT_ERROR
    assert not result.fatal
    assert "shorten the prompt" in result.message


@pytest.mark.parametrize(("status", "words"), PASSING)
async def test_that_what_passes_is_tried_again(status: int, words: str) -> None:
    result = await call(reply({"error": {"message": words}}, status))
    assert result.outcome in (Outcome.THROTTLED, Outcome.OVERLOADED)


@pytest.mark.parametrize(
    "words", ["Quota exceeded for metric: requests, limit: 0, model: m", "limit 0, used 0"]
)
async def test_that_a_limit_of_nothing_is_no_quota(words: str) -> None:
    assert (await call(reply({"error": {"message": words}}, 429, Retry_After="40"))).outcome is Outcome.QUOTA


async def test_that_one_request_too_large_holds_nobody_up(tmp_path: Path, workspace: Workspace) -> None:
    calls: dict[int, int] = {}

    async def script(connection: Connection) -> None:
        number = number_of(connection.asked.json)
        calls[number] = calls.get(number, 0) + 1
        refusal = reply({"error": {"message": PERMANENT[0][1]}}, 429, Retry_After="11")
        await (refusal if number == 0 else reply(completion("positive")))(connection)

    async with scripted(script) as server, engine_in(workspace) as (engine, _):
        model = f'{{ provider = "openai", name = "m-1", base_url = "{server.url}" }}'
        began = time.monotonic()
        final = await finish(
            engine, await engine.start_run(write_evaluation(tmp_path, model, 30), Options("one"))
        )
        took = time.monotonic() - began
    assert (final.saved, final.errored) == (30, 1)
    assert set(calls.values()) == {1}
    assert took < 10  # nobody waits for the 11 s that its hint names
