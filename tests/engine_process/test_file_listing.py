"""What a window asks before a run, over a real pipe: a forecast, a Python file's evaluations; and running them."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from evalstudio.protocol import (
    EvaluationFile,
    ForecastRun,
    ListEvaluations,
    LogLine,
    ResumeRun,
    RunForecast,
    Snapshot,
    StartRun,
    StopRun,
)
from evalstudio.store.reader import Reader
from evalstudio.workspace.folder import Workspace
from tests.engine.support import write_evaluation
from tests.engine_process.support import Child

FILE = '''
import asyncio, os
import pytest
from evalstudio import Result, foreach
from evalstudio.evaluators import exact_match
from helper import answer

ROWS = [(f"text {number}", "yes") for number in range(6)]
print("printed while it is read")

@pytest.fixture
async def model():
    calls.append("made")
    yield answer
    await asyncio.sleep(0.3)  # who starts the next run meanwhile waits
    calls.append("torn down")
    print("calls:", calls)

calls = []

@foreach("text,expected", ROWS)
async def eval_plain(text, expected):
    """Needs nothing."""
    return Result(exact_match("yes", expected), prompt=text)

@foreach("text,expected", (row for row in ROWS))
async def eval_streamed(text, expected):
    return Result(exact_match("yes", expected), prompt=text)

@foreach("text,expected", ROWS)
def eval_fixture(text, expected, model):
    return Result(exact_match(model(text), expected), prompt=text, model_response=model(text))
'''


@pytest.fixture
def child(workspace: Workspace) -> Iterator[Child]:
    child = Child(workspace)
    yield child
    child.close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "helper.py").write_text("def answer(text):\n    return 'yes'\n")
    path = tmp_path / "eval_own.py"
    path.write_text(FILE)
    return path


def test_that_a_forecast_knows_nothing_then_answers_then_what_was_learned(
    child: Child, tmp_path: Path
) -> None:
    path = write_evaluation(tmp_path, '"demo/fast"', 200)
    child.send(1, ForecastRun(path))
    first = msgspec.convert(child.reply(1).value, RunForecast)
    assert (first.samples, first.seconds) == (200, None)
    assert "try a few samples" in first.basis
    child.send(2, StartRun(path, "test (try)", samples=3, new_run=True))
    child.until(lambda event: isinstance(event, Snapshot) and event.state == "completed")
    child.send(3, ForecastRun(path, samples=50))
    second = msgspec.convert(child.reply(3).value, RunForecast)
    assert second.samples == 50
    assert second.seconds is not None
    low, likely, high = second.seconds
    assert 0 < low <= likely <= high
    assert "3 earlier answers" in second.basis
    child.send(4, ForecastRun(str(tmp_path / "none.toml")))
    assert "There is no evaluation file" in str(child.reply(4).error)


def test_that_a_grid_is_forecast_as_all_its_runs(child: Child, tmp_path: Path) -> None:
    path = Path(write_evaluation(tmp_path, '"demo/fast"', 40))
    grid = path.read_text() + "grid = { parameters = { temperature = [0, 0.5, 1] } }\n"
    path.write_text(grid)
    child.send(1, ForecastRun(str(path)))
    first = msgspec.convert(child.reply(1).value, RunForecast)
    assert (first.runs, first.samples, first.seconds) == (3, 120, None)
    assert "demo/fast" in first.basis
    child.send(2, StartRun(str(path), "grid", samples=3))
    ended: set[int] = set()

    def all_ended(event: object) -> bool:
        if isinstance(event, Snapshot) and event.state == "completed":
            ended.add(event.run_id)
        return len(ended) == 3

    child.until(all_ended)
    parts = []
    for number, label in enumerate(("temperature=0", "temperature=0.5", "temperature=1"), start=3):
        child.send(number, ForecastRun(f"{path}#{label}"))
        parts.append(msgspec.convert(child.reply(number).value, RunForecast))
    child.send(9, ForecastRun(str(path), text=grid))
    whole = msgspec.convert(child.reply(9).value, RunForecast)
    assert (whole.runs, whole.samples) == (3, 120)
    assert whole.seconds is not None
    likely = [part.seconds[1] for part in parts if part.seconds is not None]
    assert len(likely) == 3
    assert max(likely) <= whole.seconds[1] <= sum(likely) * 1.001  # the rate learned last may be another one
    assert whole.seconds[2] >= max(part.seconds[2] for part in parts if part.seconds is not None)


def test_that_a_function_is_forecast_once_it_has_answered(child: Child, file: Path) -> None:
    reference = f"{file}::eval_plain"
    child.send(1, ForecastRun(reference, samples=6))
    first = msgspec.convert(child.reply(1).value, RunForecast)
    assert (first.samples, first.seconds, first.basis) == (6, None, "not run yet")
    child.send(2, StartRun(reference, "own"))
    child.until(lambda event: isinstance(event, Snapshot) and event.state == "completed")
    child.send(3, ForecastRun(reference, samples=600))
    second = msgspec.convert(child.reply(3).value, RunForecast)
    assert second.seconds is not None
    assert 0 < second.seconds[0] <= second.seconds[1] <= second.seconds[2]
    child.send(4, ForecastRun(reference))
    assert "known only when it runs" in str(child.reply(4).error)


def test_that_a_files_evaluations_are_listed_and_its_prints_harm_nothing(child: Child, file: Path) -> None:
    child.send(1, ListEvaluations(str(file)))
    found = msgspec.convert(child.reply(1).value, EvaluationFile)
    assert [(one.name, one.samples, one.fixtures, one.kind) for one in found.functions] == [
        ("eval_plain", 6, (), "async"),
        ("eval_streamed", None, (), "async"),
        ("eval_fixture", 6, ("model",), "threads"),
    ]
    assert found.functions[0].about == "Needs nothing."
    assert FILE.splitlines()[found.functions[0].line - 1].startswith("@foreach")
    file.write_text("def first():\n    second()\n\ndef second():\n    raise KeyError('a key')\n\nfirst()\n")
    child.send(2, ListEvaluations(str(file)))
    broken = msgspec.convert(child.reply(2).value, EvaluationFile)
    assert "cannot be imported: KeyError" in broken.problem
    assert [line.strip() for line in broken.trace.splitlines()][1::2][:3] == [
        "first()",
        "second()",
        "raise KeyError('a key')",
    ]
    assert "importlib" not in broken.trace
    file.write_text("import os\nos.abort()\n")
    child.send(3, ListEvaluations(str(file)))
    assert "while it read" in str(child.reply(3).error)
    assert child.process.poll() is None


def test_that_functions_with_and_without_fixtures_run_with_live_snapshots(
    child: Child, file: Path, workspace: Workspace
) -> None:
    for number, name in enumerate(("eval_plain", "eval_fixture"), start=1):
        child.send(number, StartRun(f"{file}::{name}", "own"))
        run_id = child.reply(number).value
        assert run_id is not None, child.reply(number).error
        final = child.until(
            lambda event, run_id=run_id: (
                isinstance(event, Snapshot) and event.run_id == run_id and event.state == "completed"
            )
        )
        assert (final.saved, final.scores[0].value) == (6, 1.0)
    child.until(lambda event: isinstance(event, LogLine) and "calls: ['made', 'torn down']" in event.text)
    # what has changed in the file and in what it imports is read anew, and a resume finds the fixtures again
    file.with_name("helper.py").write_text(
        "import time\ndef answer(text):\n    time.sleep(0.3)\n    return 'no'\n"
    )
    child.send(3, StartRun(f"{file}::eval_fixture", "slow", workers=1))
    slow = child.reply(3).value
    child.send(6, StartRun(f"{file}::eval_fixture", "beside it", workers=1))
    assert "One evaluation file with fixtures runs at a time" in str(child.reply(6).error)
    child.send(4, StopRun(slow))
    child.until(
        lambda event: isinstance(event, Snapshot) and event.run_id == slow and event.state == "stopped"
    )
    child.send(5, ResumeRun(slow))
    assert child.reply(5).error is None
    ended = child.until(
        lambda event: isinstance(event, Snapshot) and event.run_id == slow and event.state == "completed"
    )
    assert (ended.saved, ended.scores[0].value) == (6, 0.0)
    with_rows = Reader(workspace)
    assert len(with_rows.record_ids(slow)) == 6
    with_rows.connection.close()


def test_that_a_failing_fixture_and_a_missing_function_are_answered(child: Child, file: Path) -> None:
    file.write_text(FILE.replace("yield answer", "raise ValueError('no such server')"))
    child.send(1, StartRun(f"{file}::eval_fixture", "x"))
    assert "no such server" in str(child.reply(1).error)
    child.send(2, StartRun(f"{file}::eval_nothing", "x"))
    assert "has no evaluation 'eval_nothing'" in str(child.reply(2).error)
    file.write_text(FILE.replace("from helper", "from helpr"))
    child.send(3, StartRun(f"{file}::eval_fixture", "x"))
    assert "helpr" in str(child.reply(3).error)
