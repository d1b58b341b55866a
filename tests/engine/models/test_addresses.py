"""Addresses as people write them, and what a server asks for with its refusals."""

import base64
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from evalstudio.core.errors import ModelError
from evalstudio.core.outcome import Outcome
from evalstudio.evaluations.request import Options
from evalstudio.workspace.folder import Workspace
from tests.engine.models.calls import call, call_at
from tests.engine.models.scripted import Connection, chunk, completion, reply, scripted
from tests.engine.support import engine_in, finish, write_evaluation


@pytest.mark.parametrize(
    "written",
    [
        "{}",
        " {}",
        "{} ",
        "\t{}\n",
        "{}/",
        "{}//",
        "{}/chat/completions",
        "{}/chat/completions/",
        "{}#part",
        "{}?",
    ],
)
async def test_that_an_address_is_taken_as_it_is_pasted(written: str) -> None:
    async with scripted(reply(completion())) as server:
        result = await call_at(written.format(server.url))
    assert result.outcome is Outcome.OK
    assert server.asked[0].target.removesuffix("?") == "/v1/chat/completions"


@pytest.mark.parametrize(
    "written", ["http://a b/v1", "http://host/v 1", "http: //host/v1", "http://host:80 80/v1", "http://h/\u2009v1", "http://ho\tst/v1",
                "http://host/\x00v1", "htt p://host", "http://host /v1", "http://host/v1 /chat"],
)  # fmt: skip
async def test_that_a_blank_within_an_address_is_told_at_once(written: str) -> None:
    with pytest.raises(ModelError, match="holds a blank"):
        await call_at(written)


@pytest.mark.parametrize(
    ("key", "headers", "sent"),
    [
        (None, {}, f"Basic {base64.b64encode(b'ann:').decode()}"),
        (None, {"authorization": "env:OWN_AUTHORIZATION"}, "Basic own-words"),
    ],
)
async def test_that_a_user_in_an_address_is_sent_as_one(
    key: str | None, headers: dict[str, str], sent: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OWN_AUTHORIZATION", "Basic own-words")
    async with scripted(reply({"error": "no"}, 500)) as server:
        result = await call_at(server.url.replace("http://", "http://ann@"), key=key, headers=headers)
    assert server.asked[0].headers["authorization"] == sent
    assert "ann" not in result.message


@pytest.mark.parametrize(
    "change",
    [lambda url: f"{url}/", lambda url: url.replace("127.0.0.1", "localhost"), lambda url: f" {url}"],
)
async def test_that_a_run_goes_on_at_the_models_new_address(
    change: Any, tmp_path: Path, workspace: Workspace
) -> None:
    fails = [True]

    async def script(connection: Connection) -> None:
        await (reply("", 413) if fails else reply(completion("positive")))(connection)

    async with scripted(script) as old, scripted(script) as new, engine_in(workspace) as (engine, _):
        runs = []
        for url in (old.url, change(new.url)):
            model = f'{{ provider = "openai", name = "m-1", base_url = "{url}" }}'
            run = await engine.start_run(write_evaluation(tmp_path, model, 3), Options("one"))
            final = await finish(engine, run)
            runs.append(run.id)
            fails.clear()
    assert runs[0] == runs[1]
    assert (final.state, new.calls) == ("completed", 3)


async def test_that_another_model_is_still_another_run(tmp_path: Path, workspace: Workspace) -> None:
    from evalstudio.core.errors import RunError

    async with scripted(reply(completion("positive"))) as server, engine_in(workspace) as (engine, _):
        for name in ("m-1", "m-2"):
            path = write_evaluation(
                tmp_path, f'{{ provider = "openai", name = "{name}", base_url = "{server.url}" }}', 1
            )
            if name == "m-2":
                with pytest.raises(RunError, match="differs in model"):
                    await engine.start_run(path, Options("one"))
            else:
                await finish(engine, await engine.start_run(path, Options("one")))


REFUSALS: list[tuple[int, Any]] = [
    (400, {"error": {"message": "Unrecognized request argument supplied: stream_options"}}),
    (400, {"error": {"message": "Unknown parameter: 'stream_options'.", "param": "stream_options"}}),
    (422, {"detail": [{"type": "extra_forbidden", "loc": ["body", "stream_options"], "msg": "Extra inputs are not permitted"}]}),
    (422, {"detail": "stream_options.include_usage: not supported"}),
    (400, "include_usage is unknown"),
]  # fmt: skip


@pytest.mark.parametrize(("status", "refusal"), REFUSALS)
async def test_that_stream_options_are_left_out_where_a_server_refuses_them(
    status: int, refusal: Any
) -> None:
    async def script(connection: Connection) -> None:
        if "stream_options" in connection.asked.json:
            await reply(refusal, status)(connection)
        else:
            await connection.head(kind="text/event-stream")
            await connection.events(chunk("fine", "stop"), "[DONE]")

    async with scripted(script) as server:
        result = await call_at(server.url, stream=True)
        assert (result.outcome, server.calls) == (Outcome.OK, 2)
        result = await call_at(
            server.url, stream=True, parameters={"stream_options": {"include_usage": True}}
        )
        assert (result.outcome, server.calls) == (
            Outcome.CLIENT_ERROR,
            3,
        )  # a person's own wish is not undone
        result = await call_at(server.url, stream=True, parameters={"stream_options": False})
        assert (result.outcome, server.calls) == (Outcome.OK, 4)


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        ("try again after 2 seconds", 2), ("Please try again in 2 seconds.", 2), ("Retry after 2s", 2), ("retry your request after 3 sec", 3),
        ("Please wait 5 seconds before retrying", 5), ("wait for 2 minutes", 120), ("available again in 7s", 7), ("resets in 1m30s", 90),
        ("Try again in about 4 seconds", 4), ("Retry again in 250ms", 0.25), ("try again later", None), ("after 2 attempts", None),
    ],
)  # fmt: skip
async def test_that_a_hint_in_words_is_read(words: str, hint: float | None) -> None:
    result = await call(reply({"error": {"message": words}}, 429))
    assert result.hint == (None if hint is None else pytest.approx(hint))


@pytest.mark.parametrize(
    "off",
    [timedelta(days=-400), timedelta(hours=-2), timedelta(0), timedelta(minutes=7), timedelta(days=900)],
)
async def test_that_a_hint_as_a_date_is_in_the_servers_own_time(off: timedelta) -> None:
    theirs = datetime.now(UTC).replace(microsecond=0) + off
    later = format_datetime(theirs + timedelta(seconds=30), usegmt=True)
    result = await call(reply("", 429, Retry_After=later, Date=format_datetime(theirs, usegmt=True)))
    assert result.hint == pytest.approx(30, abs=0.01)


async def test_that_each_api_is_named_as_itself() -> None:
    assert "has no chat completions at /v1/chat/completions (404" in (await call(reply("no", 404))).message
    message = (await call(reply("no", 404), provider="anthropic")).message
    assert "has no Messages API at /v1/messages (404" in message
    assert "chat completion" not in message
