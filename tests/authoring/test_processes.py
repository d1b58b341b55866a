"""Evaluations that are functions, in processes: their file is imported there, what they are given is sent once."""

import subprocess
import sys
from pathlib import Path

import pytest

from evalstudio import ForEach, Result, foreach, run
from evalstudio.errors import EvaluationError, LimitError
from evalstudio.evaluators import exact_match
from evalstudio.store.reader import Reader
from evalstudio.workspace.folder import Workspace
from tests.pytest_plugin.support import session

FILE = """
import os, pathlib, sys
from evalstudio import ForEach, Result, foreach, run
from evalstudio.evaluators import exact_match

class Model:
    def __init__(self, prefix): self.prefix = prefix
    def ask(self, text): return f"{self.prefix} {text}"

@foreach("text,expected", [("a", "x a"), ("b", "x b"), ("c", "wrong")])
def eval_it(text, expected, model):
    answer = model.ask(text)
    return Result(exact_match(answer, expected), prompt={"asked": text}, model_response=[answer, os.getpid()])

@ForEach(processes=2)("text", ["a", "bad", "c"])
def eval_bad(text):
    if text == "bad": raise KeyError("no such thing")
    if text == "c": return 42
    return Result(exact_match(text, "a"))
"""
GUARD = """
if __name__ == "__main__":
    done = run(eval_it, "x", processes=2, model=Model("x"))
    print(done.state, done.score("exact_match"), os.getpid())
"""


def in_python(path: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(path)], cwd=path.parent, capture_output=True, text=True, check=False, timeout=60
    )


def answers(workspace: Workspace) -> list[str]:
    reader = Reader(workspace)
    found = [one.record.answer or "" for record in reader.record_ids(1) if (one := reader.details(record))]
    reader.close()
    return found


def test_that_a_script_runs_its_function_in_processes(tmp_path: Path, workspace: Workspace) -> None:
    (tmp_path / "script.py").write_text(FILE + GUARD)
    done = in_python(tmp_path / "script.py")
    state, score, pid = done.stdout.split()
    assert (state, round(float(score), 2)) == ("completed", 0.67), done.stderr
    found = answers(workspace)
    assert [answer.split('"')[1] for answer in found] == ["x a", "x b", "x c"]
    assert all(pid not in answer for answer in found)


def test_that_a_script_without_a_guard_is_told_to_have_one(tmp_path: Path) -> None:
    (tmp_path / "script.py").write_text(FILE + 'run(eval_it, "x", processes=1, model=Model("x"))\n')
    done = in_python(tmp_path / "script.py")
    assert done.returncode == 1
    assert 'if __name__ == "__main__":' in done.stderr.splitlines()[-1]


def test_that_the_plugin_and_the_decorator_take_processes(tmp_path: Path) -> None:
    done = session(tmp_path, FILE + "\n@pytest.fixture\ndef model(): return Model('x')\n", "-v")
    assert "eval_it PASSED" in done.output
    done = session(
        tmp_path,
        FILE + "\n@pytest.fixture\ndef model(): return Model('x')\n",
        "--processes",
        "--experiment=x",
    )
    assert "eval_bad: 2 of 3 samples errored" in done.output
    assert "KeyError: 'no such thing' (eval_it.py, line" in done.output
    found = answers(Workspace(tmp_path / "workspace"))
    assert len({answer.split(",")[1] for answer in found}) == 1


def test_that_what_cannot_be_sent_is_named() -> None:
    @foreach("text", ["a"])
    def inner(text: str) -> Result:
        return Result(exact_match(text, "a"))

    with pytest.raises(EvaluationError, match="'inner' is defined inside of something else"):
        run(inner, processes=1)
    with pytest.raises(EvaluationError, match=r"'model', which 'sent' is given, can't be sent"):
        run(sent, processes=1, model=lambda: None)
    with pytest.raises(LimitError, match="threads_per_process must be"):
        ForEach(threads_per_process=0)("text", ["a"])


@foreach("text", ["a"])
def sent(text: str, model: object) -> Result:
    return Result(exact_match(text, "a"))
