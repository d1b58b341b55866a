"""Similarity of texts by edit distance."""

from typing import Any

from evalstudio.core.score import Score
from evalstudio.evaluators.text import no_expected, normalise_text, shown, texts_of


def similarity(
    answer: str,
    expected: Any,
    *,
    normalise: bool = False,
    threshold: float | None = None,
    name: str | None = None,
) -> Score:
    """How alike the answer and the expected text are: 1 - edit distance / length of the longer one.

    Args:
        answer: the model's answer.
        expected: a text, or a list of which the most alike counts.
        normalise: even out case, spaces and marks first.
        threshold: give a truth value, true from this similarity on, instead of the number.
        name: the score's name.

    Returns:
        A number from 0 to 1, or a truth value; unscored where the expected answer is null.
    """
    name = name or "similarity"
    metrics = ("mean",) if threshold is None else ("accuracy",)
    accepted = texts_of(expected)
    if not accepted:
        return no_expected(name, metrics)
    even = normalise_text if normalise else str
    message = even(answer)
    ratio, closest = max(((_ratio(message, even(text)), text) for text in accepted), key=lambda pair: pair[0])
    value = ratio if threshold is None else ratio >= threshold
    return Score(name, value, metrics, f"{ratio:.3f} like {shown(closest)}", metadata={"similarity": ratio})


def edit_distance(left: str, right: str) -> int:
    """Levenshtein's distance, by bit-parallel columns on Python's long integers.

    G. Myers, "A fast bit-vector algorithm for approximate string matching based on dynamic programming",
    J. ACM 46 (1999), in the form of H. Hyyrö, "Explaining and extending the bit-parallel approximate string
    matching algorithm of Myers" (2001) for the distance of whole texts.
    """
    if len(left) < len(right):
        left, right = right, left
    if not right:
        return len(left)
    places: dict[str, int] = {}
    for place, character in enumerate(right):
        places[character] = places.get(character, 0) | 1 << place
    every = (1 << len(right)) - 1
    last = 1 << (len(right) - 1)
    rising, falling, distance = every, 0, len(right)
    for character in left:
        equal = places.get(character, 0)
        diagonal = equal | falling
        across = (((equal & rising) + rising) ^ rising) | equal
        up = falling | (~(across | rising) & every)
        down = rising & across
        distance += bool(up & last) - bool(down & last)
        up = (up << 1 | 1) & every
        down = (down << 1) & every
        rising = down | (~(diagonal | up) & every)
        falling = up & diagonal
    return distance


def _ratio(left: str, right: str) -> float:
    longer = max(len(left), len(right))
    return 1.0 - edit_distance(left, right) / longer if longer else 1.0
