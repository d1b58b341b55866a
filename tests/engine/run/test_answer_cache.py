"""The cache of answers: what was asked before is not asked again, and says nothing about the endpoint."""

from pathlib import Path

import pytest

from evalstudio.core.outcome import Outcome
from evalstudio.evaluations.request import Options
from evalstudio.store.reader import Reader
from evalstudio.store.rows import Record
from evalstudio.store.runs import delete_run
from evalstudio.workspace.folder import Workspace
from tests.engine.support import Demo, demo, engine_in, finish, write_evaluation

CACHED = "cache = true"


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_KEY", "sk-planted-for-tests")


def records(workspace: Workspace, run_id: int) -> list[Record]:
    reader = Reader(workspace)
    found = [details.record for one in reader.record_ids(run_id) if (details := reader.details(one))]
    reader.close()
    return found


async def calls(server: Demo) -> int:
    return len(await server.calls())


async def test_that_the_same_questions_are_not_asked_twice(tmp_path: Path, workspace: Workspace) -> None:
    async with demo("fast") as server, engine_in(workspace) as (engine, _):
        evaluation = write_evaluation(tmp_path, server.model, 30, extra=CACHED)
        first = await engine.start_run(evaluation, Options("first"))
        await finish(engine, first)
        asked = await calls(server)
        second = await engine.start_run(evaluation, Options("second"))
        final = await finish(engine, second)
        assert await calls(server) == asked == 30
    before, after = records(workspace, first.id), records(workspace, second.id)
    assert (final.state, final.saved, final.cached, final.cost) == ("completed", 30, 30, None)
    assert [one.answer for one in after] == [one.answer for one in before]
    # its timings are those of the call that was made, and nothing of it is in the charts
    assert [one.latency for one in after] == [one.latency for one in before]
    assert all(one.cached and one.cost == 0 and one.attempts == 0 for one in after)
    assert final.latency is None
    assert final.tokens_out == 0
    assert sum(bucket.saved for bucket in Reader(workspace).buckets(second.id)) == 0
    assert final.scores[0].value == 1.0  # the answers are judged anew


async def test_that_it_is_off_unless_asked_for(tmp_path: Path, workspace: Workspace) -> None:
    async with demo("fast") as server, engine_in(workspace) as (engine, _):
        evaluation = write_evaluation(tmp_path, server.model, 5)
        await finish(engine, await engine.start_run(evaluation, Options("first", cache=True)))
        final = await finish(engine, await engine.start_run(evaluation, Options("second")))
        assert await calls(server) == 10
        cached = await finish(engine, await engine.start_run(evaluation, Options("third", cache=True)))
        assert await calls(server) == 10
    assert (final.cached, cached.cached) == (0, 5)


async def test_that_another_question_is_asked(tmp_path: Path, workspace: Workspace) -> None:
    """Another parameter, another row, another repeat: each is a question of its own."""
    async with demo("fast") as server, engine_in(workspace) as (engine, _):

        async def run(name: str, extra: str, samples: int) -> int:
            evaluation = write_evaluation(tmp_path, server.model, samples, name=name, extra=extra)
            before = await calls(server)
            await finish(engine, await engine.start_run(evaluation, Options(name)))
            return await calls(server) - before

        assert await run("first", CACHED, 4) == 4
        assert await run("warmer", f"{CACHED}\nparameters = {{ temperature = 0.7 }}", 4) == 4
        assert await run("longer", CACHED, 6) == 2
        assert await run("repeated", f"{CACHED}\nrepeats = 3", 4) == 8  # the first of three is known
        assert await run("again", f"{CACHED}\nrepeats = 3", 4) == 0


async def test_that_errors_are_never_kept(tmp_path: Path, workspace: Workspace) -> None:
    async with demo("fast") as server, engine_in(workspace) as (engine, _):
        evaluation = write_evaluation(
            tmp_path, server.model, 6, extra=f"{CACHED}\ntimeouts = {{ attempts = 1 }}"
        )
        await server.control(overloaded=1.0)
        broken = await finish(engine, await engine.start_run(evaluation, Options("broken")))
        assert (broken.errored, broken.saved) == (6, 6)
        await server.control(overloaded=0.0)
        final = await finish(engine, await engine.start_run(evaluation, Options("well")))
    assert (final.state, final.cached) == ("completed", 0)


async def test_that_entries_go_with_the_run_that_made_them(tmp_path: Path, workspace: Workspace) -> None:
    async with demo("fast") as server, engine_in(workspace) as (engine, _):
        evaluation = write_evaluation(tmp_path, server.model, 5, extra=CACHED)
        first = await engine.start_run(evaluation, Options("first"))
        await finish(engine, first)
        await engine.execute(lambda connection: delete_run(connection, first.id))
        final = await finish(engine, await engine.start_run(evaluation, Options("second")))
        assert await calls(server) == 10
    assert final.cached == 0


async def test_that_a_resumed_run_still_tells_what_came_from_the_cache(
    tmp_path: Path, workspace: Workspace
) -> None:
    async with demo("fast") as server, engine_in(workspace) as (engine, _):
        evaluation = write_evaluation(tmp_path, server.model, 8, extra=CACHED)
        await finish(engine, await engine.start_run(evaluation, Options("first", samples=5)))
        await finish(engine, await engine.start_run(evaluation, Options("second", samples=5)))
        final = await finish(engine, await engine.start_run(evaluation, Options("second", samples=8)))
    assert (final.saved, final.cached) == (8, 5)
    assert final.latency is not None
    assert final.latency.n == 3


async def test_that_a_function_that_has_changed_is_asked_again(tmp_path: Path, workspace: Workspace) -> None:
    model = tmp_path / "model.py"
    model.write_text("def answer(prompt):\n    return 'positive'\n")
    evaluation = write_evaluation(tmp_path, '"model.py::answer"', 4, extra=CACHED)
    async with engine_in(workspace) as (engine, _):
        await finish(engine, await engine.start_run(evaluation, Options("first")))
        same = await finish(engine, await engine.start_run(evaluation, Options("second")))
        model.write_text("def answer(prompt):\n    return 'negative'\n")
        other = await finish(engine, await engine.start_run(evaluation, Options("third")))
    assert (same.cached, other.cached) == (4, 0)
    assert {one.answer for one in records(workspace, 3)} == {"negative"}
    assert {one.outcome for one in records(workspace, 3)} == {Outcome.OK}
