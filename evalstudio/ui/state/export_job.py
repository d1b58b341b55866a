"""Export job: writes records of a run to a file in a thread with its own connection, so that tables stay fast.

The file appears when it is complete; a cancelled export leaves nothing behind.
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
    """Progress of an export: characters written, and records of `total` if counted. `stop` cancels it."""

    total: int | None = None
    records: int = 0
    written: int = 0
    stop: threading.Event = field(default_factory=threading.Event)


async def export_records(
    workspace: Workspace, run_id: int, ids: Ids, path: Path, progress: Progress | None = None
) -> int | None:
    """Writes records in the given order, as CSV or, depending on the file name, JSON Lines; returns their number.

    None where it was broken off. Raises StoreError with a sentence where it can't be written.
    """
    from evalstudio.reports.records import write_records  # imported late: it imports the command line as well

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
    """Writes a whole run as HTML, JUnit XML, CSV or JSON Lines, depending on the file name; returns its record count.

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
        thread.shutdown(wait=True)  # it ends with the next piece written


def _counted(progress: Progress, ids: Ids) -> Iterator[int]:
    for record in ids:
        yield int(record)
        progress.records += 1


class _Stopped(Exception):
    """The export was cancelled by a person or by closing the window."""


class _Watched:
    """Text file that counts what is written, and raises when the export is to stop."""

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
