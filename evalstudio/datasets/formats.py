"""What every format offers, and how a file's format is told."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol

from evalstudio.core.errors import DatasetError
from evalstudio.datasets.readers.encoding import Encoding
from evalstudio.datasets.source import DatasetSource, Problem

Row = tuple[int | None, dict[str, Any]]
"""The line where a row starts (None where the format has no lines) and its values by column."""
Report = Callable[[Problem], None]

FORMATS = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".tab": "tsv",
    ".txt": "csv",
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".xlsx": "excel",
    ".xlsm": "excel",
    ".xlsb": "excel",
    ".xls": "excel",
    ".ods": "excel",
    ".parquet": "parquet",
}


class Reader(Protocol):
    """Reads one file, as often as asked, a row at a time."""

    columns: tuple[str, ...] | None
    """The columns, where the file names them up front; None where only its rows tell (JSON Lines)."""
    layout: str
    """How the bytes are understood (encoding, delimiter, sheet, ...): part of the dataset's hash."""

    def rows(self, report: Report) -> Iterator[Row]:
        """Every usable row in the file's order; each other one goes to `report`."""


def format_of(path: Path, source: DatasetSource) -> str:
    """The format's name, as asked for or by the file's name.

    Raises:
        DatasetError: the format is unknown.
    """
    known = sorted(set(FORMATS.values()))
    if source.format is not None:
        if source.format not in known:
            raise DatasetError(f"'{source.format}' is not a format. Use one of {', '.join(known)}.")
        return source.format
    name = FORMATS.get(path.suffix.lower())
    if name is None:
        raise DatasetError(
            f"The format of {path.name} cannot be told from its name. Set format to one of {', '.join(known)}."
        )
    return name


def open_reader(path: Path, source: DatasetSource, encoding: Encoding) -> Reader:
    """A reader for the file; the formats' libraries are imported only when one is used.

    Raises:
        DatasetError: the file cannot be read in this format.
        RequirementError: the format needs an extra that is not installed.
    """
    name = format_of(path, source)
    if name in ("csv", "tsv"):
        from evalstudio.datasets.readers.delimited import DelimitedReader

        delimiter = source.delimiter or ("\t" if name == "tsv" else None)
        return DelimitedReader(path, encoding, delimiter, source.header)
    if name == "jsonl":
        from evalstudio.datasets.readers.json_lines import JsonLinesReader

        return JsonLinesReader(path, encoding.name)
    if name == "json":
        from evalstudio.datasets.readers.json_array import JsonArrayReader

        return JsonArrayReader(path, encoding.name)
    if name == "excel":
        from evalstudio.datasets.readers.excel import ExcelReader

        return ExcelReader(path, source.sheet, source.header)
    from evalstudio.datasets.readers.parquet import ParquetReader

    return ParquetReader(path)


def unique_names(names: list[str], path: Path) -> tuple[str, ...]:
    """Header cells as column names: outer spaces gone, an empty one named by its place.

    Raises:
        DatasetError: two columns have the same name.
    """
    columns = tuple(name.strip() or f"column_{place}" for place, name in enumerate(names, 1))
    for name in columns:
        if columns.count(name) > 1:
            raise DatasetError(f"{path.name} has two columns with the name '{name}'. Rename one of them.")
    return columns


def numbered_names(count: int) -> tuple[str, ...]:
    """Names for the columns of a file without a header."""
    return tuple(f"column_{place}" for place in range(1, count + 1))
