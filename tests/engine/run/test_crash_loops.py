"""Samples that kill the engine, and kills by a person: what is given up, and what never is."""

import asyncio
import os
import signal
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from evalstudio.store.reader import Reader
from evalstudio.workspace.folder import Workspace
from tests.engine.support import records, start_cli, write_evaluation, write_model

SAMPLES = 12
STARTS = 8
ENDS = {
    "exit": "os._exit(3)",
    "signal": "os.kill(os.getpid(), signal.SIGKILL)",
    "C": "ctypes.string_at(0)",
}
ASYNC = "async def answer(prompt):\n    await asyncio.sleep(0.005)\n"
PLAIN = "def answer(prompt):\n    time.sleep(0.005)\n"


def model(kind: str, code: str) -> str:
    return f"import asyncio, ctypes, os, signal, time\n{kind}    {code}\n    return 'positive'\n"


async def ended(evaluation: str, workspace: Workspace, *arguments: str) -> tuple[int, str]:
    process = start_cli(evaluation, workspace, "--experiment", "x", *arguments)
    output = (await asyncio.to_thread(process.communicate))[0]
    return process.returncode, output


@pytest.mark.parametrize(
    ("kind", "end"),
    [(ASYNC, "exit"), (PLAIN, "signal"), *(pytest.param(*one, marks=pytest.mark.proof) for one in [
        (ASYNC, "signal"), (ASYNC, "C"), (PLAIN, "exit"), (PLAIN, "C"),
    ])],
)  # fmt: skip
async def test_that_two_samples_that_kill_the_engine_are_given_up_and_the_run_ends(
    tmp_path: Path, workspace: Workspace, kind: str, end: str
) -> None:
    write_model(tmp_path, model(kind, f"if '(4)' in prompt or '(6)' in prompt: {ENDS[end]}"))
    evaluation = write_evaluation(tmp_path, '"model.py::answer"', SAMPLES)
    codes = []
    for _ in range(STARTS):
        code, output = await ended(evaluation, workspace)
        codes.append(code)
        if code == 1:
            break
    assert codes[-1] == 1, (codes, output)
    assert len(codes) <= 5, "each kills twice at the most"
    errored = [one.record for one in records(workspace) if one.record.outcome != "ok"]
    assert [(one.position, one.outcome) for one in errored] == [
        (4, "crashed the engine"), (6, "crashed the engine")
    ]  # fmt: skip
    with closing(sqlite3.connect(workspace.database)) as database:
        assert database.execute("SELECT count(*) FROM crashes").fetchone() == (0,), "the run has ended"


@pytest.mark.parametrize(
    ("kind", "number"),
    [(ASYNC, signal.SIGKILL), (PLAIN, signal.SIGKILL), *(pytest.param(*one, marks=pytest.mark.proof) for one in [
        (ASYNC, signal.SIGTERM), (PLAIN, signal.SIGTERM), (ASYNC, signal.SIGHUP),
    ])],
)  # fmt: skip
async def test_that_kills_by_a_person_never_blame_a_sample(
    tmp_path: Path, workspace: Workspace, kind: str, number: int
) -> None:
    go = tmp_path / "go"
    os.mkfifo(go)
    started = "with open('go', 'w') as file: file.write('x')\n"
    # tells the test that it is called, then waits for ever, until the file is gone
    waits = "await asyncio.sleep(60)" if kind is ASYNC else "time.sleep(60)"
    code = f"if os.path.exists({str(go)!r}) and '(3)' in prompt:\n        {started.replace('go', str(go), 1)}        {waits}"
    write_model(tmp_path, model(kind, code))
    evaluation = write_evaluation(tmp_path, '"model.py::answer"', SAMPLES)
    for _ in range(3):
        process = start_cli(evaluation, workspace, "--experiment", "x")
        await asyncio.to_thread(go.read_text)
        process.send_signal(number)
        await asyncio.to_thread(process.communicate)
    go.unlink()
    status, output = await ended(evaluation, workspace)
    assert status == 0 or "errored" not in output, output
    assert {one.record.outcome for one in records(workspace)} == {"ok"}
    assert len(Reader(workspace).record_ids(1)) == SAMPLES


FORKS = {
    "terminated": "p = Process(target=time.sleep, args=(60,)); p.start(); p.terminate(); p.join(); code = p.exitcode; want = -15",
    "interrupted": (
        "r, w = os.pipe(); p = Process(target=up, args=(w,)); p.start(); os.read(r, 1); os.kill(p.pid, 2); p.join()\n"
        "    code = p.exitcode; want = 1"
    ),
    "hung up": "p = Process(target=time.sleep, args=(60,)); p.start(); os.kill(p.pid, 1); p.join(); code = p.exitcode; want = -1",
    "its own handler": (
        "pid = os.fork()\n"
        "    if not pid: signal.signal(15, lambda *_: os._exit(7)); os.kill(os.getpid(), 15); os._exit(1)\n"
        "    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]); want = 7"
    ),
    "crashed": "p = Process(target=os.abort); p.start(); p.join(); code = p.exitcode; want = -6",
}


@pytest.mark.parametrize("kind", ["def", "async def"])
async def test_that_signals_to_a_process_of_a_function_do_not_reach_the_engine(
    tmp_path: Path, workspace: Workspace, kind: str
) -> None:
    text = (
        "import os, signal, time, multiprocessing\nProcess = multiprocessing.get_context('fork').Process\n"
        # KeyboardInterrupt is lost where it comes before the process runs the function
        "def up(w):\n    os.write(w, b'x')\n    time.sleep(60)\n"
        + "".join(
            f"def act{number}():\n    {code}\n    return code, want\n"
            for number, code in enumerate(FORKS.values())
        )
        + f"{kind} answer(prompt):\n"
        f"    number = int(prompt.rpartition('(')[2][:-1]) % {len(FORKS)}\n"
        "    code, want = globals()[f'act{number}']()\n"
        "    return 'positive' if code == want else f'act{number}: {code}'\n"
    )
    write_model(tmp_path, text)
    evaluation = write_evaluation(tmp_path, '"model.py::answer"', 2 * len(FORKS))
    status, output = await ended(evaluation, workspace)
    assert "interrupted" not in output
    assert status == 0, output
    assert [one.record.answer for one in records(workspace)] == ["positive"] * 2 * len(FORKS)
