"""Docstring examples of the public names: each one runs and prints what it shows."""

import doctest
import inspect
from importlib import import_module
from pathlib import Path

import pytest

from evalstudio.metrics import METRICS

MODULES = (
    "evalstudio.authoring.decorators",
    "evalstudio.authoring.result",
    "evalstudio.authoring.scorers",
    "evalstudio.concurrency",
    "evalstudio.core.errors",
    "evalstudio.core.score",
    "evalstudio.core.strategy",
    "evalstudio.metrics",
    "evalstudio.runner",
)
PUBLIC = {
    "evalstudio": ("ForEach", "Result", "Score", "batch", "evaluator", "foreach", "metric", "run"),
    "evalstudio.concurrency": ("Adaptive", "Batch", "Sequential", "SlidingWindow"),
    "evalstudio.errors": ("EvalStudioError",),
    "evalstudio.metrics": ("accuracy", "mean"),
    "evalstudio.runner": ("Finished",),
}


@pytest.mark.parametrize("module", MODULES)
def test_that_the_examples_of_a_module_are_true(module: str, tmp_path: Path) -> None:
    before = dict(METRICS)  # an example registers a metric
    try:
        failed, tried = doctest.testmod(import_module(module), extraglobs={"folder": tmp_path})
    finally:
        METRICS.clear()
        METRICS.update(before)
    assert tried > 0
    assert failed == 0


@pytest.mark.parametrize(("module", "name"), [(module, name) for module in PUBLIC for name in PUBLIC[module]])
def test_that_a_public_name_has_an_example(module: str, name: str) -> None:
    assert ">>> " in (inspect.getdoc(getattr(import_module(module), name)) or "")
