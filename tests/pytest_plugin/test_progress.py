"""Progress under pytest: a bar on a terminal, which leaves pytest's own words as they were; lines elsewhere."""

import os
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

from tests.pytest_plugin.support import HEAD, ROOT, session

SLOW = """
@foreach("number", [0, 1])
async def eval_quick(number):
    return Result(exact_match(number, 0))

@ForEach(concurrency=SlidingWindow(2))("number", range(8))
async def eval_slow(number):
    print("a line of a person's own")
    await asyncio.sleep(0.4)
    if number == 7: raise ValueError("seven")
    return Result(exact_match(number, number))

@foreach("number", range(6))
def eval_threads(number):
    time.sleep(1)
    return Result(exact_match(number, number))
"""
LINES = """
import evalstudio.pytest_plugin.progress as progress
progress.LINE_EVERY_S = 0.2
"""


def on_terminal(folder: Path, text: str, *options: str) -> str:
    """What a session draws on a terminal of 120 columns."""
    import pty
    import termios

    (folder / "eval_it.py").write_text(HEAD + dedent(text))
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (30, 120))
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "no:cacheprovider",
        "-p",
        "evalstudio.pytest_plugin",
    ]
    process = subprocess.Popen(
        [*command, "eval_it.py", *options],
        cwd=folder, stdin=theirs, stdout=theirs, stderr=theirs,
        env={
            **os.environ, "PYTHONPATH": str(ROOT), "PYTEST_ADDOPTS": "", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
            "TERM": "xterm-256color", "COLUMNS": "120", "LINES": "30", "NO_COLOR": "",
        },
    )  # fmt: skip
    os.close(theirs)
    drawn = b""
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:  # all who could write have ended
            break
        if not part:
            break
        drawn += part
    os.close(ours)
    process.wait(30)
    return drawn.decode()


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_that_a_terminal_shows_a_bar_and_then_what_pytest_had_written(tmp_path: Path) -> None:
    drawn = on_terminal(tmp_path, SLOW)
    while_running, _, after = drawn.partition("FAILURES")
    assert "━" in while_running
    assert "of 8" in while_running
    assert "2 of 2 in flight" in while_running
    assert "exact_match 100.0%" in while_running
    assert "8 threads: 6 busy, 2 idle, 0 waiting" in while_running
    assert "eval_quick" not in while_running, "it ended before there was anything to show"
    assert "a line of a person's own" not in while_running, "it is captured as ever"
    last = while_running.rpartition("\x1b[K")[2]
    assert last.startswith("eval_it.py .F"), "what it had written stands there again"
    assert "a line of a person's own" in after
    assert "eval_slow: 1 of 8 samples errored" in after


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_that_prints_stand_above_the_bar_where_nothing_is_captured(tmp_path: Path) -> None:
    drawn = on_terminal(tmp_path, SLOW, "-s", "-q", "-k", "slow")
    assert drawn.count("a line of a person's own") == 8
    assert "━" in drawn
    assert "1 failed" in drawn


def test_that_lines_come_where_there_is_no_terminal(tmp_path: Path) -> None:
    (tmp_path / "often.py").write_text(LINES)
    done = session(tmp_path, SLOW, "eval_it.py", "-k", "slow", before=("-p", "often"))
    assert "\x1b" not in done.output
    lines = [line for line in done.output.splitlines() if line.startswith("eval_it.py::eval_slow: ")]
    assert lines
    assert all(" of 8 saved · " in line for line in lines)
    assert any(line.startswith("eval_it.py F") for line in done.output.splitlines())
    quiet = session(tmp_path, SLOW, "eval_it.py", "-k", "slow", "-q", before=("-p", "often"))
    assert "of 8 saved" not in quiet.output


def test_that_several_processes_of_pytest_share_the_work(tmp_path: Path) -> None:
    done = session(tmp_path, SLOW, "eval_it.py", "-n", "2", before=("-p", "xdist.plugin"))
    assert "1 failed, 2 passed" in done.output, done.output
    assert "INTERNALERROR" not in done.output
