"""Run assembly: builds a run from its plan, its row in the store and the engine's shared services."""

import asyncio
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from evalstudio.core.strategy import BY_WORKERS, Adaptive, Sequential, SlidingWindow, window_of
from evalstudio.core.workers import Cluster, Processes
from evalstudio.engine.limits.endpoint_registry import Endpoints, identify, kind_of
from evalstudio.engine.limits.failure_breaker import PauseRule
from evalstudio.engine.limits.retry import RetryPolicy
from evalstudio.engine.models.function import FunctionModel
from evalstudio.engine.models.pricing import Prices
from evalstudio.engine.models.python_evaluation import BatchModel, EvaluationModel
from evalstudio.engine.planning.open_models import open_judge, open_model
from evalstudio.engine.planning.open_workers import Opened, open_workers
from evalstudio.engine.planning.plan import Plan
from evalstudio.engine.planning.worker_advice import EvaluatorAdvice, blocking_of
from evalstudio.engine.run.answer_cache import AnswerCache
from evalstudio.engine.run.context import Services
from evalstudio.engine.run.earlier_records import Before, load_before
from evalstudio.engine.run.in_flight_log import FlightLog
from evalstudio.engine.run.rescoring import find_missing
from evalstudio.engine.run.run import Run
from evalstudio.engine.run.run_clock import RunClock
from evalstudio.engine.run.sample_queue import SampleQueue
from evalstudio.engine.scoring.inline_scores import stored_evaluators
from evalstudio.engine.scoring.judge_calls import JudgeCalls
from evalstudio.engine.scoring.scoring import Scoring
from evalstudio.engine.servers.manager import Servers
from evalstudio.evaluations.request import StoredSpec
from evalstudio.models.keys import find_key
from evalstudio.models.providers import resolve_model
from evalstudio.models.registry import load_models
from evalstudio.models.settings import ModelSettings
from evalstudio.store.endpoint_memory import load_prior
from evalstudio.store.reader import Reader
from evalstudio.store.run_records import count_crashes
from evalstudio.store.runs import RunRow
from evalstudio.store.scores import keep_scores_of
from evalstudio.workspace.folder import Workspace


@dataclass(frozen=True, slots=True)
class Parts:
    """The shared services of an engine that a run is built from."""

    workspace: Workspace
    services: Services
    endpoints: Endpoints
    servers: Servers
    execute: Callable[
        [Callable[[Any], Any]], Any
    ]  # returns an awaitable; changes the store in the writer's thread


@dataclass(frozen=True, slots=True)
class Assembled:
    """A run that is ready to start.

    Attributes:
        run: The run.
        identity: The name under which its endpoint's limits are stored.
        missing_scores: Records with an answer that still has to be scored, and the evaluators to do it.
    """

    run: Run
    identity: str
    missing_scores: dict[int, set[str]]


async def assemble(parts: Parts, plan: Plan, settings: ModelSettings, row: RunRow) -> Assembled:
    """Opens workers, model and judges of a plan, and connects them to a run.

    Args:
        parts: The engine's shared services.
        plan: The checked plan.
        settings: The plan's model, with the address of its server.
        row: The run in the store.

    Raises:
        EvalStudioError: A model, its key or a judge can't be used; all that was opened is closed again.
    """
    opened = await open_workers(plan, parts.services.log)
    try:
        return await _assemble(parts, plan, settings, row, opened)
    except BaseException:
        await opened.aclose()
        raise


async def _assemble(
    parts: Parts, plan: Plan, settings: ModelSettings, row: RunRow, opened: Opened
) -> Assembled:
    workers = opened.workers
    if workers is not None and plan.strategy_source == BY_WORKERS:
        plan = replace(plan, strategy=window_of(workers.size, plan.samples_a_call))
    # a keychain or a command may take its time; the clients opened below find it in memory
    key = await asyncio.to_thread(find_key, settings.key)
    model = open_model(plan, settings, workers, opened.parameters)
    missing: dict[int, set[str]] = {}
    if plan.evaluation is not None:  # its function scores its own answers: none can be scored later
        evaluators = await parts.execute(
            lambda connection: stored_evaluators(connection, row.id, row.summary)
        )
        plan = replace(plan, evaluators=evaluators)
    else:
        unchanged = _unchanged(row, plan)
        await parts.execute(lambda connection: keep_scores_of(connection, row.id, unchanged))
        missing = await asyncio.to_thread(_missing, parts.workspace, row.id, plan)
    before = await asyncio.to_thread(_before, parts.workspace, row.id, plan, missing)
    own_code = plan.is_python and not isinstance(plan.pool, (Processes, Cluster))
    flight = FlightLog(parts.workspace.flights / str(row.id), own_code=own_code)
    crashed = [record for record in flight.left_over if not before.done.is_kept(record)]
    crashes: dict[int, int] = {}
    if own_code:
        suspects = [record for record in flight.suspects if not before.done.is_kept(record)]
        crashes = await parts.execute(lambda connection: count_crashes(connection, row.id, suspects))
    identity = identify(settings, key)
    start = plan.strategy.initial if isinstance(plan.strategy, Adaptive) else None
    controller, cap = await _limits(parts, settings, key, start)
    run = Run(
        row.id, replace(plan, model=settings, experiment=row.experiment), model, controller, cap, parts.services,
        SampleQueue(plan.dataset, row.id, plan.spec.repeats, before.done, crashes), workers, flight,
        row.total, (before.counts, before.aggregates), before.telemetry,
        RunClock(parts.services.clock, float(before.next_second), row.elapsed), _cache(parts, plan),
        pause_rule=PauseRule(private=kind_of(settings) == "local"), repeated=len(crashed), rescoring=len(missing), blocking=blocking_of(plan.pool),
    )  # fmt: skip
    judges = [
        await _judge(parts, run, number) for number, one in enumerate(plan.evaluators) if one.needs_calls
    ]
    own = plan.evaluators if plan.evaluation is None else ()
    advice = EvaluatorAdvice(plan, parts.services.log)
    scoring = Scoring(
        own, judges, run.keeper.save_later_score, opened.evaluators, lambda: run.plan.spec.timeouts.attempt,
        advice.judged,
    )  # fmt: skip
    run.attach_scoring(scoring)
    if isinstance(model, (FunctionModel, EvaluationModel)):
        model.on_returned = run.returned
    if isinstance(model, (FunctionModel, EvaluationModel, BatchModel)):
        model.on_held = run.held
    if workers is not None:
        workers.notify_changes(run.controls.workers_changed)
    return Assembled(run, identity, missing)


def _cache(parts: Parts, plan: Plan) -> AnswerCache | None:
    if not plan.cache:
        return None
    with_columns = plan.function is not None or plan.conversation.turns > 1 or plan.benchmark is not None
    return AnswerCache(Reader(parts.workspace), plan.asked(), with_columns=with_columns)


async def _judge(parts: Parts, run: Run, number: int) -> JudgeCalls:
    """The calls of one judge, which uses the run's model unless it has its own."""
    evaluator = run.plan.evaluators[number]
    judge = evaluator.model_judge
    assert judge is not None
    settings = run.plan.model
    if judge.model is not None:
        reference = (
            judge.model if isinstance(judge.model, str) else msgspec.convert(judge.model, ModelSettings)
        )
        named = await asyncio.to_thread(load_models, parts.workspace)
        settings = await parts.servers.locate(resolve_model(reference, run.plan.folder, named))
    key = await asyncio.to_thread(find_key, settings.key)
    controller, cap = await _limits(parts, settings, key, None)
    match run.plan.strategy:
        case Sequential():
            limit: int | None = 1
        case SlidingWindow(max_concurrency=size):
            limit = settings.max_concurrency or size
        case Adaptive():
            limit = settings.max_concurrency
    timeouts = run.plan.spec.timeouts
    prices = Prices(settings, lambda message: parts.services.log("warning", message))
    return JudgeCalls(
        evaluator,
        open_judge(settings, judge, timeouts),
        controller,
        cap,
        RetryPolicy(seed=run.id * 1000 + number, max_attempts=timeouts.attempts, longest=timeouts.sample),
        parts.services.clock,
        limit,
        parts.services.admission.done,
        parts.services.admission.pump,
        run.may_start,
        lambda result: run.judge_answered(prices, result),
    )


async def _limits(parts: Parts, settings: ModelSettings, key: str | None, start: int | None) -> Any:
    identity = identify(settings, key)
    prior = await parts.execute(lambda connection: load_prior(connection, identity))
    ceiling = parts.services.admission.ceiling
    return parts.endpoints.get(
        settings, identity, key, prior, parts.services.clock(), maximum=ceiling, start=start
    )


def _unchanged(row: RunRow, plan: Plan) -> set[str]:
    """The names of the evaluators that have not changed since the run was last started."""
    before = StoredSpec.decode(row.spec).evaluators
    tables = zip(plan.evaluators, plan.spec.evaluators, strict=True)
    return {evaluator.name for evaluator, table in tables if table in before}


def _missing(workspace: Workspace, run_id: int, plan: Plan) -> dict[int, set[str]]:
    with closing(Reader(workspace)) as reader:
        return find_missing(reader.connection, run_id, plan.evaluators)


def _before(workspace: Workspace, run_id: int, plan: Plan, missing: dict[int, set[str]]) -> Before:
    with closing(Reader(workspace)) as reader:
        return load_before(reader.connection, run_id, plan.options.retry_classes, plan.evaluators, missing)
