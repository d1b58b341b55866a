"""Pilot run: makes the first calls of a run, some alone and some together, to forecast the rest; answers are kept."""

import asyncio
import contextlib
from dataclasses import replace

import msgspec

from evalstudio.core.errors import RunError
from evalstudio.core.outcome import Outcome
from evalstudio.core.run_state import RunState
from evalstudio.core.strategy import SlidingWindow
from evalstudio.engine.engine import Engine
from evalstudio.engine.forecasting.play_through import Basis, from_pilot, from_prior
from evalstudio.engine.limits.endpoint_registry import identify, kind_of
from evalstudio.engine.models.call import CallResult
from evalstudio.engine.planning.call_cost import cost_of_a_call
from evalstudio.engine.planning.plan import Plan
from evalstudio.engine.run.run import Run
from evalstudio.engine.run.sample_queue import SampleTask
from evalstudio.evaluations.loading import Evaluation, load_evaluation
from evalstudio.evaluations.request import Options
from evalstudio.models.keys import find_key
from evalstudio.store.endpoint_memory import load_prior
from evalstudio.store.low_load_latency import quiet_latencies
from evalstudio.store.run_records import answer_costs
from evalstudio.store.runs import update_spec

SIZES = (5, 20)  # least and greatest number of samples
USUAL_SIZE = 12
ALONE = 4  # calls that are made one at a time
QUIET = 4  # with this fraction (1/4) of the learned window in flight, calls count as alone
WINDOW = 4
LOOK_S = 0.05
LONGEST_END_S = 60.0


async def known_basis(
    engine: Engine, reference: str, options: Options, evaluation: Evaluation | None = None
) -> tuple[Plan, Basis | None]:
    """Returns the planned run and a forecast basis from earlier runs on its endpoint; calls nothing."""
    if evaluation is None:
        evaluation = await asyncio.to_thread(load_evaluation, reference)
    plan = await asyncio.to_thread(engine.plan, evaluation, reference, options)
    key = await asyncio.to_thread(find_key, plan.model.key)
    identity = identify(plan.model, key)
    prior = await engine.execute(lambda connection: load_prior(connection, identity))
    if prior is None:
        return plan, None
    cost = await asyncio.to_thread(cost_of_a_call, plan, prior.expected_output)
    few = max(1, (prior.window or 1) // QUIET)
    quiet = await engine.execute(lambda connection: quiet_latencies(connection, plan.model.label, few))
    return plan, from_prior(prior, cost, kind=kind_of(plan.model), quiet=quiet)


async def run_pilot(
    engine: Engine, reference: str, options: Options, size: int = USUAL_SIZE
) -> tuple[Run, Basis]:
    """Makes the first `size` calls; the run is then stopped and can be resumed.

    Raises:
        RunError: There was no answer, no sample is left, or `size` is out of bounds.
    """
    if not SIZES[0] <= size <= SIZES[1]:
        raise RunError(f"A pilot takes {SIZES[0]} to {SIZES[1]} samples; {size} were asked for.")
    run = await engine.start_run(
        reference, msgspec.structs.replace(options, strategy=SlidingWindow(1), cache=False)
    )
    turns = run.plan.conversation.turns
    calls = size * turns
    width = min(WINDOW, calls - ALONE)
    alone: list[float] = []
    together: list[float] = []
    since: float | None = None  # when the concurrent calls began
    enough = asyncio.Event()

    def on_attempt_ended(item: SampleTask, result: CallResult, latency: float) -> None:
        nonlocal since
        if result.outcome is Outcome.OK:
            if since is None:
                alone.append(latency)
            elif item.started > since:
                together.append(latency)
        if since is None and len(alone) >= ALONE:
            since = run.services.clock()
            run.controls.set_strategy(SlidingWindow(width), "pilot")
        if len(alone) + len(together) >= calls:
            enough.set()
        elif turns == 1 and len(alone) + len(together) + len(run.in_flight) >= calls:
            run.pause(
                "the pilot's last calls"
            )  # the calls in flight complete the pilot: no more is spent than announced

    run.attempts.on_attempt = on_attempt_ended
    while run.state is RunState.RUNNING and not enough.is_set():
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(enough.wait(), LOOK_S)
    reason = run.reason
    await drain_and_stop(run, f"The pilot of {size} samples is done; resume the run for the rest.")
    run.attempts.on_attempt = None
    await keep(run, msgspec.structs.replace(run.plan.options, strategy=options.strategy, cache=options.cache))
    await engine.finished(run)
    if not alone:
        if run.state is RunState.COMPLETED:
            raise RunError(
                f"The experiment '{run.plan.experiment}' has all its {run.total:,} samples already; nothing is left to "
                "forecast. Leave out --experiment, or give another name."
            )
        raise RunError(f"The pilot got no answer. {reason}".strip())
    costs = await engine.execute(lambda connection: answer_costs(connection, run.id))
    if width == 1:
        alone, together = alone + together, []
    basis = from_pilot(
        alone, together, width, costs or [None], kind=kind_of(run.plan.model),
        requests_per_minute=run.controller.requests_per_minute,
    )  # fmt: skip
    return run, basis


async def drain_and_stop(run: Run, reason: str) -> None:
    """Stops a run after the calls in flight, which are paid for already, have ended; their answers are kept."""
    run.pause(reason)
    until = run.services.clock() + LONGEST_END_S
    while run.in_flight and run.is_active and run.services.clock() < until:  # noqa: ASYNC110 - also ends in time
        await asyncio.sleep(LOOK_S)
    run.stop(reason)


async def keep(run: Run, options: Options) -> None:
    """Stores the options with which the run will be resumed."""
    new = await asyncio.to_thread(replace(run.plan, options=options).new_run)
    run.services.writer.execute(lambda connection: update_spec(connection, run.id, new))
