"""Empty cells of the columns that are asked and expected: nobody sees them in a long file."""

from collections.abc import Collection
from typing import Any

from evalstudio.datasets.readers.base import Problem, note
from evalstudio.datasets.source import DatasetSource

EXPECTED = "expected"
LIKELY = (
    EXPECTED, "label", "answer", "target", "output", "gold", "category", "class", "intent", "sentiment", "solution",
    "reference", "correct answer", "best answer",
)  # fmt: skip
"""Names under which datasets have what is expected."""


def expected_column(source: DatasetSource) -> str:
    """The column that evaluators compare with."""
    return source.columns.get(EXPECTED, EXPECTED)


def likely_expected(source: DatasetSource, columns: Collection[str]) -> str | None:
    """The column that evaluators compare with, or may be told to."""
    if (named := expected_column(source)) in columns:
        return named
    by_name = {column.lower().replace("_", " "): column for column in columns}
    return next((by_name[name] for name in LIKELY if name in by_name), None)


QUESTIONS = ("question", "prompt", "input", "text", "query", "instruction", "problem", "sentence")
"""Names under which datasets have what is asked."""


def likely_question(columns: Collection[str]) -> str | None:
    """The column that is probably asked; None if no name tells."""
    by_name = {column.lower(): column for column in reversed(list(columns))}
    return next((by_name[name] for name in QUESTIONS if name in by_name), None)


def is_empty(value: Any) -> bool:
    """Null, or a text of nothing but spaces."""
    return value is None or (type(value) is str and not value.strip())


def empty_told(column: str, empty: int, rows: str, *, asked: bool = False) -> Problem:
    """The note, with what `rows` says they were counted in: `3 rows`, `the first 1,000 rows`.

    `asked`: the column holds what is asked, not what is expected.
    """
    what = "an empty question is sent as it is" if asked else "an empty expected answer decides nothing"
    return note(f"the column '{column}' is empty in {empty:,} of {rows}; {what}")
