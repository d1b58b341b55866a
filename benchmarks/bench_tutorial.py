"""The tutorial on concurrency that dotevals has, here and in dotevals itself: one file, two imports, seconds.

    python -m benchmarks.bench_tutorial --python PYTHON [--rounds 3]

PYTHON is an interpreter that has dotevals 0.24. Eight samples, a call of 1 s each: as an async and as a synchronous
function, by strategy. Each case is a pytest session in a process of its own, and the file that both of them run differs
in the word behind `from` only. Rounds are interleaved, medians reported.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

OURS, THEIRS = "evalstudio", "dotevals"
PLUGINS = {OURS: "evalstudio.pytest_plugin", THEIRS: "dotevals.plugin"}
CALLS, CALL_S = 8, 1.0
LONGEST_S = 120

FILE = """
import asyncio
import json
import time
from pathlib import Path

import pytest
from {package} import ForEach, Result
from {package}.concurrency import Adaptive, AsyncSequential, Batch, Sequential, SlidingWindow
from {package}.evaluators import exact_match

ROWS = [(f"review {{number}}", "good" if number % 2 else "bad") for number in range({calls})]
TIMES = Path(__file__).with_name("times.jsonl")


class Model:
    def _answer(self, text, began):
        with TIMES.open("a") as file:
            file.write(json.dumps([began, time.monotonic()]) + "\\n")
        return "good" if int(text.split()[1]) % 2 else "bad"

    def classify(self, text):
        began = time.monotonic()
        time.sleep({seconds})
        return self._answer(text, began)

    async def classify_async(self, text):
        began = time.monotonic()
        await asyncio.sleep({seconds})
        return self._answer(text, began)


@pytest.fixture
def model():
    return Model()


@ForEach({strategy})("text,expected", ROWS)
{function}
"""
FUNCTIONS = {
    "async": """
async def eval_reviews(text, expected, model):
    answer = await model.classify_async(text)
    return Result(exact_match(answer, expected), prompt=text, model_response=answer)
""",
    "sync": """
def eval_reviews(text, expected, model):
    answer = model.classify(text)
    return Result(exact_match(answer, expected), prompt=text, model_response=answer)
""",
}
CASES = [
    ("async", "", "the default"),
    ("async", "concurrency=AsyncSequential()", "AsyncSequential()"),
    ("async", "concurrency=SlidingWindow(max_concurrency=4)", "SlidingWindow(4)"),
    ("async", "concurrency=SlidingWindow(max_concurrency=8)", "SlidingWindow(8)"),
    ("async", "concurrency=Adaptive(initial_concurrency=8)", "Adaptive(8)"),
    ("sync", "", "the default"),
    ("sync", "concurrency=Sequential()", "Sequential()"),
    ("sync", "concurrency=Batch(batch_size=8)", "Batch(8)"),
]


@dataclass(frozen=True, slots=True)
class Took:
    """Seconds from the first call to the last answer, and of the whole command."""

    calls: float
    command: float


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--python", required=True, help="an interpreter that has dotevals 0.24")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    pythons = {OURS: sys.executable, THEIRS: options.python}
    console = Console(width=110, highlight=False)
    console.print(
        f"{platform.platform()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; "
        + "; ".join(f"{name} {version_of(python, name)}" for name, python in pythons.items())
    )
    table = Table(
        "function", "strategy", f"{OURS} s", f"{THEIRS} s", "ratio", "whole command s", "ratio",
        title=f"{CALLS} calls of {CALL_S:g} s",
    )  # fmt: skip
    for function, strategy, label in CASES:
        took: dict[str, list[Took]] = {name: [] for name in pythons}
        for _ in range(options.rounds):
            for name, python in pythons.items():
                took[name].append(measure(python, name, function, strategy))
        calls = {name: statistics.median(one.calls for one in found) for name, found in took.items()}
        command = {name: statistics.median(one.command for one in found) for name, found in took.items()}
        table.add_row(
            function, label, f"{calls[OURS]:.2f}", f"{calls[THEIRS]:.2f}", f"{calls[THEIRS] / calls[OURS]:.2f}",
            f"{command[OURS]:.2f} / {command[THEIRS]:.2f}", f"{command[THEIRS] / command[OURS]:.2f}",
        )  # fmt: skip
    console.print(table)


def measure(python: str, package: str, function: str, strategy: str) -> Took:
    """One pytest session of the tutorial's file. Raises RuntimeError where it does not end as it should."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "eval_tutorial.py").write_text(
            FILE.format(package=package, calls=CALLS, seconds=CALL_S, strategy=strategy, function=FUNCTIONS[function])
        )  # fmt: skip
        paths = os.pathsep.join(path for path in (str(Path.cwd()), os.environ.get("PYTHONPATH", "")) if path)
        environment = {
            **os.environ,
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",  # neither starts with plugins that the other has not
            "EVALSTUDIO_WORKSPACE": str(folder / "workspace"),
            "PYTHONPATH": paths if package == OURS else "",
        }
        command = [python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", PLUGINS[package]]
        started = time.monotonic()
        done = subprocess.run(
            [*command, "eval_tutorial.py", "--experiment", "tutorial"], cwd=folder, env=environment,
            capture_output=True, text=True, check=False, timeout=LONGEST_S,
        )  # fmt: skip
        seconds = time.monotonic() - started
        times = folder / "times.jsonl"
        lines = times.read_text().splitlines() if times.exists() else []
        if done.returncode or len(lines) != CALLS:
            raise RuntimeError(
                f"{package}, {function} {strategy}: {len(lines)} calls\n{done.stdout}{done.stderr}"
            )
        spans = [json.loads(line) for line in lines]
        return Took(max(end for _, end in spans) - min(begin for begin, _ in spans), seconds)


def version_of(python: str, package: str) -> str:
    """The version of a package, and of the Python that has it."""
    code = (
        "import importlib.metadata as m, platform; "
        f"print(m.version({package!r}) + ' on Python ' + platform.python_version())"
    )
    return subprocess.run([python, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


if __name__ == "__main__":
    main()
