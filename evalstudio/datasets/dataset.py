"""A dataset, opened: what is in it, and its samples as often as asked."""

import hashlib
import os
import stat
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evalstudio.core.errors import DatasetError
from evalstudio.datasets.columns import Mapper
from evalstudio.datasets.empty_cells import empty_told, expected_column, is_empty, likely_question
from evalstudio.datasets.formats import format_of, open_reader
from evalstudio.datasets.readers.base import FormatReader, Problem, Report, note
from evalstudio.datasets.readers.encoding import Encoding, check_encoding, detect_encoding, fingerprint
from evalstudio.datasets.readers.signatures import check_signature
from evalstudio.datasets.selection import check_indices, check_selection, choose
from evalstudio.datasets.source import DatasetSource, Sample

if TYPE_CHECKING:
    import numpy as np

_ABSENT = object()
PROBLEMS_KEPT = 1000
"""Problems named one by one; any more are only counted, so that a broken file costs no memory."""


class Dataset:
    """The samples of a file. Made by `open_dataset`.

    Iterating streams them from the file in its order, each time anew; memory stays flat but for formats
    that can only be read whole (JSON, Excel) and 8 bytes a row for a random choice or an id column.
    """

    def __init__(self, source: DatasetSource, path: Path, reader: FormatReader, mapper: Mapper) -> None:
        self.source = source
        self.path = path
        self._reader = reader
        self._mapper = mapper
        self._stamp = _stamp(path)
        self._wanted = None if source.indices is None else frozenset(source.indices)
        problems = _Problems()
        self._survey(problems)
        self.problems: tuple[Problem, ...] = problems.listed()
        self.problem_count: int = problems.count
        self._content = fingerprint(path)
        digest = hashlib.sha256(f"{self._content} {reader.layout} id={source.id}".encode())
        self.content_hash: str = digest.hexdigest()

    def __len__(self) -> int:
        return self.count

    def __iter__(self) -> Iterator[Sample]:
        """The samples in the file's order.

        Raises:
            DatasetError: the file has changed since it was opened, or gives fewer samples than it did then.
        """
        if (problem := self.change()) is not None:
            raise DatasetError(problem)
        chosen = None if self._chosen is None else iter(self._chosen.tolist())
        following = None if chosen is None else next(chosen)
        place, given = -1, 0
        for position, _, row in self._rows(_ignore):
            values = None if row is None else self._candidate(position, row)
            if row is None or values is None:
                continue
            place += 1
            if chosen is not None:
                if place != following:
                    continue
                following = next(chosen, None)
            given += 1
            yield Sample(position, self._mapper.id_of(row, position), values)
            if place + 1 >= self.count if chosen is None else following is None:
                return

        if given < self.count:
            raise DatasetError(
                f"{self.path.name} has changed while it was read: it gave {given:,} of {self.count:,} samples."
            )

    def change(self) -> str | None:
        """Says in a sentence that the file holds something else than when it was opened; None: it does not.

        Blocking: where size or times differ, the whole file is read for its hash.
        """
        try:
            if _stamp(self.path) == self._stamp:
                return None
            same = fingerprint(self.path) == self._content
        except OSError as error:
            return f"{self.path.name} can't be read any more ({error.strerror})."
        return None if same else f"{self.path.name} has changed since it was opened."

    def _survey(self, problems: "_Problems") -> None:
        """One pass over the file: columns, rows, ids, candidates, problems."""
        known: dict[str, None] = dict.fromkeys(self._reader.columns or ())
        if self._reader.columns is not None:
            self._mapper.check(known)
        self._columns: tuple[str, ...] = tuple(known)
        ids = array("q") if self.source.id is not None else None
        rows = candidates = empty = absent = 0
        expected, asked, unasked = expected_column(self.source), None, 0
        plain = self.source.filter is None and self._wanted is None
        for position, _, row in self._rows(problems.add, known):
            rows += 1
            if row is None:
                continue
            if ids is not None:
                ids.append(hash(self._mapper.id_of(row, position)))
            if rows == 1:
                asked = likely_question(row)
            if asked is not None and is_empty(row.get(asked)):
                unasked += 1
            value = row.get(expected, _ABSENT)
            if value is _ABSENT:
                absent += 1
            elif value is None or (type(value) is str and (not value or value.isspace())):
                empty += 1
            candidates += plain or self._candidate(position, row) is not None
        if expected in known and (empty or absent):
            problems.add(empty_told(expected, empty + absent, f"{rows:,} rows"))
        if asked is not None and unasked:
            problems.add(empty_told(asked, unasked, f"{rows:,} rows", asked=True))
        self._check(known, problems, rows, candidates, ids)
        self.rows: int = rows
        self.columns: tuple[str, ...] = self._mapper.names(known)
        wanted_count = self.source.samples
        self.count: int = candidates if wanted_count is None else min(wanted_count, candidates)
        self._chosen: np.ndarray | None = None
        if self.source.seed is not None and self.count < candidates:
            self._chosen = choose(candidates, self.count, self.source.seed)

    def _check(
        self,
        known: dict[str, None],
        problems: "_Problems",
        rows: int,
        candidates: int,
        ids: "array[int] | None",
    ) -> None:
        name = self.path.name
        if known or rows:
            self._mapper.check(known)
        first = f" The first problem: {problems.kept[0]}." if problems.kept else ""
        if rows == 0:
            raise DatasetError(f"{name} has no usable rows.{first}")
        if ids is not None:
            self._check_ids(ids)
        check_indices(self.source, rows)
        if candidates == 0:
            raise DatasetError(f"None of the {rows:,} rows of {name} is selected and usable.{first}")

    def _check_ids(self, hashes: "array[int]") -> None:
        """Every row has an id of its own; equal hashes are looked at again by their text."""
        import numpy as np

        values, counts = np.unique(np.frombuffer(hashes, dtype=np.int64), return_counts=True)
        doubtful = set(values[counts > 1].tolist())
        if not doubtful:
            return
        seen: dict[str, str] = {}
        for position, line, row in self._rows(_ignore):
            identity = "" if row is None else self._mapper.id_of(row, position)
            if hash(identity) not in doubtful:
                continue
            where = f"row {position:,}" if line is None else f"line {line:,}"
            if identity in seen:
                raise DatasetError(
                    f"The id column '{self.source.id}' has '{identity}' twice, at {seen[identity]} and {where}. "
                    "Each sample needs an id of its own."
                )
            seen[identity] = where

    def _rows(
        self, report: Report, known: dict[str, None] | None = None
    ) -> Iterator[tuple[int, int | None, dict[str, Any] | None]]:
        """Position, line and raw values of every readable row.

        None in place of the values for a row that lacks something asked for: it keeps its position, so
        that ids do not depend on the mapping. Columns met for the first time are added to `known`.
        """
        mapper = self._mapper
        demanding = mapper.demands(self._reader.columns)
        for position, (line, row) in enumerate(self._reader.rows(report)):
            if known is not None and not row.keys() <= known.keys():
                known.update(dict.fromkeys(row))
                self._columns = tuple(known)
            if demanding:
                try:
                    mapper.values(row, ())
                    mapper.id_of(row, position)
                except KeyError as missing:
                    report(Problem(line, f"has no value for {missing.args[0]!r}"))
                    yield position, line, None
                    continue
            yield position, line, row

    def _candidate(self, position: int, row: dict[str, Any]) -> dict[str, Any] | None:
        """The row's values if indices or filter let it through."""
        if self._wanted is not None and position not in self._wanted:
            return None
        values = self._mapper.values(row, self._columns)
        return values if self._mapper.keeps(values) else None


class _Problems:
    def __init__(self) -> None:
        self.kept: list[Problem] = []
        self.notes: list[Problem] = []
        self.count = 0

    def add(self, problem: Problem) -> None:
        if problem.kept:
            if len(self.notes) < PROBLEMS_KEPT:
                self.notes.append(problem)
            return
        self.count += 1
        if len(self.kept) < PROBLEMS_KEPT:
            self.kept.append(problem)

    def listed(self) -> tuple[Problem, ...]:
        more = self.count - len(self.kept)
        last = [note(f"and {more:,} more problems")] if more else []
        return (*self.notes, *self.kept, *last)


def open_dataset(source: DatasetSource, base: Path) -> Dataset:
    """Read the file once: its columns, how many samples it gives, its hash, its problems.

    The hash covers the file's bytes, how they are read and which column holds the ids, and not which rows
    are selected: a run can be resumed with more samples.

    Args:
        source: the file and the selection.
        base: the folder that a relative path starts from.

    Raises:
        DatasetError: the file is missing, empty or unreadable; a column is not in it; ids repeat; the
            selection makes no sense.
        RequirementError: the format needs an extra that is not installed.
    """
    path = resolve(source, base)
    check_selection(source)
    mapper = Mapper(source)
    check_signature(path, format_of(path, source))
    encoding, noticed = text_encoding(path, source)
    reader = open_reader(path, source, encoding)
    dataset = Dataset(source, path, reader, mapper)
    dataset.problems = (*noticed, *dataset.problems)
    return dataset


def resolve(source: DatasetSource, base: Path) -> Path:
    """The file's path.

    Raises:
        DatasetError: there is no such file, or it is empty.
    """
    path = base / Path(source.path).expanduser()
    if path.is_dir():
        raise DatasetError(f"{path} is a folder, not a file.")
    try:
        standing = path.stat()
    except OSError:
        raise DatasetError(f"There is no file {path}. Check the dataset's path.") from None
    if not stat.S_ISREG(standing.st_mode):
        raise DatasetError(
            f"{path} is a pipe or a device, which can be read only once, and a dataset is read several times. "
            "Save what it gives to a file, and name that."
        )
    if standing.st_size == 0:
        raise DatasetError(f"{path.name} is empty.")
    if not os.access(path, os.R_OK):
        raise DatasetError(f"{path.name} cannot be read: permission denied.")
    return path


def text_encoding(
    path: Path, source: DatasetSource, limit: int | None = None
) -> tuple[Encoding, list[Problem]]:
    """The encoding asked for or detected, and what there is to say about it."""
    if format_of(path, source) in ("excel", "parquet"):
        return Encoding("", True), []
    if source.encoding is not None:
        return Encoding(check_encoding(source.encoding), False), []
    encoding = detect_encoding(path, limit)
    return encoding, [note(encoding.told)] if encoding.told else []


def _stamp(path: Path) -> tuple[int, ...]:
    standing = path.stat()
    # with the time of the last change of any kind, which nobody can set back, and the file that has the name
    return standing.st_size, standing.st_mtime_ns, standing.st_ctime_ns, standing.st_ino


def _ignore(problem: Problem) -> None:
    """Problems are reported by the first pass."""
