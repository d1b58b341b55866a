"""The first rows of a dataset for a person to look at, without reading all of it."""

import re
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec

from evalstudio.core.errors import DatasetError
from evalstudio.datasets.dataset import resolve, text_encoding
from evalstudio.datasets.empty_cells import empty_told, is_empty, likely_expected, likely_question
from evalstudio.datasets.formats import format_of, open_reader
from evalstudio.datasets.readers.base import Problem
from evalstudio.datasets.readers.signatures import check_signature
from evalstudio.datasets.source import DatasetSource

LOOK_AT = 1000
"""Rows from which columns and types are told."""
LOOKED_AT = 1 << 20
"""Bytes from which encoding and quotes are told."""

# "007" is text: as a number it would lose its zeros.
INTEGER = re.compile(r"-?(0|[1-9]\d*)")
NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?")
TRUTH = re.compile(r"true|false", re.IGNORECASE)
DATE = re.compile(r"\d{4}-\d\d-\d\d([T ].*)?")


class PreviewColumn(msgspec.Struct, frozen=True):
    """A column's name, and what its values are or look like: a text file's cells stay text all the same.

    `empty`: how many of the rows looked at have nothing in it.
    """

    name: str
    type: str
    empty: int = 0


class Preview(msgspec.Struct, frozen=True):
    """The file's columns, its first rows, and what is wrong so far."""

    columns: tuple[PreviewColumn, ...]
    rows: tuple[dict[str, Any], ...]
    problems: tuple[Problem, ...]


def preview(source: DatasetSource, base: Path, rows: int = 20) -> Preview:
    """The first rows of the file as they will be read; selection and mapping are not applied.

    Raises:
        DatasetError: the file is missing, empty or unreadable.
        RequirementError: the format needs an extra that is not installed.
    """
    path = resolve(source, base)
    check_signature(path, format_of(path, source))
    encoding, problems = text_encoding(path, source, LOOKED_AT)
    reader = open_reader(path, source, encoding, LOOKED_AT)
    seen = [row for _, row in islice(reader.rows(problems.append), max(rows, LOOK_AT))]
    if not seen:
        raise DatasetError(f"{path.name} has no usable rows.{f' {problems[0]}.' if problems else ''}")
    names = reader.columns or tuple(dict.fromkeys(name for row in seen for name in row))
    as_text = format_of(path, source) in ("csv", "tsv")
    columns = tuple(_column(name, [row.get(name) for row in seen], as_text) for name in names)
    counted = f"{'the first ' if len(seen) >= LOOK_AT else ''}{len(seen):,} rows"
    asked, expected = likely_question(names), likely_expected(source, names)
    for column in columns:
        if column.empty and column.name in (asked, expected):
            problems.append(empty_told(column.name, column.empty, counted, asked=column.name != expected))
    shown = tuple({**dict.fromkeys(names), **row} for row in seen[:rows])
    return Preview(columns, shown, tuple(problems))


def _column(name: str, values: list[Any], as_text: bool) -> PreviewColumn:
    return PreviewColumn(name, _type_of(values, as_text), sum(map(is_empty, values)))


def _type_of(values: Iterable[Any], as_text: bool) -> str:
    kinds = {_looks(value) if as_text else _kind(value) for value in values} - {"empty"}
    if kinds == {"integer", "number"}:
        return "number"
    if not kinds:
        return "empty"
    if len(kinds) == 1:
        return kinds.pop()
    return "text" if as_text else "mixed"


def _looks(text: str) -> str:
    if text == "":
        return "empty"
    for pattern, name in ((INTEGER, "integer"), (NUMBER, "number"), (TRUTH, "boolean"), (DATE, "date")):
        if pattern.fullmatch(text):
            return name
    return "text"


def _kind(value: Any) -> str:
    if value is None:
        return "empty"
    names = {bool: "boolean", int: "integer", float: "number", str: "text", list: "list", dict: "object"}
    return names.get(type(value), "binary")
