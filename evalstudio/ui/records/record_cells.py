"""Record cells: the texts of a record in the table, made once when a page of rows arrives, not at each painting."""

from dataclasses import dataclass

from evalstudio.core.format import milliseconds, money
from evalstudio.core.outcome import Outcome
from evalstudio.store.reader import RecordLine
from evalstudio.store.rows import CUT_OFF
from evalstudio.ui.kit.text import mark, one_line, tr

HEADINGS = (
    mark("Sample"), mark("Outcome"), mark("Score"), mark("Answer"), mark("Expected"), mark("Latency"), mark("Tokens"), mark("Attempts"), mark("First token"), mark("Tokens in"), mark("Cost"), mark("Prompt"),
)  # fmt: skip
WIDTHS = (92, 108, 76, 120, 100, 84, 76, 92, 100, 92, 84, 120)
SORTS = (
    "sample", "outcome", "score", None, None, "latency", "tokens_out", "attempts", "first_token", "tokens_in", "cost", None,
)  # fmt: skip
"""What a column is sorted by in SQL; texts are searched, not sorted."""
HIDDEN_AT_FIRST = (7, 8, 9, 10)
HIDDEN_BESIDE_CHARTS = (6, *HIDDEN_AT_FIRST, 11)  # otherwise there would be no room for the answer
NUMERIC = (5, 6, 7, 8, 9, 10)
OUTCOME, SCORE, ANSWER, PROMPT = 1, 2, 3, 11


@dataclass(frozen=True, slots=True)
class Row:
    """A record, ready to paint. `colours` are the tokens for the outcome and the score."""

    cells: tuple[str, ...]
    colours: tuple[str, str]
    whole: str  # the tooltip: the longest text
    prompt: str = ""  # the tooltip of the prompt


def make_row(line: RecordLine) -> Row:
    answered = line.outcome == Outcome.OK
    sample = line.sample_id if not line.repeat else f"{line.sample_id} #{line.repeat + 1}"
    text = line.answer if answered else line.error
    outcome = (tr("scored") if line.scored else tr("unscored")) if answered else tr(line.outcome)
    cut = answered and line.finish_reason == CUT_OFF
    if cut:
        outcome = tr("{outcome}, cut off").format(outcome=outcome)
    score, colour = score_words(line.score)
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
    )
    return Row(
        cells,
        ("text" if answered and line.scored and not cut else "warn" if answered else "bad", colour),
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
