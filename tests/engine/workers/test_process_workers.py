"""Processes x threads: one shared queue, one set-up a process, and deaths, hangs and prints that harm nobody else."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import psutil
import pytest

from evalstudio.concurrency import SlidingWindow
from evalstudio.core.outcome import Outcome
from evalstudio.core.workers import Processes
from evalstudio.engine.workers.process_workers import ProcessWorkers
from evalstudio.engine.workers.protocol import CallFailed
from evalstudio.engine.workers.target import ModelTarget
from evalstudio.errors import ModelError
from evalstudio.evaluations.request import Options
from evalstudio.protocol import LogLine
from evalstudio.workspace.folder import Workspace
from tests.engine.support import engine_in, finish, records, write_evaluation, write_model
from tests.engine.workers.support import HEAD, noted, until

GATED = """
def answer(number):
    note("begun", number)
    wait_for(f"go {number}")
    return f"{number} {os.getpid()}"
"""


@asynccontextmanager
async def pool(
    folder: Path, text: str, processes: int, threads: int = 1
) -> AsyncIterator[tuple[ProcessWorkers, list[str]]]:
    """Worker processes of a model made on the spot, and what they log."""
    write_model(folder, HEAD + text)
    log: list[str] = []
    workers = ProcessWorkers(
        ModelTarget(str(folder / "model.py"), "answer"),
        Processes(processes, threads),
        log=lambda level, text: log.append(text),
    )
    await workers.start()
    await until(lambda: workers.capacity == workers.size)
    try:
        yield workers, log
    finally:
        await workers.aclose()


@pytest.mark.parametrize("first_to_end", [0, 3])
async def test_that_the_fifth_of_five_calls_starts_when_any_of_four_ends(
    tmp_path: Path, first_to_end: int
) -> None:
    async with pool(tmp_path, GATED, 2, 2) as (workers, _):
        calls = [asyncio.create_task(workers.run(None, {"number": number})) for number in range(5)]
        await until(lambda: len(noted(tmp_path)) == 4)
        assert sorted(noted(tmp_path)) == ["0", "1", "2", "3"]
        assert [(one.threads, one.busy) for one in workers.worker_status()] == [(2, 2), (2, 2)]
        assert workers.waiting == 1
        (tmp_path / f"go {first_to_end}").touch()
        await until(lambda: noted(tmp_path)[4:] == ["4"])
        assert sum(call.done() for call in calls) <= 1
        for number in range(5):
            (tmp_path / f"go {number}").touch()
        answers = [(await call).value.split() for call in calls]
    assert [number for number, _ in answers] == ["0", "1", "2", "3", "4"]
    assert len({process for _, process in answers}) == 2


async def test_that_three_calls_on_two_by_two_all_begin_at_once(tmp_path: Path) -> None:
    async with pool(tmp_path, GATED, 2, 2) as (workers, _):
        calls = [asyncio.create_task(workers.run(None, {"number": number})) for number in range(3)]
        await until(lambda: len(noted(tmp_path)) == 3)
        assert workers.waiting == 0
        for number in range(3):
            (tmp_path / f"go {number}").touch()
        await asyncio.gather(*calls)


async def test_that_a_call_given_up_is_killed_and_no_call_beside_it_is_repeated(tmp_path: Path) -> None:
    async with pool(tmp_path, GATED, 1, 2) as (workers, log):
        hung = asyncio.create_task(workers.run(None, {"number": 0}))
        beside = asyncio.create_task(workers.run(None, {"number": 1}))
        await until(lambda: len(noted(tmp_path)) == 2)
        hung.cancel()
        after = asyncio.create_task(workers.run(None, {"number": 2}))
        (tmp_path / "go 2").touch()
        fresh = (await after).value.split()[1]  # a new process takes what comes
        (tmp_path / "go 1").touch()
        old = (await beside).value.split()[1]
        assert old != fresh
        await until(lambda: not psutil.pid_exists(int(old)))
        assert sorted(noted(tmp_path)) == ["0", "1", "2"]
        assert log == []


async def test_that_only_the_call_which_kills_its_process_is_given_up(tmp_path: Path) -> None:
    text = """
def answer(number):
    note("begun", number)
    if number == 0:
        wait_for("go")
        os.kill(os.getpid(), signal.SIGSEGV)
    wait_for("done")
    return number
"""
    async with pool(tmp_path, text, 1, 2) as (workers, log):
        bad = asyncio.create_task(workers.run(None, {"number": 0}))
        beside = asyncio.create_task(workers.run(None, {"number": 1}))
        await until(lambda: len(noted(tmp_path)) == 2)
        (tmp_path / "go").touch()
        with pytest.raises(CallFailed, match="SIGSEGV while it was called, 2 times") as failed:
            await bad
        (tmp_path / "done").touch()
        assert (await beside).value == 1
    assert failed.value.outcome is Outcome.CRASHED_WORKER
    assert sorted(noted(tmp_path)) == ["0", "0", "1", "1"]
    assert any("Segmentation fault" in line for line in log), "the log has the trace"


async def test_that_a_function_is_set_up_once_a_process(tmp_path: Path) -> None:
    text = """
note("imported", os.getpid())
class answer:
    def __init__(self):
        note("built", os.getpid())
    def __call__(self, number):
        return os.getpid()
"""
    async with pool(tmp_path, text, 2) as (workers, _):
        pids = {
            str(one.value)
            for one in await asyncio.gather(*(workers.run(None, {"number": n}) for n in range(40)))
        }
    assert sorted(noted(tmp_path, "built")) == sorted(noted(tmp_path, "imported"))
    assert len(noted(tmp_path, "built")) == 2
    assert pids <= set(noted(tmp_path, "built"))
    assert str(os.getpid()) not in noted(tmp_path, "imported")


async def test_that_processes_come_and_go_while_calls_run(tmp_path: Path) -> None:
    async with pool(tmp_path, GATED, 1) as (workers, log):
        calls = [asyncio.create_task(workers.run(None, {"number": number})) for number in range(3)]
        await until(lambda: noted(tmp_path) == ["0"])
        workers.resize(3)
        await until(lambda: len(noted(tmp_path)) == 3)
        workers.resize(1)
        assert workers.size == 1
        for number in range(3):
            (tmp_path / f"go {number}").touch()
        await asyncio.gather(*calls)
        await until(lambda: len(workers.worker_status()) == 1)
        assert workers.capacity == 1
    assert sorted(noted(tmp_path)) == ["0", "1", "2"]
    assert log == []


async def test_that_arguments_and_answers_that_cannot_be_sent_fail_alone(tmp_path: Path) -> None:
    text = "def answer(number):\n    return lambda: 1 if number == 0 else number\n"
    async with pool(tmp_path, text, 1) as (workers, _):
        with pytest.raises(CallFailed, match="returned function, which can't be sent"):
            await workers.run(None, {"number": 0})
        with pytest.raises(CallFailed, match="can't be sent to a worker process"):
            await workers.run(None, {"number": lambda: 0})
        assert workers.capacity == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "import not_there_at_all\n",
            r"model.py cannot be imported: ModuleNotFoundError.*\(model.py, line 1\)",
        ),
        ("def other(): ...\n", "model.py has no function 'answer'; it has other"),
        ("import sys; sys.exit(3)\n", "cannot be imported: SystemExit: 3"),
        ("import os; os._exit(3)\n", r"ended by itself \(status 3\) while it set up model.py"),
        ("async def answer(x): ...\n", "'answer' in model.py is async"),
        ("class answer:\n    def __init__(self): 1 / 0\n", "cannot be set up: ZeroDivisionError"),
    ],
)
async def test_that_a_function_that_cannot_be_loaded_is_said_before_any_call(
    tmp_path: Path, text: str, words: str
) -> None:
    write_model(tmp_path, text)
    workers = ProcessWorkers(ModelTarget(str(tmp_path / "model.py"), "answer"), Processes(2))
    with pytest.raises(ModelError, match=words):
        await workers.start()
    assert workers.worker_status() == ()


BAD = """
def answer(prompt):
    note("called", prompt.rsplit("(")[1][:-1])
    if "(1)" in prompt: raise ValueError("no idea")
    if "(2)" in prompt: sys.exit(3)
    if "(3)" in prompt: os._exit(4)
    if "(4)" in prompt: os.kill(os.getpid(), signal.SIGSEGV)
    if "(5)" in prompt:
        for _ in range(2_000): print("x" * 1_000)
        os.write(1, b"y" * 3_000_000); os.write(2, b"z" * 3_000_000)
    if "(6)" in prompt: time.sleep(3600)
    if "(7)" in prompt and os.fork() == 0: return "the child's"
    if "(8)" in prompt: os.chdir("/")
    if "(9)" in prompt: return 42
    if "(10)" in prompt: sys.stdin.read(); sys.stdout.close()
    return "positive in " + os.getcwd()
"""


async def test_that_bad_code_costs_its_own_samples_only(tmp_path: Path, workspace: Workspace) -> None:
    write_model(tmp_path, HEAD + BAD)
    extra = "processes = 2\nthreads_per_process = 1\ntimeouts = { attempt = 1, attempts = 1 }"
    async with engine_in(workspace) as (engine, heard):
        run = await engine.start_run(write_evaluation(tmp_path, '"model.py::answer"', 24, extra=extra))
        assert run.controls.strategy == SlidingWindow(2)
        final = await finish(engine, run)
    assert (final.state, final.saved, final.errored) == ("completed with errors", 24, 6)
    found = {number: one.record for number, one in enumerate(records(workspace))}
    assert {number: (one.outcome, str(one.error)) for number, one in found.items() if one.outcome != "ok"} == {
        1: ("client error", "ValueError: no idea (model.py, line 15)"),
        2: ("client error", "RuntimeError: SystemExit: 3 (model.py, line 16)"),
        3: ("crashed the worker", "Its worker process ended by itself (status 4) while it was called, 2 times."),
        4: ("crashed the worker", "Its worker process was ended by SIGSEGV while it was called, 2 times."),
        6: ("overloaded", "The function did not return within 1 s."),
        9: ("bad answer", "The function returned int; it must return text, or a mapping with 'text'."),
    }  # fmt: skip
    places = {number: one.answer for number, one in found.items() if one.outcome == "ok"}
    assert places.pop(8) == "positive in /"
    assert set(places.values()) == {f"positive in {Path.cwd()}"}, "a change of folder is undone"
    calls = noted(tmp_path, "called")
    assert {number: calls.count(number) for number in ("0", "3", "4", "7", "20")} == {
        "0": 1, "3": 2, "4": 2, "7": 1, "20": 1,
    }  # fmt: skip
    printed = sum(len(one.text) for one in heard.events if isinstance(one, LogLine) and one.level == "output")
    assert 0 < printed < 2_000_000
    assert final.workers_label == "2 processes x 1 thread"
    assert [one.busy for one in final.worker_list if one.state == "ready"] in ([], [0], [0, 0])


async def test_that_killed_workers_are_replaced_and_no_sample_is_lost(
    tmp_path: Path, workspace: Workspace
) -> None:
    write_model(
        tmp_path,
        HEAD
        + "def answer(prompt):\n    note('called', os.getpid())\n    time.sleep(0.02)\n    return 'positive'\n",
    )
    async with engine_in(workspace) as (engine, heard):
        evaluation = write_evaluation(tmp_path, '"model.py::answer"', 60)
        run = await engine.start_run(evaluation, Options("x", processes=2))
        await heard.until(lambda now: now.saved >= 5)
        for victim in set(noted(tmp_path, "called")):
            os.kill(int(victim), signal.SIGKILL)
        final = await finish(engine, run)
        said = [one.text for one in heard.events if isinstance(one, LogLine)]
    assert (final.saved, final.errored) == (60, 0)
    assert 60 <= len(noted(tmp_path, "called")) <= 62, "only calls in flight run again"
    assert sum("was ended by SIGKILL" in text for text in said) == 2


async def test_that_a_stop_ends_calls_and_processes(tmp_path: Path, workspace: Workspace) -> None:
    write_model(
        tmp_path, HEAD + "def answer(prompt):\n    note('called', os.getpid())\n    time.sleep(3600)\n"
    )
    async with engine_in(workspace) as (engine, _):
        evaluation = write_evaluation(tmp_path, '"model.py::answer"', 6)
        run = await engine.start_run(evaluation, Options("x", processes=2))
        await until(lambda: len(noted(tmp_path, "called")) == 2)
        run.stop()
        final = await finish(engine, run, 10)
    assert (final.state, final.saved) == ("stopped", 0)
    assert not any(psutil.pid_exists(int(pid)) for pid in noted(tmp_path, "called"))


async def test_that_workers_leave_when_the_engine_is_killed(tmp_path: Path, workspace: Workspace) -> None:
    write_model(
        tmp_path,
        HEAD + "def answer(prompt):\n    note('called', os.getpid())\n    time.sleep(3600)\n    return 'x'\n",
    )
    evaluation = write_evaluation(tmp_path, '"model.py::answer"', 6)
    command = [sys.executable, "-m", "evalstudio", "run", evaluation, "--processes", "2"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as engine:
        await until(lambda: len(noted(tmp_path, "called")) == 2)
        engine.send_signal(signal.SIGKILL)
    pids = {int(pid) for pid in noted(tmp_path, "called")}
    await until(lambda: not any(psutil.pid_exists(pid) for pid in pids))


async def test_that_the_number_of_processes_changes_while_a_run_runs(
    tmp_path: Path, workspace: Workspace
) -> None:
    write_model(tmp_path, HEAD + "def answer(prompt):\n    time.sleep(0.02)\n    return str(os.getpid())\n")
    async with engine_in(workspace) as (engine, heard):
        evaluation = write_evaluation(tmp_path, '"model.py::answer"', 150)
        run = await engine.start_run(evaluation, Options("x", processes=1, threads_per_process=2))
        await heard.until(lambda now: now.saved >= 4)
        run.controls.set_workers(3)
        assert run.controls.strategy == SlidingWindow(4), "whole processes"
        await heard.until(lambda now: now.in_flight == 4 and now.workers == 4)
        final = await finish(engine, run)
        changes = [change.sentence for now in heard.snapshots for change in now.changes]
    assert final.errored == 0
    assert len({one.record.answer for one in records(workspace)}) == 2
    assert changes == ["2 processes x 2 threads, set by the user."]


async def test_that_a_function_that_computes_is_told_that_one_thread_a_process_is_enough(
    tmp_path: Path, workspace: Workspace
) -> None:
    write_model(tmp_path, "def answer(prompt):\n    return str(sum(n * n for n in range(60_000)))\n")
    async with engine_in(workspace) as (engine, _):
        evaluation = write_evaluation(tmp_path, '"model.py::answer"', 40)
        run = await engine.start_run(evaluation, Options("x", SlidingWindow(1), threads_per_process=2))
        final = await finish(engine, run)
    assert final.worker_advice.startswith("more than 1 thread a process does not help this model")
