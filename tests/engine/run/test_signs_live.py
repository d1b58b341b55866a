"""The signs of too much parallelism in a real run."""

from pathlib import Path

import pytest

from evalstudio.advice.overload_signs import Trouble
from evalstudio.concurrency import SlidingWindow
from evalstudio.evaluations.request import Options
from evalstudio.workspace.folder import Workspace
from tests.engine.support import demo, engine_in, finish, write_evaluation


async def test_that_a_window_above_the_servers_cap_is_told_and_lowered(
    tmp_path: Path, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEST_KEY", "sk-planted-for-tests")
    async with demo("instant") as server, engine_in(workspace) as (engine, heard):
        await server.control(max_concurrency=8, hints="none", fixed_seconds=0.1)
        evaluation = write_evaluation(tmp_path, server.model, 200)
        run = await engine.start_run(evaluation, Options("x", SlidingWindow(32)))
        seen = await heard.until(lambda one: any(sign.active for sign in one.signs), timeout=5)
        sign = next(sign for sign in seen.signs if sign.active)
        assert sign.name == Trouble.RATE_LIMITS
        assert sign.samples > 0
        assert sign.proposed is not None
        assert sign.proposed < 32
        run.controls.set_strategy(SlidingWindow(8))
        final = await finish(engine, run)
    assert final.errored == 0
    assert final.saved == 200
