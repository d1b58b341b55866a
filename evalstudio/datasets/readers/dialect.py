"""How a file of delimited cells is written: its delimiter, its quotes, what stands above its header."""

import csv
import re
from collections.abc import Iterable
from typing import NamedTuple

from evalstudio.core.errors import DatasetError
from evalstudio.datasets.readers.header_rows import count_titles

DELIMITERS = (",", ";", "\t", "|")
QUOTE = '"'
SEPARATOR = re.compile(r'["\']?sep=(?P<one>\\t|[^\w"\'\r\n])(?P=one)*["\']?(?P=one)*\s*', re.IGNORECASE)
"""Excel's first line that names the delimiter; saved again it has quotes, or a delimiter for each column."""


class Dialect(NamedTuple):
    """How cells are cut from the text. `skip`: lines before the header; `titles`: which of them hold a title."""

    delimiter: str
    quote: str  # "": a quote is a character like any other
    skip: int
    titles: tuple[int, int] | None = None  # first and last line, from 1
    told_quotes: bool = False  # the quotes were found to be characters

    def reader_options(self) -> dict[str, object]:
        """The arguments of `csv.reader`."""
        if not self.quote:
            return {"delimiter": self.delimiter, "quoting": csv.QUOTE_NONE, "quotechar": None, "strict": True}
        return {"delimiter": self.delimiter, "quotechar": self.quote, "strict": True}


def find_dialect(
    head: list[str], delimiter: str | None, quote: str | None, skip: int | None, *, header: bool, plain: bool
) -> Dialect:
    """Tells the dialect from a file's first lines, where the options do not say it.

    Args:
        head: the first lines, with their ends.
        delimiter, quote, skip: as asked for; None: to be found.
        header: whether the file has one; without it there is no title either.
        plain: quotes at the beginning of cells are known to be characters (`quotes_are_text`).

    Raises:
        DatasetError: an option can't be used.
    """
    _check(delimiter, quote, skip)
    named = SEPARATOR.fullmatch(head[0]) if head else None
    before = max(skip or 0, 1 if named else 0)
    if named:
        delimiter = delimiter or named["one"].replace("\\t", "\t")
    lines = head[before:]
    found = delimiter or find_delimiter(lines)
    told = quote is None and plain and found == "\t"
    chosen = "" if told else QUOTE if quote is None else quote
    dialect = Dialect(found, chosen, before, told_quotes=told)
    if not header or skip is not None:
        return dialect
    placed = _rows_of(lines, dialect)
    titles = _titles(placed)
    if not titles:
        found, titles = (found, 0) if delimiter else _below_titles(lines)
        dialect = dialect._replace(delimiter=found)
        placed = _rows_of(lines, dialect)
    if not titles:
        return dialect
    first, last = placed[0][0], placed[titles][0]
    return dialect._replace(skip=before + last, titles=(before + first + 1, before + last))


def find_delimiter(head: list[str]) -> str:
    """The delimiter that cuts the most of the first lines into as many cells as the header has.

    A comma when none of the candidates cuts the header at all: the file has one column.
    """
    best = max(DELIMITERS, key=lambda one: _fit(head, one))
    return best if _fit(head, best)[1] else ","


def _fit(head: list[str], delimiter: str) -> tuple[float, int]:
    """The share of the lines that have as many cells as the header, and that number."""
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


def quotes_are_text(lines: Iterable[str]) -> bool:
    """Whether cells of a TSV file that begin with a quote are not quoted ones.

    So it is where every line with a quote has as many tabs as the first line, and a cell opens a quote that it
    does not close by itself. A cell in quotes may hold tabs and line ends: then its lines have other numbers.

    Example:
        >>> quotes_are_text(["text\\tlabel\\n", '"Hello" she said\\t1\\n', "plain\\t0\\n"])
        True
    """
    width = -1
    open_ones = False
    for line in lines:
        text = line.rstrip("\r\n")
        if not text:
            continue
        tabs = text.count("\t")
        if width < 0:
            if SEPARATOR.fullmatch(line):
                continue
            width = tabs
        if tabs != width:
            if QUOTE in text:
                return False
            continue  # a row that lacks something, or the middle of a quoted cell whose other lines tell
        if not open_ones and QUOTE in text and (text[0] == QUOTE or "\t" + QUOTE in text):
            open_ones = any(cell.startswith(QUOTE) and not _is_quoted(cell) for cell in text.split("\t"))
    return open_ones


def _is_quoted(cell: str) -> bool:
    inner = cell[1:-1]
    return len(cell) > 1 and cell[-1] == QUOTE and QUOTE not in inner.replace(QUOTE * 2, "")


def _rows_of(lines: list[str], dialect: Dialect) -> list[tuple[int, list[str]]]:
    """The first rows that are not empty, each with the number of lines before it."""
    reader = csv.reader(lines, **dialect.reader_options())  # type: ignore[arg-type]
    rows: list[tuple[int, list[str]]] = []
    start = 0
    try:
        for cells in reader:
            if any(cells):
                rows.append((start, cells))
            start = reader.line_num
            if len(rows) >= 50:
                break
    except csv.Error:
        pass  # told by the reader, with its line
    return rows


def _below_titles(lines: list[str]) -> tuple[str, int]:
    """The delimiter of a table below a title that none of them cuts, and the title's rows."""
    usual = find_delimiter(lines)
    if _fit(lines, usual)[0] > 0.5:
        return usual, 0
    best = (0, ",", 0)
    for delimiter in DELIMITERS:
        placed = _rows_of(lines, Dialect(delimiter, QUOTE, 0))
        titles = _titles(placed)
        if titles:
            best = max(best, (len(placed[titles][1]), delimiter, titles))
    return (best[1], best[2]) if best[2] else (usual, 0)


def _titles(placed: list[tuple[int, list[str]]]) -> int:
    """How many of the rows are titles.

    A title that a spreadsheet has written has a delimiter for each column. Below one that has none, all rows
    are of one width; and two columns could be a comma in the text of one: then an empty line stands between.
    """
    titles = count_titles([cells for _, cells in placed])
    if not titles or len(placed[0][1]) == len(placed[titles][1]):
        return titles
    widths = {len(cells) for _, cells in placed[titles:]}
    gap = placed[titles][0] - placed[titles - 1][0] > 1
    return titles if len(widths) == 1 and (max(widths) > 2 or gap) else 0


def _check(delimiter: str | None, quote: str | None, skip: int | None) -> None:
    if delimiter is not None and len(delimiter) != 1:
        raise DatasetError(f"The delimiter has to be one character, not '{delimiter}'.")
    if quote is not None and (len(quote) > 1 or quote in ("\r", "\n") or (quote and quote == delimiter)):
        raise DatasetError(
            f"quote has to be one character other than the delimiter, or \"\" for none, not '{quote}'."
        )
    if skip is not None and skip < 0:
        raise DatasetError(f"skip_rows = {skip}: it is 0 or more.")
