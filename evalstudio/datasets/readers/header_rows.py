"""Where a table begins: titles above its header, and columns without a name or a value."""

from collections import Counter
from collections.abc import Sequence

from evalstudio.datasets.readers.base import Problem, note

MOST_TITLES = 10
LONGEST_NAME = 80
"""Characters; what is longer is no column's name."""
Cells = Sequence[str | None]
"""A row; None or "" for an empty cell. What is no text is given as None in a copy for `names`."""


def count_titles(rows: Sequence[Cells], names: Sequence[Cells] | None = None) -> int:
    """How many of the first rows stand above the header.

    A title fills a third of the columns at most. The header below it has a text for nearly every column, each
    another one, and rows of about its width follow. Where that is not clear there is no title.

    Args:
        rows: the first rows that are not empty.
        names: the same rows with only their texts, where cells can be numbers and dates.

    Example:
        >>> count_titles([["Results 2024", "", ""], ["q", "a", "n"], ["x", "y", "1"]])
        1
    """
    counts = [sum(1 for cell in row if cell not in (None, "")) for row in rows]
    if len(rows) < 3:
        return 0
    width = Counter(counts[1:]).most_common(1)[0][0]
    if width < 2:
        return 0
    for titles in range(1, min(MOST_TITLES, len(rows) - 2) + 1):
        if counts[titles - 1] > max(1, width // 3):
            return 0
        header = (names or rows)[titles]
        if counts[titles] >= max(2, 0.8 * width) and _is_header(header, counts[titles]):
            return titles
    return 0


def titles_told(first: int, last: int) -> Problem:
    """The note about titles in the rows `first` to `last`, counted from 1."""
    above = f"row {first} is" if first == last else f"rows {first} to {last} are"
    return note(
        f"{above} taken for a title, and the row below for the names of the columns; "
        "skip_rows = 0 takes the first row for them"
    )


def _is_header(cells: Cells, count: int) -> bool:
    texts = [cell.strip() for cell in cells if cell not in (None, "") and cell is not None]
    return (
        len(texts) == count
        and len(set(texts)) == count
        and not any(_is_number(text) or len(text) > LONGEST_NAME for text in texts)
    )


def _is_number(text: str) -> bool:
    try:
        float(text.replace(",", ".").rstrip("%"))
    except ValueError:
        return False
    return True
