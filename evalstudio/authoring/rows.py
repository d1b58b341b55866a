"""In-memory rows as a dataset: lists, generators and data frames, read one row at a time."""

import hashlib
import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sized
from pathlib import Path
from typing import Any

import msgspec

from evalstudio.core.errors import DatasetError
from evalstudio.datasets.readers.base import Problem
from evalstudio.datasets.source import Sample

ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")


class BadRow(dict[str, Any]):
    """Values of an invalid row: its columns are null, and `problem` is the reason."""

    problem: str

    def __init__(self, columns: tuple[str, ...], problem: str) -> None:
        super().__init__(dict.fromkeys(columns))
        self.problem = problem


class RowsDataset:
    """Dataset of in-memory rows; usable wherever the engine takes a dataset.

    `len` is the number of rows; for a generator, of those read so far. A generator can be read only once.

    Raises:
        DatasetError: there are no rows, or the first one does not fit the columns.
    """

    problems: tuple[Problem, ...] = ()
    problem_count = 0

    def __init__(
        self, columns: tuple[str, ...], rows: Iterable[Any], path: Path, samples: int | None
    ) -> None:
        self.columns = columns
        self.path = path
        self._limit = samples
        self._rows = as_rows(rows)
        self.streamed = isinstance(self._rows, Iterator)
        try:
            first = next(iter(self._rows), _NOTHING)
        except Exception as error:
            raise DatasetError(
                f"The rows of {path.name} cannot be read: {type(error).__name__}: {error}"
            ) from error
        if first is _NOTHING:
            raise DatasetError(f"The evaluation in {path.name} has no rows to run.")
        values = _values(columns, first, 0)
        if isinstance(values, BadRow):
            raise DatasetError(values.problem)
        if isinstance(self._rows, Iterator):
            self._rows = itertools.chain([first], self._rows)
            self.count = 1
            self.content_hash = f"streamed {_digest([values])}"
        else:
            total = len(self._rows) if isinstance(self._rows, Sized) else sum(1 for _ in self._rows)
            self.count = total if samples is None else min(samples, total)
            # over all rows, so that a larger number of samples of the same rows resumes a run
            self.content_hash = _digest(_values(columns, row, 0) for row in self._rows)

    def __len__(self) -> int:
        return self.count

    def change(self) -> str | None:
        """Rows in memory are those that were given; fewer of them than before are noticed by their count."""
        return None

    def __iter__(self) -> Iterator[Sample]:
        """Yields the samples in order. Invalid rows are yielded as `BadRow`, and so is the failure of a generator."""
        rows = iter(self._rows)
        for position in itertools.count():
            if self._limit is not None and position >= self._limit:
                return
            try:
                row = next(rows)
            except StopIteration:
                return
            except Exception as error:  # noqa: BLE001 - a person's generator; what came before it is run and kept
                problem = f"The rows ended at row {position + 1}: {type(error).__name__}: {error}"
                self.count = max(self.count, position + 1)
                yield Sample(position, str(position), BadRow(self.columns, problem))
                return
            self.count = max(self.count, position + 1)
            yield Sample(position, str(position), _values(self.columns, row, position))


def as_rows(rows: Any) -> Iterable[Any]:
    """Returns an iterable of rows, since iterating over a table yields columns, or rows in no defined order."""
    if hasattr(rows, "iter_rows") and hasattr(rows, "columns"):  # polars
        return _Table(lambda: rows.iter_rows(named=True), len(rows))
    if hasattr(rows, "itertuples") and hasattr(rows, "columns"):  # pandas
        names = [str(name) for name in rows.columns]
        return _Table(
            lambda: (dict(zip(names, row, strict=True)) for row in rows.itertuples(index=False, name=None)),
            len(rows),
        )
    if isinstance(rows, (set, frozenset)):
        raise DatasetError("The rows are a set, which has no order; use a list, so that a run can go on.")
    return rows  # type: ignore[no-any-return]


class _Table:
    """A data frame as a re-iterable of rows."""

    def __init__(self, rows: Any, count: int) -> None:
        self._rows = rows
        self._count = count

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(self._rows())

    def __len__(self) -> int:
        return self._count


def _values(columns: tuple[str, ...], row: Any, position: int) -> dict[str, Any]:
    """Returns a row's values by column; `BadRow` if the row is invalid."""
    if isinstance(row, Mapping):
        if len(columns) == 1 and columns[0] not in row and not _looks_like_row(row):
            return {columns[0]: row}
        missing = [name for name in columns if name not in row]
        if missing:
            there = ", ".join(str(name) for name in row) or "none"
            return BadRow(
                columns, f"Row {position + 1} has no column '{missing[0]}'; its columns are: {there}."
            )
        return {name: row[name] for name in columns}
    if len(columns) == 1 and not (isinstance(row, (tuple, list)) and len(row) == 1):
        return {columns[0]: row}
    if isinstance(row, (str, bytes)) or not isinstance(row, Iterable) or not isinstance(row, Sized):
        return BadRow(
            columns,
            f"Row {position + 1} is a {type(row).__name__}, and the columns are {', '.join(columns)}.",
        )
    if len(row) != len(columns):
        return BadRow(
            columns,
            f"Row {position + 1} has {len(row)} value{'' if len(row) == 1 else 's'}, and there are {len(columns)} "
            f"columns: {', '.join(columns)}.",
        )
    return dict(zip(columns, row, strict=True))


def _looks_like_row(row: Mapping[Any, Any]) -> bool:
    """Returns whether a mapping's keys are column names: with one column, it could also be the value itself."""
    return bool(row) and all(isinstance(name, str) for name in row)


def _digest(rows: Iterable[Any]) -> str:
    """Returns a hash of the rows' contents that is stable across processes."""
    found = hashlib.sha256()
    encoder = msgspec.json.Encoder(enc_hook=_describe, order="deterministic")
    for row in rows:
        try:
            found.update(encoder.encode(row))
        except (TypeError, ValueError, OverflowError, RecursionError):
            found.update(ADDRESS.sub("", repr(row)).encode())
    return found.hexdigest()[:32]


def _describe(value: Any) -> str:
    return f"{type(value).__qualname__} {ADDRESS.sub('', repr(value))}"


_NOTHING = object()
