"""Whether an answer contains what it should."""

import re
import unicodedata
from typing import Any

from evalstudio.core.score import Score
from evalstudio.evaluators.text import QUOTES, no_expected, shown, texts_of


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
        A score that is true or false; unscored where the expected answer is null.
    """
    name = name or "contains"
    wanted = texts_of(expected)
    if not wanted:
        return no_expected(name)
    inside = _plain(answer, case_sensitive)
    found = [text for text in wanted if _occurs(_plain(text, case_sensitive), inside, words)]
    missing = [text for text in wanted if text not in found]
    if every:
        why = f"missing: {_listed(missing)}" if missing else f"contains all of {_listed(found)}"
        return Score(name, not missing, why=why)
    why = f"contains {_listed(found)}" if found else f"contains none of {_listed(missing)}"
    return Score(name, bool(found), why=why)


def _plain(text: str, case_sensitive: bool) -> str:
    even = " ".join(unicodedata.normalize("NFKC", text).translate(QUOTES).split())
    return even if case_sensitive else even.casefold()


def _occurs(text: str, inside: str, words: bool) -> bool:
    if not words:
        return text in inside
    return re.search(rf"(?<!\w){re.escape(text)}(?!\w)", inside) is not None


def _listed(texts: list[str]) -> str:
    return ", ".join(shown(text, 40) for text in texts[:5]) + (", …" if len(texts) > 5 else "")
