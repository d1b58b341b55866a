"""Scores at a run's end: the exact metrics over all its records, by cluster, and those of its benchmark."""

import asyncio
from collections.abc import Callable
from contextlib import closing

from evalstudio.core.errors import DatasetError
from evalstudio.core.run_state import RunState
from evalstudio.datasets import Dataset
from evalstudio.datasets.clusters import clusters_of
from evalstudio.engine.benchmarks.host_process import HostFailed
from evalstudio.engine.benchmarks.opening import BenchmarkTask
from evalstudio.engine.benchmarks.published import published_scores
from evalstudio.engine.run.run import Run
from evalstudio.engine.scoring.final_metrics import final_scores
from evalstudio.protocol import ScoreNow
from evalstudio.store.reader import Reader
from evalstudio.store.run_records import answers_of
from evalstudio.workspace.folder import Workspace

Log = Callable[[str, str], None]


async def scores_at_end(workspace: Workspace, run: Run, log: Log) -> tuple[ScoreNow, ...]:
    """Returns the scores of a run whose records are all saved; releases the process of its benchmark.

    What can't be computed, as clusters of a dataset that has changed, is left out and logged.
    """
    clusters = await _clusters(run, log)
    scores = await asyncio.to_thread(_of_records, workspace, run, clusters)
    task = run.plan.benchmark
    return scores if task is None else await _with_published(workspace, run, task, scores, log)


def _of_records(workspace: Workspace, run: Run, clusters: dict[str, str] | None) -> tuple[ScoreNow, ...]:
    evaluators, saved = tuple(run.keeper.evaluators.values()), run.keeper.counts.saved
    with closing(Reader(workspace)) as reader:
        return final_scores(reader, run.id, evaluators, saved, clusters)


async def _clusters(run: Run, log: Log) -> dict[str, str] | None:
    dataset = run.plan.dataset
    if not isinstance(dataset, Dataset) or (column := dataset.source.cluster_by) is None:
        return None
    try:
        return await asyncio.to_thread(clusters_of, dataset, column)
    except DatasetError as error:
        log("error", f"The scores are not clustered by '{column}'. {error}")
        return None


async def _with_published(
    workspace: Workspace, run: Run, task: BenchmarkTask, scores: tuple[ScoreNow, ...], log: Log
) -> tuple[ScoreNow, ...]:
    """Puts the task's own numbers first; those of the records stay where its code fails."""
    try:
        if run.state not in (RunState.COMPLETED, RunState.COMPLETED_WITH_ERRORS):
            return scores
        answers = await asyncio.to_thread(_answers, workspace, run.id)
        return await published_scores(task, run.plan.spec.evaluators, answers, scores)
    except (HostFailed, TimeoutError) as error:
        why = str(error) or "it did not return in time"
        log("error", f"The published metrics of {task.info.name} can't be computed: {why}")
        return scores
    finally:
        await task.host.release()


def _answers(workspace: Workspace, run_id: int) -> list[tuple[int, int, str]]:
    with closing(Reader(workspace)) as reader:
        return list(answers_of(reader.connection, run_id))
