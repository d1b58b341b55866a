"""A server that remembers which sample each call was of, and a book of what was saved when."""

import asyncio
import contextlib
import json
import re
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from evalstudio.errors import StoreError
from evalstudio.store.reader import Details, Reader
from evalstudio.workspace.folder import Workspace
from tests.engine.models.scripted import chunk, completion

LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
STREAMED = re.compile(rb'"stream": *true')
JUDGE = b"JUDGE"
GRADE = '{"reasoning": "fine", "score": 7}'
NUMBER = re.compile(rb"\((\d+)\)")  # as `write_evaluation` numbers its samples


class Server:
    """Answers each chat completion after `delay` seconds, as a stream where one is asked for.

    Plain sockets, so that its end is one: every connection is dropped at once, also one accepted at that moment.

    Attributes:
        calls: The samples' numbers in the order of their calls.
        judged: Those of the calls of a judge, whose prompt has `JUDGE` in it.
    """

    def __init__(self, delay: float = 0.01) -> None:
        self.delay = delay
        self.calls: list[int] = []
        self.judged: list[int] = []
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
                    (self.judged if JUDGE in body else self.calls).append(int(number[1]))
                await asyncio.sleep(self.delay)
                if STREAMED.search(body):
                    await self._stream(writer)
                    continue
                answer = json.dumps(completion(GRADE if JUDGE in body else "positive")).encode()
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

    async def _stream(self, writer: asyncio.StreamWriter) -> None:
        writer.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        for piece in (chunk("posi"), chunk("tive"), chunk(finish_reason="stop"), None):
            event = b"data: %s\n\n" % (b"[DONE]" if piece is None else json.dumps(piece).encode())
            writer.write(b"%x\r\n%s\r\n" % (len(event), event))
            await writer.drain()
            await asyncio.sleep(self.delay / 4)
        writer.write(b"0\r\n\r\n")
        await writer.drain()


@asynccontextmanager
async def server(delay: float = 0.01) -> AsyncIterator[Server]:
    made = Server(delay)
    await made.start()
    try:
        yield made
    finally:
        await made.stop()


class Book:
    """What was saved when last looked at; says whether any of it was lost, changed or called again.

    Args:
        workspace: Where it is saved.
        calls: The samples' numbers in the order of their calls.
        run: The run.
        repeats: So often each sample is called; it is called again until all of them are saved.
    """

    def __init__(self, workspace: Workspace, calls: list[int], run: int = 1, repeats: int = 1) -> None:
        self.workspace = workspace
        self.run = run
        self._repeats = repeats
        self._calls = calls
        self._called = 0
        self._saved: dict[int, Details] = {}

    def look(self) -> int:
        """Checks what was saved against the time before; how many are saved now."""
        now = saved_in(self.workspace, self.run)
        for record, details in self._saved.items():
            assert _is_kept(details, now.get(record)), (
                f"record {record} was saved and is now lost or another one"
            )
        saved = Counter(int(one.record.sample_id) for one in self._saved.values())
        known = {sample for sample, times in saved.items() if times == self._repeats}
        again = known.intersection(self._calls[self._called :])
        assert not again, f"saved samples were called again: {sorted(again)[:5]}"
        self._saved, self._called = now, len(self._calls)
        return len(now)


def _is_kept(before: Details, now: Details | None) -> bool:
    """Whether all of a record is there; scores of a judge may have come in the meantime."""
    return (
        now is not None
        and now.record == before.record
        and now.attempts == before.attempts
        and all(score in now.scores for score in before.scores)
    )


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
