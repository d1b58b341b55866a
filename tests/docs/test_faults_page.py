"""The page of faults names tests that exist, and says how many inputs they try."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "faults.md").read_text()
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in PAGE.partition("kind by kind")[2].splitlines()
    if line.startswith("|") and "---" not in line and not line.startswith("| kind")
]


def test_that_there_are_rows() -> None:
    assert len(ROWS) >= 30
    assert all(len(row) == 5 and all(row) for row in ROWS)


@pytest.mark.parametrize("row", ROWS, ids=[row[0][:40] for row in ROWS])
def test_that_each_row_is_repeated_by_tests(row: list[str]) -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)`", row[4])
    assert named
    for name in named:
        assert "def test_that_" in (ROOT / name).read_text(), name
    assert re.search(r"\d", row[1])
