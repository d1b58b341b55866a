"""`evalstudio capacity` and `evalstudio forecast` as a person calls them."""

import json
from pathlib import Path

from click.testing import CliRunner, Result

from evalstudio.cli.main import evalstudio as command
from evalstudio.engine.limits.endpoint_registry import identify
from evalstudio.errors import EvaluationError, LimitError, RunError
from evalstudio.models.providers import resolve_model
from evalstudio.store.database import change
from evalstudio.store.endpoint_memory import Prior, save_prior
from evalstudio.workspace.folder import Workspace
from tests.engine.support import write_evaluation


def evalstudio(*arguments: str) -> Result:
    return CliRunner().invoke(command, arguments)


def test_that_capacity_tells_calls_levels_and_the_verdict(tmp_path: Path) -> None:
    path = write_evaluation(tmp_path, '"demo/instant"', 300)
    done = evalstudio("capacity", path, "--max", "4", "--json")
    assert done.exit_code == 0, done.stderr
    found = json.loads(done.stdout)
    assert [level["concurrency"] for level in found["levels"]][:2] == [1, 2]
    assert found["best"] in (1, 2, 3, 4)
    assert "calls" in done.stderr
    assert "capacity test" in " ".join(done.stderr.split())
    listed = evalstudio("list")
    assert "capacity test" in " ".join(listed.stdout.split())


def test_that_capacity_refuses_a_maximum_of_nothing(tmp_path: Path) -> None:
    done = evalstudio("capacity", write_evaluation(tmp_path, '"demo/instant"', 3), "--max", "0")
    assert isinstance(done.exception, LimitError)


def test_that_forecast_calls_a_pilot_once_and_then_knows(tmp_path: Path, workspace: Workspace) -> None:
    path = write_evaluation(tmp_path, '"demo/instant"', 400)
    first = evalstudio("forecast", path, "--experiment", "p")
    assert first.exit_code == 0, first.stderr
    for name in ("pilot", "Sequential", "Sliding window 8", "Adaptive", "--experiment 'p'"):
        assert name in first.stdout
    assert evalstudio("run", path, "--experiment", "p").exit_code == 0
    # whether so short a run settles on a window depends on the machine, so what it learned is written here
    identity = identify(resolve_model("demo/instant", tmp_path), None)
    with change(workspace) as connection:
        save_prior(connection, identity, Prior(window=8, throughput=100.0, seconds=0.05))
    second = evalstudio("forecast", path, "--json")
    assert "pilot" not in second.stderr
    told = [one["strategy"]["type"] for one in json.loads(second.stdout)]
    assert told == ["adaptive", "sequential", "sliding_window"]  # the evaluation's own first


def test_that_a_forecast_tells_the_evaluations_own_strategy_and_what_is_left(tmp_path: Path) -> None:
    extra = "strategy = { type = 'sliding_window', max_concurrency = 3 }"
    path = write_evaluation(tmp_path, '"demo/instant"', 30, extra=extra)
    first = evalstudio("forecast", path, "--experiment", "p", "--pilot", "6")
    assert "Sliding window 3" in first.stdout.splitlines()[-4]
    assert "24 samples that are left, 6 are saved" in first.stdout
    assert evalstudio("forecast", path, "--pilot", "4").exit_code == 2
    assert "pilot of" not in evalstudio("forecast", path, "--pilot", "21").stdout


def test_that_a_pilot_that_is_the_whole_run_leaves_nothing(tmp_path: Path) -> None:
    path = write_evaluation(tmp_path, '"demo/instant"', 8)
    first = evalstudio("forecast", path, "--experiment", "p")
    assert first.exit_code == 0, first.exception
    assert "A pilot of 8 samples" in first.stdout
    assert "Nothing is left to forecast: 0 samples that are left, 8 are saved" in first.stdout
    assert "Adaptive" not in first.stdout
    again = evalstudio("forecast", path, "--experiment", "p")
    assert isinstance(again.exception, RunError)
    assert "has all its 8 samples" in str(again.exception)


def test_that_a_python_file_is_named_as_one(tmp_path: Path) -> None:
    for name in ("forecast", "capacity"):
        done = evalstudio(name, str(tmp_path / "eval_x.py"))
        assert isinstance(done.exception, EvaluationError)
        assert "Python file" in str(done.exception)
