"""The engine or the window killed, the power gone: what was saved is there, and is not called again."""

import asyncio
import random
import shutil
import signal
import sqlite3
import struct
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from evalstudio.core.run_state import RunState
from evalstudio.errors import StoreError
from evalstudio.evaluations.request import Options
from evalstudio.store.database import open_for_writing
from evalstudio.workspace.folder import Workspace
from tests.engine.support import engine_in, finish, start_cli, write_evaluation
from tests.faults.conftest import Tell, few_or_many
from tests.faults.support import Book, copy_of, how_many, saved_in, server, state_of, until_saved

WINDOW = """
import asyncio, sys
from PySide6.QtWidgets import QApplication
from qasync import QEventLoop
from evalstudio.ui.state.engine_client import EngineState
from evalstudio.ui.shell.studio import open_studio

async def work():
    studio = open_studio(sys.argv[1], lambda: None)
    studio.window.show()
    while studio.session.engine.state is not EngineState.READY:
        await asyncio.sleep(0.02)
    studio.window.runs_page.start_bar.add_file(sys.argv[2])
    await studio.window.runs_page.start()
    await asyncio.sleep(3600)

application = QApplication(sys.argv[:1])
with asyncio.Runner(loop_factory=lambda: QEventLoop(application)) as runner:
    runner.run(work())
"""


@few_or_many(2, 200, seconds=1800)
async def test_that_an_engine_killed_at_any_moment_loses_nothing(
    tmp_path: Path, workspace: Workspace, told: Tell, times: int
) -> None:
    chance = random.Random(times)
    samples = 60 * times
    async with server(0.02) as endpoint:
        evaluation = write_evaluation(tmp_path, endpoint.model, samples)
        book = Book(workspace, endpoint.calls)
        saved = 0
        for _ in range(times):
            engine = start_cli(evaluation, workspace, "--experiment", "k", "--window", "12")
            if chance.random() < 0.2:  # while it starts: before, in and after the work on the database
                with pytest.raises(subprocess.TimeoutExpired):
                    await asyncio.to_thread(engine.wait, chance.uniform(0.0, 0.8))
            else:
                await until_saved(workspace, saved + chance.randint(1, 30))
            engine.send_signal(signal.SIGKILL)
            await asyncio.to_thread(engine.communicate)
            saved = book.look()
            if saved:
                assert state_of(workspace)[0] is RunState.INTERRUPTED
        last = start_cli(evaluation, workspace, "--experiment", "k", "--window", "64")
        output = (await asyncio.to_thread(last.communicate))[0]
        assert last.returncode == 0, output
        assert book.look() == samples
        repeated = len(endpoint.calls) - samples
    assert repeated <= times * 12, "only calls in flight are made twice"
    assert f"{samples:,} of {samples:,} saved" in output
    told("engine killed", times, f"nothing lost or called again; {repeated} calls in flight repeated")


@few_or_many(1, 10)
async def test_that_a_killed_window_takes_its_engine_along_and_loses_nothing(
    tmp_path: Path, workspace: Workspace, told: Tell, times: int
) -> None:
    chance = random.Random(times)
    samples = 400
    for number in range(times):
        place = Workspace(workspace.folder / str(number))
        async with server(0.05) as endpoint:
            evaluation = write_evaluation(
                tmp_path, endpoint.model, samples, extra='strategy = { type = "sequential" }'
            )
            command = [sys.executable, "-c", WINDOW, str(place.folder), evaluation]
            window = psutil.Popen(command, stderr=subprocess.DEVNULL)
            try:
                await until_saved(place, chance.randint(1, 20))
                children = (
                    window.children()
                )  # the engine, and what keeps the machine awake or counts a dataset
                assert any("engine" in child.cmdline() for child in children)
            finally:
                window.kill()
                await asyncio.to_thread(window.wait, 10)
            _, alive = await asyncio.to_thread(psutil.wait_procs, children, 12)
            assert not alive, "the engine has to leave with its window"
            book = Book(place, endpoint.calls)
            saved = book.look()
            assert 0 < saved < samples
            assert state_of(place)[0] in (RunState.STOPPED, RunState.INTERRUPTED)
            endpoint.delay = 0.0
            async with engine_in(place) as (again, _):
                run = await again.resume_run(1)
                assert (await finish(again, run)).saved == samples
            assert book.look() == samples
    told("window killed", times, "engine left, nothing lost or called again, resumed to the end")


@few_or_many(20, 500)
async def test_that_a_log_cut_anywhere_holds_a_whole_prefix_of_the_commits(
    tmp_path: Path, workspace: Workspace, told: Tell, times: int
) -> None:
    chance = random.Random(times)
    samples, resumed = 300, max(1, times // 50)
    async with server() as endpoint:
        evaluation = write_evaluation(tmp_path, endpoint.model, samples)
        engine = start_cli(evaluation, workspace, "--experiment", "k", "--window", "4")
        await until_saved(workspace, 60)
        engine.send_signal(signal.SIGKILL)
        await asyncio.to_thread(engine.communicate)
        log = workspace.database.with_name(workspace.database.name + "-wal").read_bytes()
        commits = ends_of_commits(log)
        assert len(commits) >= 5, "commits hold several answers each, more on a busy machine"
        before = -1
        for number, cut in enumerate(sorted(chance.sample(range(len(log)), times))):
            copied = copy_of(workspace, tmp_path / f"cut-{number}")
            tail = chance.randbytes(chance.choice([0, 0, 500]))  # what a torn write leaves behind
            copied.database.with_name("evalstudio.db-wal").write_bytes(log[:cut] + tail)
            whole = sum(end <= cut for end in commits)
            count = check_prefix(copied, whole)
            assert count >= before, "a longer log holds no less"
            before = count
            if number % (times // resumed) == times // resumed - 1:
                await resume_copy(copied, evaluation, endpoint.calls, samples)
            shutil.rmtree(copied.folder)
    assert before > 0
    told(
        "power lost: log of the database cut",
        times,
        f"a whole prefix of {len(commits)} commits, {resumed} resumed",
    )


def ends_of_commits(log: bytes) -> list[int]:
    """Where each commit ends in a write-ahead log: after a frame that states the size of the database."""
    (page,) = struct.unpack_from(">I", log, 8)
    salts = log[16:24]
    ends = []
    for start in range(32, len(log) - 24 - page + 1, 24 + page):
        if log[start + 8 : start + 16] != salts:
            break  # left over from before the log began anew
        if struct.unpack_from(">I", log, start + 4)[0]:
            ends.append(start + 24 + page)
    return ends


def check_prefix(workspace: Workspace, commits: int) -> int:
    """Opens a database as the engine does; how many records it holds, each whole."""
    connection = open_for_writing(workspace).conn
    try:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        (records,) = connection.execute("SELECT count(*) FROM records").fetchone()
        (scores,) = connection.execute("SELECT count(*) FROM scores").fetchone()
        assert records == scores, "an answer and its score are one commit"
        if commits == 0:
            assert records == 0
        return int(records)
    finally:
        connection.close()


async def resume_copy(workspace: Workspace, evaluation: str, calls: list[int], samples: int) -> None:
    book = Book(workspace, calls)
    book.look()
    book.look()
    async with engine_in(workspace) as (engine, _):
        run = await engine.start_run(evaluation, Options("k"))
        assert (await finish(engine, run)).saved == samples
    assert len(saved_in(workspace, run.id)) == samples
    if run.id == 1:
        assert book.look() == samples


async def test_that_a_damaged_page_is_said_and_never_read_as_results(
    tmp_path: Path, workspace: Workspace, told: Tell
) -> None:
    async with engine_in(workspace) as (engine, _):
        await finish(engine, await engine.start_run(write_evaluation(tmp_path, '"demo/instant"', 20)))
    assert how_many(workspace) == 20
    whole = workspace.database.read_bytes()
    workspace.database.write_bytes(whole[:30] + b"\0" * 4000 + whole[4030:])
    with pytest.raises(StoreError, match=r"damaged|another program"):
        open_for_writing(workspace)
    workspace.database.write_bytes(whole)
    assert how_many(workspace) == 20
    told("first page of the database overwritten", 1, "refused in a sentence, nothing written over it")


async def test_that_an_engine_put_to_sleep_goes_on(tmp_path: Path, workspace: Workspace, told: Tell) -> None:
    samples = 300
    async with server(0.03) as endpoint:
        evaluation = write_evaluation(tmp_path, endpoint.model, samples)
        engine = start_cli(evaluation, workspace, "--experiment", "k", "--window", "8")
        await until_saved(workspace, 40)
        engine.send_signal(signal.SIGSTOP)
        called, asleep = len(endpoint.calls), time.monotonic()
        while time.monotonic() - asleep < 3.0:
            await asyncio.sleep(0.1)
            assert len(endpoint.calls) <= called + 8
        book = Book(workspace, endpoint.calls)
        book.look()
        engine.send_signal(signal.SIGCONT)
        output = (await asyncio.to_thread(engine.communicate))[0]
        assert engine.returncode == 0, output
        assert book.look() == samples
    assert state_of(workspace)[0] is RunState.COMPLETED
    told("engine asleep for 3 s (SIGSTOP)", 1, "went on by itself, no sample errored or called again")


def test_that_the_lock_of_a_dead_reader_holds_nothing_up(workspace: Workspace) -> None:
    """A reader killed in mid-read must not keep the engine from writing."""
    open_for_writing(workspace).conn.close()
    code = (
        "import sqlite3, sys\n"
        "c = sqlite3.connect(sys.argv[1]); c.execute('BEGIN'); c.execute('SELECT * FROM runs').fetchall()\n"
        "print('reading', flush=True)\nimport time; time.sleep(60)\n"
    )
    reader = subprocess.Popen([sys.executable, "-c", code, str(workspace.database)], stdout=subprocess.PIPE)
    assert reader.stdout is not None
    assert reader.stdout.readline() == b"reading\n"
    reader.kill()
    reader.wait()
    reader.stdout.close()
    connection: sqlite3.Connection = open_for_writing(workspace).conn
    connection.execute("CREATE TABLE tried (number INTEGER)")
    connection.close()
