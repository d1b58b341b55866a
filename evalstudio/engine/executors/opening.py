"""From what a plan says of workers to workers that are there."""

import pickle
from collections.abc import Callable
from dataclasses import dataclass

from evalstudio.engine.executors.processes import ProcessWorkers
from evalstudio.engine.executors.target import EvaluationTarget, ModelTarget, Target
from evalstudio.engine.executors.threads import ThreadWorkers
from evalstudio.engine.executors.workers import Workers
from evalstudio.engine.plan import Plan
from evalstudio.errors import EvaluationError
from evalstudio.python.evaluation import PythonEvaluation
from evalstudio.workers import Processes, Threads


@dataclass(frozen=True, slots=True)
class Opened:
    """Workers that can be called, and the parameters of the function that they have loaded."""

    workers: Workers | None
    parameters: tuple[str, ...] = ()


async def open_workers(plan: Plan, log: Callable[[str, str], None]) -> Opened:
    """Raises an EvalStudioError where the function can't be loaded by them."""
    match plan.pool:
        case Threads(threads=threads):
            return Opened(ThreadWorkers(threads, "model"))
        case Processes():
            workers = ProcessWorkers(target_of(plan), plan.pool, log=log)
            return Opened(workers, await workers.start())
    return Opened(None)


def target_of(plan: Plan) -> Target:
    """The function of a plan as another process can load it."""
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
    return EvaluationTarget(str(evaluation.path), name, module, _shared(evaluation))


def _shared(evaluation: PythonEvaluation) -> bytes:
    """What a function is given beside the columns, once for each process."""
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
