"""What a run tells of how its calls ended, and that it is true."""

import asyncio
import csv
import io
from pathlib import Path

import pytest
from rich.console import Console

from evalstudio.cli.summary import print_summary
from evalstudio.concurrency import SlidingWindow
from evalstudio.engine.limits.failure_breaker import PauseRule
from evalstudio.evaluations.request import Options
from evalstudio.protocol import Snapshot
from evalstudio.reports.records import write_records
from evalstudio.store.reader import Reader
from evalstudio.workspace.folder import Workspace
from tests.engine.models.scripted import Connection, Script, completion, number_of, reply, scripted
from tests.engine.run.support import run_against
from tests.engine.support import engine_in, finish, write_evaluation


def told(final: Snapshot) -> str:
    console = Console(file=io.StringIO(), width=300)
    print_summary(console, final)
    return console.file.getvalue()  # type: ignore[attr-defined, no-any-return]


def by_number(*bodies: object) -> Script:
    async def script(connection: Connection) -> None:
        await reply(bodies[number_of(connection.asked.json)])(connection)

    return script


async def test_that_answers_cut_off_and_unknown_ends_are_told_everywhere(
    tmp_path: Path, workspace: Workspace
) -> None:
    script = by_number(
        completion("positive"),
        completion("negative", "length"),
        completion("neutral", "MAX_TOKENS"),
        completion("positive", "vibes"),
    )
    final, records = await run_against(script, tmp_path, workspace, 4)
    assert final.state == "completed"
    assert final.ends == {"length": 2, "vibes": 1}
    text = told(final)
    assert "2 answers ended at the limit of tokens" in text
    assert "'vibes' 1 answer" in text
    exported = io.StringIO()
    reader = Reader(workspace)
    write_records(reader, records[0].record.run_id, "csv", exported)
    reader.close()
    rows = csv.DictReader(exported.getvalue().splitlines())
    assert [row["finish_reason"] for row in rows] == ["stop", "length", "length", "vibes"]


async def test_that_a_resumed_run_counts_the_ends_of_before(tmp_path: Path, workspace: Workspace) -> None:
    async def script(connection: Connection) -> None:
        number = number_of(connection.asked.json)
        fails = number == 1 and len(seen) < 3
        seen.append(number)
        await (reply("", 413) if fails else reply(completion("positive", "length")))(connection)

    seen: list[int] = []
    async with scripted(script) as server, engine_in(workspace) as (engine, _):
        model = f'{{ provider = "openai", name = "m-1", base_url = "{server.url}" }}'
        path = write_evaluation(tmp_path, model, 3)
        finals = []
        for _ in range(2):
            finals.append(
                await finish(engine, await engine.start_run(path, Options("one", SlidingWindow(1))))
            )
    assert [final.ends for final in finals] == [{"length": 2}, {"length": 3}]


async def test_that_failed_ends_are_tried_again_and_never_scored(
    tmp_path: Path, workspace: Workspace
) -> None:
    calls: dict[int, int] = {}

    async def script(connection: Connection) -> None:
        number = number_of(connection.asked.json)
        calls[number] = calls.get(number, 0) + 1
        reason = ("abort", "MALFORMED_FUNCTION_CALL", "sensitive")[number] if calls[number] == 1 else "stop"
        await reply(completion("positive", reason))(connection)

    final, _ = await run_against(script, tmp_path, workspace, 3)
    assert calls == {0: 2, 1: 2, 2: 1}
    assert (final.scored, final.errored) == (2, 1)
    text = told(final)
    assert text.count("1 attempt, answered when tried again") == 2
    assert "1 attempt, 1 sample without an answer" in text


@pytest.mark.parametrize("status", [401, 404, 402])
async def test_that_nothing_is_told_as_answered_later_where_nothing_was(
    status: int, tmp_path: Path, workspace: Workspace
) -> None:
    final, _ = await run_against(reply("no", status), tmp_path, workspace, 2)
    assert final.state == "stopped"
    assert "answered when tried again" not in told(final)
    assert "not answered so far" in told(final)


@pytest.mark.parametrize("seconds", [0.3, 0.5])
async def test_that_a_sample_out_of_time_is_told_by_what_took_its_time(
    seconds: float, tmp_path: Path, workspace: Workspace
) -> None:
    async def script(connection: Connection) -> None:
        if calls:
            await asyncio.Event().wait()
        calls.append(1)
        await reply({"error": {"message": "CUDA out of memory"}}, 500, Retry_After="0.1")(connection)

    calls: list[int] = []
    extra = f"timeouts = {{ sample = {seconds} }}"
    final, records = await run_against(script, tmp_path, workspace, 1, extra)
    assert final.errored == 1
    error = records[0].record.error or ""
    assert "CUDA out of memory" in error
    assert f"No further try fits into the {seconds:g} s" in error or "(500" in error


def test_that_calls_that_failed_are_not_told_as_no_answer() -> None:
    from evalstudio.core.outcome import Outcome
    from evalstudio.protocol import ErrorClass

    errors = (ErrorClass(Outcome.OVERLOADED, 4, 0, 0.0, "host answered with an error (503: Loading model)."),)
    sentence = PauseRule().silent(20.0, errors)
    assert sentence is not None
    assert (
        "None of 4 calls in 20 s has succeeded (overloaded): host answered with an error (503: Loading model)."
        in sentence
    )
    assert "No answer" not in sentence


async def test_that_a_waiting_run_goes_on_by_itself_when_the_hint_is_past(
    tmp_path: Path, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("evalstudio.engine.limits.retry.LONGEST_HINT", 0.2)

    async def script(connection: Connection) -> None:
        calls.append(asyncio.get_running_loop().time())
        refusal = reply("later", 429, Retry_After="0.5")
        await (refusal if len(calls) == 1 else reply(completion("positive")))(connection)

    calls: list[float] = []
    reasons: set[str] = set()
    async with (
        scripted(script) as server,
        engine_in(workspace, attended=True, continues=True) as (engine, events),
    ):
        model = f'{{ provider = "openai", name = "m-1", base_url = "{server.url}" }}'
        run = await engine.start_run(write_evaluation(tmp_path, model, 1), Options("one"))
        final = await finish(engine, run)
        reasons = {event.reason for event in events.snapshots if event.state == "paused"}
    assert final.state == "completed"
    assert calls[1] - calls[0] >= 0.5
    assert any("It is tried again in" in reason for reason in reasons)


async def test_that_a_waiting_run_looks_again_now_and_then(
    tmp_path: Path, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("evalstudio.engine.run.self_continue.FIRST_S", 0.2)
    monkeypatch.setattr("evalstudio.engine.limits.failure_breaker.SILENT_S", 0.3)

    async def script(connection: Connection) -> None:
        calls.append(1)
        loading = reply({"error": {"message": "Loading model"}}, 503, Retry_After="0.05")
        await (loading if len(calls) < 4 else reply(completion("positive")))(connection)

    calls: list[int] = []
    async with scripted(script) as server, engine_in(workspace, attended=True, continues=True) as (engine, _):
        model = f'{{ provider = "openai", name = "m-1", base_url = "{server.url}" }}'
        path = write_evaluation(tmp_path, model, 2, extra="timeouts = { attempts = 100 }")
        final = await finish(engine, await engine.start_run(path, Options("one", SlidingWindow(2))))
    assert final.state == "completed"
