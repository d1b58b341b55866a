"""Async functions past their deadline: the record is written and the slot freed, whatever the function swallows."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from evalstudio.core.outcome import Outcome
from evalstudio.core.run_state import RunState
from evalstudio.engine.models.user_call import call_contained
from evalstudio.engine.user_code.steps import GRACE_S
from evalstudio.store.reader import Reader
from evalstudio.workspace.folder import Workspace
from tests.engine.support import start_cli, write_evaluation, write_model

LIMIT = 0.05


OVER: list[bool] = []  # the test is: what is left of its functions ends


async def bare_except() -> str:
    while not OVER:
        try:  # noqa: SIM105 - what people write
            await asyncio.sleep(60)
        except:  # noqa: E722
            pass


async def base_exception() -> str:
    while not OVER:
        with contextlib.suppress(BaseException):
            await asyncio.sleep(60)


async def cancelled_swallowed() -> str:
    while not OVER:
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.Event().wait()


async def finally_waits() -> str:
    try:
        await asyncio.sleep(60)
    finally:
        await asyncio.sleep(60)
    return ""


async def retries_for_ever() -> str:
    while not OVER:
        try:
            async with asyncio.timeout(60):
                await asyncio.sleep(60)
        except BaseException:  # noqa: BLE001
            await asyncio.sleep(0.001)


async def shielded() -> str:
    work = asyncio.ensure_future(asyncio.sleep(3))
    while not work.done() and not OVER:
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.shield(work)
    return ""


async def polls() -> str:
    while not OVER:
        with contextlib.suppress(BaseException):
            await asyncio.sleep(0)


async def in_a_task() -> str:
    return await asyncio.create_task(bare_except())


async def gathers() -> str:
    return str(await asyncio.gather(finally_waits(), finally_waits()))


class Awaits:
    def __await__(self) -> Any:
        while not OVER:
            with contextlib.suppress(BaseException):
                yield from asyncio.sleep(60).__await__()


async def own_awaitable() -> str:
    await Awaits()
    return ""


STUBBORN = [
    bare_except, base_exception, cancelled_swallowed, finally_waits, retries_for_ever, shielded, polls, in_a_task,
    gathers, own_awaitable,
]  # fmt: skip


async def call(function: Callable[[], Awaitable[Any]], longest: float = LIMIT) -> Any:
    return await call_contained(function, dict, None, longest)


@pytest.mark.parametrize("function", STUBBORN, ids=lambda one: one.__name__)
async def test_that_a_deadline_holds_whatever_the_function_swallows(function: Callable[[], Any]) -> None:
    before = asyncio.all_tasks()
    async with asyncio.timeout(LIMIT + GRACE_S + 2):
        result = await call(function)
    assert result.failure.outcome is Outcome.OVERLOADED
    assert result.failure.message == "The function did not return within 0.05 s."
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0, "no cancellation is left behind for the caller"
    left = asyncio.all_tasks() - before
    OVER.append(True)
    for one in left:
        one.cancel()
    await asyncio.wait_for(asyncio.gather(*left, return_exceptions=True), 5)
    OVER.clear()


@pytest.mark.parametrize("function", STUBBORN[:6], ids=lambda one: one.__name__)
async def test_that_a_stop_holds_whatever_the_function_swallows(function: Callable[[], Any]) -> None:
    task = asyncio.create_task(call(function, 60))
    await asyncio.sleep(0)
    task.cancel()
    async with asyncio.timeout(GRACE_S + 2):
        with pytest.raises(asyncio.CancelledError):
            await task


CLEANED: list[str] = []


async def cleans_up() -> str:
    try:
        await asyncio.sleep(60)
    finally:
        await asyncio.sleep(0.01)
        CLEANED.append("finally")
    return ""


async def translates() -> str:
    try:
        await asyncio.sleep(60)
    except asyncio.CancelledError:
        raise ValueError("translated") from None
    return ""


async def own_timeout() -> str:
    try:
        async with asyncio.timeout(0.001):
            await asyncio.sleep(60)
    except TimeoutError:
        return "own"
    return ""


async def suppresses_its_child() -> str:
    child = asyncio.create_task(asyncio.sleep(60))
    await asyncio.sleep(0)
    child.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await child
    return "child"


async def test_that_code_that_behaves_cleans_up_and_keeps_its_own_time_outs() -> None:
    assert (await call(cleans_up)).failure.outcome is Outcome.OVERLOADED
    assert CLEANED == ["finally"]
    assert "translated" in (await call(translates)).failure.message
    assert (await call(own_timeout, 5)).value == "own"
    assert (await call(suppresses_its_child, 5)).value == "child"


HELD = {
    "endless loop": "while True: pass",
    "endless loop with a bare except": "\n".join(
        ["while True:", "        try:", "            time.sleep(0.01)", "        except: pass"]
    ),
    "sleeps in C": "time.sleep(60)",
    "waits for a lock": "threading.Lock().__enter__ and (lock := threading.Lock()).acquire() and lock.acquire()",
}
NOT_HELD = {
    "bare except": "\n".join(["while True:", "        try: await asyncio.sleep(60)", "        except: pass"]),
    "stubborn task": "\n".join(
        ["t = asyncio.create_task(stubborn())", "    tasks.append(t)", "    await asyncio.sleep(60)"]
    ),
    "a thread that hangs": "await asyncio.to_thread(time.sleep, 600)",
    "steps of a second": "time.sleep(1)\n    await asyncio.sleep(0)\n    " * 30,
}


def model(code: str, told: Path) -> str:
    return (
        "import asyncio, time, threading\ntasks = []\n"
        "async def stubborn():\n    while True:\n        try: await asyncio.sleep(60)\n        except: pass\n"
        f"async def answer(prompt):\n    if '(0)' in prompt:\n        with open({str(told)!r}, 'w') as file: file.write('x')\n"
        f"    {code}\n    return 'positive'\n"
    )


QUICK = ("endless loop", "bare except", "steps of a second")
ENDS = [
    pytest.param(code, codes is HELD, id=name, marks=() if name in QUICK else pytest.mark.proof)
    for codes in (HELD, NOT_HELD)
    for name, code in codes.items()
]


@pytest.mark.parametrize(("code", "hard"), ENDS)
async def test_that_one_ctrl_c_ends_the_program(
    tmp_path: Path, workspace: Workspace, code: str, hard: bool
) -> None:
    told = tmp_path / "told"
    os.mkfifo(told)
    write_model(tmp_path, model(code, told))
    evaluation = write_evaluation(tmp_path, '"model.py::answer"', 8)
    process = start_cli(evaluation, workspace, "--experiment", "x")
    await asyncio.to_thread(told.read_text)
    process.send_signal(signal.SIGINT)
    began = time.monotonic()
    output = (await asyncio.to_thread(process.communicate, timeout=30))[0]
    assert process.returncode == 130, output
    assert time.monotonic() - began < 15
    run = Reader(workspace).run(1)
    if hard:
        assert "The engine does not answer: model.py::answer holds its event loop" in output
        assert run.true_state is RunState.INTERRUPTED
    else:
        assert (run.true_state, run.reason) == (RunState.STOPPED, "interrupted by Ctrl-C"), output
    assert "Traceback" not in output
    assert "Exception ignored" not in output


async def test_that_sigterm_is_told_as_what_it_is(tmp_path: Path, workspace: Workspace) -> None:
    told = tmp_path / "told"
    os.mkfifo(told)
    write_model(tmp_path, model("await asyncio.sleep(60)", told))
    process = start_cli(write_evaluation(tmp_path, '"model.py::answer"', 8), workspace, "--experiment", "x")
    await asyncio.to_thread(told.read_text)
    process.send_signal(signal.SIGTERM)
    output = (await asyncio.to_thread(process.communicate, timeout=30))[0]
    assert process.returncode == 130, output
    assert Reader(workspace).run(1).reason == "ended by SIGTERM"
    assert "Ctrl-C" not in output


def test_that_a_script_ends_though_its_function_swallows_everything(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "import asyncio\nfrom evalstudio import Score, foreach, run\n"
        "@foreach('n', [1, 2])\nasync def eval_n(n):\n    while True:\n"
        "        try: await asyncio.sleep(60)\n        except: pass\n"
        f"finished = run(eval_n, timeout=0.2, workspace={str(tmp_path / 'w')!r})\nprint(finished.state, finished.errored)\n"
    )
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=30, check=False)
    assert done.stdout.strip() == "completed with errors 2", done.stderr
    assert "ignored" not in done.stderr
