"""CSV and TSV: every cell stays the text it is."""

import csv
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from evalstudio.core.errors import DatasetError
from evalstudio.datasets.readers.base import Problem, Report, Row, note, numbered_names, unique_names
from evalstudio.datasets.readers.byte_stream import open_text
from evalstudio.datasets.readers.dialect import QUOTE, find_dialect, quotes_are_text
from evalstudio.datasets.readers.encoding import Encoding
from evalstudio.datasets.readers.header_rows import titles_told
from evalstudio.datasets.source import DatasetSource

if TYPE_CHECKING:
    from _csv import Reader as CsvReader

CELL_LIMIT = 16_000_000
"""Characters in one cell; a quote that is never closed would else swallow the file into memory."""
SNIFF = 64_000
"""Characters looked at to find the delimiter."""


class DelimitedReader:
    """Reads a file of delimited cells with the csv module, in strict mode.

    A row with more or fewer cells than the header, or with a broken quote, is reported with its line. Empty
    cells beyond the last column (trailing delimiters) are no cells, and empty lines between rows no rows.

    Args:
        path: the file.
        encoding: of its text.
        source: the options; what they do not say is told from the file's first lines.
        delimiter: where the format itself says it.
        limit: how many characters may be looked at to tell whether quotes are characters; None: all.
    """

    def __init__(
        self,
        path: Path,
        encoding: Encoding,
        source: DatasetSource,
        delimiter: str | None = None,
        limit: int | None = None,
    ) -> None:
        csv.field_size_limit(max(csv.field_size_limit(), CELL_LIMIT))
        self.path = path
        self.encoding, self.clean = encoding.name, encoding.clean
        self.header = source.header
        with self._open() as file:
            head = self._read_head(file)
        wanted = source.delimiter or delimiter
        options = (wanted, source.quote, source.skip_rows)
        self.dialect = find_dialect(head, *options, header=self.header, plain=False)
        if self.dialect.delimiter == "\t" and source.quote is None and self._quotes_are_text(limit):
            self.dialect = find_dialect(head, *options, header=self.header, plain=True)
        self.columns: tuple[str, ...] | None = self._columns(head[self.dialect.skip :])
        self.layout = self._layout()

    def rows(self, report: Report) -> Iterator[Row]:
        columns = self.columns or ()
        width = len(columns)
        check = not self.clean
        self._tell(report)
        with self._open() as file:
            skipped = sum(1 for _ in islice(file, self.dialect.skip))
            reader = csv.reader(file, **self.dialect.reader_options())  # type: ignore[arg-type]
            following = skipped + self._skip_header(reader)
            while True:
                try:
                    for cells in reader:
                        line, following = following, skipped + reader.line_num + 1
                        if len(cells) != width and (len(cells) < width or any(cells[width:])):
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
                    last = skipped + reader.line_num
                    report(Problem(following, _broken(error, following, last)))
                    following = last + 1
                except UnicodeError as error:
                    raise self._undecodable(error) from None

    def _layout(self) -> str:
        dialect = self.dialect
        layout = f"{self.encoding} {dialect.delimiter!r} header={self.header}"
        if dialect.quote != QUOTE:
            layout += f" quote={dialect.quote!r}"
        return f"{layout} skip={dialect.skip}" if dialect.skip else layout

    def _tell(self, report: Report) -> None:
        if self.dialect.titles is not None:
            report(titles_told(*self.dialect.titles))
        if self.dialect.told_quotes:
            report(
                note("quotes are read as characters, for cells do not close them; quote = '\"' changes that")
            )

    def _quotes_are_text(self, limit: int | None) -> bool:
        try:
            with self._open() as file:
                return quotes_are_text(file if limit is None else file.readlines(limit))
        except UnicodeError as error:
            raise self._undecodable(error) from None

    def _skip_header(self, reader: "CsvReader") -> int:
        """Reads up to the first row of data; gives its line."""
        if self.header:
            next((cells for cells in reader if any(cells)), None)
        return reader.line_num + 1

    def _open(self) -> TextIO:
        # Bytes that do not fit become lone surrogates, so that the row they are in can be named.
        return open_text(self.path, self.encoding, errors="surrogateescape")

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
        options = self.dialect.reader_options()
        try:
            reader = csv.reader(head, **options)  # type: ignore[arg-type]
            first = next((cells for cells in reader if any(cells)), None)
        except csv.Error as error:
            raise DatasetError(f"The first row of {self.path.name} cannot be read: {error}.") from None
        if first is None:
            raise DatasetError(f"{self.path.name} is empty.")
        if self.header and _damaged(first):
            raise DatasetError(
                f"The names of the columns of {self.path.name} have bytes that are not {self.encoding}. Set another encoding."
            )
        if not self.header:
            return numbered_names(len(first))
        named = next((place for place in range(len(first), 0, -1) if first[place - 1].strip()), 1)
        return unique_names(first[: max(named, _widest(reader))], self.path)

    def _undecodable(self, error: UnicodeError) -> DatasetError:
        return DatasetError(
            f"{self.path.name} cannot be read as {self.encoding}: {error}. Set another encoding."
        )


def _widest(reader: "CsvReader") -> int:
    """The last column in which one of the first rows has a value."""
    widest = 0
    try:
        for cells in reader:
            while len(cells) > widest and cells[-1] == "":
                cells.pop()
            widest = max(widest, len(cells))
    except csv.Error:
        pass  # reported by line when the rows are read
    return widest


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
