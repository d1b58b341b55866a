"""Similarity of texts by edit distance."""

from typing import Any

from rapidfuzz.distance import Levenshtein

from evalstudio.core.score import Score
from evalstudio.evaluators.normal_form import TooLong, normalise_text
from evalstudio.evaluators.text import no_expected, shown, texts_of, unscored

WORD = 64
"""Characters of the shorter text that one step compares."""

MOST_STEPS = 8_000_000
"""Steps for one pair of texts, about 20 to 40 ms: two texts of 22,000 characters, or one of 1,000,000 and one of 448."""


def similarity(
    answer: str,
    expected: Any,
    *,
    normalise: bool = False,
    threshold: float | None = None,
    separator: str | None = None,
    name: str | None = None,
) -> Score:
    """How alike the answer and the expected text are: 1 - edit distance / length of the longer one.

    Args:
        answer: the model's answer.
        expected: a text, or a list of which the most alike counts.
        normalise: even out case, spaces and marks first.
        threshold: give a truth value, true from this similarity on, instead of the number.
        separator: what parts several right answers in one cell.
        name: the score's name.

    Returns:
        A number from 0 to 1, or a truth value; unscored where the expected answer is null or empty, or the texts are too long
        to compare.
    """
    name = name or "similarity"
    metrics = ("mean",) if threshold is None else ("accuracy",)
    accepted = texts_of(expected, separator)
    if not accepted:
        return no_expected(name, metrics)
    even = normalise_text if normalise else str
    try:
        said = even(answer)
        ratios = [(_ratio(said, even(text)), text) for text in accepted]
    except TooLong as error:
        return unscored(name, str(error), metrics)
    ratio, closest = max(ratios, key=lambda pair: pair[0])
    value = ratio if threshold is None else ratio >= threshold
    return Score(name, value, metrics, f"{ratio:.3f} like {shown(closest)}", metadata={"similarity": ratio})


def edit_distance(left: str, right: str) -> int:
    """Levenshtein's distance.

    Raises:
        TooLong: the texts are too long to compare, and not nearly the same: see MOST_STEPS.
    """
    longer, shorter = max(len(left), len(right)), min(len(left), len(right))
    skewed = longer > 2 * shorter and not (_latin(left) and _latin(right))
    steps = MOST_STEPS // 8 if skewed else MOST_STEPS
    if longer * (shorter // WORD + 1) <= steps:
        return Levenshtein.distance(left, right)
    most = steps // longer * WORD // 2  # a distance up to this is found in as many steps
    distance = Levenshtein.distance(left, right, score_cutoff=most)
    if distance > most:
        raise TooLong(
            f"texts of {len(left):,} and {len(right):,} characters are too long to compare by edit distance"
        )
    return distance


def _latin(text: str) -> bool:
    """Whether all characters are among the first 256, for which the distance is found several times faster."""
    try:
        text.encode("latin-1")
    except UnicodeEncodeError:
        return False
    return True


def _ratio(left: str, right: str) -> float:
    longer = max(len(left), len(right))
    return 1.0 - edit_distance(left, right) / longer if longer else 1.0
