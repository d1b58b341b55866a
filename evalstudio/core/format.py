"""Numbers as people read them; the window and the terminal show the same."""

from typing import TYPE_CHECKING

from evalstudio.protocol import ScoreNow

if TYPE_CHECKING:
    from evalstudio.statistics.metrics import Aggregate

AS_SHARE = ("accuracy", "precision", "recall", "f1", "any", "all", "pass_at_k", "consistency")


SPEED_TELLS = 0.5
"""Seconds of a run from which "so many times as fast as one by one" says something; below, starting it is most of it."""


def duration(seconds: float | None) -> str:
    """3.2 s, 1 min 05 s, 2 h 10 min."""
    if seconds is None:
        return "–"
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 59.5:
        return f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest:02d} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02d} min"


def milliseconds(seconds: float | None) -> str:
    """7 ms, 340 ms, 2.41 s."""
    if seconds is None:
        return "–"
    if seconds < 0.01:
        return f"{seconds * 1000:.1f} ms"
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.2f} s"


def percent(score: ScoreNow) -> str:
    """A score with its interval: 87.5 % (82.1 to 91.4), or 3.21 (3.02 to 3.40) for what is no share."""
    if score.value is None:
        return "no score yet"
    if score.metric in AS_SHARE:
        text = f"{score.value * 100:.1f} %"
        if score.low is not None and score.high is not None:
            text += f" ({score.low * 100:.1f} to {score.high * 100:.1f})"
        return text
    text = f"{score.value:.3g}"
    if score.low is not None and score.high is not None:
        text += f" ({score.low:.3g} to {score.high:.3g})"
    return text


def short_score(score: ScoreNow) -> str:
    """A score without its interval."""
    return "" if score.value is None else percent(score).split(" (", maxsplit=1)[0]


def score_words(evaluator: str, found: "Aggregate") -> str:
    """An aggregate with its interval, as `percent` says it."""
    left_out = found.total - found.n
    return percent(ScoreNow(evaluator, found.metric, found.value, found.low, found.high, found.n, left_out))


def money(dollars: float | None, *, partial: bool = False) -> str:
    """$0.0123; unknown where no price is known."""
    if dollars is None:
        return "unknown"
    text = "$0" if dollars == 0 else f"${dollars:.4f}" if dollars < 1 else f"${dollars:.2f}"
    return f"at least {text}" if partial else text


def clock(seconds: float) -> str:
    """Seconds as minutes and seconds, with hours where there are any."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
