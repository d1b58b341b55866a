"""`run`: an evaluation from Python, in a script or a notebook."""

import asyncio
import os
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any, TypeVar

from evalstudio.authoring.decorators import check_timeout
from evalstudio.authoring.python_evaluation import PythonEvaluation, evaluation_of
from evalstudio.core.errors import RunError
from evalstudio.core.strategy import Strategy
from evalstudio.protocol import ScoreNow, Snapshot
from evalstudio.store.reader import Details, Reader
from evalstudio.workspace.folder import Workspace, find_workspace

T = TypeVar("T")


@dataclass(frozen=True)
class Finished:
    """A run that has ended. `summary` is its last snapshot; times are in seconds."""

    summary: Snapshot
    workspace: Workspace

    @property
    def run_id(self) -> int:
        return self.summary.run_id

    @property
    def experiment(self) -> str:
        return self.summary.experiment

    @property
    def state(self) -> str:
        return self.summary.state

    @property
    def elapsed(self) -> float:
        return self.summary.elapsed

    @property
    def errored(self) -> int:
        return self.summary.errored

    @property
    def scores(self) -> tuple[ScoreNow, ...]:
        return self.summary.scores

    def score(self, evaluator: str, metric: str | None = None) -> float | None:
        """The value of an evaluator's metric (by default its first). None where nothing was scored.

        Raises:
            RunError: there is no such score.
        """
        for score in self.scores:
            if score.evaluator == evaluator and metric in (None, score.metric):
                return score.value
        there = ", ".join(f"{score.evaluator} ({score.metric})" for score in self.scores) or "none"
        raise RunError(f"There is no score '{evaluator}' in this run; there is {there}.")

    def records(self) -> Iterator[Details]:
        """Every record with its scores and attempts, in the order of the dataset; read from the store."""
        with closing(Reader(self.workspace)) as reader:
            for record in reader.record_ids(self.run_id):
                if (details := reader.details(record)) is not None:
                    yield details

    def __str__(self) -> str:
        from evalstudio.core.format import duration
        from evalstudio.reports.score_text import percent

        scores = ", ".join(f"{score.evaluator} {percent(score)}" for score in self.scores) or "no scores"
        errors = f", {self.errored} errored" if self.errored else ""
        return f"{self.experiment}: {self.state}, {scores}{errors}, {duration(self.elapsed)}"


def run(
    evaluation: Callable[..., Any],
    experiment: str | None = None,
    samples: int | None = None,
    *,
    strategy: Strategy | None = None,
    workers: int | None = None,
    processes: int | None = None,
    threads_per_process: int | None = None,
    cluster: str | None = None,
    timeout: float | None = None,
    new_run: bool = False,
    workspace: str | os.PathLike[str] | None = None,
    **arguments: Any,
) -> Finished:
    """Runs a function decorated with `foreach` or `batch` to its end; also where an event loop runs already.

    Args:
        evaluation: the decorated function.
        experiment: runs under one name go on where they ended; by default a name from the time.
        samples: the first so many rows, in total.
        strategy: how many samples may be under way, instead of the decorator's.
        workers: threads for a synchronous function.
        processes, threads_per_process: processes for it instead, which import its file; call `run` below
            `if __name__ == "__main__":` then.
        cluster: or the workers of a Dask scheduler, at tcp://HOST:PORT or `local`.
        timeout: seconds for a sample, with all that is tried again; it is errored then.
        new_run: a second run in the experiment instead of going on.
        workspace: the folder that holds the database, else as everywhere.
        arguments: what the function takes beside the columns, as `model=...`.

    Raises:
        EvalStudioError: the evaluation cannot be run; nothing was called.
    """
    from evalstudio.engine.workers.target import Place
    from evalstudio.evaluations.request import Options

    if Place.is_worker:
        raise RunError(
            "A worker process imports the evaluation's file and must not run it again; put the call of run below "
            'if __name__ == "__main__":'
        )
    wanted = evaluation_of(evaluation, arguments)
    options = Options(
        experiment, strategy, workers, samples, None, new_run,
        processes=processes, threads_per_process=threads_per_process, cluster=cluster, timeout=check_timeout(timeout),
    )  # fmt: skip
    place = find_workspace(workspace)
    return Finished(_run_anywhere(_run(wanted, options, place)), place)


async def _run(evaluation: PythonEvaluation, options: Any, workspace: Workspace) -> Snapshot:
    from evalstudio.engine.engine import Engine
    from evalstudio.settings.values import load_settings

    engine = Engine(workspace, load_settings()[0])
    await engine.start()
    try:
        return await engine.finished(await engine.start_evaluation(evaluation, options))
    finally:
        await engine.aclose()


def _run_anywhere(work: Coroutine[Any, Any, T]) -> T:
    """Runs a coroutine to its end: here, or in a thread of its own where a loop runs in this one."""
    from evalstudio.engine.loop import run as run_loop

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return run_loop(work)
    results: list[T] = []
    failures: list[BaseException] = []

    def in_thread() -> None:
        try:
            results.append(run_loop(work))
        except BaseException as error:  # noqa: BLE001 - raised again in the caller's thread
            failures.append(error)

    thread = threading.Thread(target=in_thread, name="evalstudio-run")
    thread.start()
    thread.join()
    if failures:
        raise failures[0]
    return results[0]
