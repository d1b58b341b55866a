"""Answers to questions as SQuAD compares them: in its normal form, and by the words they share."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

import regex

from evalstudio.core.score import Score
from evalstudio.evaluators.normal_form import UNSPACED, TooLong, plain_form
from evalstudio.evaluators.text import no_expected, shown, texts_of, unscored

LONGEST = 20_000
"""Characters of the longest text whose words are compared."""

_ARTICLES = re.compile(r"\b(?:a|an|the)\b")
_GROUPING = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
# A decimal point is no punctuation here, and a minus sign neither: 10.5 would be 105, and -5 would be 5
_PUNCTUATION = regex.compile(r"[.,](?!\d)|(?<=\S)-|-(?!\d)|[\p{P}\p{S}--[.,\-]]", regex.V1)
_WORD = regex.compile(rf"[{UNSPACED}]|[\S--[{UNSPACED}]]+", regex.V1)


def token_f1(answer: str, expected: Any, *, separator: str | None = None, name: str | None = None) -> Score:
    """The F1 of the words that the answer and the expected text share, in SQuAD's normal form.

    Args:
        answer: the model's answer.
        expected: a text, or a list of which the closest counts.
        separator: what parts several right answers in one cell.
        name: the score's name.

    Returns:
        A number from 0 to 1; unscored where the expected answer is null or empty, or a text is longer than LONGEST.

    Example:
        >>> token_f1("The Lima region", "Lima").value
        0.6666666666666666
    """
    name = name or "token_f1"
    metrics = ("mean",)
    accepted = texts_of(expected, separator)
    if not accepted:
        return no_expected(name, metrics)
    try:
        said = words_of(answer)
        best, closest = max(
            ((_f1(said, words_of(text)), text) for text in accepted), key=lambda pair: pair[0]
        )
    except TooLong as error:
        return unscored(name, str(error), metrics)
    return Score(name, best, metrics, f"F1 of the words {best:.3f}, beside {shown(closest)}")


def squad_form(text: str) -> str:
    """The text in lower case without punctuation, articles and double spaces, as SQuAD's script has it.

    Two things differ from the script: punctuation of all scripts is left out, and decimal points and minus signs stay,
    for 10.5 is not 105.

    Raises:
        TooLong: the text is longer than LONGEST.

    Example:
        >>> squad_form("The U.S. (1,000 states)")
        'us 1000 states'
    """
    if len(text) > LONGEST:
        raise TooLong(
            f"a text of {len(text):,} characters is too long to compare by words (up to {LONGEST:,})"
        )
    even = _GROUPING.sub("", plain_form(text).lower())
    return " ".join(_ARTICLES.sub(" ", _PUNCTUATION.sub("", even)).split())


def words_of(text: str) -> list[str]:
    """The words of a text in SQuAD's normal form; scripts without spaces count by character.

    Raises:
        TooLong: the text is longer than LONGEST.
    """
    form = squad_form(text)
    return form.split() if form.isascii() else _WORD.findall(form)


def _f1(said: Sequence[str], wanted: Sequence[str]) -> float:
    if not said or not wanted:
        return float(said == wanted)
    shared = sum((Counter(said) & Counter(wanted)).values())
    return 2 * shared / (len(said) + len(wanted))
