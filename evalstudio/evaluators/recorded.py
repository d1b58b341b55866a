"""A score that is there already, in a column of the dataset: a person's judgement, or another system's."""

from typing import Any

from evalstudio.core.rating import NoRating, rating_of
from evalstudio.core.score import Score


def recorded(answer: str, value: Any, *, name: str | None = None) -> Score:
    """What somebody has said of this sample's answer.

    Beside a judge it shows how far the judge and the person agree. Numbers, shares and words for yes and no are taken from
    text, too: "4,5" is 4.5, "85 %" is 0.85, "8/10" is 0.8, "yes" is true. Other words are labels.

    Args:
        answer: the answer that was judged.
        value: the cell.
        name: the score's name.

    Returns:
        The score; unscored, with the reason, where the cell is empty or says so ("n/a", "-"), or holds a number that
        can't be told.

    Example:
        >>> recorded("", "8/10").value, recorded("", "n/a").why
        (0.8, "nobody has judged this sample: the cell holds 'n/a'")
    """
    name = name or "recorded"
    try:
        score = rating_of(value)
    except NoRating as error:
        return Score(name, None, ("mean",), f"nobody has judged this sample: {error}")
    said = score if not isinstance(score, str) or len(score) <= 200 else f"{score[:199]}…"
    return Score(name, score, ("mean",), f"recorded: {said}")
