"""Python API for running evaluations: `run` in a script or a notebook, and the `Finished` run it returns."""

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
    """A run that has ended, as returned by `run`.

    Attributes:
        summary: the last snapshot of the run.
        workspace: the folder that holds its records.

    Example:
        >>> from evalstudio import Score, foreach, run
        >>> @foreach("text", ["good", "bad"])
        ... def eval_length(text):
        ...     return Score("short", len(text) < 4)
        >>> finished = run(eval_length, workspace=folder)
        >>> print(finished.state, finished.score("short"))
        completed 0.5
        >>> [record.record.sample_id for record in finished.records()]
        ['0', '1']
    """

    summary: Snapshot
    workspace: Workspace

    @property
    def run_id(self) -> int:
        """The number of the run in its workspace."""
        return self.summary.run_id

    @property
    def experiment(self) -> str:
        """The name of the experiment that the run belongs to."""
        return self.summary.experiment

    @property
    def state(self) -> str:
        """The final state, such as `completed` or `completed with errors`."""
        return self.summary.state

    @property
    def elapsed(self) -> float:
        """Running time in seconds."""
        return self.summary.elapsed

    @property
    def errored(self) -> int:
        """Number of samples without an answer."""
        return self.summary.errored

    @property
    def scores(self) -> tuple[ScoreNow, ...]:
        """The metrics of all evaluators, with intervals and coverage."""
        return self.summary.scores

    def score(self, evaluator: str, metric: str | None = None) -> float | None:
        """Returns the value of an evaluator's metric.

        Args:
            evaluator: the evaluator's name.
            metric: the metric's name; None: the evaluator's first metric.

        Returns:
            The value, or None if nothing was scored.

        Raises:
            RunError: there is no such score.
        """
        for score in self.scores:
            if score.evaluator == evaluator and metric in (None, score.metric):
                return score.value
        there = ", ".join(f"{score.evaluator} ({score.metric})" for score in self.scores) or "none"
        raise RunError(f"There is no score '{evaluator}' in this run; there is {there}.")

    def records(self) -> Iterator[Details]:
        """Yields every record with its scores and attempts, in dataset order, from the store.

        Raises:
            StoreError: the database cannot be read.
        """
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
    """Runs a function decorated with `foreach` or `batch`, and waits until the run has ended.

    It can also be called where an event loop is already running, as in a notebook. A run that was stopped, or whose
    process died, is resumed by calling `run` again with the same experiment.

    Args:
        evaluation: the decorated function.
        experiment: the experiment's name; an earlier run of the evaluation under it is resumed. By default a new name.
        samples: the number of rows to use, from the first one.
        strategy: how many samples are processed at once, instead of the decorator's strategy.
        workers: threads for a synchronous function.
        processes: processes for it instead of threads. They import the function's file, so call `run` below
            `if __name__ == "__main__":`.
        threads_per_process: threads in each of the processes.
        cluster: the workers of a Dask scheduler instead, at tcp://HOST:PORT or `local`.
        timeout: seconds for a sample including its retries; after that it is errored.
        new_run: start another run in the experiment instead of resuming.
        workspace: the folder that holds the database; by default the usual workspace.
        arguments: further arguments of the function besides the columns, such as `model=...`.

    Returns:
        The finished run, with its scores and records. Its state shows whether it was stopped.

    Raises:
        EvalStudioError: the evaluation cannot be run; nothing was called.

    Example:
        >>> from evalstudio import Result, foreach, run
        >>> from evalstudio.evaluators import exact_match
        >>> @foreach("question,expected", [("2 + 2", "4"), ("3 + 3", "6")])
        ... async def eval_sums(question, expected, model):
        ...     answer = model(question)
        ...     return Result(exact_match(answer, expected), prompt=question, model_response=answer)
        >>> finished = run(eval_sums, workspace=folder, model=lambda question: "4")
        >>> finished.score("exact_match")
        0.5
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
    """Runs a coroutine to its end, in a separate thread if an event loop is already running in this one."""
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
