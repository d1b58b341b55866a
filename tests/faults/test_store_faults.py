"""The store in trouble: no room, no permission, locked, and clocks that jump. Runs wait and say why; nothing is dropped."""

import asyncio
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from evalstudio.core.run_state import RunState
from evalstudio.engine import store_trouble
from evalstudio.engine.engine import Engine
from evalstudio.errors import StoreError
from evalstudio.evaluations.request import Options
from evalstudio.protocol import LogLine
from evalstudio.store.writer import Saved, Writer
from evalstudio.workspace.folder import Workspace
from tests.engine.support import engine_in, finish, write_evaluation
from tests.faults.conftest import Tell
from tests.faults.support import Book, server, state_of

NOBODY = 65534
LOCKER = (
    "import sqlite3, sys\n"
    "c = sqlite3.connect(sys.argv[1], isolation_level=None); c.execute('BEGIN EXCLUSIVE')\n"
    "print('locked', flush=True); sys.stdin.read()\n"
)


@contextmanager
def small_disk(folder: Path, kilobytes: int) -> Iterator[None]:
    """A file system in memory; skips the test where this user may not mount one."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(folder)]
    if os.name != "posix" or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("mounting a small disk needs a superuser")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


async def test_that_a_full_disk_pauses_a_run_and_room_lets_it_go_on(tmp_path: Path, told: Tell) -> None:
    samples = 400
    with small_disk(tmp_path / "disk", 12_000):
        workspace = Workspace(tmp_path / "disk" / "workspace")
        async with server(0.0) as endpoint, engine_in(workspace, attended=True) as (engine, heard):
            run = await engine.start_run(write_evaluation(tmp_path, endpoint.model, samples), Options("full"))
            ballast = tmp_path / "disk" / "ballast"
            fill(ballast)
            paused = await heard.until(lambda snapshot: snapshot.state == RunState.PAUSED)
            assert "is full; free some space. Nothing saved is lost." in paused.reason
            book = Book(workspace, endpoint.calls)
            saved = book.look()
            assert saved < samples
            ballast.unlink()
            assert (await finish(engine, run)).saved == samples
            assert book.look() == samples
            assert len(endpoint.calls) == samples, "an answer that waits for the disk is not asked for again"
        assert state_of(workspace)[0] is RunState.COMPLETED
    told("disk full", 1, "the run paused and said so, went on with room, no answer dropped or called again")


async def test_that_a_full_disk_ends_a_run_that_nobody_attends(
    tmp_path: Path, told: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_trouble, "PATIENCE_S", 1.0)
    monkeypatch.setattr(store_trouble, "PERSIST_S", 1.0)
    samples = 400
    with small_disk(tmp_path / "disk", 12_000):
        workspace = Workspace(tmp_path / "disk" / "workspace")
        async with server(0.0) as endpoint:
            evaluation = write_evaluation(tmp_path, endpoint.model, samples)
            async with engine_in(workspace) as (engine, _):
                run = await engine.start_run(evaluation, Options("full"))
                ballast = tmp_path / "disk" / "ballast"
                fill(ballast)
                final = await finish(engine, run)
                assert final.state == RunState.STOPPED
                assert "is full; free some space." in final.reason
                assert "What is saved is kept; the same command goes on from there." in final.reason
            ballast.unlink()
            book = Book(workspace, endpoint.calls)
            saved = book.look()
            assert saved < samples
            async with engine_in(workspace) as (engine, _):
                again = await finish(engine, await engine.start_run(evaluation, Options("full")))
            assert (again.state, again.saved) == (RunState.COMPLETED, samples)
            assert book.look() == samples
    told("disk full, nobody there", 1, "the run ended with a sentence, a resume did the rest")


def fill(path: Path) -> None:
    """Writes until nothing more fits."""
    with path.open("wb", buffering=0) as file:
        for size in (65_536, 4_096, 512):
            try:
                while True:
                    file.write(b"\0" * size)
            except OSError:
                continue


@contextmanager
def somebody_else() -> Iterator[None]:
    """Without a superuser's rights, which no permission holds back."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


async def test_that_a_workspace_that_cannot_be_written_is_said_and_left_as_it_is(told: Tell) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        workspace = Workspace(folder / "workspace")
        async with engine_in(workspace) as (engine, _):
            await finish(engine, await engine.start_run(write_evaluation(folder, '"demo/instant"', 20)))
        before = workspace.database.read_bytes()
        workspace.folder.chmod(0o555)
        workspace.database.chmod(0o444)
        with (
            somebody_else(),
            pytest.raises(StoreError, match=r"cannot be written \(no permission\); choose another"),
        ):
            await Engine(workspace).start()
        workspace.folder.chmod(0o777)  # the folder may be written, the database may not
        with somebody_else(), pytest.raises(StoreError, match="read-only; allow writing or choose another"):
            await Engine(workspace).start()
        workspace.folder.chmod(0o755)
        assert workspace.database.read_bytes() == before
    told("workspace or database read-only", 2, "a sentence each, nothing written")


@contextmanager
def locked(workspace: Workspace) -> Iterator[None]:
    """Another program holds the database."""
    command = [sys.executable, "-c", LOCKER, str(workspace.database)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"locked\n"
        try:
            yield
        finally:
            holder.kill()


async def test_that_a_locked_database_holds_a_run_up_and_loses_nothing(
    tmp_path: Path, workspace: Workspace, told: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("evalstudio.store.database.BUSY_TIMEOUT_S", 0.3)
    samples = 60
    async with server(0.03) as endpoint, engine_in(workspace, attended=True) as (engine, heard):
        evaluation = write_evaluation(tmp_path, endpoint.model, samples)
        run = await engine.start_run(evaluation, Options("locked"))
        book = Book(workspace, endpoint.calls)
        await heard.until(lambda snapshot: snapshot.saved > 5)
        with locked(workspace):
            paused = await heard.until(lambda snapshot: snapshot.state == RunState.PAUSED)
            assert "is locked by another program; close that program" in paused.reason
        assert (await finish(engine, run)).saved == samples
        assert book.look() == samples
        assert len(endpoint.calls) == samples
        with locked(workspace), pytest.raises(StoreError, match="locked by another program"):
            await Engine(workspace).start()
    told("database locked by another program", 2, "paused and said so, went on by itself, no answer dropped")


async def test_that_a_run_goes_on_when_the_last_of_two_troubles_is_over(
    tmp_path: Path, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A database that is locked, then on a full disk, then fine."""
    troubles = iter(
        [sqlite3.OperationalError("database is locked"), sqlite3.OperationalError("database or disk is full")]
    )
    monkeypatch.setattr("evalstudio.store.writer.RETRY_S", 0.05)
    async with server(0.03) as endpoint, engine_in(workspace, attended=True) as (engine, heard):
        run = await engine.start_run(write_evaluation(tmp_path, endpoint.model, 60), Options("two"))
        await heard.until(lambda snapshot: snapshot.saved > 5)
        write = Writer._write

        def troubled(writer: Writer, batch: list[Saved]) -> None:
            if (trouble := next(troubles, None)) is not None:
                raise trouble
            write(writer, batch)

        monkeypatch.setattr(Writer, "_write", troubled)
        assert (await finish(engine, run)).saved == 60
    sentences = [
        event.text for event in heard.events if isinstance(event, LogLine) and event.level == "error"
    ]
    assert ["locked" in sentence for sentence in sentences] == [True, False]


async def test_that_a_run_that_ends_while_the_database_is_locked_ends_when_it_is_free(
    tmp_path: Path, workspace: Workspace, told: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("evalstudio.store.database.BUSY_TIMEOUT_S", 0.2)
    async with server(0.05) as endpoint, engine_in(workspace) as (engine, heard):
        run = await engine.start_run(write_evaluation(tmp_path, endpoint.model, 200), Options("ends"))
        await heard.until(lambda snapshot: snapshot.saved > 5)
        with locked(workspace):
            run.stop()
            await asyncio.sleep(0.6)  # longer than anybody waits for the lock
        assert (await finish(engine, run)).state == RunState.STOPPED
    assert state_of(workspace)[0] is RunState.STOPPED
    told("database locked when a run ends", 1, "the run's end is saved when the lock is gone")


async def test_that_clocks_that_jump_change_nothing(
    tmp_path: Path, workspace: Workspace, told: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(5)
    true_time = time.time
    jumps = 0

    def jumping() -> float:
        nonlocal jumps
        jumps += 1
        return true_time() + chance.choice([-86_400 * 400, -3_600, 0, 3_600, 86_400 * 400])

    samples = 200
    async with server(0.01) as endpoint, engine_in(workspace) as (engine, _):
        monkeypatch.setattr(time, "time", jumping)
        run = await engine.start_run(write_evaluation(tmp_path, endpoint.model, samples), Options("clock"))
        last = await finish(engine, run)
        monkeypatch.setattr(time, "time", true_time)
    assert (last.state, last.saved, last.errored) == (RunState.COMPLETED, samples, 0)
    assert 0 < last.elapsed < 60
    assert all(bucket.second < 60 for snapshot in [last] for bucket in snapshot.buckets)
    assert len(endpoint.calls) == samples
    assert Book(workspace, endpoint.calls).look() == samples
    assert jumps > samples
    told("wall clock jumped, up to 400 days", jumps, "times and limits of the run unmoved")


async def test_that_a_jump_of_the_clock_does_not_take_a_run_from_a_living_engine(
    tmp_path: Path, workspace: Workspace, told: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The system tells the start of a process by the wall clock: set that, and every process seems another one."""
    async with server(0.05) as endpoint, engine_in(workspace) as (engine, heard):
        run = await engine.start_run(write_evaluation(tmp_path, endpoint.model, 100), Options("lease"))
        await heard.until(lambda snapshot: snapshot.saved > 0)
        told_before = psutil.Process.create_time
        monkeypatch.setattr(psutil.Process, "create_time", lambda self: told_before(self) + 3_600)
        assert state_of(workspace)[0] is RunState.RUNNING
        run.stop()
        await finish(engine, run)
    told("clock set while a run is leased", 1, "the run stays the living engine's")
