"""CSV and TSV: every cell stays the text it is."""

import csv
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from evalstudio.core.errors import DatasetError
from evalstudio.datasets.readers.base import Problem, Report, Row, numbered_names, unique_names
from evalstudio.datasets.readers.encoding import Encoding

if TYPE_CHECKING:
    from _csv import Reader as CsvReader

DELIMITERS = (",", ";", "\t", "|")
CELL_LIMIT = 16_000_000
"""Characters in one cell; a quote that is never closed would else swallow the file into memory."""
SNIFF = 64_000
"""Characters looked at to find the delimiter."""


class DelimitedReader:
    """Reads a file of delimited cells with the csv module, in strict mode.

    A row with more or fewer cells than the header, or with a broken quote, is reported with its line.
    Empty lines between rows are no rows.
    """

    def __init__(self, path: Path, encoding: Encoding, delimiter: str | None, header: bool) -> None:
        if delimiter is not None and len(delimiter) != 1:
            raise DatasetError(f"The delimiter has to be one character, not '{delimiter}'.")
        csv.field_size_limit(max(csv.field_size_limit(), CELL_LIMIT))
        self.path = path
        self.encoding, self.clean = encoding
        self.header = header
        with self._open() as file:
            head = self._read_head(file)
        self.delimiter = delimiter or find_delimiter(head)
        self.columns: tuple[str, ...] | None = self._columns(head)
        self.layout = f"{self.encoding} {self.delimiter!r} header={header}"

    def rows(self, report: Report) -> Iterator[Row]:
        columns = self.columns or ()
        width = len(columns)
        check = not self.clean
        with self._open() as file:
            reader = csv.reader(file, delimiter=self.delimiter, strict=True)
            following = self._skip_header(reader)
            while True:
                try:
                    for cells in reader:
                        line, following = following, reader.line_num + 1
                        if len(cells) != width:
                            if cells:
                                report(
                                    Problem(line, f"has {len(cells)} cells where there are {width} columns")
                                )
                        elif check and _damaged(cells):
                            report(Problem(line, f"has bytes that are not {self.encoding}"))
                        else:
                            yield line, dict(zip(columns, cells, strict=False))
                    return
                except csv.Error as error:
                    report(Problem(following, _broken(error, following, reader.line_num)))
                    following = reader.line_num + 1
                except UnicodeError as error:
                    raise self._undecodable(error) from None

    def _skip_header(self, reader: "CsvReader") -> int:
        """Reads up to the first row of data; gives its line."""
        if self.header:
            next((cells for cells in reader if cells), None)
        return reader.line_num + 1

    def _open(self) -> TextIO:
        # Bytes that do not fit become lone surrogates, so that the row they are in can be named.
        return self.path.open(encoding=self.encoding, errors="surrogateescape", newline="")

    def _read_head(self, file: TextIO) -> list[str]:
        """The first lines, whole; fewer when they are long."""
        lines: list[str] = []
        size = 0
        try:
            for line in islice(file, 1000):
                lines.append(line)
                size += len(line)
                if size > SNIFF:
                    break
        except UnicodeError as error:
            raise self._undecodable(error) from None
        return lines

    def _columns(self, head: list[str]) -> tuple[str, ...]:
        try:
            first = next(
                (cells for cells in csv.reader(head, delimiter=self.delimiter, strict=True) if cells), None
            )
        except csv.Error as error:
            raise DatasetError(f"The first row of {self.path.name} cannot be read: {error}.") from None
        if first is None:
            raise DatasetError(f"{self.path.name} is empty.")
        if self.header and _damaged(first):
            raise DatasetError(
                f"The names of the columns of {self.path.name} have bytes that are not {self.encoding}. Set another encoding."
            )
        return unique_names(first, self.path) if self.header else numbered_names(len(first))

    def _undecodable(self, error: UnicodeError) -> DatasetError:
        return DatasetError(
            f"{self.path.name} cannot be read as {self.encoding}: {error}. Set another encoding."
        )


def find_delimiter(head: list[str]) -> str:
    """The delimiter that cuts the most of the first lines into as many cells as the header has.

    A comma when none of the candidates cuts the header at all: the file has one column.
    """

    def fit(delimiter: str) -> tuple[float, int]:
        try:
            rows = [cells for cells in csv.reader(head, delimiter=delimiter) if cells]
        except csv.Error:
            return (0.0, 0)
        if not rows or len(rows[0]) < 2:
            return (0.0, 0)
        # The last row may be cut off in the middle of a quoted cell.
        inner = rows[:-1] or rows
        width = len(rows[0])
        return (sum(len(cells) == width for cells in inner) / len(inner), width)

    best = max(DELIMITERS, key=fit)
    return best if fit(best)[1] else ","


def _damaged(cells: list[str]) -> bool:
    """Whether a byte that did not fit was read as a lone surrogate."""
    for cell in cells:
        if not cell.isascii():
            try:
                cell.encode("utf-8")
            except UnicodeEncodeError:
                return True
    return False


def _broken(error: csv.Error, first: int, last: int) -> str:
    where = "" if last <= first else f" (up to line {last:,})"
    message = str(error)
    if "unexpected end" in message or "field limit" in message:
        return f"a quote opened here is not closed{where}"
    if "expected after" in message:
        return f"text follows a closing quote; a quote inside a cell has to be doubled{where}"
    return f"{message}{where}"
