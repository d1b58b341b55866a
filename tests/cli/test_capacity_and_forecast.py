"""`evalstudio capacity` and `evalstudio forecast` as a person calls them."""

import json
from pathlib import Path

from click.testing import CliRunner, Result

from evalstudio.cli import evalstudio as command
from evalstudio.errors import LimitError
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


def test_that_forecast_calls_a_pilot_once_and_then_knows(tmp_path: Path) -> None:
    path = write_evaluation(tmp_path, '"demo/instant"', 400)
    first = evalstudio("forecast", path, "--experiment", "p")
    assert first.exit_code == 0, first.stderr
    for name in ("pilot", "Sequential", "Sliding window 8", "Adaptive", "--experiment 'p'"):
        assert name in first.stdout
    assert evalstudio("run", path, "--experiment", "p").exit_code == 0
    second = evalstudio("forecast", path, "--json")
    assert "pilot" not in second.stderr
    assert [one["strategy"]["type"] for one in json.loads(second.stdout)] == [
        "sequential",
        "sliding_window",
        "adaptive",
    ]
