"""Metrics: the built-in ones by name, and those to pass to `@evaluator` or to define with `@metric`.

Example:
    >>> from evalstudio import evaluator
    >>> from evalstudio.metrics import accuracy
    >>> @evaluator(metrics=accuracy())
    ... def same(answer, expected):
    ...     return answer == expected
"""

from evalstudio.authoring.scorers import accuracy, mean, metric
from evalstudio.statistics.metrics import METRICS, Metric, aggregate, find_metric

__all__ = ["METRICS", "Metric", "accuracy", "aggregate", "find_metric", "mean", "metric"]
