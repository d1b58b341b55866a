"""ROUGE-L: the longest common subsequence of words."""

from typing import Any

import regex
from rapidfuzz.distance import LCSseq

from evalstudio.core.score import Score
from evalstudio.evaluators.normal_form import UNSPACED, TooLong, plain_form
from evalstudio.evaluators.text import no_expected, shown, texts_of, unscored

LONGEST = 20_000
"""Characters of the longest text whose words are compared."""

MOST_STEPS = 4_000_000
"""Steps for one pair of texts, each of 64 words of the shorter one: about 20 ms."""

_WORD = regex.compile(rf"[{UNSPACED}]|[\p{{L}}\p{{M}}\p{{N}}--[{UNSPACED}]]+", regex.V1)


def rouge_l(answer: str, expected: Any, *, separator: str | None = None, name: str | None = None) -> Score:
    """ROUGE-L: the F1 of the longest common subsequence of words, in lower case and without stemming.

    C.-Y. Lin, "ROUGE: A Package for Automatic Evaluation of Summaries" (2004), with precision and recall weighed alike,
    as in the rouge-score package. Words of all scripts count, those of scripts without spaces by character.

    Args:
        answer: the model's answer.
        expected: a text, or a list of which the closest counts.
        separator: what parts several right answers in one cell.
        name: the score's name.

    Returns:
        A number from 0 to 1; unscored where the expected answer is null or empty, or the texts are too long to compare.

    Example:
        >>> rouge_l("the cat sat on the mat", "the cat lay on the mat").value
        0.8333333333333334
    """
    name = name or "rouge_l"
    metrics = ("mean",)
    accepted = texts_of(expected, separator)
    if not accepted:
        return no_expected(name, metrics)
    try:
        said = _words(answer)
        best, closest = max(((_f1(said, _words(text)), text) for text in accepted), key=lambda pair: pair[0])
    except TooLong as error:
        return unscored(name, str(error), metrics)
    return Score(name, best, metrics, f"ROUGE-L {best:.3f}, beside {shown(closest)}")


def _words(text: str) -> list[str]:
    if len(text) > LONGEST:
        raise TooLong(
            f"a text of {len(text):,} characters is too long to compare by words (up to {LONGEST:,})"
        )
    words: list[str] = _WORD.findall(plain_form(text).lower())
    return words


def _f1(said: list[str], wanted: list[str]) -> float:
    if not said or not wanted:
        return 0.0
    longer, shorter = max(len(said), len(wanted)), min(len(said), len(wanted))
    if longer * (shorter // 64 + 1) > MOST_STEPS:
        raise TooLong(
            f"texts of {len(said):,} and {len(wanted):,} words are too long to compare word by word"
        )
    return 2 * LCSseq.similarity(said, wanted) / (len(said) + len(wanted))
