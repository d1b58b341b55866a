"""CSV and TSV as they come: every cell kept as it is, every row that cannot be used named."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evalstudio.datasets import DatasetSource, open_dataset
from evalstudio.errors import DatasetError
from tests.datasets.conftest import OpenFile, values

CELL = st.text(st.characters(codec="utf-8", exclude_characters="\x00\r"), max_size=12)


def test_that_no_cell_is_taken_for_a_number_or_a_null(opened: OpenFile) -> None:
    dataset = opened(
        "a.csv", "id,zip,flag,note\n007,01234,False,\n12345678901234567890,1e5,NaN,null\n0,0,0,0\n"
    )
    assert values(dataset) == [
        {"id": "007", "zip": "01234", "flag": "False", "note": ""},
        {"id": "12345678901234567890", "zip": "1e5", "flag": "NaN", "note": "null"},
        {"id": "0", "zip": "0", "flag": "0", "note": "0"},
    ]
    assert dataset.problems == ()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.csv", "q,a\nx,1\ny,2\n"),
        ("a.csv", "q;a\nx;1\ny;2\n"),
        ("a.csv", "q\ta\nx\t1\ny\t2\n"),
        ("a.csv", "q|a\nx|1\ny|2\n"),
        ("a.tsv", "q\ta\nx\t1\ny\t2\n"),
        ("a.csv", "q,a\r\nx,1\r\ny,2"),
        ("a.csv", '"q","a"\n"x","1"\n"y","2"\n'),
        ("a.csv", "\n\nq , a\n\nx,1\n\ny,2\n\n"),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_that_delimiter_and_encoding_are_found(opened: OpenFile, name: str, text: str, encoding: str) -> None:
    dataset = opened(name, text.encode(encoding))
    assert dataset.columns == ("q", "a")
    assert values(dataset) == [{"q": "x", "a": "1"}, {"q": "y", "a": "2"}]


def test_that_decimal_commas_do_not_hide_a_semicolon(opened: OpenFile) -> None:
    dataset = opened("a.csv", 'price;text\n1,5;"a; b, c"\n2,5;d\n')
    assert values(dataset)[0] == {"price": "1,5", "text": "a; b, c"}


def test_that_quotes_and_newlines_stay_in_their_cells(opened: OpenFile) -> None:
    dataset = opened("a.csv", 'q,a\n"He said ""no"",\nthen left",b\nit’s 5" wide,c\n')
    assert values(dataset)[0]["q"] == 'He said "no",\nthen left'
    assert values(dataset)[1]["q"] == 'it’s 5" wide'


def test_that_bad_rows_are_named_by_line_and_kept_out(opened: OpenFile) -> None:
    text = 'q,a\nx,1\nshort\n"two\nlines",2\ntoo,many,cells\n"a "quoted" word",3\ny,4\n"never closed,5\nz,6\n'
    dataset = opened("a.csv", text)
    assert [sample.values["a"] for sample in dataset] == ["1", "2", "4"]
    assert [sample.position for sample in dataset] == [0, 1, 2]
    assert dataset.rows == dataset.count == len(dataset) == 3
    assert [problem.line for problem in dataset.problems] == [3, 6, 7, 9]
    messages = [str(problem) for problem in dataset.problems]
    assert messages[0] == "line 3: has 1 cells where there are 2 columns"
    assert "doubled" in messages[2]
    assert "not closed (up to line 10)" in messages[3]


def test_that_windows_1252_is_read_and_said(opened: OpenFile) -> None:
    dataset = opened("a.csv", "q,a\ncafé – 5 €,naïve\n".encode("cp1252"))
    assert values(dataset) == [{"q": "café – 5 €", "a": "naïve"}]
    assert "Windows-1252" in dataset.problems[0].message


def test_that_a_broken_byte_costs_its_row_and_not_the_file(opened: OpenFile) -> None:
    dataset = opened("a.csv", "q,a\né,1\nß,2\n".encode() + b"bad \xff,3\n" + "ü,4\n".encode())
    assert [row["q"] for row in values(dataset)] == ["é", "ß", "ü"]
    assert [problem.line for problem in dataset.problems] == [4]


def test_that_a_broken_byte_in_the_header_is_said(opened: OpenFile) -> None:
    with pytest.raises(DatasetError, match=r"names of the columns of a\.csv have bytes that are not utf-8"):
        opened("a.csv", b"n\xe4me,b\n1,2\n", encoding="utf-8")


def test_that_columns_are_numbered_where_a_file_has_no_header(opened: OpenFile) -> None:
    dataset = opened("a.tsv", "x\t1\ny\t2\n", header=False)
    assert dataset.columns == ("column_1", "column_2")
    assert dataset.count == 2


def test_that_one_column_is_enough_and_a_given_delimiter_and_encoding_are_used(opened: OpenFile) -> None:
    assert values(opened("a.csv", "q\nx\ny\n")) == [{"q": "x"}, {"q": "y"}]
    assert values(opened("b.csv", "q#a\nx#1\n", delimiter="#")) == [{"q": "x", "a": "1"}]
    latin = opened("c.csv", "q\né\n".encode("latin-1"), encoding="latin-1")
    assert values(latin) == [{"q": "é"}]
    assert latin.problems == ()


@pytest.mark.parametrize(
    ("content", "options", "sentence"),
    [
        (b"", {}, "is empty"),
        (b"\n\n", {}, "is empty"),
        (b"q,a\n", {}, "no usable rows"),
        (b"q,a\nx\n", {}, "line 2: has 1 cells"),
        (b"q,q\n1,2\n", {}, "two columns with the name 'q'"),
        (b"q,a\n1,2\n", {"delimiter": "||"}, "one character"),
        (b"q,a\n1,2\n", {"encoding": "utf-9"}, "not an encoding"),
        (b"q,a\n1,2\n", {"format": "xml"}, "Use one of csv"),
        (b"q,a\n1,2\n", {"columns": {"text": "Q"}}, "no column 'Q' .* columns are: q, a"),
        (b"\x00\xff\x00", {"encoding": "utf-16"}, "cannot be read as utf-16"),
    ],
)
def test_that_a_file_or_an_option_that_cannot_be_used_is_refused(
    opened: OpenFile, content: bytes, options: dict[str, str], sentence: str
) -> None:
    with pytest.raises(DatasetError, match=sentence):
        opened("a.csv", content, **options)


def test_that_a_missing_file_a_folder_and_an_unknown_ending_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="There is no file"):
        open_dataset(DatasetSource(path="none.csv"), tmp_path)
    with pytest.raises(DatasetError, match="is a folder"):
        open_dataset(DatasetSource(path="."), tmp_path)
    (tmp_path / "a.data").write_text("x")
    with pytest.raises(DatasetError, match="Set format to one of"):
        open_dataset(DatasetSource(path="a.data"), tmp_path)


def test_that_a_file_changed_after_opening_is_refused(opened: OpenFile) -> None:
    dataset = opened("a.csv", "q\nx\n")
    dataset.path.write_text("q\nx\ny\n")
    with pytest.raises(DatasetError, match="has changed"):
        list(dataset)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=1, max_size=8),
    delimiter=st.sampled_from(",;\t|"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_that_what_the_csv_module_writes_comes_back(
    opened: OpenFile, rows: list[list[str]], delimiter: str, encoding: str
) -> None:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    writer.writerows([["a", "b", "c"], *rows])
    dataset = opened("a.csv", text.getvalue().encode(encoding), delimiter=delimiter)
    assert [list(row.values()) for row in values(dataset)] == rows
    assert dataset.problems == ()
