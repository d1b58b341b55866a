"""Forecasts against runs in virtual time, and a pilot whose answers are kept."""

import random
import statistics
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.adaptive.baselines import Fixed
from benchmarks.adaptive.measure import run, shipped
from benchmarks.adaptive.profile import Profile
from evalstudio.concurrency import Adaptive, Sequential, SlidingWindow, Strategy
from evalstudio.engine.forecasting.pilot import known_basis, run_pilot
from evalstudio.engine.forecasting.play_through import Basis, forecast, from_pilot, from_prior
from evalstudio.errors import RunError
from evalstudio.evaluations.request import Options
from evalstudio.store.endpoint_memory import Prior
from evalstudio.store.low_load_latency import quiet_latencies
from evalstudio.store.reader import Reader
from evalstudio.workspace.folder import Workspace
from tests.engine.support import demo, engine_in, finish, write_evaluation

ONE_SECOND = Profile("one second", kind="function", output=90, spread=0.0, prompt=0, noise=0.0, base=0.01)


def true_seconds(profile: Profile, strategy: Strategy) -> float:
    match strategy:
        case Sequential():
            return run(profile, 1000, 1, lambda _: Fixed(1)).seconds
        case SlidingWindow(max_concurrency=size):
            return run(profile, 1000, 1, lambda _: Fixed(size)).seconds
        case _:
            return run(profile, 1000, 1, shipped(profile)).seconds


@pytest.mark.parametrize("strategy", [Sequential(), SlidingWindow(8), Adaptive()])
def test_that_a_thousand_one_second_calls_are_told_within_fifteen_percent(strategy: Strategy) -> None:
    basis = from_pilot([1.0] * 4, [1.0] * 8, 4, [0.001] * 12, kind="function")
    told = forecast(1000, basis, strategy)
    true = true_seconds(ONE_SECOND, strategy)
    assert told.seconds.likely == pytest.approx(true, rel=0.15)
    assert told.seconds.low <= true <= told.seconds.high
    assert told.cost is not None
    assert told.cost.likely == pytest.approx(1.0)


@pytest.mark.parametrize("strategy", [Sequential(), SlidingWindow(8), Adaptive()])
def test_that_a_server_with_two_slots_shows_in_a_pilot(strategy: Strategy) -> None:
    basis = from_pilot([1.0] * 4, [2.0] * 8, 4, [None], kind="local")
    assert basis.slots == 2
    told = forecast(1000, basis, strategy)
    true = true_seconds(replace(ONE_SECOND, slots=2, kind="local"), strategy)
    assert told.seconds.likely == pytest.approx(true, rel=0.15)
    assert told.cost is None


def test_that_unequal_calls_widen_the_band_and_it_holds_the_truth() -> None:
    source = random.Random(3)
    held = 0
    for _ in range(40):
        lengths = [source.lognormvariate(0.0, 0.7) for _ in range(12)]
        told = forecast(300, from_pilot(lengths[:4], lengths[4:], 4, [0.0], kind="hosted"), Sequential())
        true = sum(source.lognormvariate(0.0, 0.7) for _ in range(300))
        held += told.seconds.low <= true <= told.seconds.high
    assert held >= 32


def test_that_a_limit_a_minute_is_part_of_it() -> None:
    basis = Basis(1.0, 0.0, 0.05, None, 4, kind="hosted", requests_per_minute=60)
    told = forecast(600, basis, SlidingWindow(50))
    assert told.seconds.likely == pytest.approx(600, rel=0.15)


def test_that_a_long_run_is_told_without_playing_it_all() -> None:
    basis = Basis(1.0, 0.0, 0.05, None, 8, kind="hosted")
    assert forecast(1_000_000, basis, SlidingWindow(8)).seconds.likely == pytest.approx(125_000, rel=0.01)


def test_that_a_prior_needs_no_pilot() -> None:
    basis = from_prior(Prior(window=10, throughput=16.0, seconds=0.5), 0.002, kind="local")
    assert basis is not None
    assert basis.slots == 8
    assert forecast(1600, basis, Adaptive()).seconds.likely == pytest.approx(100, rel=0.15)
    assert from_prior(Prior(seconds=1.0), None, kind="local") is None


def test_that_a_call_alone_is_not_taken_to_be_as_slow_as_one_among_many() -> None:
    # a server that batches: 0.3 s alone, 0.8 s with 16 in flight, 20 answers/s
    prior = Prior(window=16, throughput=20.0, seconds=0.8)
    basis = from_prior(prior, None, kind="local", quiet=[0.28, 0.3, 0.32, 0.3])
    assert basis is not None
    assert forecast(200, basis, Sequential()).seconds.likely == pytest.approx(60, rel=0.1)
    assert forecast(200, basis, Adaptive()).seconds.likely == pytest.approx(10, rel=0.2)


def test_that_turns_take_their_time_and_nothing_takes_none() -> None:
    basis = from_pilot([1.0] * 4, [], 4, [0.01, 0.03], kind="function")
    once, twice = forecast(10, basis, Sequential()), forecast(10, basis, Sequential(), turns=2)
    assert twice.seconds.likely == pytest.approx(2 * once.seconds.likely)
    assert once.cost is not None
    assert once.cost.low < once.cost.likely < once.cost.high  # a band, for costs differ
    assert forecast(0, basis, Adaptive()).seconds.high == 0


async def test_that_calls_with_few_others_in_flight_are_found(
    tmp_path: Path, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEST_KEY", "sk-planted-for-tests")
    async with demo("instant") as server, engine_in(workspace) as (engine, _):
        await server.control(slots=4, fixed_seconds=0.1)
        for name, size in (("alone", 1), ("many", 16)):
            extra = f"strategy = {{ type = 'sliding_window', max_concurrency = {size} }}"
            path = write_evaluation(tmp_path, server.model, 32, name=name, extra=extra)
            await finish(engine, await engine.start_run(path, Options(name)))
        label = (await known_basis(engine, path, Options("x")))[0].model.label
        quiet = await engine.execute(lambda connection: quiet_latencies(connection, label, 2))
        every = await engine.execute(lambda connection: quiet_latencies(connection, label, 99))
    assert len(quiet) >= 16
    assert statistics.fmean(quiet) < 0.2
    assert max(every) > 0.25  # with 16 in flight on 4 slots


async def test_that_a_pilot_is_kept_and_gone_on_with(
    tmp_path: Path, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEST_KEY", "sk-planted-for-tests")
    async with demo("instant") as server, engine_in(workspace) as (engine, _):
        await server.control(slots=1, fixed_seconds=0.1)
        path = write_evaluation(tmp_path, server.model, 40)
        plan, nothing = await known_basis(engine, path, Options("p"))
        assert (plan.total, nothing) == (40, None)
        piloted, basis = await run_pilot(engine, path, Options("p"))
        kept = len(Reader(workspace).record_ids(piloted.id))
        assert kept == 12  # no more than was asked for, though calls were in flight
        assert basis.slots in (1, 2)
        run = await engine.resume_run(piloted.id)
        assert run.controls.strategy == Adaptive()  # not the pilot's own
        await finish(engine, run)
        started = (await server.stats())["started"]
    assert run.id == piloted.id
    assert started == 40  # no sample was called twice


async def test_that_a_pilot_without_an_answer_says_so(
    tmp_path: Path, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "model.py").write_text("def answer(prompt):\n    raise ValueError('no')\n")
    path = write_evaluation(tmp_path, '"model.py::answer"', 30)
    async with engine_in(workspace) as (engine, _):
        with pytest.raises(RunError, match="no answer"):
            await run_pilot(engine, path, Options("p"))
        with pytest.raises(RunError, match="5 to 20"):
            await run_pilot(engine, path, Options("p"), 50)
