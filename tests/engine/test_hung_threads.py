"""Calls that hang in threads: they can't be ended, so a process that has too many of them is left in order."""

import asyncio
from pathlib import Path

from evalstudio.concurrency import SlidingWindow
from evalstudio.engine import hung_threads
from evalstudio.evaluations.request import Options
from evalstudio.protocol import Hello, Reply, Restarting, ResumeRun, Snapshot, StartRun
from evalstudio.store.reader import Reader
from evalstudio.workspace.folder import Workspace
from tests.engine.support import HANGS_EVERY_FIFTH, engine_in, finish, write_evaluation
from tests.engine_process.support import Child

QUICK = "timeouts = { attempt = 0.2, attempts = 1 }"


async def test_that_a_run_without_a_window_ends_and_says_why(tmp_path: Path, workspace: Workspace) -> None:
    (tmp_path / "model.py").write_text(HANGS_EVERY_FIFTH)
    evaluation = write_evaluation(tmp_path, '"model.py::answer"', 500, extra=QUICK)
    before = hung_threads.hung_threads()
    async with engine_in(workspace) as (engine, _):
        run = await engine.start_run(evaluation, Options("x", SlidingWindow(6), workers=6))
        final = await finish(engine, run)
    assert final.state == "stopped"
    assert "hang in threads that can't be ended" in final.reason
    assert hung_threads.hung_threads() - before < 100  # it did not go on to the last of them
    assert Reader(workspace).run(run.id).saved == final.saved > 0


async def test_that_a_quiet_point_does_not_wait_for_a_judge_that_may_not_call(
    tmp_path: Path, workspace: Workspace
) -> None:
    judge = '{ type = "judge", prompt = "grade", model = "demo/one-second" }'
    evaluation = write_evaluation(tmp_path, '"demo/instant"', 8)
    text = Path(evaluation).read_text()
    Path(evaluation).write_text(text.replace("evaluators = [", f"evaluators = [ {judge},"))
    async with engine_in(workspace) as (engine, heard):
        run = await engine.start_run(evaluation, Options("x", SlidingWindow(1)))
        await heard.until(lambda one: one.saved >= 1 and one.judging >= 1)
        async with asyncio.timeout(20):
            assert await hung_threads.wind_down([run]) == (run.id,)
        final = await finish(engine, run)
    assert final.state == "stopped"
    assert final.saved >= 1


def test_that_the_engine_of_a_window_asks_for_another_one(tmp_path: Path, workspace: Workspace) -> None:
    (tmp_path / "model.py").write_text(HANGS_EVERY_FIFTH)
    evaluation = write_evaluation(tmp_path, '"model.py::answer"', 500, extra=QUICK)
    child = Child(workspace)
    try:
        child.until(lambda event: isinstance(event, Hello))
        child.send(1, StartRun(evaluation, strategy=SlidingWindow(6), workers=6))
        run_id = child.reply(1).value
        last = child.until(lambda event: isinstance(event, Restarting), 40)
        child.until(lambda event: event is None)
    finally:
        child.close()
    assert last.run_ids == (run_id,)
    assert child.process.returncode == 0
    row = Reader(workspace).run(run_id)
    saved = row.saved
    assert row.state == "stopped"
    assert 0 < saved < 500
    following = Child(workspace)
    try:
        following.until(lambda event: isinstance(event, Hello))
        following.send(1, ResumeRun(run_id, ()))
        assert following.until(lambda event: isinstance(event, Reply)).error is None
        following.until(
            lambda event: isinstance(event, Snapshot) and event.saved > saved and event.saved == 500, 40
        )
    finally:
        following.close()
