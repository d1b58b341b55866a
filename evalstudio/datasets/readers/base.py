"""What every reader of a dataset's format gives."""

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol

import msgspec

from evalstudio.core.errors import DatasetError


class Problem(msgspec.Struct, frozen=True):
    """Why a row is kept out of the run, or what was noticed while reading.

    `line` is the line of a text file or the row of a sheet, counted from 1. `kept`: this is a note, and no
    row is left out because of it.
    """

    line: int | None
    message: str
    kept: bool = False

    def __str__(self) -> str:
        return self.message if self.line is None else f"line {self.line:,}: {self.message}"


Row = tuple[int | None, dict[str, Any]]
"""The line where a row starts (None where the format has no lines) and its values by column."""
Report = Callable[[Problem], None]


def note(message: str) -> Problem:
    """What was noticed about the file as a whole."""
    return Problem(None, message, kept=True)


class FormatReader(Protocol):
    """Reads one file, as often as asked, a row at a time."""

    columns: tuple[str, ...] | None
    """The columns, where the file names them up front; None where only its rows tell (JSON Lines)."""
    layout: str
    """How the bytes are understood (encoding, delimiter, sheet, ...): part of the dataset's hash."""

    def rows(self, report: Report) -> Iterator[Row]:
        """Every usable row in the file's order; each other one goes to `report`."""


def unique_names(names: list[str], path: Path) -> tuple[str, ...]:
    """Header cells as column names: outer spaces gone, an empty one named by its place.

    Raises:
        DatasetError: two columns have the same name.
    """
    columns = tuple(name.strip() or f"column_{place}" for place, name in enumerate(names, 1))
    if len(set(columns)) < len(columns):
        name = next(name for name, count in Counter(columns).items() if count > 1)
        raise DatasetError(f"{path.name} has two columns with the name '{name}'. Rename one of them.")
    return columns


def numbered_names(count: int) -> tuple[str, ...]:
    """Names for the columns of a file without a header."""
    return tuple(f"column_{place}" for place in range(1, count + 1))
