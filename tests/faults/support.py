"""A server that remembers which sample each call was of, and a book of what was saved when."""

import asyncio
import contextlib
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from evalstudio.errors import StoreError
from evalstudio.store.reader import Details, Reader
from evalstudio.workspace.folder import Workspace
from tests.engine.models.scripted import completion

LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
NUMBER = re.compile(rb"\((\d+)\)")  # as `write_evaluation` numbers its samples


class Server:
    """Answers each chat completion after `delay` seconds. `calls`: the samples' numbers in the order of their calls.

    Plain sockets, so that its end is one: every connection is dropped at once, also one accepted at that moment.
    """

    def __init__(self, delay: float = 0.01) -> None:
        self.delay = delay
        self.calls: list[int] = []
        self.port = 0
        self._listening: asyncio.Server | None = None
        self._connections: set[asyncio.StreamWriter] = set()

    @property
    def model(self) -> str:
        """A `model` table for it."""
        return f'{{ provider = "openai", name = "demo", base_url = "http://127.0.0.1:{self.port}/v1" }}'

    async def start(self) -> None:
        """Listens, after the first time where it did before."""
        self._listening = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._listening.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Drops all connections, answered or not, and listens no more."""
        listening, self._listening = self._listening, None
        if listening is not None:
            for socket in listening.sockets:
                asyncio.get_running_loop().remove_reader(socket.fileno())
            await asyncio.sleep(
                0
            )  # what was accepted in this turn gets its transport; asyncio drops it half made else
            listening.close()
        for connection in self._connections:
            connection.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._listening is None:
            writer.transport.abort()
            return
        self._connections.add(writer)
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = LENGTH.search(head)
                body = await reader.readexactly(int(length[1])) if length else b""
                number = NUMBER.search(body)
                if number is not None:
                    self.calls.append(int(number[1]))
                await asyncio.sleep(self.delay)
                answer = json.dumps(completion("positive")).encode()
                writer.write(
                    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                    b"Content-Length: %d\r\n\r\n%s" % (len(answer), answer)
                )
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the other side has closed it, or this one was dropped
        finally:
            self._connections.discard(writer)
            writer.close()


@asynccontextmanager
async def server(delay: float = 0.01) -> AsyncIterator[Server]:
    made = Server(delay)
    await made.start()
    try:
        yield made
    finally:
        await made.stop()


class Book:
    """What was saved when last looked at; says whether any of it was lost, changed or called again."""

    def __init__(self, workspace: Workspace, calls: list[int], run: int = 1) -> None:
        self.workspace = workspace
        self.run = run
        self._calls = calls
        self._called = 0
        self._saved: dict[int, Details] = {}

    def look(self) -> int:
        """Checks what was saved against the time before; how many are saved now."""
        now = saved_in(self.workspace, self.run)
        for record, details in self._saved.items():
            assert now.get(record) == details, f"record {record} was saved and is now lost or another one"
        known = {int(one.record.sample_id) for one in self._saved.values()}
        again = known.intersection(self._calls[self._called :])
        assert not again, f"saved samples were called again: {sorted(again)[:5]}"
        self._saved, self._called = now, len(self._calls)
        return len(now)


def saved_in(workspace: Workspace, run: int = 1) -> dict[int, Details]:
    """Every record of a run that got an answer; empty before there is a database."""
    with contextlib.suppress(StoreError):
        reader = Reader(workspace)
        try:
            found = {one: reader.details(one) for one in reader.record_ids(run)}
        finally:
            reader.close()
        return {one: kept for one, kept in found.items() if kept is not None and kept.record.outcome == "ok"}
    return {}


async def until_saved(workspace: Workspace, count: int, run: int = 1) -> None:
    """Waits until so many records are committed, as anybody else can read them."""
    async with asyncio.timeout(60):
        while how_many(workspace, run) < count:
            await asyncio.sleep(0.005)


def how_many(workspace: Workspace, run: int = 1) -> int:
    try:
        reader = Reader(workspace)
    except StoreError:
        return 0
    try:
        (count,) = reader.connection.execute(
            "SELECT count(*) FROM records WHERE run_id = ? AND outcome = 'ok'", (run,)
        ).fetchone()
        return int(count)
    finally:
        reader.close()


def state_of(workspace: Workspace, run: int = 1) -> tuple[Any, str]:
    """The state of a run and its reason, as the store has them."""
    reader = Reader(workspace)
    try:
        row = reader.run(run)
        return row.true_state, row.reason
    finally:
        reader.close()


def copy_of(workspace: Workspace, folder: Path) -> Workspace:
    """The database as the disk has it, without the memory that processes share."""
    folder.mkdir()
    copied = Workspace(folder)
    for suffix in ("", "-wal"):
        source = workspace.database.with_name(workspace.database.name + suffix)
        if source.exists():
            copied.database.with_name(source.name).write_bytes(source.read_bytes())
    return copied
