"""Capacity finder: a load test that steps through levels of concurrency on real samples; the answers are kept."""

import asyncio
import contextlib
from collections.abc import Callable
from datetime import datetime

import msgspec

from evalstudio.core.run_state import RunState
from evalstudio.core.strategy import SlidingWindow, check_count
from evalstudio.engine.capacity.knee import Search
from evalstudio.engine.capacity.level_measurement import Measurement, answers_for
from evalstudio.engine.engine import Engine
from evalstudio.engine.forecasting.pilot import drain_and_stop, keep
from evalstudio.engine.planning.call_cost import cost_of_a_call
from evalstudio.engine.run.run import Run
from evalstudio.evaluations.library import capacity_name
from evalstudio.evaluations.loading import load_evaluation
from evalstudio.evaluations.request import Options
from evalstudio.protocol import CapacityFound, CapacityPlan, Event, FindCapacity

LONGEST_LEVEL_S = 120.0  # for which a level is measured, at most
LOOK_S = 0.1
CAUSE = "capacity finder"


async def plan_capacity(engine: Engine, wanted: FindCapacity) -> CapacityPlan:
    """Returns the greatest number of calls that the search takes, and their cost; calls nothing.

    Raises:
        EvalStudioError: The evaluation can't be planned; the message says what to do.
    """
    evaluation = await asyncio.to_thread(load_evaluation, wanted.evaluation)
    stamp = datetime.now().astimezone().strftime("%Y-%m-%d %H.%M.%S")
    options = _options(capacity_name(evaluation.spec.name, stamp), wanted)
    plan = await asyncio.to_thread(engine.plan, evaluation, wanted.evaluation, options)
    most = most_calls(_most(engine, wanted))
    if wanted.samples is not None:
        most = min(most, wanted.samples)
    rounds = _rounds(plan.total, most, exact=wanted.samples is not None)
    calls = min(plan.total * rounds, most)
    each = await asyncio.to_thread(cost_of_a_call, plan)
    return CapacityPlan(
        plan.experiment, calls, None if each is None else calls * each, plan.spec.repeats * rounds
    )


async def find_capacity(engine: Engine, wanted: FindCapacity, emit: Callable[[Event], None]) -> CapacityFound:
    """Measures levels of concurrency until the verdict is clear.

    The run is stopped at the end and can be resumed for the rest of its samples.

    Args:
        engine: The engine to run in.
        wanted: The evaluation and the highest level.
        emit: Called with the plan, each level and the verdict.

    Raises:
        EvalStudioError: As `Engine.start_run` does.
    """
    emit(plan := await plan_capacity(engine, wanted))
    options = msgspec.structs.replace(_options(plan.experiment, wanted), repeats=plan.repeats)
    run = await engine.start_run(wanted.evaluation, options)
    search = Search(_most(engine, wanted), wanted.p95, wanted.first_token_p95)
    while run.state is RunState.RUNNING and (level := search.next()) is not None:
        measurement = await _measure(run, level)
        if (found := measurement.result(run.id)) is not None:
            search.add(found)
            emit(found)
        if measurement.ran_out or found is None:
            search.run_out()
    run.attempts.on_attempt = None
    if run.state is not RunState.RUNNING:
        search.run_out()
    best = search.best
    sentence = " ".join(filter(None, [search.sentence, run.reason]))
    await drain_and_stop(run, sentence)
    strategy = SlidingWindow(best.concurrency) if best else None
    await keep(run, msgspec.structs.replace(run.plan.options, strategy=strategy))
    await engine.finished(run)
    levels = tuple(sorted(search.levels, key=lambda level: level.concurrency))
    found_all = CapacityFound(run.id, best.concurrency if best else None, levels, sentence)
    emit(found_all)
    return found_all


async def _measure(run: Run, level: int) -> Measurement:
    """Sets the window of the active run, and collects attempts until the level has enough answers."""
    measurement = Measurement(level, run.services.clock, lambda: run.queue.has_new)
    run.attempts.on_attempt = measurement.on_attempt_ended
    if run.workers is not None:
        run.controls.set_workers(level)
    run.controls.set_strategy(SlidingWindow(level), CAUSE)
    until = measurement.clock() + LONGEST_LEVEL_S
    while run.state is RunState.RUNNING and measurement.clock() < until:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(measurement.done.wait(), LOOK_S)
            break
    return measurement


def _most(engine: Engine, wanted: FindCapacity) -> int:
    return min(check_count("max", wanted.max_concurrency), engine.admission.ceiling)


def _options(experiment: str, wanted: FindCapacity) -> Options:
    return Options(
        experiment, SlidingWindow(1), samples=wanted.samples, model=wanted.model, new_run=True, cache=False
    )


def _rounds(samples: int, calls: int, *, exact: bool) -> int:
    """Returns how often the search goes round the dataset; `exact`: it may not make more calls than these."""
    return max(1, calls // samples if exact else -(-calls // samples))


def most_calls(most: int) -> int:
    """Returns the number of answers for all levels up to `most` and the two around the best."""
    levels = [1]
    while levels[-1] < most:
        levels.append(min(2 * levels[-1], most))
    around = [round(1.5 * most / 2), most]
    # calls in flight when a level ends are answered, too
    return sum(level + sum(answers_for(level)) for level in [*levels, *around])
