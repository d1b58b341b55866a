"""Scores and published metrics: each number comes from the task's own filters, metrics and aggregation."""

import copy
import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from evalstudio.benchmarks.host.writing import storable

BOOTSTRAPS = 1_000  # for the standard errors of metrics without a formula; 100,000, the default of lm-eval, take minutes


class Results:
    """The scores of the open tasks.

    Args:
        tasks: By name, with their requests built.
        groups: By name.
    """

    def __init__(self, tasks: Mapping[str, Any], groups: Mapping[str, Any]) -> None:
        self._tasks = tasks
        self._groups = groups
        self._finished: dict[str, Any] = {}
        self._instances: dict[str, dict[int, list[Any]]] = {}
        for name, task in tasks.items():
            by_document: dict[int, list[Any]] = defaultdict(list)
            for instance in task.instances:
                by_document[instance.doc_id].append(instance)
            for instances in by_document.values():
                instances.sort(key=lambda one: one.idx)
            self._instances[name] = by_document

    def evaluators(self, task: str) -> list[dict[str, Any]]:
        """Returns the scores that a document of a task gets: metric, filter, direction and whether a filter can find nothing."""
        found = []
        filters = self._tasks[task]._filters
        for metric in self._metrics(task):
            for one in filters:
                better = self._tasks[task].higher_is_better().get(metric, True)
                found.append(
                    {
                        "metric": metric,
                        "filter": one.name,
                        "direction": "higher" if better else "lower",
                        "may_find_nothing": bool(_fallbacks(one)),
                    }
                )
        return found

    def score(self, task: str, document: int, responses: Sequence[Any]) -> dict[str, Any]:
        """Scores the answer to one document.

        Args:
            task: The task's name.
            document: The document's number.
            responses: An answer for each of its requests: a text, or a log-probability and whether it is greedy.

        Returns:
            For each filter what it took out of the answer, whether that is nothing, and the metrics' values.
        """
        one = self._tasks[task]
        instances = [copy.copy(instance) for instance in self._instances[task][document]]
        for instance, response in zip(instances, responses, strict=True):
            instance.resps, instance.filtered_resps = [_response(response)], {}
        scores: dict[str, Any] = {}
        for pipeline in one._filters:
            pipeline.apply(instances)
            taken = [instance.filtered_resps[pipeline.name] for instance in instances]
            metrics = one.process_results(instances[0].doc, taken)
            scores[pipeline.name] = {
                "taken": storable(taken[0] if len(taken) == 1 else taken),
                "nothing": any(
                    extract in _fallbacks(pipeline) for extract in taken if isinstance(extract, str)
                ),
                "metrics": {name: number(value) for name, value in metrics.items()},
            }
        return scores

    def finish(self, task: str, answers: Sequence[tuple[int, Sequence[Sequence[Any]]]]) -> dict[str, Any]:
        """Computes the metrics of a task over all documents that were answered, as lm-eval does.

        Args:
            task: The task's name.
            answers: The documents' numbers, and for each of their requests the answers, one for each repeat.
        """
        from lm_eval.evaluator_utils import _process_results

        one = self._tasks[task]
        given = dict(answers)
        kept = []
        for instance in one.instances:
            if instance.doc_id in given:
                instance.resps = [_response(answer) for answer in given[instance.doc_id][instance.idx]]
                instance.filtered_resps = {}
                kept.append(instance)
        everything, one._instances = one._instances, kept
        try:
            self._finished[task] = {"task": one, "raw_metrics": _raw(one, kept), "logged_samples": []}
        finally:
            one._instances = everything
        metrics = _process_results({task: self._finished[task]}, {}, BOOTSTRAPS).metrics[task]
        return {"metrics": _metrics(metrics), "documents": len(given)}

    def of_groups(self) -> dict[str, Any]:
        """Returns the metrics of each group, once all of its tasks are finished; none before."""
        from lm_eval.evaluator_utils import _process_results

        if not self._groups or set(self._finished) != set(self._tasks):
            return {}
        found = _process_results(dict(self._finished), dict(self._groups), BOOTSTRAPS)
        return {
            name: _metrics(found.metrics[name])
            for name, group in self._groups.items()
            if group.has_aggregation
        }

    def _metrics(self, task: str) -> list[str]:
        """The metrics that have a number for each document; tried with an empty answer, as only the code knows them."""
        one = self._tasks[task]
        declared = list(one.aggregation())
        first = next(iter(self._instances[task]))
        empty: Any = "" if one.OUTPUT_TYPE == "generate_until" else (-1.0, False)
        if one.OUTPUT_TYPE == "loglikelihood_rolling":
            empty = -1.0
        try:
            scored = self.score(task, first, [empty] * len(self._instances[task][first]))
        except Exception:  # noqa: BLE001 - a task's own code may not take an empty answer
            return declared
        values = next(iter(scored.values()))["metrics"]
        return [name for name, value in values.items() if value is not None] or []


def number(value: Any) -> float | None:
    """Returns a metric's value of one document as a number; None for parts of one, as a pair of label and guess."""
    if hasattr(value, "item") and getattr(value, "size", 1) == 1:
        value = value.item()
    if isinstance(value, list) and value and all(isinstance(one, bool | int | float) for one in value):
        value = sum(value) / len(value)  # several judgements of one document
    if isinstance(value, bool | int | float) and math.isfinite(value):
        return float(value)
    return None


def _raw(task: Any, instances: Sequence[Any]) -> dict[tuple[str, str], list[Any]]:
    task.apply_filters()
    by_document: dict[int, list[Any]] = defaultdict(list)
    for instance in instances:
        by_document[instance.doc_id].append(instance)
    for one in by_document.values():
        one.sort(key=lambda instance: instance.idx)
    raw: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for name in instances[0].filtered_resps if instances else ():
        for one in by_document.values():
            metrics = task.process_results(one[0].doc, [instance.filtered_resps[name] for instance in one])
            for metric, value in metrics.items():
                raw[(metric, name)].append(value)
    return raw


def _metrics(metrics: Mapping[str, Any]) -> dict[str, dict[str, float | None]]:
    found = {}
    for key, value in metrics.items():
        metric, comma, pipeline = key.partition(",")
        if not comma or metric.endswith("_stderr"):
            continue
        found[key] = {"value": number(value), "stderr": number(metrics.get(f"{metric}_stderr,{pipeline}"))}
    return found


def _response(response: Any) -> Any:
    """An answer as lm-eval's clients return it: log-probabilities are pairs."""
    return (float(response[0]), bool(response[1])) if isinstance(response, list) else response


def _fallbacks(pipeline: Any) -> set[str]:
    """What the filters of a pipeline return where they find nothing."""
    found = {getattr(make(), "fallback", None) for make in pipeline.filters}
    return {one for one in found if isinstance(one, str)}
