"""Settings in a running engine: they act at once where nothing nearer to a run set its own."""

import asyncio
from pathlib import Path

import pytest

from evalstudio.concurrency import Adaptive, SlidingWindow
from evalstudio.evaluations.request import Options
from evalstudio.evaluations.spec import TimeOuts
from evalstudio.settings.values import Rates, Settings
from evalstudio.workspace.folder import Workspace
from tests.engine.support import demo, engine_in, finish, write_evaluation

SLOW = "import time\ndef answer(prompt):\n    time.sleep(0.05)\n    return 'positive'\n"


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_KEY", "sk-planted-for-tests")


async def test_that_a_run_returns_to_no_default_strategy(tmp_path: Path, workspace: Workspace) -> None:
    (tmp_path / "model.py").write_text(SLOW)
    async with engine_in(workspace) as (engine, heard):
        one = await engine.start_run(write_evaluation(tmp_path, '"demo/one-second"', 400))
        sync = await engine.start_run(write_evaluation(tmp_path, '"model.py::answer"', 900, name="sync"))
        engine.change_settings(Settings(strategy=SlidingWindow(3)))
        assert one.controls.strategy == sync.controls.strategy == SlidingWindow(3)
        await heard.until(lambda now: now.run_id == one.id and now.strategy == SlidingWindow(3))
        engine.change_settings(Settings())
        assert one.controls.strategy == Adaptive()
        assert sync.controls.strategy == SlidingWindow(8)
        one.controls.set_strategy(SlidingWindow(2))  # a live control: settings no longer move it
        engine.change_settings(Settings(strategy=SlidingWindow(7)))
        assert one.controls.strategy == SlidingWindow(2)
        assert sync.controls.strategy == SlidingWindow(7)


async def test_that_time_outs_and_attempts_act_on_calls_that_start_from_now_on(
    tmp_path: Path, workspace: Workspace
) -> None:
    path = write_evaluation(tmp_path, '"demo/one-second"', 6, extra="timeouts = { sample = 100 }")
    async with engine_in(workspace) as (engine, heard):
        run = await engine.start_run(path, Options(strategy=SlidingWindow(2)))
        await heard.until(lambda now: now.saved >= 2)
        engine.change_settings(Settings(timeouts=TimeOuts(attempt=0.2, attempts=1, sample=5)))
        assert run.plan.spec.timeouts == TimeOuts(attempt=0.2, attempts=1, sample=100)  # its own is kept
        final = await finish(engine, run)
    assert final.errored >= 2
    assert "0.2 s" in final.errors[0].example
    assert final.errors[0].attempts == final.errored  # once each


async def test_that_settings_reach_a_run_that_starts_and_are_kept_with_it(
    tmp_path: Path, workspace: Workspace
) -> None:
    settings = Settings(timeouts=TimeOuts(attempt=0.2, attempts=2), budget=0.5)
    async with engine_in(workspace, settings=settings) as (engine, _):
        run = await engine.start_run(write_evaluation(tmp_path, '"demo/one-second"', 1))
        final = await finish(engine, run)
        assert final.errors[0].attempts == 2
        assert run.plan.new_run().spec.count('"budget":0.5') == 1
        own = write_evaluation(
            tmp_path, '"demo/instant"', 1, name="own", extra="budget = 2.0\ntimeouts = { attempt = 240 }"
        )
        spec = (await engine.start_run(own)).plan.spec
        assert spec.budget == 2.0
        assert spec.timeouts.attempt == 240  # written down, though it is the program's default
        assert spec.timeouts.attempts == 2


async def test_that_a_spent_budget_of_the_settings_stops_a_run_in_work(
    tmp_path: Path, workspace: Workspace
) -> None:
    async with engine_in(workspace) as (engine, heard):
        run = await engine.start_run(write_evaluation(tmp_path, '"demo/one-second"', 200), Options())
        await heard.until(lambda now: now.saved >= 1)
        run.telemetry.spent(3.0)
        engine.change_settings(Settings(budget=1.0))
        under_way = run.keeper.counts.saved + run.keeper.unsaved + len(run.in_flight)
        assert not run.wants()  # at once, not at the next answer
        final = await finish(engine, run)
    assert final.state == "stopped"
    assert "budget of $1" in final.reason
    assert final.saved == under_way, "what was in flight is answered and kept"


async def test_that_rates_of_the_settings_hold_back_calls_and_a_person_goes_before_them(
    tmp_path: Path, workspace: Workspace
) -> None:
    async with demo("instant") as server, engine_in(workspace) as (engine, heard):
        await server.control(fixed_seconds=0.05)
        engine.change_settings(Settings(rates={server.url: Rates(120)}))
        path = write_evaluation(tmp_path, server.model, 500)
        run = await engine.start_run(path, Options(strategy=SlidingWindow(10)))
        bound = await heard.until(lambda now: now.binding == "rate limit (requests)")
        assert "requests" in bound.binding_sentence
        assert run.controller.requests_per_minute == pytest.approx(120, rel=0.03)
        engine.change_settings(Settings(rates={server.url: Rates(6000)}))
        assert run.controller.requests_per_minute == pytest.approx(6000, rel=0.03)
        engine.set_rates(run.id, 60_000, None)
        engine.change_settings(Settings())
        assert run.controller.requests_per_minute == pytest.approx(60_000, rel=0.03)
        run.stop()
        await finish(engine, run)


async def test_that_a_model_has_a_window_of_its_own_below_the_evaluation_and_above_the_settings(
    tmp_path: Path, workspace: Workspace
) -> None:
    workspace.folder.mkdir()
    workspace.models.write_text('[models.quick]\nprovider = "demo"\nname = "instant"\nwindow = 5\n')
    settings = Settings(strategy=SlidingWindow(9))
    async with engine_in(workspace, settings=settings) as (engine, _):
        run = await engine.start_run(write_evaluation(tmp_path, '"quick"', 3))
        assert (run.controls.strategy, run.plan.strategy_source) == (SlidingWindow(5), "model")
        assert run.plan.model.label == "demo/instant"
        own = "strategy = { type = 'sequential' }"
        other = await engine.start_run(write_evaluation(tmp_path, '"quick"', 3, name="o", extra=own))
        assert other.plan.strategy_source == "evaluation"
        await asyncio.gather(finish(engine, run), finish(engine, other))
