"""The command line in a process of its own."""

import os
import signal
import subprocess
import sys
from pathlib import Path

FILE = """
import asyncio, pytest
from evalstudio import Result, foreach
from evalstudio.evaluators import exact_match

@pytest.fixture
async def model():
    yield asyncio.get_running_loop()

@foreach("text,expected", [("good", "good"), ("bad", "good")])
async def eval_half(text, expected, model):
    assert asyncio.get_running_loop() is model
    print("a line of a person's own")
    return Result(exact_match(text, expected), prompt=text, model_response=text)

@foreach("text,expected", [("good", "good"), ("bad", "bad")], fail_under=0.9)
def eval_all(text, expected):
    return Result(exact_match(text, expected))

@foreach("text,expected", [("good", "good"), ("bad", "bad")], fail_under=0.9, fail_under_low=True)
def eval_few(text, expected):
    return Result(exact_match(text, expected))

@foreach("text", ["a", "b"])
async def eval_slow(text):
    await asyncio.sleep(30)

@foreach("text", ["a", "b"])
def eval_broken(text):
    raise ValueError("no idea")

@pytest.fixture
def nothing():
    raise RuntimeError("no server")

@foreach("text", ["a", "b"])
def eval_without(text, nothing):
    ...

def test_beside():
    raise AssertionError
"""


def _hear_ctrl_c() -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def start(folder: Path, *arguments: str) -> "subprocess.Popen[str]":
    """Starts `evalstudio run` beside FILE."""
    (folder / "eval_x.py").write_text(FILE)
    return subprocess.Popen(
        [sys.executable, "-m", "evalstudio", "run", *arguments],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={
            **os.environ,
            "PYTHONPATH": str(Path(__file__).parents[2]),
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        },
        # a shell that runs the tests in the background has Ctrl-C ignored, and that is inherited
        preexec_fn=None if sys.platform == "win32" else _hear_ctrl_c,  # noqa: PLW1509 - no thread starts it
    )


def finish(folder: Path, *arguments: str) -> tuple[int, str, str]:
    """Exit status, standard output and standard error of `evalstudio run` beside FILE."""
    process = start(folder, *arguments)
    out, err = process.communicate(timeout=60)
    return process.returncode, out, err


def evalstudio(*arguments: str, timeout: float = 60) -> subprocess.CompletedProcess[str]:
    """A command that has ended."""
    command = [sys.executable, "-m", "evalstudio", *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=timeout, check=False, stdin=subprocess.DEVNULL
    )


def said(done: subprocess.CompletedProcess[str]) -> str:
    """All that a command wrote, on one line; never a traceback."""
    text = done.stdout + done.stderr
    assert "Traceback" not in text, text
    return " ".join(text.split())
