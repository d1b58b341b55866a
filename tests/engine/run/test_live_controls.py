"""Limits, pause, stop and resume of a run, by what the server saw."""

import asyncio
from pathlib import Path

import pytest

from evalstudio.concurrency import Adaptive, Sequential, SlidingWindow
from evalstudio.engine.run.run import Run
from evalstudio.errors import EvalStudioError, LimitError, RunError
from evalstudio.evaluations.request import Options
from evalstudio.store.reader import Reader
from evalstudio.workspace.folder import Workspace
from tests.engine.support import Demo, demo, engine_in, finish, write_evaluation


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_KEY", "sk-planted-for-tests")


async def most_at_once(server: Demo) -> int:
    stats = await server.stats()
    return int(stats["max_in_flight"])


async def test_that_a_window_of_eight_answers_eight_one_second_calls_in_one_second(
    tmp_path: Path, workspace: Workspace
) -> None:
    async with demo("one-second") as server, engine_in(workspace) as (engine, _):
        evaluation = write_evaluation(tmp_path, server.model, 8)
        run = await engine.start_run(evaluation, Options("w", SlidingWindow(8)))
        final = await finish(engine, run)
        calls = await server.calls()
    assert final.state == "completed"
    assert final.scores[0].value == 1.0
    starts = [call["start"] for call in calls]
    assert max(starts) - min(starts) < 0.1
    assert 1.0 <= max(call["end"] for call in calls) - min(starts) < 1.5


async def test_that_sequential_is_one_at_a_time_in_dataset_order(
    tmp_path: Path, workspace: Workspace
) -> None:
    async with demo("one-second") as server, engine_in(workspace) as (engine, _):
        evaluation = write_evaluation(tmp_path, server.model, 3)
        run = await engine.start_run(evaluation, Options("s", Sequential()))
        final = await finish(engine, run)
        assert await most_at_once(server) == 1
    assert 3.0 <= final.elapsed < 3.5
    ids = Reader(workspace).record_ids(run.id)
    ends = [Reader(workspace).details(record).record.finished_at for record in ids]  # type: ignore[union-attr]
    assert ends == sorted(ends)


async def test_that_auto_needs_two_rounds_for_eight_calls_of_a_function(
    tmp_path: Path, workspace: Workspace
) -> None:
    (tmp_path / "model.py").write_text(
        "import asyncio\nflight = most_before_first = done = 0\n"
        "async def answer(prompt):\n"
        "    global flight, most_before_first, done\n"
        "    flight += 1\n"
        "    if not done: most_before_first = max(most_before_first, flight)\n"
        "    await asyncio.sleep(1)\n"
        "    flight -= 1; done += 1\n"
        "    return f'positive {most_before_first}'\n"
    )
    async with engine_in(workspace) as (engine, _):
        run = await engine.start_run(write_evaluation(tmp_path, '"model.py::answer"', 8))
        final = await finish(engine, run)
    assert isinstance(run.controls.strategy, Adaptive)
    assert final.elapsed < 2.5
    answers = {line.answer for line in Reader(workspace).lines(Reader(workspace).record_ids(run.id))}
    assert max(int(str(answer).split()[1]) for answer in answers) <= 7


@pytest.mark.parametrize("window", [1, 5, 40])
async def test_that_calls_in_flight_reach_the_window_and_never_pass_it(
    tmp_path: Path, workspace: Workspace, window: int
) -> None:
    async with demo("fast") as server, engine_in(workspace) as (engine, _):
        await server.control(slots=100, output_mean=4)
        samples = 10 + window * 4
        run = await engine.start_run(
            write_evaluation(tmp_path, server.model, samples), Options("w", SlidingWindow(window))
        )
        final = await finish(engine, run)
        assert await most_at_once(server) == window
        assert (await server.stats())["started"] == samples
    assert final.saved == samples


async def test_that_a_changed_window_holds_for_every_call_that_starts_later(
    tmp_path: Path, workspace: Workspace
) -> None:
    async with demo("fast") as server, engine_in(workspace) as (engine, heard):
        await server.control(slots=100, output_mean=20)
        run = await engine.start_run(
            write_evaluation(tmp_path, server.model, 150), Options("c", SlidingWindow(4))
        )
        await heard.until(lambda snapshot: snapshot.saved >= 8)
        assert await most_at_once(server) == 4
        run.controls.set_strategy(SlidingWindow(24))
        await heard.until(lambda snapshot: snapshot.in_flight == 24)
        async with asyncio.timeout(20):
            while await most_at_once(server) < 24:  # on a busy machine the last ones are still under way
                await asyncio.sleep(0.02)
        assert await most_at_once(server) == 24
        run.controls.set_strategy(SlidingWindow(2))
        await heard.until(lambda snapshot: snapshot.limit == 2 and snapshot.in_flight == 2)
        lowered = len(heard.snapshots)
        run.stop()
        await finish(engine, run)
        failed = [call for call in await server.calls() if call["status"] not in (200, None, 499)]
    assert not failed
    assert all(snapshot.in_flight <= 2 for snapshot in heard.snapshots[lowered:])
    sentences = [change.sentence for change in Reader(workspace).changes(run.id)]
    assert any("24" in sentence for sentence in sentences)
    assert any("2" in sentence for sentence in sentences)


async def test_that_the_ceiling_holds_over_all_runs_and_they_share_it_fairly(
    tmp_path: Path, workspace: Workspace
) -> None:
    async with demo("fast") as server, engine_in(workspace, ceiling=6) as (engine, heard):
        await server.control(slots=100)
        one = await engine.start_run(
            write_evaluation(tmp_path, server.model, 40, name="one"), Options("one", SlidingWindow(20))
        )
        two = await engine.start_run(
            write_evaluation(tmp_path, server.model, 40, name="two"), Options("two", SlidingWindow(20))
        )
        crowded = await heard.until(lambda snapshot: snapshot.run_id == two.id and snapshot.in_flight == 3)
        assert crowded.binding == "application ceiling"
        first, second = await asyncio.gather(finish(engine, one), finish(engine, two))
        assert await most_at_once(server) == 6
    assert first.saved == second.saved == 40


async def test_that_stop_ends_all_calls_at_once_and_resume_does_the_rest_and_only_the_rest(
    tmp_path: Path, workspace: Workspace
) -> None:
    async with demo("fast") as server:
        evaluation = write_evaluation(tmp_path, server.model, 80)
        async with engine_in(workspace) as (engine, heard):
            run = await engine.start_run(evaluation, Options("x", SlidingWindow(8)))
            await heard.until(lambda snapshot: snapshot.saved >= 10)
            run.stop()
            stopped = await finish(engine, run, 3)
            started = (await server.stats())["started"]
            await asyncio.sleep(1)  # the very thing: for a second nothing more may start
            assert (await server.stats())["started"] == started
            assert (await server.stats())["in_flight"] == 0
        assert stopped.state == "stopped"
        before = {one: Reader(workspace).details(one) for one in Reader(workspace).record_ids(run.id)}
        assert 10 <= len(before) < 80

        async with engine_in(workspace) as (engine, _):
            again = await engine.start_run(evaluation, Options("x", SlidingWindow(8)))
            final = await finish(engine, again)
        assert again.id == run.id
        assert (await server.stats())["started"] - started == 80 - len(before)
    assert final.state == "completed"
    assert final.saved == 80
    assert final.latency is not None
    assert final.latency.n == 80
    assert all(Reader(workspace).details(one) == details for one, details in before.items()), (
        "what was saved is untouched"
    )


async def test_that_pause_lets_calls_end_and_starts_none(tmp_path: Path, workspace: Workspace) -> None:
    async with demo("fast") as server, engine_in(workspace) as (engine, heard):
        run = await engine.start_run(
            write_evaluation(tmp_path, server.model, 60), Options("p", SlidingWindow(8))
        )
        await heard.until(lambda snapshot: snapshot.saved >= 8)
        run.pause()
        calm = await heard.until(lambda snapshot: snapshot.state == "paused" and snapshot.in_flight == 0)
        assert 8 <= calm.saved <= 60
        started = (await server.stats())["started"]
        calm = await heard.until(
            lambda snapshot: snapshot.saved >= started
        )  # what was in flight is committed
        assert calm.saved == started
        assert calm.state == "paused"
        run.unpause()
        final = await finish(engine, run)
    assert final.saved == 60
    assert final.elapsed < 60


async def test_that_a_total_of_samples_grows_to_what_is_asked_and_does_no_sample_twice(
    tmp_path: Path, workspace: Workspace
) -> None:
    async with demo("instant") as server, engine_in(workspace) as (engine, _):
        evaluation = write_evaluation(tmp_path, server.model, 20)
        three = await finish(engine, await engine.start_run(evaluation, Options("n", samples=3)))
        still_three = await finish(engine, await engine.start_run(evaluation, Options("n", samples=3)))
        assert (await server.stats())["started"] == 3
        all_of_them = await finish(engine, await engine.start_run(evaluation, Options("n")))
        assert (await server.stats())["started"] == 20
    assert (three.saved, still_three.saved, all_of_them.saved) == (3, 3, 20)


async def test_that_a_changed_prompt_is_refused_before_anything_is_called(
    tmp_path: Path, workspace: Workspace
) -> None:
    async with demo("instant") as server, engine_in(workspace) as (engine, _):
        evaluation = write_evaluation(tmp_path, server.model, 4)
        await finish(engine, await engine.start_run(evaluation, Options("n")))
        Path(evaluation).write_text(Path(evaluation).read_text().replace("one word", "a word"))
        with pytest.raises(RunError, match="differs in prompt"):
            await engine.start_run(evaluation, Options("n"))
        assert (await server.stats())["started"] == 4
        new = await finish(engine, await engine.start_run(evaluation, Options("n", new_run=True)))
        assert new.saved == 4


async def test_that_a_run_is_not_started_twice_in_one_engine(tmp_path: Path, workspace: Workspace) -> None:
    async with demo("one-second") as server, engine_in(workspace) as (engine, _):
        evaluation = write_evaluation(tmp_path, server.model, 4)
        run = await engine.start_run(evaluation, Options("n"))
        with pytest.raises(RunError, match="running already"):
            await engine.start_run(evaluation, Options("n"))
        run.stop()
        assert (await finish(engine, run)).state == "stopped"


async def test_that_of_two_starts_at_one_moment_one_is_refused(tmp_path: Path, workspace: Workspace) -> None:
    async with demo("instant") as server, engine_in(workspace) as (engine, _):
        evaluation = write_evaluation(tmp_path, server.model, 30)
        for again in (
            lambda: engine.start_run(evaluation, Options("n")),
            lambda: engine.resume_run(1, ("cancelled",)),
        ):
            started = await asyncio.gather(again(), again(), return_exceptions=True)
            runs = [one for one in started if isinstance(one, Run)]
            refused = [one for one in started if isinstance(one, RunError)]
            assert (len(runs), len(refused)) == (1, 1)
            assert "is running already" in str(refused[0])
            assert (await finish(engine, runs[0])).saved == 30
        assert (await server.stats())["started"] == 30


async def test_that_a_run_that_could_not_start_can_be_started_again(
    tmp_path: Path, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with demo("instant") as server, engine_in(workspace) as (engine, _):
        evaluation = write_evaluation(tmp_path, server.model, 4)
        monkeypatch.delenv("TEST_KEY")
        with pytest.raises(EvalStudioError, match="TEST_KEY"):
            await engine.start_run(evaluation, Options("n"))
        monkeypatch.setenv("TEST_KEY", "sk-planted-for-tests")
        assert (await finish(engine, await engine.start_run(evaluation, Options("n")))).saved == 4


async def test_that_resume_goes_on_with_the_run_that_was_asked_for(
    tmp_path: Path, workspace: Workspace
) -> None:
    """A newer one of the same kind in its experiment stays as it is."""
    async with demo("one-second") as server, engine_in(workspace) as (engine, _):
        evaluation = write_evaluation(tmp_path, server.model, 4)
        first = await engine.start_run(evaluation, Options("n"))
        first.stop()
        assert (await finish(engine, first)).saved == 0
        await server.control(profile="instant")
        second = await engine.start_run(evaluation, Options("n", new_run=True))
        assert (await finish(engine, second)).saved == 4
        resumed = await engine.resume_run(first.id)
        assert resumed.id == first.id
        assert (await finish(engine, resumed)).saved == 4
        # by its name alone, the newest is meant
        assert (await engine.start_run(evaluation, Options("n"))).id == second.id


async def test_that_resume_refuses_a_file_that_holds_another_evaluation_now(
    tmp_path: Path, workspace: Workspace
) -> None:
    async with demo("instant") as server, engine_in(workspace) as (engine, _):
        evaluation = write_evaluation(tmp_path, server.model, 4)
        run = await engine.start_run(evaluation, Options("n"))
        await finish(engine, run)
        Path(evaluation).write_text(Path(evaluation).read_text().replace('name = "test"', 'name = "other"'))
        with pytest.raises(RunError, match=r"is of the evaluation 'test'.*named 'other' now"):
            await engine.resume_run(run.id)
        assert (await server.stats())["started"] == 4


@pytest.mark.parametrize("size", [0, -1, 10_001, True, 2.5])
def test_that_a_window_that_cannot_work_is_refused(size: object) -> None:
    with pytest.raises(LimitError, match="whole number from 1"):
        SlidingWindow(size)  # type: ignore[arg-type]


def test_that_adaptive_bounds_are_checked_against_each_other() -> None:
    with pytest.raises(LimitError, match="min <= max"):
        Adaptive(min=9, max=3)
    with pytest.raises(LimitError, match="initial between"):
        Adaptive(initial=50, max=3)


async def test_that_a_random_choice_of_samples_is_the_total_whatever_their_positions(
    tmp_path: Path, workspace: Workspace
) -> None:
    async with engine_in(workspace) as (engine, heard):
        path = Path(write_evaluation(tmp_path, '"demo/instant"', 200, extra="repeats = 2"))
        path.write_text(path.read_text().replace('"test.jsonl" }', '"test.jsonl", samples = 10, seed = 3 }'))
        final = await finish(engine, await engine.start_run(str(path), Options("r")))
        resumed = await finish(engine, await engine.start_run(str(path), Options("r")))
    assert {snapshot.total for snapshot in heard.snapshots} == {20}
    assert (final.saved, resumed.saved, resumed.total) == (20, 20, 20)
    assert Reader(workspace).run(1).total == 20


async def test_that_no_run_goes_on_unwatched_when_the_engine_itself_fails(
    tmp_path: Path, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with demo("one-second") as server, engine_in(workspace) as (engine, _):
        run = await engine.start_run(write_evaluation(tmp_path, server.model, 40), Options("n", Sequential()))
        monkeypatch.setattr(Run, "watch_endpoint", lambda run: 1 // 0)
        final = await finish(engine, run)
    assert final.state == "stopped"
    assert "The engine failed (ZeroDivisionError" in final.reason
    assert final.saved < 40
