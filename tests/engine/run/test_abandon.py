"""One call given up by a person, by what the server saw and the store has."""

from pathlib import Path

import pytest

from evalstudio.concurrency import SlidingWindow
from evalstudio.errors import RunError
from evalstudio.evaluations.request import Options
from evalstudio.store.reader import Reader
from evalstudio.workspace.folder import Workspace
from tests.engine.support import demo, engine_in, finish, write_evaluation


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_KEY", "sk-planted-for-tests")


def outcomes(workspace: Workspace, run_id: int) -> dict[str, tuple[str, str | None]]:
    reader = Reader(workspace)
    try:
        lines = reader.lines(reader.record_ids(run_id))
        return {line.sample_id: (line.outcome, line.error) for line in lines}
    finally:
        reader.close()


async def test_that_an_abandoned_call_ends_at_once_is_errored_and_is_tried_again_by_a_resume(
    tmp_path: Path, workspace: Workspace
) -> None:
    async with demo("instant") as server, engine_in(workspace) as (engine, heard):
        await server.control(fixed_seconds=60)
        evaluation = write_evaluation(tmp_path, server.model, 4)
        run = await engine.start_run(evaluation, Options("x", SlidingWindow(2)))
        seen = await heard.until(lambda one: len(one.calls) == 2)
        oldest = seen.calls[0]
        run.abandon(oldest.record_id)
        after = await heard.until(lambda one: one.errored == 1 and len(one.calls) == 2)
        assert [call.sample_id for call in after.calls] == [seen.calls[1].sample_id, "2"]  # its slot was free
        assert after.state == "running"
        (error,) = after.errors
        assert (error.name, error.records) == ("cancelled", 1)
        with pytest.raises(RunError, match="ended already"):
            run.abandon(oldest.record_id)
        run.stop()
        await finish(engine, run)
        told = outcomes(workspace, run.id)
        assert list(told) == [oldest.sample_id]
        assert told[oldest.sample_id][0] == "cancelled"
        assert "Abandoned by you" in str(told[oldest.sample_id][1])
        await server.control(fixed_seconds=0.01)
        again = await engine.resume_run(run.id)
        final = await finish(engine, again)
    assert (final.state, final.saved, final.errored) == ("completed", 4, 0)
    assert {outcome for outcome, _ in outcomes(workspace, run.id).values()} == {"ok"}


async def test_that_a_sample_that_backs_off_can_be_abandoned_and_the_last_one_ends_the_run(
    tmp_path: Path, workspace: Workspace
) -> None:
    async with demo("instant") as server, engine_in(workspace, attended=True) as (engine, heard):
        await server.control(overloaded=1.0)
        evaluation = write_evaluation(tmp_path, server.model, 1)
        run = await engine.start_run(evaluation, Options("x", SlidingWindow(1)))
        seen = await heard.until(lambda one: any(call.state == "backing off" for call in one.calls))
        run.abandon(seen.calls[0].record_id)
        final = await finish(engine, run)
    assert (final.state, final.saved, final.errored) == ("completed with errors", 1, 1)
    reader = Reader(workspace)
    details = reader.details(seen.calls[0].record_id)
    reader.close()
    assert details is not None
    assert details.record.outcome == "cancelled"
    assert details.attempts[0].outcome == "overloaded"  # what was tried before is kept


async def test_that_many_abandoned_calls_do_not_make_the_run_pause_itself(
    tmp_path: Path, workspace: Workspace
) -> None:
    async with demo("instant") as server, engine_in(workspace, attended=True) as (engine, heard):
        await server.control(fixed_seconds=60)
        run = await engine.start_run(
            write_evaluation(tmp_path, server.model, 30), Options("x", SlidingWindow(30))
        )
        seen = await heard.until(lambda one: len(one.calls) == 30)
        for call in seen.calls:
            run.abandon(call.record_id)
        final = await finish(engine, run)
    assert (final.state, final.errored) == ("completed with errors", 30)


async def test_that_a_renamed_experiment_is_known_by_its_new_name_while_it_runs(
    tmp_path: Path, workspace: Workspace
) -> None:
    async with demo("instant") as server, engine_in(workspace) as (engine, heard):
        await server.control(fixed_seconds=60)
        run = await engine.start_run(write_evaluation(tmp_path, server.model, 2), Options("before"))
        await heard.until(lambda one: one.experiment == "before")
        await engine.rename_experiment("before", "after")
        await heard.until(lambda one: one.experiment == "after")
        run.stop()
        await finish(engine, run)
    reader = Reader(workspace)
    assert reader.run(run.id).experiment == "after"
    reader.close()


async def test_that_calls_that_a_stop_overtakes_give_back_what_they_hold(
    tmp_path: Path, workspace: Workspace
) -> None:
    async with demo("one-second") as server, engine_in(workspace) as (engine, _):
        run = await engine.start_run(
            write_evaluation(tmp_path, server.model, 8), Options("x", SlidingWindow(4))
        )
        assert len(run.in_flight) == 4  # none of their tasks has had its turn yet
        run.stop()
        final = await finish(engine, run)
        assert (final.state, final.in_flight) == ("stopped", 0)
        assert (engine.admission.in_flight, run.cap.in_flight, run.controller.in_flight) == (0, 0, 0)


async def test_that_a_call_can_be_abandoned_before_its_first_step(
    tmp_path: Path, workspace: Workspace
) -> None:
    async with demo("instant") as server, engine_in(workspace) as (engine, _):
        run = await engine.start_run(
            write_evaluation(tmp_path, server.model, 3), Options("x", SlidingWindow(1))
        )
        (item,) = run.in_flight
        run.abandon(item.record_id)
        final = await finish(engine, run)
    assert (final.saved, final.errored) == (3, 1)
