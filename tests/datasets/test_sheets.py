"""Excel and Parquet: the types the file has, and what it cannot tell."""

import datetime
import decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from evalstudio.datasets import DatasetSource, open_dataset, preview
from evalstudio.errors import DatasetError
from tests.datasets.conftest import OpenFile, values
from tests.datasets.workbooks import write_sheets


def test_that_a_sheet_keeps_text_numbers_and_empty_cells_apart(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["id", "n", "ok", "note"],
        ["007", 7, True, "x"],
        ["", 1.5, False, None],
        ["0", 0],
    ]
    write_sheets(tmp_path / "a.xlsx", {"First": rows, "Other": [["q"], ["second sheet"]]})
    dataset = open_dataset(DatasetSource(path="a.xlsx"), tmp_path)
    assert values(dataset) == [
        {"id": "007", "n": 7, "ok": True, "note": "x"},
        {"id": None, "n": 1.5, "ok": False, "note": None},
        {"id": "0", "n": 0, "ok": None, "note": None},
    ]
    assert [type(row["n"]) for row in values(dataset)] == [int, float, int]
    other = open_dataset(DatasetSource(path="a.xlsx", sheet="Other"), tmp_path)
    assert values(other) == [{"q": "second sheet"}]
    assert other.content_hash != dataset.content_hash
    with pytest.raises(DatasetError, match=r"no sheet 'Third'. Its sheets: First, Other"):
        open_dataset(DatasetSource(path="a.xlsx", sheet="Third"), tmp_path)


def test_that_rows_of_a_sheet_are_counted_as_the_sheet_counts_them(tmp_path: Path) -> None:
    write_sheets(
        tmp_path / "a.xlsx", {"S": [[], ["k", "q"], ["a", "x"], [None, None], [None, "y"], ["b", "z"]]}
    )
    dataset = open_dataset(DatasetSource(path="a.xlsx", id="k"), tmp_path)
    assert [sample.id for sample in dataset] == ["a", "b"]
    assert str(dataset.problems[0]) == "line 5: has no value for 'k'"


def test_that_dates_of_a_sheet_are_iso_text(tmp_path: Path) -> None:
    write_sheets(tmp_path / "a.xlsx", {"S": [["day"], [datetime.date(2024, 2, 29)]]})
    assert values(open_dataset(DatasetSource(path="a.xlsx"), tmp_path)) == [{"day": "2024-02-29"}]


def test_that_a_file_that_is_no_spreadsheet_is_refused(opened: OpenFile) -> None:
    with pytest.raises(DatasetError, match="cannot be read as a spreadsheet"):
        opened("a.xlsx", "q,a\nx,1\n")
    with pytest.raises(DatasetError, match="cannot be read as Parquet"):
        opened("a.parquet", "q,a\nx,1\n")


def test_that_parquet_values_come_as_they_are_and_nan_is_said(tmp_path: Path) -> None:
    table = pa.table(
        {
            "id": ["007", "8"],
            "n": pa.array([2**62, 0]),
            "x": [float("nan"), 0.5],
            "d": [decimal.Decimal("1.10"), None],
            "day": [datetime.date(2024, 2, 29), None],
            "turns": [[{"role": "user"}], []],
        }
    )
    pq.write_table(table, tmp_path / "a.parquet")
    dataset = open_dataset(DatasetSource(path="a.parquet"), tmp_path)
    assert values(dataset) == [
        {"id": "007", "n": 2**62, "x": None, "d": "1.10", "day": "2024-02-29", "turns": [{"role": "user"}]},
        {"id": "8", "n": 0, "x": 0.5, "d": None, "day": None, "turns": []},
    ]
    assert [str(problem) for problem in dataset.problems] == [
        "the column 'x' has 1 NaN, read as empty (null)"
    ]


def test_that_a_preview_shows_columns_with_what_they_look_like(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(
        "id,n,x,ok,day,text,none\n007,1,1.5,true,2024-01-01,a,\n8,-2,3,False,2024-01-02,b,\n"
    )
    seen = preview(DatasetSource(path="a.csv"), tmp_path, rows=1)
    assert [(column.name, column.type) for column in seen.columns] == [
        ("id", "text"),
        ("n", "integer"),
        ("x", "number"),
        ("ok", "boolean"),
        ("day", "date"),
        ("text", "text"),
        ("none", "empty"),
    ]
    assert seen.rows == (
        {"id": "007", "n": "1", "x": "1.5", "ok": "true", "day": "2024-01-01", "text": "a", "none": ""},
    )
    (tmp_path / "a.jsonl").write_text('{"a":1}\n{"a":"1","b":[]}\nbroken\n')
    seen = preview(DatasetSource(path="a.jsonl"), tmp_path)
    assert [(column.name, column.type) for column in seen.columns] == [("a", "mixed"), ("b", "list")]
    assert seen.rows[0] == {"a": 1, "b": None}
    assert seen.problems[0].line == 3
