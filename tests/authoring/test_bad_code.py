"""Whatever a person's code does, in threads and in processes: its own sample says so, and the others are scored."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from evalstudio.store.reader import Reader
from evalstudio.workspace.folder import Workspace
from tests.engine.support import write_evaluation
from tests.pytest_plugin.support import ROOT, session

EVALUATION = """
import os, sys
from evalstudio import Score, evaluator

@evaluator
def nonsense(answer):
    return object()

KINDS = ["fine", "raise", "exit", "print", "fork", "move", "nonsense", "nothing", "text", "last"]

@ForEach(concurrency=SlidingWindow(1), timeout=30)("kind", KINDS)
def eval_all(kind):
    note(kind)
    if kind == "raise": raise ValueError("no idea")
    if kind == "exit": sys.exit(3)
    if kind == "print":
        for _ in range(3_000): print("x" * 1_000)
    if kind == "fork" and os.fork() == 0: return Result(Score("good", False), model_response="the child's")
    if kind == "nonsense": return Result(nonsense("a"), model_response=kind)
    if kind == "nothing": return None
    if kind == "text": return "good"
    return Result(Score("good", True), model_response=kind)

@foreach("kind", ["fine", "last"])
async def eval_forks(kind):
    if kind == "fine" and os.fork() == 0: return Result(Score("good", False), model_response="the child's")
    return Result(Score("good", True), model_response=kind)

def eval_undecorated(kind):
    note("undecorated")
"""
MODEL = """
import os
def answer(prompt):
    if "(1)" in prompt and os.fork() == 0: return "the child's"
    if "(2)" in prompt:
        for _ in range(3_000): print("x" * 1_000)
    if "(3)" in prompt: os.chdir("/")
    return "positive"
"""


@pytest.mark.skipif(sys.platform == "win32", reason="forks")
@pytest.mark.parametrize("workers", ["--workers=2", "--processes=1"])
def test_that_a_bad_function_costs_its_own_samples(
    tmp_path: Path, workspace: Workspace, workers: str
) -> None:
    done = session(tmp_path, EVALUATION, "eval_it.py", workers, "--experiment", "x")
    assert "eval_all: 4 of 10 samples errored" in done.output, done.output[-3000:]
    assert "1 failed, 1 passed" in done.output
    assert "eval_it.py::eval_undecorated is no evaluation and is not run: decorate it" in done.output
    reader = Reader(workspace)
    (run, forks) = reader.runs("x")[:2]
    if run.evaluation.endswith("forks"):
        run, forks = forks, run
    found = {
        one.record.sample_id: one
        for record in reader.record_ids(run.id)
        if (one := reader.details(record)) is not None
    }
    reader.close()
    errors = {number: str(one.record.error) for number, one in found.items() if one.record.outcome != "ok"}
    assert errors.keys() == {"1", "2", "7", "8"}
    assert "ValueError: no idea (eval_it.py, line" in errors["1"]
    assert "SystemExit: 3" in errors["2"]
    assert "returned nothing; it must return a Result" in errors["7"]
    assert "returned str (good)" in errors["8"]
    (score,) = found["6"].scores
    assert score.value is None
    assert "which is no score" in score.why
    answers = {number: one.record.answer for number, one in found.items() if number not in errors}
    assert answers == {"0": "fine", "3": "print", "4": "fork", "5": "move", "6": "nonsense", "9": "last"}
    assert (forks.saved, forks.errored) == (2, 0)
    assert len(done.notes) == 10, "each was called once"


@pytest.mark.skipif(sys.platform == "win32", reason="forks")
@pytest.mark.parametrize("workers", ["--workers=2", "--processes=1"])
def test_that_a_model_which_forks_prints_and_moves_costs_nothing(
    tmp_path: Path, workspace: Workspace, workers: str
) -> None:
    (tmp_path / "model.py").write_text(MODEL)
    evaluation = write_evaluation(tmp_path, '"model.py::answer"', 8)
    # a fork that goes on would keep the pipe open, and the wait for its end would last
    done = subprocess.run(
        [sys.executable, "-m", "evalstudio", "run", evaluation, workers, "--experiment", "x"],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False,
        timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    assert "8 of 8 saved" in done.stdout
    assert [(run.saved, run.errored) for run in Reader(workspace).runs("x")] == [(8, 0)]
