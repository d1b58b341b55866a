"""Every kind of run, its engine killed again and again: nothing saved is lost, changed or called again, in any of them."""

import asyncio
import os
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from evalstudio.store.reader import Details
from evalstudio.workspace.folder import Workspace
from tests.engine.support import start_cli, write_evaluation, write_model
from tests.faults.conftest import Tell
from tests.faults.support import Book, saved_in, server, until_saved

WINDOW = 8
SAMPLES_A_KILL = 40
JUDGE = (
    '{{ type = "judge", name = "grade", prompt = "grade", expected = "{{{{ label }}}}", '
    'question = "JUDGE {{{{ text }}}}", model = {model} }}'
)
FUNCTION = """
import time

def answer(prompt):
    with open({notes!r}, "a") as file:
        file.write(prompt.rpartition("(")[2].rstrip(")\\n ") + "\\n")
    time.sleep(0.05)
    return "positive"
"""
IN_PYTEST = """
import asyncio
from evalstudio import Result, foreach
from evalstudio.evaluators import exact_match

@foreach("number", [(number,) for number in range({samples})])
async def eval_killed(number):
    with open({notes!r}, "a") as file:
        file.write(f"{{number}}\\n")
    await asyncio.sleep(0.02)
    return Result(exact_match("a", "a"), prompt=str(number), model_response="a")
"""


@dataclass
class Kind:
    """A kind of run: how it is started, and what was called for it.

    Attributes:
        start: Starts its program; all that is saved already is passed.
        calls: Brings `made` up to date.
        made: The samples' numbers in the order of their calls.
        judged: The same of a judge.
        repeats: Records of each sample.
        turns: Calls of each record.
    """

    start: Callable[[], "subprocess.Popen[str]"]
    calls: Callable[[], None]
    made: list[int]
    judged: list[int]
    repeats: int = 1
    turns: int = 1


@asynccontextmanager
async def called(name: str, folder: Path, workspace: Workspace, samples: int) -> AsyncIterator[Kind]:
    """A run of calls to a server."""
    extra = {"repeats": "repeats = 3", "streaming": "stream = true"}.get(name, "")
    async with server(0.02) as endpoint:
        path = Path(write_evaluation(folder, endpoint.model, samples, extra=extra))
        text = path.read_text()
        if name == "judge":
            judge = JUDGE.format(model=endpoint.model)
            text = text.replace("normalise = true } ]", f"normalise = true }}, {judge} ]")
        if name == "several turns":
            more = '{ role = "user", content = "Sure?" }'
            text = text.replace('"{{ text }}" } ]', f'"{{{{ text }}}}" }}, {more}, {more} ]')
        path.write_text(text)
        yield Kind(
            lambda: start_cli(str(path), workspace, "--experiment", "k", "--window", str(WINDOW)),
            lambda: None,
            endpoint.calls,
            endpoint.judged,
            repeats=3 if name == "repeats" else 1,
            turns=3 if name == "several turns" else 1,
        )


@asynccontextmanager
async def noted(name: str, folder: Path, workspace: Workspace, samples: int) -> AsyncIterator[Kind]:
    """A run of a person's own function, which notes its calls in a file."""
    notes, made = folder / "notes", list[int]()
    notes.touch()

    def read() -> None:
        made[:] = [int(line) for line in notes.read_text().splitlines()]

    if name == "pytest":
        (folder / "eval_killed.py").write_text(IN_PYTEST.format(samples=samples, notes=str(notes)))
        (folder / "pytest.ini").write_text("[pytest]\nasyncio_default_fixture_loop_scope = function\n")
        command = [
            sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "pytest_asyncio.plugin", "-p",
            "evalstudio.pytest_plugin", "eval_killed.py", "--experiment", "k", "--window", str(WINDOW),
        ]  # fmt: skip
        environment = os.environ | {
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
            "PYTEST_ADDOPTS": "",
            "EVALSTUDIO_WORKSPACE": str(workspace.folder),
            "PYTHONPATH": str(Path(__file__).parents[2]),
        }
        yield Kind(
            lambda: subprocess.Popen(
                command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
            ),
            read, made, [],
        )  # fmt: skip
        return
    write_model(folder, FUNCTION.format(notes=str(notes)))
    evaluation = write_evaluation(folder, '"model.py::answer"', samples)
    more = {
        "threads": ["--workers", "4"],
        "processes": ["--processes", "2", "--threads-per-process", "2"],
        "Dask": ["--cluster", "local", "--processes", "2"],
    }[name]
    yield Kind(
        lambda: start_cli(
            evaluation, workspace, "--experiment", "k", "--window", str(WINDOW), *more
        ), read, made, [],
    )  # fmt: skip


KINDS = {
    "plain": called, "streaming": called, "judge": called, "repeats": called, "several turns": called,
    "threads": noted, "processes": noted, "Dask": noted, "pytest": noted,
}  # fmt: skip


FEW = ("judge", "several turns", "threads", "processes", "pytest")
"""Kinds that are killed once in every test run; all of them with `make proof`."""


@pytest.mark.parametrize(
    ("name", "times"),
    [
        *((name, 1) for name in FEW),
        *(pytest.param(name, 40, marks=[pytest.mark.proof, pytest.mark.timeout(900)]) for name in KINDS),
    ],
)
async def test_that_no_kind_of_run_loses_or_repeats_what_is_saved(
    tmp_path: Path, workspace: Workspace, told: Tell, name: str, times: int
) -> None:
    chance = random.Random(f"{name} {times}")
    samples = SAMPLES_A_KILL * times
    async with KINDS[name](name, tmp_path, workspace, samples) as kind:
        records = samples * kind.repeats
        book = Book(workspace, kind.made, repeats=kind.repeats)
        graded, judged = set[int](), 0
        for _ in range(times):
            engine = kind.start()
            saved = len(saved_in(workspace))
            await until_saved(workspace, min(saved + chance.randint(1, 25), records))
            family = [psutil.Process(engine.pid), *psutil.Process(engine.pid).children(recursive=True)]
            engine.send_signal(signal.SIGKILL)
            await asyncio.to_thread(engine.communicate)
            _, alive = await asyncio.to_thread(psutil.wait_procs, family, 20)
            assert not alive, "workers leave with their engine"
            kind.calls()
            book.look()
            assert not graded.intersection(kind.judged[judged:]), "a saved grade was asked for again"
            graded, judged = graded_in(workspace), len(kind.judged)
        last = kind.start()
        output = (await asyncio.to_thread(last.communicate))[0]
        assert last.returncode == 0, output
        kind.calls()
        assert book.look() == records
        check_whole(saved_in(workspace), samples, kind)
        repeated = len(kind.made) - records * kind.turns
    assert 0 <= repeated <= times * WINDOW * kind.turns, "only calls in flight are made twice"
    held = f"nothing lost or called again; {repeated} calls in flight repeated"
    told(f"engine killed, {name}", times, held)


def graded_in(workspace: Workspace) -> set[int]:
    """The samples whose grade by a judge is saved."""
    return {
        int(one.record.sample_id)
        for one in saved_in(workspace).values()
        for score in one.scores
        if score.evaluator == "grade" and score.value is not None
    }


def check_whole(found: dict[int, Details], samples: int, kind: Kind) -> None:
    """Each repeat of each sample is there once, with every score, right as the truth has it."""
    places = Counter((one.record.position, one.record.repeat) for one in found.values())
    assert places == Counter((place, again) for place in range(samples) for again in range(kind.repeats))
    scores = 2 if kind.judged else 1
    assert all(
        len(one.scores) == scores and None not in {two.value for two in one.scores} for one in found.values()
    )
    right = Counter(
        score.value for one in found.values() for score in one.scores if score.evaluator == "exact_match"
    )
    assert right[1] in (samples * kind.repeats // 2, samples * kind.repeats), "two in four texts are positive"
