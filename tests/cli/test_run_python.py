"""`evalstudio run eval_x.py::eval_sentiment`: exit status, JSON, fixtures, Ctrl-C, and what cannot run."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from evalstudio.store.reader import Reader
from evalstudio.workspace.folder import Workspace
from tests.cli.support import finish, start

UNDECORATED = """
from evalstudio import Result, Score, foreach

@foreach("n", [1])
def eval_one(n):
    return Result(Score("one", True))

def eval_other(n): ...
"""


def test_that_a_function_runs_with_its_fixtures_and_prints_json(tmp_path: Path, workspace: Workspace) -> None:
    code, out, err = finish(tmp_path, "eval_x.py::eval_half", "--experiment", "x", "--json", "--window", "1")
    assert code == 0, err
    summary = json.loads(out)
    assert summary["evaluation"] == "eval_x.py::eval_half"
    assert summary["scores"][0]["value"] == 0.5
    assert summary["strategy"] == {"type": "sliding_window", "max_concurrency": 1}
    assert [run.saved for run in Reader(workspace).runs("x")] == [2]
    assert "warning" not in err.lower()


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["eval_x.py::eval_all"], 0),
        (["eval_x.py::eval_half", "--fail-under", "0.9"], 1),
        (["eval_x.py::eval_few"], 1),
        (["eval_x.py::eval_few", "--fail-under", "0.9"], 0),
        (["eval_x.py::eval_broken", "--allow-errors"], 0),
    ],
)
def test_that_the_exit_status_says_what_came_of_it(tmp_path: Path, arguments: list[str], status: int) -> None:
    code, out, err = finish(tmp_path, *arguments)
    assert code == status, out + err
    assert "2 of 2 saved" in out


def test_that_a_function_without_its_decorator_is_named(tmp_path: Path) -> None:
    (tmp_path / "eval_y.py").write_text(UNDECORATED)
    said = "eval_y.py::eval_other is no evaluation and is not run: decorate it with foreach"
    code, out, _ = finish(tmp_path, "eval_y.py")
    assert code == 0
    assert said in " ".join(out.split())
    assert said not in " ".join(finish(tmp_path, "eval_y.py::eval_one")[1].split())


@pytest.mark.parametrize(
    ("reference", "words"),
    [
        ("eval_x.py::eval_nope", "There is no evaluation eval_x.py::eval_nope"),
        ("eval_x.py::test_beside", "There is no evaluation eval_x.py::test_beside"),
        ("eval_bad.py", "No module named 'nope'"),
        ("eval_x.py::eval_without", "RuntimeError: no server"),
    ],
)
def test_that_what_cannot_run_is_said(tmp_path: Path, reference: str, words: str) -> None:
    (tmp_path / "eval_bad.py").write_text("import nope\n")
    code, out, err = finish(tmp_path, reference)
    assert code == 2
    assert words in out + err


@pytest.mark.skipif(sys.platform == "win32", reason="sends SIGINT")
def test_that_ctrl_c_stops_the_run_and_it_can_go_on(tmp_path: Path, workspace: Workspace) -> None:
    process = start(tmp_path, "eval_x.py::eval_slow", "--experiment", "x")
    assert process.stdout is not None
    assert "0 of 2 saved" in process.stdout.readline(), "its progress says that it runs"
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 130, out + err
    (run,) = Reader(workspace).runs("x")
    assert (run.state, run.reason) == ("stopped", "interrupted by Ctrl-C")
    assert "Traceback" not in out + err


def test_that_processes_are_an_option_and_what_they_print_is_shown(
    tmp_path: Path, workspace: Workspace
) -> None:
    (tmp_path / "eval_it.py").write_text(
        "import os, time\nfrom evalstudio import Result, foreach\nfrom evalstudio.evaluators import exact_match\n"
        "@foreach('text', ['a', 'b', 'c'])\n"
        "def eval_it(text):\n"
        "    print('a line from a worker')\n"
        "    time.sleep(1)\n"
        "    return Result(exact_match(text, text), model_response=os.getpid())\n"
    )
    command = [sys.executable, "-m", "evalstudio", "run", "eval_it.py"]
    command += ["--workspace", str(workspace.folder), "--threads-per-process", "2"]
    done = subprocess.run(
        [*command, "--json"], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    summary = json.loads(done.stdout)
    assert (summary["workers"], summary["workers_label"]) == (2, "1 process x 2 threads")
    assert "1 process x 2 threads: " in done.stderr
    assert " busy, " in done.stderr
    assert " idle, " in done.stderr
    assert "a line from a worker" in done.stderr
    wrong = subprocess.run(
        [*command, "--workers", "3"], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60
    )
    assert wrong.returncode != 0
    assert "give either workers, or processes and threads_per_process" in wrong.stdout + wrong.stderr
