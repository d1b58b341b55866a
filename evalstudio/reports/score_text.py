"""Score formatting for people, the same in the window and the terminal."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from evalstudio.protocol import ScoreNow
from evalstudio.store.rows import CUT_OFF

if TYPE_CHECKING:
    from evalstudio.statistics.metrics import Aggregate


AS_SHARE = ("accuracy", "precision", "recall", "f1", "any", "all", "pass_at_k", "consistency")


def percent(score: ScoreNow) -> str:
    """A score with its interval: 87.5% (82.1 to 91.4), or 3.21 (3.02 to 3.40) for what is no share.

    Where some answers have no score, the bounds stand behind it: what it would be if all those were wrong, or right.
    """
    if score.value is None:
        return "no score yet"
    text = _number(score.metric, score.value)
    if score.low is not None and score.high is not None:
        text += f" ({_range(score.metric, score.low, score.high)})"
    bounds = bounds_words(score)
    return f"{text}, bounds {bounds}" if bounds else text


def bounds_words(score: ScoreNow) -> str:
    """What a score would be if all that have none were wrong, and right: 9.0 to 99.0%. Empty where none is missing."""
    low, high = score.bound_low, score.bound_high
    if low is None or high is None or high - low < 1e-9:
        return ""
    return _range(score.metric, low, high) + ("%" if is_share(score.metric) else "")


def is_share(metric: str) -> bool:
    """Whether a metric is read in percent."""
    return metric in AS_SHARE or metric.startswith("pass_at_")


def coverage_of(score: ScoreNow, saved: int, errored: int) -> float:
    """The share of the saved answers that the evaluator has scored."""
    if not saved:
        return 0.0
    counts_samples = score.metric == "consistency" or score.metric.startswith("pass_at_")
    scored = saved - errored - score.unscored if counts_samples else score.n
    return min(1.0, max(0, scored) / saved)


def _number(metric: str, value: float) -> str:
    return f"{value * 100:.1f}%" if is_share(metric) else f"{value:.3g}"


def _range(metric: str, low: float, high: float) -> str:
    if is_share(metric):
        return f"{low * 100:.1f} to {high * 100:.1f}"
    return f"{low:.3g} to {high:.3g}"


def short_score(score: ScoreNow) -> str:
    """A score without its interval."""
    return "" if score.value is None else _number(score.metric, score.value)


def short_interval(score: ScoreNow) -> str:
    """The 95% interval of a score to stand beside its figure, as in (63.0–73.9); empty where there is none."""
    if score.low is None or score.high is None:
        return ""
    factor, form = (100, ".1f") if is_share(score.metric) else (1, ".3g")
    return f"({score.low * factor:{form}}–{score.high * factor:{form}})"


def score_words(evaluator: str, found: "Aggregate") -> str:
    """Formats an aggregate with its interval, like `percent`."""
    left_out = found.total - found.n
    return percent(
        ScoreNow(
            evaluator, found.metric, found.value, found.low, found.high, found.n, left_out,
            found.bound_low, found.bound_high,
        )
    )  # fmt: skip


def ends_words(ends: Mapping[str, int]) -> list[tuple[str, str]]:
    """Returns what a summary says of ends that are to be looked at: a label and its text, for each kind of them.

    Example:
        >>> ends_words({"length": 2, "vibes": 1})
        [('Cut off', '2 answers ended at the limit of tokens'), ('Unknown ends', "'vibes' 1 answer")]
    """
    rows = []
    if cut := ends.get(CUT_OFF):
        rows.append(("Cut off", f"{_answers(cut)} ended at the limit of tokens"))
    unknown = [f"'{word}' {_answers(count)}" for word, count in ends.items() if word != CUT_OFF]
    if unknown:
        rows.append(("Unknown ends", ", ".join(unknown)))
    return rows


def _answers(count: int) -> str:
    return f"{count:,} answer{'' if count == 1 else 's'}"
