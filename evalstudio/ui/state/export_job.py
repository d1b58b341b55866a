"""Writes records of a run to a file, in a thread and on a connection of its own: tables stay quick meanwhile.

The file appears when it is whole; what is broken off leaves nothing behind.
"""

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO, cast

from evalstudio.core.atomic_file import atomic_file
from evalstudio.core.errors import StoreError
from evalstudio.reports import form_of, write_run
from evalstudio.store.database import explained
from evalstudio.store.ids import Ids
from evalstudio.store.reader import Reader
from evalstudio.ui.kit.text import tr
from evalstudio.workspace.folder import Workspace


@dataclass(slots=True)
class Progress:
    """How far an export is: characters written, and records of `total` where they are counted. `stop` breaks it off."""

    total: int | None = None
    records: int = 0
    written: int = 0
    stop: threading.Event = field(default_factory=threading.Event)


async def export_records(
    workspace: Workspace, run_id: int, ids: Ids, path: Path, progress: Progress | None = None
) -> int | None:
    """Writes these records in this order, as CSV or, by the file's name, as JSON lines; how many were there.

    None where it was broken off. Raises StoreError with a sentence where it can't be written.
    """
    from evalstudio.reports.records import write_records  # late: it brings the command line along

    progress = progress or Progress()
    progress.total = len(ids)
    form = "csv" if path.suffix.lower() == ".csv" else "jsonl"
    return await _in_thread(
        workspace,
        path,
        progress,
        lambda reader, file: write_records(reader, run_id, form, file, _counted(progress, ids)),
    )


async def export_run(
    workspace: Workspace, run_id: int, path: Path, progress: Progress | None = None
) -> int | None:
    """Writes a whole run: an HTML report, JUnit XML, CSV or JSON lines, by the file's name; how many records are in it.

    None where it was broken off. Raises StoreError with a sentence where it can't be written.
    """
    return await _in_thread(
        workspace,
        path,
        progress or Progress(),
        lambda reader, file: write_run(reader, run_id, form_of(path), file),
    )


async def _in_thread(
    workspace: Workspace, path: Path, progress: Progress, write: Callable[[Reader, TextIO], int]
) -> int | None:
    thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="export")
    try:
        return await asyncio.wrap_future(thread.submit(_write, workspace, path, progress, write))
    finally:
        progress.stop.set()
        thread.shutdown(wait=True)  # ends with the next piece that is written


def _counted(progress: Progress, ids: Ids) -> Iterator[int]:
    for record in ids:
        yield int(record)
        progress.records += 1


class _Stopped(Exception):
    """A person broke it off, or the window was closed."""


class _Watched:
    """A file to write to that counts, and ends the writing where it is to stop."""

    def __init__(self, file: TextIO, progress: Progress) -> None:
        self._file, self._progress = file, progress

    def write(self, text: str) -> int:
        if self._progress.stop.is_set():
            raise _Stopped
        self._progress.written += len(text)
        return self._file.write(text)


def _write(
    workspace: Workspace, path: Path, progress: Progress, write: Callable[[Reader, TextIO], int]
) -> int | None:
    reader = Reader(workspace)
    try:
        with (
            explained(workspace.database),
            atomic_file(path) as part,
            part.open("w", encoding="utf-8", newline="") as file,
        ):
            count = write(reader, cast(TextIO, _Watched(file, progress)))
    except OSError as error:
        raise StoreError(
            tr("{path} cannot be written ({strerror}); choose another file.").format(
                path=path, strerror=error.strerror
            )
        ) from error
    except _Stopped:
        return None
    finally:
        reader.close()
    return count
