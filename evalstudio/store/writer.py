"""Writer thread: the only thread of an engine that writes; it commits whatever has queued up as soon as it is idle.

Everything queued before a commit begins is part of that commit, and callers are notified after the data is on disk.
When the disk is full or the database is locked, nothing is dropped: the batch is retried until it succeeds. The
thread survives whatever its callers do: a change that was cancelled before its turn is skipped, one that has begun
ends.
"""

import contextlib
import json
import sqlite3
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue
from typing import Any, TypeVar

import msgspec

from evalstudio.core.encodable import encodable_value
from evalstudio.core.errors import StoreError
from evalstudio.store.database import explain, open_for_writing
from evalstudio.store.rows import AttemptRow, CacheRow, Record, ScoreRow
from evalstudio.workspace.folder import Workspace

T = TypeVar("T")

RETRY_S = 1.0
MOST_IN_A_COMMIT = 2_000
NOT_STORABLE = (
    UnicodeEncodeError,
    OverflowError,
    TypeError,
    sqlite3.ProgrammingError,
    sqlite3.InterfaceError,
)


@dataclass(slots=True)
class Saved:
    """One record with everything that is committed with it. `token` is passed back to the caller when it is saved.

    `again` marks a record that replaces an earlier one: what belonged to the earlier one is deleted.
    """

    record: Record | None
    scores: Sequence[ScoreRow] = ()
    attempts: Sequence[AttemptRow] = ()
    token: Any = None
    again: bool = False
    question: bytes | None = None  # the key under which the answer is cached for later runs


@dataclass(slots=True)
class _Task:
    work: Callable[[sqlite3.Connection], Any]
    future: "Future[Any]" = field(default_factory=Future)


class Writer:
    """Writes records in batches, and other changes in the order in which they arrive.

    `on_saved` is called in the writer's thread, once per commit, with the tokens of its records; `on_trouble` with
    a sentence when a commit fails, and with None once it has succeeded after all.
    """

    def __init__(
        self,
        workspace: Workspace,
        on_saved: Callable[[list[Any]], None] = lambda tokens: None,
        on_trouble: Callable[[str | None], None] = lambda sentence: None,
    ) -> None:
        self._database = open_for_writing(workspace)
        self._connection: sqlite3.Connection = self._database.conn
        self._path = workspace.database
        self._files = {
            path: inode_of(path) for path in (self._path, self._path.with_name(f"{self._path.name}-wal"))
        }
        self._on_saved = on_saved
        self._on_trouble = on_trouble
        self._queue: SimpleQueue[Saved | _Task | None] = SimpleQueue()
        self._closing = threading.Event()
        self._statements = {
            Record: _upsert("records", Record),
            ScoreRow: _upsert("scores", ScoreRow),
            AttemptRow: _upsert("attempts", AttemptRow),
            CacheRow: _upsert("cache", CacheRow),
        }
        self._thread = threading.Thread(target=self._work, name="store-writer", daemon=True)
        self._thread.start()

    def save(self, saved: Saved) -> None:
        """Queues a record; returns at once."""
        self._queue.put(saved)

    def execute(self, work: Callable[[sqlite3.Connection], T]) -> "Future[T]":
        """Queues `work(connection)` to run in a transaction of its own; the future gets its result or error."""
        task = _Task(work)
        self._queue.put(task)
        return task.future

    @property
    def is_lost(self) -> bool:
        """Whether the database was deleted, moved or replaced: what is written now can't be found by anybody."""
        return any(inode is not None and inode_of(path) != inode for path, inode in self._files.items())

    @property
    def waiting(self) -> int:
        """Returns how many records and changes are queued and not yet being written."""
        return self._queue.qsize()

    def close(self, timeout: float = 10.0) -> bool:
        """Writes everything queued, then closes. Returns False if that took longer than `timeout` seconds."""
        self._closing.set()
        self._queue.put(None)
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _work(self) -> None:
        batch: list[Saved] = []
        while True:
            item = self._queue.get()
            while isinstance(item, Saved):
                batch.append(item)
                if len(batch) >= MOST_IN_A_COMMIT or self._queue.empty():
                    break
                item = self._queue.get()
            if batch:
                self._commit(batch)
                batch = []
            if isinstance(item, _Task):
                self._run(item)
            elif item is None:
                break
        self._connection.close()

    def _commit(self, batch: list[Saved]) -> None:
        troubled = False
        while True:
            if self.is_lost:
                self._notify(self._on_trouble, self._lost)
                return  # nobody is told that it is saved
            try:
                self._write(batch)
                break
            except sqlite3.Error as error:
                troubled = True
                self._notify(self._on_trouble, explain(error, self._path))
                if self._closing.wait(RETRY_S):
                    return  # what is not saved stays unsaved: a resume makes it again
        if troubled:
            self._notify(self._on_trouble, None)
        self._notify(self._on_saved, [saved.token for saved in batch])

    @property
    def _lost(self) -> str:
        return (
            f"The database {self._path} was deleted, moved or replaced while it was in use; put it back if you can, and "
            "start EvalStudio anew."
        )

    def _notify(self, listener: Callable[[T], None], value: T) -> None:
        with contextlib.suppress(RuntimeError):  # the engine's loop is closed: nobody listens any more
            listener(value)

    def _write(self, batch: list[Saved]) -> None:
        connection = self._connection
        connection.execute("BEGIN IMMEDIATE")
        try:
            for record in [saved.record.id for saved in batch if saved.record is not None and saved.again]:
                connection.execute("DELETE FROM attempts WHERE record_id = ?", (record,))
                connection.execute("DELETE FROM scores WHERE record_id = ?", (record,))
            for kind, rows in (
                (Record, [saved.record for saved in batch if saved.record is not None]),
                (AttemptRow, [row for saved in batch for row in saved.attempts]),
                (ScoreRow, [row for saved in batch for row in saved.scores]),
                (
                    CacheRow,
                    [CacheRow(one.question, one.record.id) for one in batch if one.question and one.record],
                ),
            ):
                try:
                    self._insert(kind, rows)
                except NOT_STORABLE:  # one value that SQLite cannot hold
                    self._insert(kind, [_storable(row) for row in rows])
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise

    def _insert(self, kind: type[msgspec.Struct], rows: Sequence[msgspec.Struct]) -> None:
        # One statement for many rows releases the GIL once instead of once per row: next to a busy event
        # loop, that determines the speed. Sizes are powers of two, so that few statements are prepared.
        statement, columns = self._statements[kind]
        position = 0
        while position < len(rows):
            size = 1 << min(7, (len(rows) - position).bit_length() - 1)
            values: list[Any] = []
            for row in rows[position : position + size]:
                values.extend(msgspec.structs.astuple(row))
            self._connection.execute(statement + ", ".join([columns] * size), values)
            position += size

    def _run(self, task: _Task) -> None:
        # from here on a cancelled caller can't change the future under the thread's hands
        if not task.future.set_running_or_notify_cancel():
            return
        if self.is_lost:
            self._notify(self._on_trouble, self._lost)
            task.future.set_exception(StoreError(self._lost))
            return
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                result = task.work(self._connection)
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise
        except sqlite3.Error as error:
            failure = StoreError(explain(error, self._path))
            failure.__cause__ = error
            task.future.set_exception(failure)
        except BaseException as error:  # noqa: BLE001 - the caller gets it, by the future
            task.future.set_exception(error)
        else:
            task.future.set_result(result)


def inode_of(path: Path) -> tuple[int, int] | None:
    """Which file has this name now; None: none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _storable(row: msgspec.Struct) -> msgspec.Struct:
    values = map(_column_value, msgspec.structs.astuple(row))
    return msgspec.structs.replace(row, **dict(zip(row.__struct_fields__, values, strict=True)))


def _column_value(value: object) -> object:
    plain = encodable_value(value)
    return json.dumps(plain, ensure_ascii=False) if isinstance(plain, list | dict) else plain


def _upsert(table: str, kind: type[msgspec.Struct]) -> tuple[str, str]:
    names = kind.__struct_fields__
    return (
        f"INSERT OR REPLACE INTO {table} ({', '.join(names)}) VALUES ",
        "(" + ", ".join("?" * len(names)) + ")",
    )
