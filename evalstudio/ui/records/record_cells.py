"""Record cells: the texts of a record in the table, made once when a page of rows arrives, not at each painting."""

from collections.abc import Sequence
from dataclasses import dataclass

from evalstudio.core.format import milliseconds, money
from evalstudio.core.outcome import Outcome
from evalstudio.store.query import OTHER_SCORE
from evalstudio.store.reader import RecordLine
from evalstudio.store.rows import CUT_OFF
from evalstudio.ui.kit.text import mark, one_line, tr

HEADINGS = (
    mark("Sample"), mark("Outcome"), mark("Score"), mark("Answer"), mark("Expected"), mark("Latency"), mark("Tokens"), mark("Attempts"), mark("First token"), mark("Tokens in"), mark("Cost"), mark("Prompt"), mark("Note"),
)  # fmt: skip
MORE_SCORES = 3  # columns after these, for the scores of further evaluators
WIDTHS = (84, 88, 64, 120, 96, 84, 76, 100, 104, 96, 80, 120, 120, *(76,) * MORE_SCORES)
SORTS = (
    "sample", "outcome", "score", "answer", "expected", "latency", "tokens_out", "attempts", "first_token", "tokens_in",
    "cost", "prompt", "note",
)  # fmt: skip
"""What a column is sorted by in SQL."""
HIDDEN_AT_FIRST = (7, 8, 9, 10, 12)
HIDDEN_BESIDE_CHARTS = (6, *HIDDEN_AT_FIRST, 11)  # otherwise there would be no room for the answer
NUMERIC = (5, 6, 7, 8, 9, 10)
OUTCOME, SCORE, ANSWER, PROMPT, NOTE = 1, 2, 3, 11, 12
COLOURED = {OUTCOME: 0, SCORE: 1, **{len(HEADINGS) + more: 2 + more for more in range(MORE_SCORES)}}
"""Place of a column's colour among those of a row."""


@dataclass(frozen=True, slots=True)
class Row:
    """A record, ready to paint. `colours` are the tokens for the outcome and the scores."""

    cells: tuple[str, ...]
    colours: tuple[str, ...]
    whole: str  # the tooltip: the longest text
    prompt: str = ""  # the tooltip of the prompt


def sort_of(column: int, more: Sequence[str]) -> str:
    """Returns what a column is sorted by; `more` are the evaluators of the columns at the end."""
    place = column - len(SORTS)
    return SORTS[column] if place < 0 else f"{OTHER_SCORE}{more[place]}" if place < len(more) else "sample"


def column_of(sort: str, more: Sequence[str]) -> int:
    """Returns the column of a sorting; 0 if it has none."""
    every = [*SORTS, *(f"{OTHER_SCORE}{name}" for name in more)]
    return every.index(sort) if sort in every else 0


def make_row(line: RecordLine, more: Sequence[str] = ()) -> Row:
    """Formats a record; `more` are further evaluators with a score of their own."""
    answered = line.outcome == Outcome.OK
    sample = line.sample_id if not line.repeat else f"{line.sample_id} #{line.repeat + 1}"
    text = line.answer if answered else line.error
    outcome = (tr("scored") if line.scored else tr("unscored")) if answered else tr(line.outcome)
    cut = answered and line.finish_reason == CUT_OFF
    if cut:
        outcome = tr("{outcome}, cut off").format(outcome=outcome)
    score, colour = score_words(line.score)
    others = [score_words(line.scores.get(name)) for name in more]
    others += [("", "muted")] * (MORE_SCORES - len(others))
    cells = (
        one_line(sample, 60),
        outcome,
        score,
        one_line(text),
        one_line(line.expected),
        milliseconds(line.latency) if line.latency is not None else "",
        f"{line.tokens_out:,}" if line.tokens_out is not None else "",
        str(line.attempts),
        milliseconds(line.first_token) if line.first_token is not None else "",
        f"{line.tokens_in:,}" if line.tokens_in is not None else "",
        money(line.cost) if line.cost is not None else "",
        one_line(line.prompt),
        one_line(line.note),
        *(words for words, _ in others),
    )
    return Row(
        cells,
        (
            "text" if answered and line.scored and not cut else "warn" if answered else "bad",
            colour,
            *(found for _, found in others),
        ),
        text or "",
        line.prompt or "",
    )


def score_words(value: float | str | None) -> tuple[str, str]:
    """Formats a score for a cell, with its colour."""
    if value is None:
        return "", "muted"
    if isinstance(value, str):
        return one_line(value, 20), "text"
    if value == 1:
        return "✓ 1", "good"
    if value == 0:
        return "✗ 0", "bad"
    return f"{value:.3g}", "text"
