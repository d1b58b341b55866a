"""Whether an answer contains what it should."""

from typing import Any

from evalstudio.core.score import Score
from evalstudio.evaluators.text import TooLong, compatible, no_expected, shown, texts_of, unscored

MOST_COMPARED = 5_000_000
"""Characters that are compared in search of a text as whole words: places where it stands, times its length."""


def contains(
    answer: str,
    expected: Any,
    *,
    every: bool = False,
    case_sensitive: bool = False,
    words: bool = False,
    name: str | None = None,
) -> Score:
    """Whether the answer contains the expected text, or any of several.

    Args:
        answer: the model's answer.
        expected: a text or a list of texts.
        every: all of the texts have to be there, not just one.
        case_sensitive: tell upper and lower case apart.
        words: the text has to stand as whole words: "no" is not in "know".
        name: the score's name.

    Returns:
        A score that is true or false; unscored where the expected answer is null, or the answer too long to search.
    """
    name = name or "contains"
    wanted = texts_of(expected)
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
    even = " ".join(compatible(text).split())
    return even if case_sensitive else even.casefold()


def _occurs(text: str, inside: str, words: bool) -> bool:
    return occurs_as_words(text, inside) if words else text in inside


def occurs_as_words(text: str, inside: str) -> bool:
    """Whether a text occurs with no letter, digit or underscore right before or after it.

    Raises:
        TooLong: it occurs as a part of words so often that looking at all places takes too long.
    """
    start = inside.find(text)
    compared = 0
    while start >= 0:
        end = start + len(text)
        if not (_in_word(inside[start - 1 : start]) or _in_word(inside[end : end + 1])):
            return True
        compared += len(text) + 100
        if compared > MOST_COMPARED:
            raise TooLong(f"{shown(text, 40)} occurs too often inside of words to look at all places")
        start = inside.find(text, start + 1)
    return False


def _in_word(character: str) -> bool:
    return character.isalnum() or character == "_"


def _listed(texts: list[str]) -> str:
    return ", ".join(shown(text, 40) for text in texts[:5]) + (", …" if len(texts) > 5 else "")
