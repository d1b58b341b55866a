"""What stands around the cells of CSV and TSV: Excel's first line, quotes, titles, trailing delimiters."""

import csv
import io
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evalstudio.errors import DatasetError
from tests.datasets.conftest import OpenFile, values

TWO = [{"q": "x", "a": "1"}, {"q": "y", "a": "2"}]


@pytest.mark.parametrize(
    "text",
    [
        "sep=;\nq;a\nx;1\ny;2\n",
        "sep=;\r\nq;a\r\nx;1\r\ny;2\r\n",
        "\ufeffsep=;\nq;a\nx;1\ny;2\n",
        "SEP=|\nq|a\nx|1\ny|2\n",
        "sep=\t\nq\ta\nx\t1\ny\t2\n",
        "sep=\\t\nq\ta\nx\t1\ny\t2\n",
        '"sep=,"\nq,a\nx,1\ny,2\n',
        '"sep=;"\r\n"q";"a"\r\n"x";"1"\r\n"y";"2"\r\n',
        "sep=;;\nq;a\nx;1\ny;2\n",
        "sep=#\nq#a\nx#1\ny#2\n",
        "sep=^\nq^a\nx^1\ny^2\n",
    ],
)
def test_that_the_line_that_names_the_delimiter_is_no_header(opened: OpenFile, text: str) -> None:
    dataset = opened("a.csv", text)
    assert values(dataset) == TWO
    assert dataset.problems == ()


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("sep,a\nx,1\n", ("sep", "a")),
        ("sep=a,b\nx,1\n", ("sep=a", "b")),
        ("q,sep=\nx,1\n", ("q", "sep=")),
        ("separator=;\nx\n", ("separator=",)),
    ],
)
def test_that_a_header_that_only_looks_like_it_stays(
    opened: OpenFile, text: str, columns: tuple[str, ...]
) -> None:
    assert opened("a.csv", text).columns == columns


def test_that_lines_are_counted_from_the_files_first(opened: OpenFile) -> None:
    dataset = opened("a.csv", "sep=;\nq;a\nx;1\nshort\ny;2\n")
    assert values(dataset) == TWO
    assert [problem.line for problem in dataset.problems] == [4]


@pytest.mark.parametrize(
    "lines",
    [
        ['"Well" is a word', "none"],
        ['"not closed', 'nor "this'],
        ['a 5" nail', '"b'],
        ['"', '""" three'],
        ['"quoted"', '"half'],
        ['"one" and "two"', "end"],
        ['say "yes"', '"no" he said'],
        ['"a', 'b"'],
        ['"\u201cboth\u201d', "x"],
        ['"1', '"2'],
    ],
)
@pytest.mark.parametrize("name", ["a.tsv", "a.csv"])
def test_that_quotes_of_a_tsv_file_that_close_no_cell_are_characters(
    opened: OpenFile, lines: list[str], name: str
) -> None:
    dataset = opened(name, "text\tn\n" + "".join(f"{line}\t{n}\n" for n, line in enumerate(lines)))
    assert [row["text"] for row in values(dataset)] == lines
    assert dataset.problem_count == 0
    assert "quotes are read as characters" in dataset.problems[0].message


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ('text\tn\n"a tab\there"\t1\n', "a tab\there"),
        ('text\tn\n"two\nlines"\t1\n', "two\nlines"),
        ('text\tn\n"doubled ""quotes"""\t1\n', 'doubled "quotes"'),
        ('"text"\t"n"\n"x"\t"1"\n', "x"),
        ('text\tn\nan "inner" one\t1\n', 'an "inner" one'),
        ('text\tn\n"a"\t""\n', "a"),
    ],
)
def test_that_cells_of_a_tsv_file_that_are_quoted_lose_their_quotes(
    opened: OpenFile, text: str, cells: str
) -> None:
    dataset = opened("a.tsv", text)
    assert values(dataset)[0]["text"] == cells
    assert dataset.problems == ()


def test_that_a_short_line_does_not_make_quotes_close_cells(opened: OpenFile) -> None:
    dataset = opened("a.tsv", 'text\tn\n"not closed\t1\nshort\nnor "this"\t2\n')
    assert [row["text"] for row in values(dataset)] == ['"not closed', 'nor "this"']
    assert [problem.line for problem in dataset.problems if not problem.kept] == [3]
    kept = opened("b.tsv", 'text\tn\n1\t"three\nlines\nhere"\n2\t"x"\n')
    assert [row["n"] for row in values(kept)] == ["three\nlines\nhere", "x"]


def test_that_the_option_quote_decides(opened: OpenFile) -> None:
    assert values(opened("a.csv", 'q,a\n"x,1\n', quote="")) == [{"q": '"x', "a": "1"}]
    assert values(opened("a.csv", "q,a\n'x,y',1\n", quote="'")) == [{"q": "x,y", "a": "1"}]
    with pytest.raises(DatasetError, match="no usable rows"):
        opened("a.tsv", 'q\ta\n"x\t1\n', quote='"')
    with pytest.raises(DatasetError, match="quote has to be one character"):
        opened("a.csv", "q,a\nx,1\n", quote="''")
    with pytest.raises(DatasetError, match="other than the delimiter"):
        opened("a.csv", "q,a\nx,1\n", quote=",", delimiter=",")


def test_that_a_quote_far_below_is_seen_and_the_hash_follows_how_it_is_read(opened: OpenFile) -> None:
    text = "text\tn\n" + "plain\t1\n" * 20_000 + '"Oh" she said\t2\n"open\t3\nlast\t4\n'
    dataset = opened("a.tsv", text)
    assert [row["text"] for row in values(dataset)][-3:] == ['"Oh" she said', '"open', "last"]
    assert dataset.content_hash != opened("a.tsv", text, quote='"').content_hash


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Results of May\n\nq,a,n\nx,1,3\ny,2,4\n", "rows 1 to 2 are"),
        ("Results of May\nq,a,n\nx,1,3\ny,2,4\n", "row 1 is"),
        ("Results of May,,\nq,a,n\nx,1,3\ny,2,4\n", "row 1 is"),
        ("Results of May,,\n,,\nq,a,n\nx,1,3\ny,2,4\n", "rows 1 to 2 are"),
        ("Results\nMade by hand\n\nq;a;n\nx;1;3\ny;2;4\n", "rows 1 to 3 are"),
        ("Results, all of them\nq;a;n\nx;1;3\ny;2;4\nz;3;5\n", "row 1 is"),
        ("Results\n\nq\ta\tn\nx\t1\t3\ny\t2\t4\n", "rows 1 to 2 are"),
        ('"Results"\n"q","a","n"\n"x","1","3"\n"y","2","4"\n', "row 1 is"),
        ("\ufeffResults\r\n\r\nq,a,n\r\nx,1,3\r\ny,2,4\r\n", "rows 1 to 2 are"),
        ("sep=;\nResults;;\nq;a;n\nx;1;3\ny;2;4\n", "row 2 is"),
    ],
)
def test_that_a_title_above_the_header_is_skipped_and_said(opened: OpenFile, text: str, told: str) -> None:
    dataset = opened("a.csv", text)
    assert dataset.columns == ("q", "a", "n")
    assert values(dataset)[0] == {"q": "x", "a": "1", "n": "3"}
    assert dataset.problems[0].message.startswith(told)
    assert "skip_rows = 0" in dataset.problems[0].message


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ('q\n"Hello, world"\n"bye, now"\n"yes, sir"\n', ("q",)),
        ("q\nx\ny\nz\n", ("q",)),
        ("q,a\nx,1\ny,2\n", ("q", "a")),
        ("q,,\nx,1,2\ny,3,4\nz,5,6\n", ("q", "column_2", "column_3")),
        ("q,a,b,c\nx\ny\nz\n1,2,3,4\n", ("q", "a", "b", "c")),
        ("q,a,n\nsame,same,1\nb,c,2\n", ("q", "a", "n")),
        ("a title,,\n1,2,3\n4,5,6\n7,8,9\n", ("a title", "column_2", "column_3")),
        ("one,two,three\nx,,\ny,,\nz,,\n", ("one", "two", "three")),
        ("q,a,n\nonly a row,,\n", ("q", "a", "n")),
        ("only a title,,\nx,1,2\n", ("only a title", "column_2", "column_3")),
    ],
)
def test_that_a_header_is_not_taken_for_a_title(
    opened: OpenFile, text: str, columns: tuple[str, ...]
) -> None:
    dataset = opened("a.csv", text)
    assert dataset.columns == columns
    assert not any("title" in problem.message for problem in dataset.problems)


def test_that_commas_in_the_text_of_one_column_do_not_make_its_name_a_title(opened: OpenFile) -> None:
    with pytest.raises(DatasetError, match="line 2: has 2 cells where there are 1 columns"):
        opened("a.csv", "q\nHello, world\nbye, now\nyes, sir\n")


@pytest.mark.parametrize("skip", [0, 1, 2, 3])
def test_that_skip_rows_decides(opened: OpenFile, skip: int) -> None:
    text = "t,u,v\nx,y,z\nq,a,n\n1,2,3\n4,5,6\n"
    lines = text.splitlines()
    dataset = opened("a.csv", text, skip_rows=skip)
    assert dataset.columns == tuple(lines[skip].split(","))
    assert dataset.rows == 4 - skip
    assert dataset.problems == ()
    with pytest.raises(DatasetError, match="skip_rows = -1"):
        opened("a.csv", text, skip_rows=-1)


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("q,a,\nx,1,\ny,2,\n", TWO),
        ("q,a,,,\nx,1,,,\ny,2,,,\n", TWO),
        ("q,a\nx,1,\ny,2,,\n", TWO),
        ("q;a;\nx;1;\ny;2;\n", TWO),
        ("q,a,\nx,1\ny,2\n", TWO),
        ('"q","a",\n"x","1",\n"y","2",\n', TWO),
        ("q\ta\t\nx\t1\t\ny\t2\t\n", TWO),
        ("q,a,\r\nx,1,\r\ny,2,\r\n", TWO),
        ("q,a, \nx,1,\ny,2,\n", TWO),
        ("q,a,\nx,1,z\ny,2,\n", [{**TWO[0], "column_3": "z"}, {**TWO[1], "column_3": ""}]),
    ],
)
def test_that_trailing_delimiters_make_no_column(
    opened: OpenFile, text: str, rows: list[dict[str, str]]
) -> None:
    dataset = opened("a.csv", text)
    assert values(dataset) == rows
    assert dataset.problems == ()


def test_that_a_value_beyond_the_last_column_is_still_told(opened: OpenFile) -> None:
    dataset = opened("a.csv", "q,a\nx,1,lost\ny,2,\n")
    assert values(dataset) == TWO[1:]
    assert [problem.line for problem in dataset.problems] == [2]


def test_that_outer_spaces_of_names_are_no_part_of_them(opened: OpenFile) -> None:
    dataset = opened("a.csv", " q , Best Answer ,\tn\n x ,y,1\n")
    assert dataset.columns == ("q", "Best Answer", "n")
    assert values(dataset)[0]["q"] == " x "


@pytest.mark.parametrize(
    ("text", "options", "empty"),
    [
        ("q,expected\na,x\nb,\n", {}, "1 of 2"),
        ("q,expected\na,\nb,\n", {}, "2 of 2"),
        ("q,expected\na, \nb,x\n", {}, "1 of 2"),
        ("q,gold\na,\nb,x\nc,\n", {"columns": {"expected": "gold"}}, "2 of 3"),
        ('q,expected\na,""\nb,0\n', {}, "1 of 2"),
        ("q,expected\na,0\nb,false\n", {}, ""),
        ("q,expected\na,x\nb,null\n", {}, ""),
        ("q,note\na,\nb,\n", {}, ""),
        ("q,expected\n,x\n,y\n", {}, ""),
        ("q,gold\na,\nb,x\n", {}, ""),
    ],
)
def test_that_empty_cells_of_the_expected_answers_are_counted(
    opened: OpenFile, text: str, options: dict[str, Any], empty: str
) -> None:
    dataset = opened("a.csv", text, **options)
    told = [problem.message for problem in dataset.problems]
    assert told == ([] if not empty else told[:1])
    assert not empty or f"is empty in {empty} rows" in told[0]
    assert dataset.rows == text.count("\n") - 1


CELL = st.text(
    st.characters(codec="utf-8", exclude_characters="\t\r\n\x00", exclude_categories=["Cs"]), max_size=10
)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(CELL, CELL), min_size=1, max_size=8))
def test_that_tsv_without_quoting_comes_back_as_it_was_written(
    opened: OpenFile, rows: list[tuple[str, str]]
) -> None:
    text = "a\tb\n" + "".join(f"{one}\t{two}\n" for one, two in rows)
    dataset = opened("a.tsv", text.encode(), quote="")
    assert [tuple(row.values()) for row in values(dataset)] == rows


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(CELL, CELL), min_size=1, max_size=8))
def test_that_tsv_with_quoting_comes_back_whatever_its_quotes(
    opened: OpenFile, rows: list[tuple[str, str]]
) -> None:
    text = io.StringIO()
    csv.writer(text, delimiter="\t", quoting=csv.QUOTE_ALL).writerows([("a", "b"), *rows])
    dataset = opened("a.tsv", text.getvalue().encode())
    assert [tuple(row.values()) for row in values(dataset)] == rows
