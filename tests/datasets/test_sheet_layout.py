"""Where the table of a workbook is: hidden sheets, titles above its header; and workbooks that no reader survives."""

import datetime
import random
import resource
from pathlib import Path

import pytest

from evalstudio.datasets import DatasetSource, open_dataset, preview
from evalstudio.errors import DatasetError
from tests.datasets.conftest import values
from tests.datasets.workbooks import write_sheets

TABLE: list[list[object]] = [["q", "a", "n"], ["x", "yes", 1], ["y", "no", 2]]
ROWS = [{"q": "x", "a": "yes", "n": 1}, {"q": "y", "a": "no", "n": 2}]
NOTES: list[list[object]] = [["do", "not"], ["use", "this"]]


@pytest.mark.parametrize(
    ("sheets", "hidden", "told"),
    [
        ({"Notes": NOTES, "Data": TABLE}, {"Notes": "hidden"}, "the sheet 'Data' is read"),
        ({"Notes": NOTES, "Data": TABLE}, {"Notes": "veryHidden"}, 'sheet = "Notes"'),
        ({"A": NOTES, "B": NOTES, "Data": TABLE}, {"A": "hidden", "B": "hidden"}, "'Data'"),
        ({"Empty": [], "Data": TABLE}, {}, "'Data'"),
        ({"Notes": NOTES, "Empty": [], "Data": TABLE}, {"Notes": "hidden"}, "'Data'"),
        ({"Empty": [], "Data": TABLE}, {"Data": "hidden"}, "'Data'"),
        ({"Data": TABLE, "Notes": NOTES}, {"Notes": "hidden"}, ""),
        ({"Data": TABLE, "Notes": NOTES}, {}, ""),
        ({"Data": TABLE}, {"Data": "hidden"}, ""),
        ({"Data": TABLE}, {"Data": "visible"}, ""),
    ],
)
def test_that_the_first_sheet_that_is_seen_and_not_empty_is_read(
    tmp_path: Path, sheets: dict[str, list[list[object]]], hidden: dict[str, str], told: str
) -> None:
    write_sheets(tmp_path / "a.xlsx", sheets, hidden=hidden)
    dataset = open_dataset(DatasetSource(path="a.xlsx"), tmp_path)
    assert values(dataset) == ROWS
    assert [told in problem.message for problem in dataset.problems] == [True] * bool(told)


def test_that_a_hidden_sheet_that_is_asked_for_is_read(tmp_path: Path) -> None:
    write_sheets(tmp_path / "a.xlsx", {"Notes": NOTES, "Data": TABLE}, hidden={"Notes": "hidden"})
    dataset = open_dataset(DatasetSource(path="a.xlsx", sheet="Notes"), tmp_path)
    assert values(dataset) == [{"do": "use", "not": "this"}]
    assert dataset.problems == ()


@pytest.mark.parametrize(
    "above",
    [
        [["Survey of May"]],
        [["Survey of May"], []],
        [[], ["Survey of May"], []],
        [["Survey of May"], ["by the team"], []],
        [["Survey of May"], [datetime.date(2026, 5, 1)]],
        [[2026]],
        [[None, "Survey of May"]],
        [[None, None, "page 1"], []],
        [["Survey"], [], ["confidential"], []],
    ],
)
def test_that_titles_of_a_sheet_are_skipped_and_said(tmp_path: Path, above: list[list[object]]) -> None:
    write_sheets(tmp_path / "a.xlsx", {"S": [*above, *TABLE]})
    dataset = open_dataset(DatasetSource(path="a.xlsx"), tmp_path)
    assert values(dataset) == ROWS
    assert "taken for a title" in dataset.problems[0].message
    assert preview(DatasetSource(path="a.xlsx"), tmp_path).rows == tuple(ROWS)
    chosen = open_dataset(DatasetSource(path="a.xlsx", skip_rows=len(above)), tmp_path)
    assert values(chosen) == ROWS
    assert chosen.problems == ()


@pytest.mark.parametrize(
    ("rows", "columns"),
    [
        ([["q"], ["x"], ["y"], ["z"]], ("q",)),
        ([["q", None], ["x", 1], ["y", 2]], ("q", "column_2")),
        ([["q", "a"], ["x", "y"], ["z", "w"]], ("q", "a")),
        ([["q", "a", "n"], ["x", None, None], ["y", None, None], ["z", None, None]], ("q", "a", "n")),
        ([["title"], [1, 2, 3], [4, 5, 6], [7, 8, 9]], ("title", "column_2", "column_3")),
        ([["title"], ["b", "b", "b"], ["c", "c", "c"], ["d", "d", "d"]], ("title", "column_2", "column_3")),
        ([["q"], ["x", "a note"], ["y"], ["z"]], ("q", "column_2")),
    ],
)
def test_that_a_header_of_a_sheet_is_not_taken_for_a_title(
    tmp_path: Path, rows: list[list[object]], columns: tuple[str, ...]
) -> None:
    write_sheets(tmp_path / "a.xlsx", {"S": rows})
    dataset = open_dataset(DatasetSource(path="a.xlsx"), tmp_path)
    assert dataset.columns == columns
    assert dataset.problems == ()


def test_that_skip_rows_zero_takes_the_first_row(tmp_path: Path) -> None:
    write_sheets(tmp_path / "a.xlsx", {"S": [["Survey of May"], *TABLE]})
    dataset = open_dataset(DatasetSource(path="a.xlsx", skip_rows=0), tmp_path)
    assert dataset.columns == ("Survey of May", "column_2", "column_3")
    assert dataset.rows == 3
    found = open_dataset(DatasetSource(path="a.xlsx"), tmp_path)
    assert found.content_hash != dataset.content_hash


def test_that_two_readings_of_a_sheet_do_not_disturb_each_other(tmp_path: Path) -> None:
    write_sheets(tmp_path / "a.xlsx", {"S": [["q"], *[[f"row {n}"] for n in range(300)]]})
    dataset = open_dataset(DatasetSource(path="a.xlsx"), tmp_path)
    pairs = list(zip(dataset, dataset, strict=True))
    assert [(one.values, other.values) for one, other in pairs] == [
        ({"q": f"row {n}"}, {"q": f"row {n}"}) for n in range(300)
    ]


@pytest.mark.parametrize("place", ["XFD1048576", "XFD900000", "ZZZ1048576"])
def test_that_a_stray_cell_that_asks_for_all_memory_is_a_sentence(tmp_path: Path, place: str) -> None:
    stray = f'<row><c r="{place}" t="inlineStr"><is><t>stray</t></is></c></row>'
    write_sheets(tmp_path / "a.xlsx", {"S": TABLE}, extra=stray)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for read in (open_dataset, preview):
        with pytest.raises(DatasetError, match=r"cell lies far from all others|cannot be read"):
            read(DatasetSource(path="a.xlsx"), tmp_path)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000  # kB


@pytest.mark.parametrize("place", ["XFD4", "A1048576", "AAA9"])
def test_that_a_stray_cell_that_fits_costs_no_more_than_its_columns(tmp_path: Path, place: str) -> None:
    stray = f'<row><c r="{place}" t="inlineStr"><is><t>stray</t></is></c></row>'
    write_sheets(tmp_path / "a.xlsx", {"S": TABLE}, extra=stray)
    dataset = open_dataset(DatasetSource(path="a.xlsx"), tmp_path)
    assert len(dataset.columns) <= 4
    assert [row["q"] for row in values(dataset)][:2] == ["x", "y"]
    assert "stray" in values(dataset)[-1].values()


def test_that_bounds_of_time_end_a_reading_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_sheets(tmp_path / "a.xlsx", {"S": [["q"], *[["x" * 50] for _ in range(20_000)]]})
    monkeypatch.setattr("evalstudio.datasets.readers.excel.SECONDS", 0.001)
    monkeypatch.setattr("evalstudio.datasets.readers.excel.SECONDS_A_MEGABYTE", 0.0)
    with pytest.raises(DatasetError, match="takes too long"):
        open_dataset(DatasetSource(path="a.xlsx"), tmp_path)


def test_that_damaged_workbooks_are_sentences(tmp_path: Path) -> None:
    write_sheets(tmp_path / "whole.xlsx", {"S": TABLE, "T": NOTES})
    whole = (tmp_path / "whole.xlsx").read_bytes()
    draw = random.Random(7)
    for _ in range(12):
        damaged = bytearray(whole)
        for _ in range(draw.randint(1, 6)):
            damaged[draw.randrange(len(damaged))] = draw.randrange(256)
        (tmp_path / "a.xlsx").write_bytes(
            damaged[: draw.choice([len(damaged), draw.randrange(60, len(damaged))])]
        )
        assert rows_or_sentence(tmp_path)


def rows_or_sentence(folder: Path) -> int | str:
    try:
        return open_dataset(DatasetSource(path="a.xlsx"), folder).rows
    except DatasetError as error:
        return str(error)


def test_that_a_header_of_many_columns_is_named_in_one_pass(tmp_path: Path) -> None:
    names = [f"c{n}" for n in range(16_000)]
    (tmp_path / "a.csv").write_text(",".join(names) + "\n" + ",".join("x" * len(names)) + "\n")
    assert len(open_dataset(DatasetSource(path="a.csv"), tmp_path).columns) == 16_000
    names[77] = "c15999"
    (tmp_path / "a.csv").write_text(",".join(names) + "\n" + ",".join("x" * len(names)) + "\n")
    with pytest.raises(DatasetError, match="two columns with the name 'c15999'"):
        open_dataset(DatasetSource(path="a.csv"), tmp_path)
