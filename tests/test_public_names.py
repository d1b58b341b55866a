"""The names that people import: they stay where they are, and a type checker sees their types."""

import subprocess
import sys
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path

import pytest

PUBLIC = {
    "evalstudio": [
        "ForEach", "Result", "Score", "__version__", "batch", "evaluator", "foreach", "metric", "run",
    ],
    "evalstudio.concurrency": [
        "Adaptive", "AsyncSequential", "Batch", "Sequential", "SlidingWindow", "Strategy",
    ],
    "evalstudio.errors": [
        "DatasetError", "EvalStudioError", "EvaluationError", "LimitError", "ModelError", "RequirementError",
        "RunError", "SettingsError", "StoreError",
    ],
    "evalstudio.evaluators": [
        "contains", "evaluator", "exact_match", "function_call", "json_match", "json_valid", "multiple_choice",
        "numeric_match", "regex_extract", "regex_match", "similarity", "valid_json",
    ],
    "evalstudio.metrics": ["METRICS", "Metric", "accuracy", "aggregate", "find_metric", "mean", "metric"],
    "evalstudio.models": ["Result", "Score"],
    "evalstudio.runner": ["Finished", "run"],
    "evalstudio.score": ["Score"],
}  # fmt: skip


@pytest.mark.parametrize(("module", "name"), [(module, name) for module in PUBLIC for name in PUBLIC[module]])
def test_that_a_public_name_is_importable_where_it_is(module: str, name: str) -> None:
    assert getattr(import_module(module), name) is not None


@pytest.mark.parametrize("module", sorted(set(PUBLIC) - {"evalstudio.runner"}))
def test_that_what_a_public_module_lists_is_there(module: str) -> None:
    there = import_module(module)
    listed = set(there.__all__)
    assert {name for name in listed if not hasattr(there, name)} == set()
    if module != "evalstudio.evaluators":  # it lists what its own package uses, too
        assert listed == set(PUBLIC[module])


def test_that_the_names_of_entry_points_stay() -> None:
    scripts = {
        point.name: point.value
        for point in entry_points(group="console_scripts")
        if point.name == "evalstudio"
    }
    assert set(scripts) == {"evalstudio"}
    assert "evalstudio.pytest_plugin" in {point.name for point in entry_points(group="pytest11")}


def test_that_a_type_checker_sees_the_types_of_public_names(tmp_path: Path) -> None:
    lines = [
        f"from {module} import {name} as {name.strip('_')}_{number}\nreveal_type({name.strip('_')}_{number})"
        for number, module in enumerate(PUBLIC)
        for name in PUBLIC[module]
        # by __getattr__, for files that were written for dotevals
        if (module, name)
        not in {("evalstudio.evaluators", "valid_json"), ("evalstudio.evaluators", "evaluator")}
    ]
    file = tmp_path / "own.py"
    file.write_text("\n".join(lines) + "\n")
    ended = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--no-incremental", "--cache-dir", str(tmp_path / "cache"), str(file)],
        capture_output=True, text=True, check=False, cwd=tmp_path,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stdout
    revealed = [line for line in ended.stdout.splitlines() if "Revealed type" in line]
    assert len(revealed) == len(lines)
    assert [line for line in revealed if line.endswith('is "Any"')] == []
