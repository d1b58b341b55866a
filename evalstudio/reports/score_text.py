"""Score formatting for people, the same in the window and the terminal."""

from typing import TYPE_CHECKING

from evalstudio.protocol import ScoreNow

if TYPE_CHECKING:
    from evalstudio.statistics.metrics import Aggregate


AS_SHARE = ("accuracy", "precision", "recall", "f1", "any", "all", "pass_at_k", "consistency")


def percent(score: ScoreNow) -> str:
    """Formats a score with its interval: 87.5 % (82.1 to 91.4), or 3.21 (3.02 to 3.40) if it is not a share."""
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
    """Formats a score without its interval."""
    return "" if score.value is None else percent(score).split(" (", maxsplit=1)[0]


def score_words(evaluator: str, found: "Aggregate") -> str:
    """Formats an aggregate with its interval, like `percent`."""
    left_out = found.total - found.n
    return percent(ScoreNow(evaluator, found.metric, found.value, found.low, found.high, found.n, left_out))
