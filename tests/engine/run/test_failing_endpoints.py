"""Whole runs against endpoints that fail: what is kept, and what is said."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from evalstudio.evaluations.request import Options
from evalstudio.store.reader import Reader
from evalstudio.workspace.folder import Workspace
from tests.engine.models.scripted import Connection, Script, chunk, completion, number_of, reply, scripted
from tests.engine.run.support import run_against
from tests.engine.support import engine_in, finish, write_evaluation


async def test_that_an_errored_record_keeps_its_part_of_the_answer_and_all_its_attempts(
    tmp_path: Path, workspace: Workspace
) -> None:
    calls: dict[int, int] = {}

    async def script(connection: Connection) -> None:
        number = number_of(connection.asked.json)
        calls[number] = calls.get(number, 0) + 1
        if number == 0:
            await connection.head(kind="text/event-stream")
            await connection.events(chunk("positive"), chunk(None, "stop"), "[DONE]")
        elif calls[number] == 1:
            await connection.head(kind="text/event-stream")
            await connection.events(chunk("nega"), chunk("ti"))  # and no more
        else:
            connection.reset()

    extra = "stream = true\ntimeouts = { attempts = 2 }"
    final, records = await run_against(script, tmp_path, workspace, extra=extra)
    assert final.state == "completed with errors"
    assert (final.scored, final.errored) == (1, 1)
    good, bad = records
    assert (good.record.answer, good.scores[0].value) == ("positive", 1)
    record = bad.record
    assert (record.outcome, record.answer, record.latency) == ("overloaded", "negati", None)
    assert record.error is not None
    assert "127.0.0.1" in record.error
    assert bad.scores == ()
    assert record.attempts == 2
    assert [attempt.outcome for attempt in bad.attempts] == ["overloaded", "overloaded"]
    assert "broke off in the middle" in bad.attempts[0].message
    assert "closed the connection" in bad.attempts[1].message
    assert bad.attempts[0].waited == pytest.approx(record.backed_off)


async def test_that_the_time_of_a_sample_ends_its_attempt_and_keeps_what_came(
    tmp_path: Path, workspace: Workspace
) -> None:
    async def script(connection: Connection) -> None:
        await connection.head(kind="text/event-stream")
        await connection.events(chunk("half"))
        await asyncio.Event().wait()

    extra = "stream = true\ntimeouts = { sample = 0.4 }"
    final, records = await run_against(script, tmp_path, workspace, 1, extra)
    assert final.errored == 1
    assert records[0].record.answer == "half"
    assert "within the 0.4 s of one sample (time-out 'sample')" in (records[0].record.error or "")


@pytest.mark.parametrize(
    ("script", "said"),
    [
        (reply({"error": {"message": "bad key"}}, 401), "check the key of this model"),
        (reply("Not Found", 404), "check the base URL"),
        (reply({"error": {"code": "insufficient_quota"}}, 429), "add credit, or use another key"),
        (reply("", 302, Location="https://login.example.org"), "check the base URL"),
    ],
)
async def test_that_what_no_sample_can_survive_stops_the_run_at_once(
    script: Script, said: str, tmp_path: Path, workspace: Workspace
) -> None:
    final, records = await run_against(script, tmp_path, workspace, 8)
    assert final.state == "stopped"
    assert said in final.reason
    assert "127.0.0.1" in final.reason
    assert records == []


async def test_that_filtered_and_unreadable_answers_are_errored_and_never_wrong(
    tmp_path: Path, workspace: Workspace
) -> None:
    async def script(connection: Connection) -> None:
        match number_of(connection.asked.json):
            case 0:
                answer = reply(completion("positive"))
            case 1:
                answer = reply(completion("I can", "content_filter"))
            case 2:
                answer = reply("no json")
            case _:
                answer = reply({"error": {"message": "too long"}}, 413)
        await answer(connection)

    final, records = await run_against(script, tmp_path, workspace, 4)
    assert (final.scored, final.errored) == (1, 3)
    assert [record.record.outcome for record in records] == [
        "ok",
        "refused or filtered",
        "bad answer",
        "client error",
    ]
    assert [record.record.attempts for record in records] == [1, 1, 2, 1]
    assert [len(record.scores) for record in records] == [1, 0, 0, 0]
    assert final.scores[0].value == 1.0
    assert final.scores[0].n == 1


async def test_that_the_cost_of_an_anthropic_model_on_an_unknown_address_is_unknown(
    tmp_path: Path, workspace: Workspace
) -> None:
    answer = {
        "type": "message",
        "model": "claude-x",
        "content": [{"type": "text", "text": "positive"}],
        "stop_reason": "max_tokens",
        "usage": {"input_tokens": 10, "cache_read_input_tokens": 30, "output_tokens": 7},
    }
    async with scripted(reply(answer)) as server, engine_in(workspace) as (engine, _):
        model = f'{{ provider = "anthropic", name = "claude-x", base_url = "{server.url}" }}'
        run = await engine.start_run(write_evaluation(tmp_path, model, 1), Options("one"))
        await finish(engine, run)
    assert server.asked[0].json["system"].startswith("Answer with one word")
    reader = Reader(workspace)
    details = reader.details(reader.record_ids(run.id)[0])
    reader.close()
    assert details is not None
    record = details.record
    assert (record.answer, record.finish_reason, record.cost) == ("positive", "length", None)
    assert (record.tokens_in, record.tokens_cached, record.tokens_out) == (40, 30, 7)


async def test_that_a_schema_for_the_answer_goes_through(tmp_path: Path, workspace: Workspace) -> None:
    schemas: list[Any] = []

    async def script(connection: Connection) -> None:
        schemas.append(connection.asked.json["response_format"])
        await reply(completion(json.dumps({"label": "positive"})))(connection)

    extra = (
        'parameters = { response_format = { type = "json_schema", json_schema = { name = "label", strict = true, '
        'schema = { type = "object", properties = { label = { type = "string" } } } } } }'
    )
    final, _ = await run_against(script, tmp_path, workspace, 1, extra)
    assert final.saved == 1
    assert schemas[0]["json_schema"]["schema"]["properties"] == {"label": {"type": "string"}}
