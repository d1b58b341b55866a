"""How a record is written in the table: texts made once when a page of rows arrives, not at each painting."""

from dataclasses import dataclass

from evalstudio.format import milliseconds
from evalstudio.outcome import Outcome
from evalstudio.store.reader import RecordLine
from evalstudio.ui.text import one_line

HEADINGS = ("Sample", "Outcome", "Score", "Answer", "Expected", "Latency", "Tokens", "Attempts")
WIDTHS = (64, 92, 60, 120, 100, 76, 62, 76)
NUMERIC = (5, 6, 7)
OUTCOME, SCORE, ANSWER = 1, 2, 3


@dataclass(frozen=True, slots=True)
class Row:
    """A record, ready to paint. `colours` names tokens for the outcome and the score."""

    cells: tuple[str, ...]
    colours: tuple[str, str]
    whole: str  # what a tooltip tells: the longest text


def make_row(line: RecordLine) -> Row:
    answered = line.outcome == Outcome.OK
    sample = line.sample_id if not line.repeat else f"{line.sample_id} #{line.repeat + 1}"
    text = line.answer if answered else line.error
    outcome = ("scored" if line.scored else "unscored") if answered else line.outcome
    score, colour = _score(line)
    cells = (
        one_line(sample, 60),
        outcome,
        score,
        one_line(text),
        one_line(line.expected),
        milliseconds(line.latency) if line.latency is not None else "",
        f"{line.tokens_out:,}" if line.tokens_out is not None else "",
        str(line.attempts),
    )
    return Row(cells, ("text" if outcome == "scored" else "warn" if answered else "bad", colour), text or "")


def _score(line: RecordLine) -> tuple[str, str]:
    value = line.score
    if value is None:
        return "", "muted"
    if isinstance(value, str):
        return one_line(value, 20), "text"
    if value == 1:
        return "✓ 1", "good"
    if value == 0:
        return "✗ 0", "bad"
    return f"{value:.3g}", "text"
