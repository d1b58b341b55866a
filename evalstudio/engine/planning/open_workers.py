"""Worker factory: opens the thread, process or cluster workers that a plan asks for."""

import pickle
from collections.abc import Callable
from dataclasses import dataclass, field

import msgspec

from evalstudio.authoring.python_evaluation import PythonEvaluation
from evalstudio.core.errors import EvaluationError
from evalstudio.core.workers import Cluster, Processes, Threads
from evalstudio.engine.benchmarks.scoring_workers import BenchmarkScoring, tables_of
from evalstudio.engine.planning.plan import Plan
from evalstudio.engine.workers.dask_link import ClusterLink
from evalstudio.engine.workers.dask_workers import ClusterWorkers
from evalstudio.engine.workers.process_workers import ProcessWorkers
from evalstudio.engine.workers.protocol import Workers
from evalstudio.engine.workers.target import (
    BuiltTarget,
    EvaluationTarget,
    EvaluatorsTarget,
    EvaluatorTarget,
    ModelTarget,
    Target,
)
from evalstudio.engine.workers.thread_workers import ThreadWorkers
from evalstudio.evaluators.build import BENCHMARK


@dataclass(frozen=True, slots=True)
class Opened:
    """Workers that are ready, and the parameters of the function that they have loaded."""

    workers: Workers | None
    parameters: tuple[str, ...] = ()
    evaluators: dict[str, Workers] = field(default_factory=dict)  # of user-written evaluators, by name

    async def aclose(self) -> None:
        for one in {self.workers, *self.evaluators.values()} - {None}:
            assert one is not None
            await one.aclose()


async def open_workers(plan: Plan, log: Callable[[str, str], None]) -> Opened:
    """Opens the workers of a run.

    Raises:
        EvalStudioError: They can't start, or can't load the function.
    """
    if plan.cluster is not None:
        return await _open_cluster(plan, plan.cluster, log)
    evaluators = _open_evaluators(plan, log)
    match plan.pool:
        case Threads(threads=threads):
            return Opened(ThreadWorkers(threads, "model"), evaluators=evaluators)
        case Processes():
            workers = ProcessWorkers(target_of(plan), plan.pool, log=log)
            return Opened(workers, await workers.start(), evaluators)
    return Opened(None, evaluators=evaluators)


def _open_evaluators(plan: Plan, log: Callable[[str, str], None]) -> dict[str, Workers]:
    """Processes for the evaluators that are judged apart; they start with the first answer."""
    found = _in_processes(plan, [*evaluator_targets(plan), *built_targets(plan)], log)
    return found | _open_benchmark(plan)


def _open_benchmark(plan: Plan) -> dict[str, Workers]:
    """The metrics of a benchmark's task, which its own process computes."""
    tables = tables_of(plan.spec.evaluators, BENCHMARK)
    if plan.benchmark is None or not tables:
        return {}
    scoring = BenchmarkScoring(plan.benchmark, tables)
    return dict.fromkeys(tables, scoring)


def _in_processes(
    plan: Plan, targets: list[EvaluatorTarget | BuiltTarget], log: Callable[[str, str], None]
) -> dict[str, Workers]:
    if not targets:
        return {}
    workers = ProcessWorkers(EvaluatorsTarget(tuple(targets)), plan.judging, log=log)
    return {target.score: workers for target in targets}


async def _open_cluster(plan: Plan, cluster: Cluster, log: Callable[[str, str], None]) -> Opened:
    link = ClusterLink(cluster, log)
    try:
        await link.connect()
        workers, parameters = None, tuple[str, ...]()
        if isinstance(plan.pool, Cluster):
            target = target_of(plan)
            digest, parameters = await link.add(target)
            workers = ClusterWorkers(link, target, digest, log)
        evaluators = _in_processes(plan, [*built_targets(plan)], log)
        evaluators |= _open_benchmark(plan)
        for target in evaluator_targets(plan):
            digest, _ = await link.add(target)
            evaluators[target.score] = ClusterWorkers(link, target, digest, log)
    except BaseException:
        await link.aclose()
        raise
    return Opened(workers, parameters, evaluators)


def evaluator_targets(plan: Plan) -> list[EvaluatorTarget]:
    """Returns the user-written evaluators as another process can load them."""
    targets = []
    if plan.evaluation is None:
        for one, table in zip(plan.evaluators, plan.spec.evaluators, strict=True):
            if one.type == "python":
                path, columns = str(plan.folder / table["path"]), tuple(plan.dataset.columns)
                targets.append(EvaluatorTarget(path, table["function"], columns, one.name, one.metrics))
    return targets


def built_targets(plan: Plan) -> list[BuiltTarget]:
    """The other evaluators that are judged apart: of types that take their time."""
    if plan.evaluation is not None:
        return []
    return [
        BuiltTarget(msgspec.json.encode(table), tuple(plan.dataset.columns), str(plan.folder), one.name)
        for one, table in zip(plan.evaluators, plan.spec.evaluators, strict=True)
        if one.apart and one.type not in ("python", BENCHMARK)
    ]


def target_of(plan: Plan) -> Target:
    """Returns the function of a plan as another process can load it."""
    if plan.evaluation is not None:
        return _evaluation_target(plan.evaluation)
    return ModelTarget(plan.model.path, plan.model.name)


def _evaluation_target(evaluation: PythonEvaluation) -> EvaluationTarget:
    function = evaluation.function
    if not evaluation.path.is_file():
        raise EvaluationError(
            f"'{evaluation.name}' was made in a notebook or at a prompt, and other processes can't import it from "
            "there; put it into a file, or leave processes and cluster out."
        )
    name, module = function.__qualname__, function.__module__
    if not name.isidentifier():
        raise EvaluationError(
            f"'{evaluation.name}' is defined inside of something else, where other processes can't find it; define it "
            "at the top of its file, or leave processes and cluster out."
        )
    is_batch = evaluation.marked.batch_size is not None
    return EvaluationTarget(str(evaluation.path), name, module, _shared(evaluation), is_batch)


def _shared(evaluation: PythonEvaluation) -> bytes:
    """The pickled arguments of a function beside the columns, sent once to each process."""
    if not evaluation.arguments:
        return b""
    for name, value in evaluation.arguments.items():
        try:
            pickle.dumps(value)
        except Exception as error:
            raise EvaluationError(
                f"'{name}', which '{evaluation.name}' is given, can't be sent to another process ({error}); make it in "
                "the evaluation's file, or leave processes and cluster out."
            ) from error
    return pickle.dumps(dict(evaluation.arguments), pickle.HIGHEST_PROTOCOL)
