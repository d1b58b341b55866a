"""Excel and OpenDocument sheets, read by a process of its own (`sheet_process`)."""

import subprocess
import sys
import tempfile
import weakref
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from evalstudio.core.errors import DatasetError, RequirementError
from evalstudio.datasets.readers.base import Report, Row, note, numbered_names, unique_names
from evalstudio.datasets.readers.header_rows import count_titles, titles_told
from evalstudio.datasets.readers.sheet_process import MODULE, Bounds, SheetFound
from evalstudio.datasets.source import DatasetSource
from evalstudio.workspace.packaged import how_to_add

LARGEST = 2_000_000_000
"""Bytes that a workbook may unpack to."""
MEMORY = 4 << 30
"""Bytes that reading a sheet may take: a cell far from the others asks for all the empty ones between."""
SECONDS = 20.0
SECONDS_A_MEGABYTE = 1.0
"""Of a processor, on top of `SECONDS`, for each megabyte that the workbook unpacks to."""
WAIT = 4.0
"""So many times as long by the clock, for a machine that is busy."""
AT_ONCE = 1 << 18
"""Bytes of rows."""
LOOKED_AT = 50
"""Rows in which a title is looked for."""


class ExcelReader:
    """Reads one sheet. Text stays text; whole numbers are integers; dates are ISO text; an empty cell is null.

    The sheet is read once, into a temporary file from which its rows then come: a workbook that asks for more
    memory or time than any sheet does ends that process, and nothing else.
    """

    def __init__(self, path: Path, source: DatasetSource) -> None:
        if source.skip_rows is not None and source.skip_rows < 0:
            raise DatasetError(f"skip_rows = {source.skip_rows}: it is 0 or more.")
        self.path = path
        self.header = source.header
        self._rows = tempfile.TemporaryFile()  # noqa: SIM115 - as long as the reader
        weakref.finalize(self, self._rows.close)
        self._found = _read_sheet(path, source.sheet, self._rows)
        self._skip = self._titles(source)
        first = next(self._cells(), None)
        if first is None:
            raise DatasetError(
                f"{path.name} is empty{f' on the sheet {source.sheet!r}' if source.sheet else ''}."
            )
        filled = {place for place in self._found.columns if place < self._found.width}
        named = [str(cell) if cell is not None else "" for cell in first[1]]
        named += [""] * (self._found.width - len(named))
        # a column without a name and without a value is none
        self._places = [place for place, name in enumerate(named) if name.strip() or place in filled]
        every = unique_names(named, path) if self.header else numbered_names(len(named))
        self.columns: tuple[str, ...] | None = tuple(every[place] for place in self._places)
        self.layout = f"sheet={source.sheet or ''} header={self.header}"
        if self._skip:
            self.layout += f" skip={self._skip}"
        if source.sheet is None and self._found.passed:
            self.layout += f" visible={self._found.sheet!r}"

    def rows(self, report: Report) -> Iterator[Row]:
        if self._found.passed:
            report(
                note(
                    f"the sheet '{self._found.sheet}' is read, the first that is neither hidden nor empty; "
                    f'sheet = "{self._found.passed[0]}" reads another one'
                )
            )
        if self._told is not None:
            report(titles_told(*self._told))
        columns = self.columns or ()
        cells = self._cells()
        if self.header:
            next(cells, None)
        for number, row in cells:
            width = len(row)
            yield (
                number,
                {
                    name: row[place] if place < width else None
                    for name, place in zip(columns, self._places, strict=True)
                },
            )

    def _titles(self, source: DatasetSource) -> int:
        """The number of the sheet's row after which the header comes."""
        self._told: tuple[int, int] | None = None
        if source.skip_rows is not None or not self.header:
            return source.skip_rows or 0
        self._skip = 0
        first = [row for row, _ in zip(self._cells(), range(LOOKED_AT), strict=False)]
        texts = [[cell if isinstance(cell, str) else None for cell in cells] for _, cells in first]
        any_kind = [["" if cell is None else str(cell) for cell in cells] for _, cells in first]
        titles = count_titles(any_kind, texts)
        if not titles:
            return 0
        last = first[titles][0] - 1
        self._told = (first[0][0], last)
        return last

    def _cells(self) -> Iterator[tuple[int, list[Any]]]:
        """The rows that are not empty, each with its number in the sheet, from 1."""
        decode = msgspec.json.Decoder(tuple[int, list[Any]]).decode
        place = 0
        rest = b""
        while True:
            self._rows.seek(place)  # several readings may be under way
            chunk = self._rows.read(AT_ONCE)
            if not chunk:
                return
            place += len(chunk)
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                number, cells = decode(line)
                if number > self._skip:
                    yield number, cells


def _read_sheet(path: Path, sheet: str | None, rows: Any) -> SheetFound:
    """Has a sheet written to `rows`. Raises DatasetError, RequirementError."""
    seconds = SECONDS + SECONDS_A_MEGABYTE * _unpacked(path) / 1e6
    bounds = Bounds(str(path), sheet, MEMORY, seconds)
    command = [sys.executable, "-m", MODULE, msgspec.json.encode(bounds).decode()]
    try:
        ended = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=rows,
            stderr=subprocess.PIPE,
            timeout=WAIT * seconds,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise _too_much(path, "time") from None
    except OSError as error:
        raise DatasetError(f"The process that reads {path.name} could not be started: {error}.") from error
    last = ended.stderr.strip().rsplit(b"\n", 1)[-1]
    try:
        found = msgspec.json.decode(last, type=SheetFound)
    except msgspec.DecodeError:
        told = ended.stderr.decode(errors="replace")
        raise _too_much(
            path, "memory" if "memory" in told.lower() or "capacity" in told else "", told
        ) from None
    if found.lacking:
        raise RequirementError(
            f"Reading Excel files needs python-calamine; {how_to_add('python-calamine')}. "
            "Or save the sheet as CSV."
        )
    if found.error:
        raise DatasetError(found.error)
    return found


def _too_much(path: Path, what: str, told: str = "") -> DatasetError:
    if what == "memory":
        return DatasetError(
            f"{path.name} needs more than {MEMORY / 2**30:.0f} GB of memory to be read: perhaps a cell lies far from "
            "all others. Delete the rows and columns behind the table, or save the sheet as CSV."
        )
    if what == "time":
        return DatasetError(
            f"{path.name} takes too long to be read. It may be damaged; save the sheet as CSV."
        )
    reason = told.strip().splitlines()[-1][:200] if told.strip() else "its reader ended, or took too long"
    return DatasetError(f"{path.name} cannot be read as a spreadsheet: {reason}. Save the sheet as CSV.")


def _unpacked(path: Path) -> int:
    """The bytes of a workbook, unpacked: a small archive can hold more than the memory does. Raises DatasetError."""
    try:
        with zipfile.ZipFile(path) as book:
            size = sum(part.file_size for part in book.infolist())
    except (OSError, zipfile.BadZipFile, NotImplementedError, ValueError):
        return (
            path.stat().st_size
        )  # the older formats are no archives; what is none at all is told by its reader
    if size > LARGEST:
        raise DatasetError(
            f"{path.name} unpacks to {size / 1e9:.1f} GB, more than a sheet is read from; save it as CSV."
        )
    return size
