"""Excel and OpenDocument sheets, through python-calamine."""

import datetime
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from evalstudio.core.errors import DatasetError, RequirementError
from evalstudio.datasets.readers.base import Report, Row, numbered_names, unique_names
from evalstudio.workspace.packaged import how_to_add

LARGEST = 2_000_000_000
"""Bytes that a workbook may unpack to."""


class ExcelReader:
    """Reads one sheet. Text stays text; whole numbers are integers; dates are ISO text; an empty cell is null."""

    def __init__(self, path: Path, sheet: str | None, header: bool) -> None:
        self.path = path
        self.header = header
        self.sheet = sheet
        self._first_line, cells = self._cells()
        first = next((row for row in cells if any(cell != "" for cell in row)), None)
        if first is None:
            raise DatasetError(f"{path.name} is empty{f' on the sheet {sheet!r}' if sheet else ''}.")
        self.columns: tuple[str, ...] | None = (
            unique_names([str(_value(cell) if cell != "" else "") for cell in first], path)
            if header
            else numbered_names(len(first))
        )
        self.layout = f"sheet={sheet or ''} header={header}"

    def rows(self, report: Report) -> Iterator[Row]:
        columns = self.columns or ()
        line, cells = self._cells()
        header_pending = self.header
        for number, row in enumerate(cells, line):
            if not any(cell != "" for cell in row):
                continue
            if header_pending:
                header_pending = False
                continue
            yield number, {name: _value(cell) for name, cell in zip(columns, row, strict=True)}

    def _cells(self) -> tuple[int, Iterator[list[Any]]]:
        """The number of the first row that holds anything, and the rows from there."""
        try:
            import python_calamine as calamine
        except ImportError:
            raise RequirementError(
                f"Reading Excel files needs python-calamine; {how_to_add('python-calamine')}. "
                "Or save the sheet as CSV."
            ) from None
        _check_size(self.path)
        try:
            workbook = calamine.load_workbook(self.path)
            names = workbook.sheet_names
            if not names:
                raise DatasetError(f"{self.path.name} has no sheets.")
            if self.sheet is not None and self.sheet not in names:
                raise DatasetError(
                    f"{self.path.name} has no sheet '{self.sheet}'. Its sheets: {', '.join(names)}."
                )
            sheet = workbook.get_sheet_by_name(self.sheet or names[0])
        except (calamine.CalamineError, OSError) as error:
            raise DatasetError(f"{self.path.name} cannot be read as a spreadsheet: {error}.") from None
        start = sheet.start
        rows = sheet.to_python(skip_empty_area=True)
        return (start[0] if start else 0) + 1, iter(rows)


def _check_size(path: Path) -> None:
    """A small archive can hold more than the memory does. Raises DatasetError."""
    try:
        with zipfile.ZipFile(path) as book:
            size = sum(part.file_size for part in book.infolist())
    except (OSError, zipfile.BadZipFile, NotImplementedError, ValueError):
        return  # the older formats are no archives; what is none at all is told by its reader
    if size > LARGEST:
        raise DatasetError(
            f"{path.name} unpacks to {size / 1e9:.1f} GB, more than a sheet is read from; save it as CSV."
        )


def _value(cell: Any) -> Any:
    if cell == "":
        return None
    if isinstance(cell, float) and cell.is_integer():
        return int(cell)  # a sheet knows one kind of number: 5 and 5.0 are the same cell
    if isinstance(cell, datetime.timedelta):
        return cell.total_seconds()
    if isinstance(cell, datetime.date | datetime.time):
        return cell.isoformat()
    return cell
