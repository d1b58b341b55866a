"""The capacity finder on a real server."""

import asyncio
from pathlib import Path

import pytest

from evalstudio.engine.capacity.finder import find_capacity, plan_capacity
from evalstudio.engine_process.dispatcher import Commander
from evalstudio.protocol import CapacityFound, CapacityPlan, Event, FindCapacity, Level, Reply, Request
from evalstudio.store.reader import Reader
from evalstudio.workspace.folder import Workspace
from tests.engine.support import demo, engine_in, write_evaluation


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_KEY", "sk-planted-for-tests")


async def test_that_it_finds_four_slots_and_keeps_every_answer(tmp_path: Path, workspace: Workspace) -> None:
    events: list[Event] = []
    async with demo("instant") as server, engine_in(workspace) as (engine, heard):
        await server.control(slots=4, step_base=0.002, output_mean=20, output_sigma=0.3)
        wanted = FindCapacity(write_evaluation(tmp_path, server.model, 1000), max_concurrency=64)
        found = await find_capacity(engine, wanted, events.append)
        answered = (await server.stats())["statuses"]["200"]
    plan, *levels, last = events
    assert isinstance(plan, CapacityPlan)
    assert plan.experiment.startswith("capacity test")
    assert all(isinstance(level, Level) for level in levels)
    assert last is found
    assert found.best is not None
    assert 3 <= found.best <= 8
    assert f"Best: {found.best} in flight" in found.sentence
    assert max(level.concurrency for level in found.levels) <= 32
    one, *_ = found.levels
    assert one.latency is not None
    assert one.low <= one.rate <= one.high
    assert one.rate == pytest.approx(1 / one.latency.p50, rel=0.5)
    end = heard.snapshots[-1]
    assert end.state == "stopped"
    assert end.reason == found.sentence
    assert end.experiment == plan.experiment
    assert len(Reader(workspace).record_ids(found.run_id)) == answered == end.saved <= plan.calls


async def test_that_it_says_what_it_takes_before_it_calls(tmp_path: Path, workspace: Workspace) -> None:
    model = '{ provider = "openai", name = "gpt-4o-mini", base_url = "https://api.openai.com/v1", key = "TEST_KEY" }'
    wanted = FindCapacity(write_evaluation(tmp_path, model, 5000), max_concurrency=16)
    async with engine_in(workspace) as (engine, _):
        plan = await plan_capacity(engine, wanted)
        few = await plan_capacity(engine, FindCapacity(wanted.evaluation, samples=10))
    assert 100 < plan.calls < 600
    assert plan.cost is not None
    assert 0 < plan.cost < 1
    assert few.calls == 10


async def test_that_errors_end_it_with_a_sentence(tmp_path: Path, workspace: Workspace) -> None:
    async with demo("instant") as server, engine_in(workspace) as (engine, _):
        await server.control(fixed_seconds=0.02, max_concurrency=4, hints="none")
        wanted = FindCapacity(write_evaluation(tmp_path, server.model, 500), max_concurrency=16)
        found = await find_capacity(engine, wanted, lambda event: None)
    assert found.best in (3, 4, 6)
    assert "errors" in found.sentence


async def test_that_too_few_samples_are_told(tmp_path: Path, workspace: Workspace) -> None:
    async with demo("instant") as server, engine_in(workspace) as (engine, _):
        wanted = FindCapacity(write_evaluation(tmp_path, server.model, 40), samples=4)
        found = await find_capacity(engine, wanted, lambda event: None)
    assert found.best is None
    assert "Too few samples" in found.sentence


@pytest.mark.proof
async def test_that_it_goes_round_a_small_dataset(tmp_path: Path, workspace: Workspace) -> None:
    """With 200 samples it ran out of them at 16 in flight and never tried 32, which was the capacity."""
    async with demo("instant") as server, engine_in(workspace) as (engine, _):
        await server.control(slots=32, step_base=0.004, output_mean=10, output_sigma=0.1)
        wanted = FindCapacity(write_evaluation(tmp_path, server.model, 30), max_concurrency=64)
        plan = await plan_capacity(engine, wanted)
        found = await find_capacity(engine, wanted, lambda event: None)
        answered = (await server.stats())["statuses"]["200"]
    assert plan.repeats * 30 >= plan.calls > 30
    assert 32 in [level.concurrency for level in found.levels]
    assert found.best is not None
    assert 16 <= found.best <= 48
    assert "ran out" not in found.sentence
    assert answered <= plan.calls


async def test_that_a_number_of_calls_is_not_exceeded(tmp_path: Path, workspace: Workspace) -> None:
    async with demo("instant") as server, engine_in(workspace) as (engine, _):
        wanted = FindCapacity(write_evaluation(tmp_path, server.model, 30), samples=75)
        plan = await plan_capacity(engine, wanted)
        await find_capacity(engine, wanted, lambda event: None)
        answered = (await server.stats())["statuses"]["200"]
    assert answered <= plan.calls <= 75


async def test_that_a_window_can_ask_for_it(tmp_path: Path, workspace: Workspace) -> None:
    sent: list[Event] = []
    replied = asyncio.Event()

    def send(event: Event) -> None:
        sent.append(event)
        if isinstance(event, Reply):
            replied.set()

    (tmp_path / "model.py").write_text(
        "import time\ndef answer(prompt):\n    time.sleep(0.02)\n    return 'x'\n"
    )
    path = write_evaluation(tmp_path, '"model.py::answer"', 150)
    async with engine_in(workspace) as (engine, _):
        commander = Commander(engine, send)
        commander.carry_out(Request(7, FindCapacity(path, max_concurrency=4)))
        await asyncio.wait_for(replied.wait(), 30)
        await commander.aclose()
    reply = next(event for event in sent if isinstance(event, Reply))
    found = next(event for event in sent if isinstance(event, CapacityFound))
    assert reply.error is None
    assert reply.value == found.best == 4
    assert "may bring more" in found.sentence
