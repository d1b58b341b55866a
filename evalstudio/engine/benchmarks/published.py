"""Published metrics: a task's own aggregate and standard error over all answers of a run, and those of its group."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from evalstudio.core.errors import RequirementError
from evalstudio.engine.benchmarks.host_process import LONGEST_FINISH_S, HostFailed
from evalstudio.engine.benchmarks.opening import READ, BenchmarkTask
from evalstudio.engine.benchmarks.scoring_workers import responses_of, tables_of
from evalstudio.evaluators.build import BENCHMARK
from evalstudio.protocol import ScoreNow

PUBLISHED = "as published"
NORMAL_95 = 1.959963984540054  # standard errors on either side of the mean


class _Published(msgspec.Struct):
    value: float | None
    stderr: float | None


class _Finished(msgspec.Struct):
    metrics: dict[str, _Published]
    documents: int


async def published_scores(
    task: BenchmarkTask,
    tables: Sequence[Mapping[str, Any]],
    answers: Iterable[tuple[int, int, str]],
    scores: Sequence[ScoreNow],
) -> tuple[ScoreNow, ...]:
    """Returns a run's scores with the task's own numbers first.

    Args:
        task: The open task.
        tables: The run's evaluators.
        answers: Document, repeat and answer of each record that has one.
        scores: The means over the run's records.

    Raises:
        HostFailed: The task's code failed.
        TimeoutError: It did not return in time.
    """
    by_document: dict[int, list[list[Any]]] = defaultdict(list)
    for document, _, answer in sorted(answers, key=lambda one: one[:2]):
        by_document[document].append(responses_of(answer, task.info))
    if not by_document:
        return tuple(scores)
    given = [
        (document, list(map(list, zip(*repeats, strict=True)))) for document, repeats in by_document.items()
    ]
    try:
        value = await task.host.ask("finish", LONGEST_FINISH_S, task=task.info.name, answers=given)
        groups = await task.host.ask("groups", LONGEST_FINISH_S) if task.in_group else {}
    except RequirementError as error:
        raise HostFailed(str(error)) from error
    finished = msgspec.convert(value, _Finished)
    own = tables_of(tables, BENCHMARK)
    found = []
    for key, one in finished.metrics.items():
        metric, _, pipeline = key.partition(",")
        name, table = _evaluator(metric, pipeline, own)
        direction = str(table.get("direction", "higher"))
        found.append(_score(name, one, finished.documents, direction))
    for group, metrics in msgspec.convert(groups, dict[str, dict[str, _Published]]).items():
        found += [
            _score(f"{group} {key.removesuffix(',none').replace(',', ' ')}", one, 0, "higher")
            for key, one in metrics.items()
        ]
    order = {name: place for place, name in enumerate(own)}
    found.sort(key=lambda score: order.get(score.evaluator, len(order)))
    kept = [score for score in scores if score.evaluator not in own or own[score.evaluator].get(READ)]
    return (*found, *kept)


def _evaluator(
    metric: str, pipeline: str, tables: Mapping[str, Mapping[str, Any]]
) -> tuple[str, Mapping[str, Any]]:
    for name, table in tables.items():
        if table["metric"] == metric and table["filter"] == pipeline and not table.get(READ):
            return name, table
    return (metric if pipeline == "none" else f"{metric} {pipeline}"), {}


def _score(name: str, one: _Published, documents: int, direction: str) -> ScoreNow:
    low = high = None
    if one.value is not None and one.stderr is not None:
        low, high = one.value - NORMAL_95 * one.stderr, one.value + NORMAL_95 * one.stderr
        if 0 <= one.value <= 1 and direction == "higher":  # a share
            low, high = max(0.0, low), min(1.0, high)
    return ScoreNow(name, PUBLISHED, one.value, low, high, documents, 0, direction=direction)
