"""The comparison as a file: cells that Markdown does not read as its own."""

import pytest

from evalstudio.reports.comparison import LONGEST_TEXT, _row

CELLS = [
    ("plain", "plain"),
    ("a|b", "a\\|b"),
    ("two\nlines", "two lines"),
    ("  wide   words ", "wide words"),
    ("<b>bold</b>", "\\<b\\>bold\\</b\\>"),
    ("[link](http://x)", "\\[link\\](http://x)"),
    ("*stars* and _lines_", "\\*stars\\* and \\_lines\\_"),
    ("`code`", "\\`code\\`"),
    ("# heading", "\\# heading"),
    ("back\\slash", "back\\\\slash"),
    ("", ""),
    ("93.0% (88.6–95.8)", "93.0% (88.6–95.8)"),
    ("x" * (LONGEST_TEXT + 1), "x" * LONGEST_TEXT + "…"),
]


@pytest.mark.parametrize(("text", "cell"), CELLS)
def test_that_a_cell_stays_a_cell(text: str, cell: str) -> None:
    assert _row(text, "end") == f"| {cell} | end |"
