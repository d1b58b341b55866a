"""Run forecast: estimates time and cost before the start, for one run, a grid or a Python function."""

import asyncio
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from evalstudio.core.errors import EvaluationError
from evalstudio.core.strategy import Adaptive, SlidingWindow, Strategy
from evalstudio.core.workers import default_workers
from evalstudio.engine.engine import Engine
from evalstudio.engine.forecasting.pilot import known_basis
from evalstudio.engine.forecasting.play_through import Band, Basis, forecast, from_pilot, from_prior
from evalstudio.engine.limits.endpoint_registry import identify, kind_of
from evalstudio.engine.planning.call_cost import cost_of_a_call
from evalstudio.engine.planning.plan import Plan
from evalstudio.evaluations.loading import Evaluation, is_python, load_evaluation, parse_evaluation, variants
from evalstudio.evaluations.request import Options
from evalstudio.models.settings import ModelSettings
from evalstudio.protocol import ForecastRun, RunForecast
from evalstudio.store.endpoint_memory import load_prior
from evalstudio.store.reader import Reader
from evalstudio.store.run_records import latest_answers
from evalstudio.workspace.folder import Workspace

LATEST = 50  # answers of earlier runs that are used
FEWEST = 2  # answers
UNSURE = 0.5  # relative error of a cost estimated from prompt lengths alone
NO_ANSWER = "no answer of this model yet; try a few samples"
Three = tuple[float, float, float]  # low, likely, high


async def forecast_run(engine: Engine, asked: ForecastRun) -> RunForecast:
    """Forecasts a run from what earlier runs learned, else from their answers; calls nothing.

    Raises:
        EvalStudioError: The evaluation can't be planned, or its number of samples is unknown.
    """
    if is_python(asked.evaluation):
        return await _of_function(engine, asked)
    path = Path(asked.evaluation)
    if asked.text is not None:
        whole = parse_evaluation(asked.text, path)
    else:
        whole = await asyncio.to_thread(load_evaluation, asked.evaluation)
    options = Options(None, asked.strategy, samples=asked.samples, model=asked.model)
    specs = list(variants(whole.spec).values()) or [whole.spec]
    found = [
        await _of_one(engine, asked.evaluation, options, Evaluation(spec, whole.base, whole.timeouts_set))
        for spec in specs
    ]
    return found[0][1] if len(found) == 1 else _together(found)


async def _of_one(
    engine: Engine, reference: str, options: Options, evaluation: Evaluation
) -> tuple[Plan, RunForecast]:
    plan, basis = await known_basis(engine, reference, options, evaluation)
    message = f"from what earlier runs learned of {plan.model.label}"
    if basis is None:
        basis, count = await asyncio.to_thread(_from_answers, engine.workspace, plan.spec.name, plan.model)
        message = f"from {count} earlier answers" if count else ""
    if basis is None:
        each = await asyncio.to_thread(cost_of_a_call, plan)
        likely = None if each is None else each * plan.total
        cost = None if likely is None else (likely * (1 - UNSURE), likely, likely * (1 + UNSURE))
        return plan, RunForecast(plan.total, plan.strategy, None, cost, NO_ANSWER)
    ceiling = min(engine.admission.ceiling, plan.workers or engine.admission.ceiling)
    return plan, await _played(plan.total, basis, plan.strategy, ceiling, message, plan.conversation.turns)


async def _of_function(engine: Engine, asked: ForecastRun) -> RunForecast:
    """Forecasts `file.py::name` without importing the file, so the request has to state the number of samples.

    Raises EvaluationError where it does not.
    """
    if asked.samples is None:
        raise EvaluationError(f"How many samples {asked.evaluation} has is known only when it runs.")
    model = _function(asked.evaluation)
    workers = default_workers(engine.settings).capacity
    strategy = asked.strategy or engine.settings.strategy or SlidingWindow(workers)
    prior = await engine.execute(lambda connection: load_prior(connection, identify(model, None)))
    basis, message = None, f"from what earlier runs learned of {model.label}"
    if prior is not None:
        basis = from_prior(prior, None, kind="function")
    if basis is None:
        basis, count = await asyncio.to_thread(_from_answers, engine.workspace, model.label, model)
        message = f"from {count} earlier answers"
    if basis is None:
        return RunForecast(asked.samples, strategy, None, None, "not run yet")
    return await _played(asked.samples, basis, strategy, engine.admission.ceiling, message)


def _function(reference: str) -> ModelSettings:
    place, _, name = reference.partition("::")
    return ModelSettings("python", name, path=str(Path(place).expanduser().absolute()))


async def _played(
    samples: int, basis: Basis, strategy: Strategy, ceiling: int, message: str, turns: int = 1
) -> RunForecast:
    found = await asyncio.to_thread(forecast, samples, basis, strategy, ceiling=ceiling, turns=turns)
    return RunForecast(samples, strategy, _band(found.seconds), _band(found.cost), message)


def _together(found: Sequence[tuple[Plan, RunForecast]]) -> RunForecast:
    """Combines the forecasts of all runs of a grid, which start together.

    Runs on one endpoint share its limits: under Adaptive they take as long as one after the other; with windows of
    their own, between the longest of them and their sum. Different endpoints work in parallel.
    """
    runs = [one for _, one in found]
    total = sum(one.samples for one in runs)
    unknown = next((plan.model.label for plan, one in found if one.seconds is None), None)
    costs = [one.cost for one in runs if one.cost is not None]
    cost = _summed(costs) if len(costs) == len(runs) else None
    strategy = runs[0].strategy
    if unknown is not None:
        return RunForecast(
            total, strategy, None, cost, f"no answer of {unknown} yet; try a few samples", len(runs)
        )
    by_endpoint: dict[tuple[str, str, str], list[RunForecast]] = {}
    for plan, one in found:
        by_endpoint.setdefault((plan.model.provider, plan.model.base_url, plan.model.key or ""), []).append(
            one
        )
    each = [_of_endpoint(ones) for ones in by_endpoint.values()]
    seconds = (max(one[0] for one in each), max(one[1] for one in each), max(one[2] for one in each))
    bases = dict.fromkeys(one.basis for one in runs)
    message = next(iter(bases)) if len(bases) == 1 else "from earlier runs and answers"
    return RunForecast(total, strategy, seconds, cost, message, len(runs))


def _of_endpoint(runs: Sequence[RunForecast]) -> Three:
    seconds = [one.seconds for one in runs if one.seconds is not None]
    one_after_the_other = _summed(seconds)
    shared = any(isinstance(one.strategy, Adaptive) for one in runs)
    longest = max(likely for _, likely, _ in seconds)
    if shared:
        return max(low for low, _, _ in seconds), one_after_the_other[1], one_after_the_other[2]
    return max(low for low, _, _ in seconds), longest, one_after_the_other[2]


def _summed(bands: Sequence[Three]) -> Three:
    return sum(one[0] for one in bands), sum(one[1] for one in bands), sum(one[2] for one in bands)


def _from_answers(workspace: Workspace, evaluation: str, model: ModelSettings) -> tuple[Basis | None, int]:
    """A basis from the latest answers of this model in this evaluation; None where there are too few."""
    with closing(Reader(workspace)) as reader:
        rows = latest_answers(reader, evaluation, model.label, LATEST)
    if len(rows) < FEWEST:
        return None, 0
    latencies = [latency for latency, _ in rows]
    return from_pilot(latencies, [], 1, [cost for _, cost in rows], kind=kind_of(model)), len(rows)


def _band(band: Band | None) -> Three | None:
    return None if band is None else (band.low, band.likely, band.high)
