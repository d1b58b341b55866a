"""Writes chosen records of a run to a file, in a thread and on a connection of its own: tables stay quick meanwhile."""

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TextIO

from evalstudio.errors import StoreError
from evalstudio.reports import form_of, write_run
from evalstudio.store.database import explain
from evalstudio.store.ids import Ids
from evalstudio.store.reader import Reader
from evalstudio.workspace import Workspace


async def export_records(workspace: Workspace, run_id: int, ids: Ids, path: Path) -> int:
    """Writes these records in this order, as CSV or, by the file's name, as JSON lines; how many were there.

    The file appears when it is whole. Raises StoreError with a sentence where it can't be written.
    """
    from evalstudio.commands.export import write_records  # late: it brings the command line along

    return await _in_thread(
        lambda stop: _write(
            workspace,
            path,
            lambda reader, file: write_records(reader, run_id, _form(path), file, _until(stop, ids)),
        )
    )


async def export_run(workspace: Workspace, run_id: int, path: Path) -> int:
    """Writes a whole run: an HTML report, JUnit XML, CSV or JSON lines, by the file's name; how many records are in it.

    The file appears when it is whole. Raises StoreError with a sentence where it can't be written.
    """
    return await _in_thread(
        lambda stop: _write(
            workspace, path, lambda reader, file: write_run(reader, run_id, form_of(path), file)
        )
    )


async def _in_thread(work: Callable[[threading.Event], int]) -> int:
    stop = threading.Event()
    thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="export")
    try:
        return await asyncio.wrap_future(thread.submit(work, stop))
    finally:
        stop.set()
        thread.shutdown(wait=True)  # ends with the record that it is at


def _form(path: Path) -> str:
    return "csv" if path.suffix.lower() == ".csv" else "jsonl"


def _until(stop: threading.Event, ids: Ids) -> Iterator[int]:
    for record in ids:
        if stop.is_set():
            raise _Stopped
        yield int(record)


class _Stopped(Exception):
    """The window was closed."""


def _write(workspace: Workspace, path: Path, write: Callable[[Reader, TextIO], int]) -> int:
    part = path.with_name(f"{path.name}.part")
    reader = Reader(workspace)
    try:
        with part.open("w", encoding="utf-8", newline="") as file:
            count = write(reader, file)
        part.replace(path)
    except sqlite3.Error as error:
        raise StoreError(explain(error, workspace.database)) from error
    except OSError as error:
        raise StoreError(f"{path} cannot be written ({error.strerror}); choose another file.") from error
    except _Stopped:
        return 0
    finally:
        part.unlink(missing_ok=True)
        reader.close()
    return count
