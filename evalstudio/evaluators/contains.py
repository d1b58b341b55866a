"""Whether an answer contains what it should."""

from typing import Any

import regex

from evalstudio.core.score import Score
from evalstudio.evaluators.normal_form import UNSPACED, TooLong, plain_form
from evalstudio.evaluators.text import no_expected, shown, texts_of, unscored

MOST_COMPARED = 2_500_000
"""Characters that are compared in search of a text as whole words: places where it stands, times its length."""

_UNSPACED = regex.compile(rf"[{UNSPACED}]")
_HANGUL = regex.compile(r"\p{Hangul}")
# what Korean writes at the end of a noun without a space
_PARTICLE = regex.compile(
    r"(?:은|는|이|가|을|를|의|에|에서|에게|도|로|으로|와|과|만|부터|까지|이다|입니다|이에요|예요|이고|였다|이며|라고|이라고)(?!\p{Hangul})"
)
_POINTS = (".", ",")
_LONGEST_NUMBER = 40
_NUMBER_BEFORE = regex.compile(r"[\d.,]*$")
_NUMBER_AFTER = regex.compile(r"[\d.,]*")
_ONE_NUMBER = regex.compile(r"\d+[.,]\d+|\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,3}(?:\.\d{3})+(?:,\d+)?")


def contains(
    answer: str,
    expected: Any,
    *,
    every: bool = False,
    case_sensitive: bool = False,
    words: bool = False,
    separator: str | None = None,
    name: str | None = None,
) -> Score:
    """Whether the answer contains the expected text, or any of several.

    Args:
        answer: the model's answer.
        expected: a text or a list of texts; an empty one decides nothing.
        every: all of the texts have to be there, not just one.
        case_sensitive: tell upper and lower case apart.
        words: the text has to stand as whole words: "no" is not in "know", nor "10" in "10.5". Scripts without spaces
            between words, as Chinese, have no such bounds.
        separator: what parts several texts in one cell.
        name: the score's name.

    Returns:
        A score that is true or false; unscored where the expected answer is null or empty, or the answer
        too long to search.
    """
    name = name or "contains"
    wanted = texts_of(expected, separator)
    if not wanted:
        return no_expected(name)
    try:
        inside = _plain(answer, case_sensitive)
        there = [_occurs(_plain(text, case_sensitive), inside, words) for text in wanted]
    except TooLong as error:
        return unscored(name, str(error))
    found = [text for text, is_there in zip(wanted, there, strict=True) if is_there]
    missing = [text for text, is_there in zip(wanted, there, strict=True) if not is_there]
    if every:
        why = f"missing: {_listed(missing)}" if missing else f"contains all of {_listed(found)}"
        return Score(name, not missing, why=why)
    why = f"contains {_listed(found)}" if found else f"contains none of {_listed(missing)}"
    return Score(name, bool(found), why=why)


def _plain(text: str, case_sensitive: bool) -> str:
    even = " ".join(plain_form(text).split())
    return even if case_sensitive else even.casefold()


def _occurs(text: str, inside: str, words: bool) -> bool:
    return occurs_as_words(text, inside) if words else text in inside


def occurs_as_words(text: str, inside: str) -> bool:
    """Whether a text occurs with no letter, digit or underscore right before or after it, and not in a number.

    Raises:
        TooLong: it occurs as a part of words so often that looking at all places takes too long.
    """
    start = inside.find(text)
    compared = 0
    while start >= 0:
        end = start + len(text)
        if _stands_alone(text, inside, start, end):
            return True
        compared += len(text) + 100
        if compared > MOST_COMPARED:
            raise TooLong(f"{shown(text, 40)} occurs too often inside of words to look at all places")
        start = inside.find(text, start + 1)
    return False


def _stands_alone(text: str, inside: str, start: int, end: int) -> bool:
    before, after = inside[start - 1 : start] if start else "", inside[end : end + 1]
    if _in_word(before) and not (_UNSPACED.match(before) or _UNSPACED.match(text[0])):
        return False
    if _in_word(after) and not (_UNSPACED.match(after) or _UNSPACED.match(text[-1])):
        particle = _PARTICLE.match(inside, end)
        if particle is None or not _HANGUL.match(text[-1]):
            return False
    return not _in_number(text, inside, start, end)


def _in_word(character: str) -> bool:
    return character.isalnum() or character == "_"


def _in_number(text: str, inside: str, start: int, end: int) -> bool:
    """Whether a text is a part of a longer number: of its decimals or thousands, or without its minus sign."""
    first, last = text[0].isdigit(), text[-1].isdigit()
    before, after = inside[max(0, start - 2) : start], inside[end : end + 2]
    if first and before[-1:] == "-" and not (_in_word(before[:-1]) or before[:-1] == ")"):
        return True
    joins = (first and before[-1:] in _POINTS and before[:-1].isdigit()) or (
        last and after[:1] in _POINTS and after[1:].isdigit()
    )
    if not joins:
        return False
    left = _NUMBER_BEFORE.search(inside[max(0, start - _LONGEST_NUMBER) : start])
    right = _NUMBER_AFTER.match(inside[end : end + _LONGEST_NUMBER])
    whole = f"{left[0] if left else ''}{text}{right[0] if right else ''}"
    return _ONE_NUMBER.fullmatch(whole.strip(".,")) is not None


def _listed(texts: list[str]) -> str:
    return ", ".join(shown(text, 40) for text in texts[:5]) + (", …" if len(texts) > 5 else "")
