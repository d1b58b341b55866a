"""Batches in workers: one for each of them at once, whose process may die without costing more than the row to blame."""

from pathlib import Path

import pytest

from evalstudio import Result, batch
from evalstudio.concurrency import SlidingWindow
from evalstudio.errors import LimitError
from evalstudio.evaluations.request import Options
from evalstudio.store.reader import Reader
from evalstudio.workspace.folder import Workspace
from tests.engine.support import engine_in, finish
from tests.pytest_plugin.support import session

HEAD = """
import ctypes, os, pathlib, threading, time
from evalstudio import Result, Score, batch
HERE = pathlib.Path(__file__).parent

def meet(count):
    (HERE / f"here {os.getpid()} {threading.get_ident()}").touch()
    while len(list(HERE.glob("here *"))) < count:
        time.sleep(0.005)
"""
TWO = """
@batch("number", range(12), batch_size=3)
def eval_two(number):
    meet(2)
    return [Result(Score("even", one % 2 == 0), model_response=[os.getpid(), len(number)]) for one in number]
"""
BAD = """
@batch("number", range(8), batch_size=4, processes=1)
def eval_bad(number):
    if 2 in number: ctypes.string_at(0)
    if 5 in number: return "nonsense" if len(number) == 4 else [KeyError("five") for _ in number]
    return [Result(Score("even", one % 2 == 0), model_response=os.getpid()) for one in number]
"""


def write(folder: Path, text: str) -> str:
    (folder / "eval_batch.py").write_text(HEAD + text)
    name = text.partition("def ")[2].partition("(")[0]
    return f"{folder / 'eval_batch.py'}::{name}"


def answers(workspace: Workspace) -> dict[str, str]:
    reader = Reader(workspace)
    found = [one.record for record in reader.record_ids(1) if (one := reader.details(record))]
    reader.close()
    return {record.sample_id: record.error or record.answer or "" for record in found}


@pytest.mark.parametrize("kind", ["processes", "workers"])
async def test_that_as_many_batches_run_at_once_as_there_are_workers(
    tmp_path: Path, workspace: Workspace, kind: str
) -> None:
    reference = write(tmp_path, TWO)
    async with engine_in(workspace) as (engine, _):
        run = await engine.start_run(reference, Options("x", **{kind: 2}))
        assert run.controls.strategy == SlidingWindow(6), "two batches"
        final = await finish(engine, run)
    assert (final.saved, final.errored, final.workers) == (12, 0, 2)
    found = [answer.strip("[]").split(", ") for answer in answers(workspace).values()]
    assert {size for _, size in found} == {"3"}
    assert len({process for process, _ in found}) == (2 if kind == "processes" else 1)


async def test_that_the_number_of_batches_changes_while_they_run(
    tmp_path: Path, workspace: Workspace
) -> None:
    text = TWO.replace("range(12)", "range(3_000)").replace("meet(2)", "time.sleep(0.01)")
    reference = write(tmp_path, text)
    async with engine_in(workspace) as (engine, heard):
        run = await engine.start_run(reference, Options("x", workers=1))
        assert run.controls.strategy == SlidingWindow(3)
        run.controls.set_workers(4)
        assert run.controls.strategy == SlidingWindow(12)
        await heard.until(lambda now: now.in_flight > 9)
        run.stop()
        await finish(engine, run)


async def test_that_a_batch_which_kills_its_process_costs_the_row_to_blame(
    tmp_path: Path, workspace: Workspace
) -> None:
    reference = write(tmp_path, BAD)
    async with engine_in(workspace) as (engine, _):
        final = await finish(engine, await engine.start_run(reference, Options("x")))
    assert (final.saved, final.errored) == (8, 5)
    found = answers(workspace)
    assert found["2"] == "Its worker process was ended by SIGSEGV while it was called, 2 times."
    assert (
        found["4"]
        == "The function returned a str for a batch of 4; it must return a list with a Result for each."
    )
    assert all(found[number].isdigit() for number in ("0", "1", "3"))


def test_that_a_batch_under_pytest_runs_in_processes(tmp_path: Path) -> None:
    done = session(tmp_path, HEAD + TWO, "--processes", "2", "--experiment", "x")
    assert "1 passed" in done.output, done.output
    found = answers(Workspace(tmp_path / "workspace"))
    assert len({answer.split(",")[0] for answer in found.values()}) == 2


def test_that_a_batch_with_two_kinds_of_workers_is_refused() -> None:
    with pytest.raises(LimitError, match="give either workers, or processes"):

        @batch("number", [1], workers=2, processes=2)
        def eval_it(number: list[int]) -> list[Result]:
            return []
