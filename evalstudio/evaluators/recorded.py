"""A score that is there already, in a column of the dataset: a person's judgement, or another system's."""

from typing import Any

from evalstudio.core.score import Score


def recorded(answer: str, value: Any, *, name: str | None = None) -> Score:
    """What somebody has said of this sample's answer, as it stands; an empty cell is unscored.

    Beside a judge it shows how far the judge and the person agree. Numbers and truth values are taken from text, too.
    """
    name = name or "recorded"
    score = _read(value)
    if score is None:
        return Score(name, None, ("mean",), "nobody has judged this sample")
    said = score if not isinstance(score, str) or len(score) <= 200 else f"{score[:199]}…"
    return Score(name, score, ("mean",), f"recorded: {said}")


def _read(value: Any) -> bool | int | float | str | None:
    if value is None or isinstance(value, (bool, int, float)):
        return value
    text = str(value).strip()
    if not text:
        return None
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    try:
        return float(text)
    except ValueError:
        return text
