"""Rows in memory: every form in which a person may have them, and what is said of those that do not fit."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from evalstudio.authoring.decorators import foreach
from evalstudio.authoring.rows import BadRow, RowsDataset
from evalstudio.errors import DatasetError, EvaluationError

HERE = Path("eval_x.py")


def values(columns: str, rows: Any, samples: int | None = None) -> list[dict[str, Any]]:
    dataset = RowsDataset(tuple(columns.split(",")), rows, HERE, samples)
    return [sample.values for sample in dataset]


class Columns:
    """Behaves as a polars frame does where rows are concerned."""

    columns = ("text", "expected", "more")

    def __len__(self) -> int:
        return 2

    def iter_rows(self, *, named: bool) -> Iterator[dict[str, Any]]:
        assert named
        yield {"text": "a", "expected": 1, "more": None}
        yield {"text": "b", "expected": 2, "more": None}

    def __iter__(self) -> Iterator[list[Any]]:
        yield ["a", "b"]  # a column, and no row


@pytest.mark.parametrize(
    "rows",
    [
        [("a", 1), ("b", 2)],
        [["a", 1], ["b", 2]],
        [{"expected": 1, "text": "a", "more": 0}, {"expected": 2, "text": "b"}],
        iter([("a", 1), ("b", 2)]),
        pd.DataFrame({"more": [0, 0], "text": ["a", "b"], "expected": [1, 2]}),
        Columns(),
    ],
    ids=["tuples", "lists", "dicts by key", "a generator", "pandas", "polars"],
)
def test_that_rows_of_every_form_come_by_column(rows: Any) -> None:
    assert values("text,expected", rows) == [{"text": "a", "expected": 1}, {"text": "b", "expected": 2}]


def test_that_a_single_column_takes_values_as_they_are() -> None:
    assert values("text", ["a", "bc", ("d",), [1, 2]]) == [
        {"text": "a"},
        {"text": "bc"},
        {"text": "d"},
        {"text": [1, 2]},
    ]
    assert values("text", [{"text": "a"}]) == [{"text": "a"}]


def test_that_a_misspelt_column_is_an_error_that_names_the_columns_there_are() -> None:
    with pytest.raises(DatasetError, match=r"Row 1 has no column 'expcted'; its columns are: text, expected"):
        values("text,expcted", [{"text": "a", "expected": "b"}])
    with pytest.raises(DatasetError, match="has no column 'txt'"):
        values("txt", [{"text": "a"}])


def test_that_values_too_many_are_said_and_not_dropped() -> None:
    with pytest.raises(DatasetError, match="Row 1 has 3 values, and there are 2 columns: text, expected"):
        values("text,expected", [("a", "b", "c")])


def test_that_a_later_row_that_does_not_fit_is_the_only_one_that_fails() -> None:
    found = values("text,expected", [("a", "b"), ("a",), "ab", ("c", "d")])
    assert [isinstance(row, BadRow) for row in found] == [False, True, True, False]
    assert isinstance(found[1], BadRow)
    assert found[1].problem == "Row 2 has 1 value, and there are 2 columns: text, expected."


def test_that_a_generator_is_read_as_far_as_asked_and_its_failure_is_a_row_of_its_own() -> None:
    read = []

    def rows() -> Iterator[tuple[int]]:
        for number in range(1000):
            if number == 5:
                raise ValueError("the file ended")
            read.append(number)
            yield (number,)

    assert len(values("number", rows(), samples=3)) == 3
    assert len(read) == 3
    last = values("number", rows())[-1]
    assert isinstance(last, BadRow)
    assert last.problem == "The rows ended at row 6: ValueError: the file ended"


def test_that_the_hash_follows_content_and_order_and_not_the_selection() -> None:
    def hashed(rows: Any, samples: int | None = None) -> str:
        return RowsDataset(("a", "b"), rows, HERE, samples).content_hash

    class Thing:
        pass

    assert hashed([(1, 2), (3, 4)]) == hashed([[1, 2], {"b": 4, "a": 3}], samples=1)
    assert hashed([(1, 2), (3, 4)]) != hashed([(3, 4), (1, 2)])
    assert hashed([(Thing(), 2)]) == hashed([(Thing(), 2)]), "an address is no content"


@pytest.mark.parametrize("rows", ["reviews.csv", 5, {"text": ["a"]}, None])
def test_that_what_is_no_rows_is_refused_where_it_stands(rows: Any) -> None:
    with pytest.raises(EvaluationError, match="must be a list or another iterable"):
        foreach("text", rows)


def test_that_no_rows_are_an_error() -> None:
    with pytest.raises(DatasetError, match="has no rows to run"):
        values("text", [])
    with pytest.raises(DatasetError, match="has no rows to run"):
        values("text", iter([]))


@pytest.mark.parametrize("columns", ["", "text,", "a b", "text,text", "1st"])
def test_that_columns_that_can_be_no_parameters_are_refused(columns: str) -> None:
    with pytest.raises(EvaluationError, match="column"):
        foreach(columns, [])
