"""pytest sessions of their own, on files made on the spot."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

ROOT = Path(__file__).parents[2]

HEAD = """
import asyncio, pathlib, time
import pytest
from evalstudio import ForEach, Result, batch, foreach
from evalstudio.concurrency import SlidingWindow
from evalstudio.evaluators import exact_match

ROWS = [("it is good", "good"), ("it is bad", "bad"), ("so good", "good"), ("so bad", "bad")]

def note(text):
    with open("notes", "a") as file:
        file.write(text + "\\n")
"""


@dataclass
class Session:
    """A pytest session that has ended."""

    code: int
    output: str
    folder: Path

    @property
    def notes(self) -> list[str]:
        path = self.folder / "notes"
        return path.read_text().split() if path.exists() else []


def session(
    folder: Path, text: str, *arguments: str, name: str = "eval_it.py", before: tuple[str, ...] = ()
) -> Session:
    """Runs pytest on one file of evaluations in a folder of its own."""
    (folder / name).write_text(HEAD + dedent(text))
    (folder / "pytest.ini").write_text("[pytest]\nasyncio_default_fixture_loop_scope = function\n")
    plugins = ["pytest_asyncio.plugin", "evalstudio.pytest_plugin"]
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *before]
    command += [word for plugin in plugins for word in ("-p", plugin)]
    done = subprocess.run(
        [*command, *(arguments or (name,))],
        cwd=folder,
        env={
            **os.environ,
            "PYTHONPATH": f"{ROOT}{os.pathsep}{folder}",
            "PYTEST_ADDOPTS": "",
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return Session(done.returncode, done.stdout + done.stderr, folder)
