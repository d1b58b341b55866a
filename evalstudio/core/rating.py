"""A rating as people and other programs write it into a cell: a number, a share, a truth value, or nothing."""

import math
import re
import unicodedata
from typing import Any

NOTHING = frozenset(
    ("-", "--", "---", "–", "—", "?", ".", "/", "na", "n/a", "n.a.", "n.a", "#n/a", "<na>", "nan", "none", "null", "nil", "missing",
     "unknown", "unrated", "unscored", "unsure", "skip", "skipped", "tbd", "todo", "pending", "empty", "blank", "not applicable",
     "not available", "not rated", "no score", "no rating", "no answer", "k.a.", "k. a.")
)  # fmt: skip
"""What stands in a cell in place of a rating."""

TRUTH = {
    **dict.fromkeys(("true", "yes", "y", "t", "ja", "j", "oui", "si", "sí", "sim", "да", "是", "はい", "✓", "✔", "✅"), True),
    **dict.fromkeys(("correct", "right", "pass", "passed", "richtig"), True),
    **dict.fromkeys(("false", "no", "n", "f", "nein", "non", "não", "нет", "否", "いいえ", "✗", "✘", "❌"), False),
    **dict.fromkeys(("incorrect", "wrong", "fail", "failed", "falsch"), False),
}  # fmt: skip
"""Words that are a truth value, in lower case."""

_NUMBER = r"[-+−]?(?:\d+(?:[.,]\d*)?|[.,]\d+)"
_GROUPED = re.compile(r"[-+−]?\d{1,3}(?:(?P<group>[,.' \u00a0\u202f])\d{3})(?:(?P=group)\d{3})*(?:[.,]\d+)?")
_PLAIN = re.compile(rf"{_NUMBER}(?:[eE][-+]?\d{{1,3}})?")
_PERCENT = re.compile(rf"(?P<number>{_NUMBER})\s*(?:%|percent|Prozent)")
_OF = re.compile(rf"(?P<number>{_NUMBER})\s*(?:/|of|out of|von)\s*(?P<top>{_NUMBER})")
LONGEST = 100
"""Characters of the longest text that is read as a number."""


class NoRating(ValueError):
    """A value is no rating; the message says why."""


def rating_of(value: Any) -> bool | int | float | str:
    """The rating that a value is.

    Numbers may have a decimal comma; "85 %" is 0.85, and "8/10" is 0.8. Words for yes and no are truth values. Any other
    text without a digit is a label, as it stands.

    Raises:
        NoRating: the value is empty or stands for that ("n/a", "-"), or holds digits and is no number that can be told.

    Example:
        >>> rating_of("4,5"), rating_of("85 %"), rating_of("8/10"), rating_of("Yes"), rating_of("vague")
        (4.5, 0.85, 0.8, True, 'vague')
    """
    if value is None:
        raise NoRating("the cell is empty")
    if isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return _finite(value, str(value))
    text = str(value).strip()
    if not text.isascii() and len(text) <= LONGEST:
        text = unicodedata.normalize("NFKC", text).replace("⁄", "/")
    plain = text.casefold().strip()
    if not plain:
        raise NoRating("the cell is empty")
    if plain in NOTHING:
        raise NoRating(f"the cell holds '{text}'")
    if plain in TRUTH:
        return TRUTH[plain]
    number = _number_in(text) if len(text) <= LONGEST else None
    if number is not None:
        return _finite(number, text)
    if any(character.isnumeric() for character in text[:LONGEST]):
        raise NoRating(
            f"'{text if len(text) <= LONGEST else text[:LONGEST] + '…'}' is no number that can be told"
        )
    return text


def _number_in(text: str) -> float | None:
    if _GROUPED.fullmatch(text):
        return _grouped(text)
    if _PLAIN.fullmatch(text):
        return _float(text)
    if percent := _PERCENT.fullmatch(text):
        return _float(percent["number"]) / 100
    if share := _OF.fullmatch(text):
        top = _float(share["top"])
        return _float(share["number"]) / top if top else None
    return None


def _grouped(text: str) -> float | None:
    """A number in groups of thousands. A single comma or point may part the decimals as well: "4.125" is the number that
    programs write, and "4,125" can't be told."""
    marks = re.sub(r"[-+−\d]", "", text)
    if marks == ".":
        return _float(text)
    if marks == ",":
        return None
    return _float(
        re.sub(r"[' \u00a0\u202f]", "", text) if marks[0] not in ".," else text.replace(marks[0], "")
    )


def _float(text: str) -> float:
    return float(text.replace(",", ".").replace("−", "-"))


def _finite(value: float, text: str) -> float:
    if not math.isfinite(value):
        raise NoRating(f"'{text}' is no number")
    return value
