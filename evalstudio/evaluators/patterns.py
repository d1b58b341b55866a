"""Regular expressions: whether one matches, and what one extracts."""

import re
from functools import lru_cache
from typing import Any

from evalstudio.errors import EvaluationError
from evalstudio.evaluators.text import class_label, no_expected, normalise_text, shown, texts_of, unscored
from evalstudio.score import Score


def regex_match(answer: str, pattern: str, *, ignore_case: bool = False, name: str | None = None) -> Score:
    """Whether the pattern occurs anywhere in the answer (use ^ and $ to bind it to the ends).

    Raises:
        EvaluationError: the pattern has a mistake.
    """
    found = compiled(pattern, ignore_case).search(answer)
    why = f"found {shown(found[0])}" if found else f"{shown(pattern)} does not occur"
    return Score(name or "regex_match", found is not None, why=why)


def regex_extract(
    answer: str,
    pattern: str,
    expected: Any,
    *,
    ignore_case: bool = False,
    normalise: bool = True,
    name: str | None = None,
) -> Score:
    """Whether what the pattern extracts from the answer is the expected text.

    The last match counts: models come to their answer at the end. Of a match, the group named `answer` is
    taken, else the first group that took part, else all of it.

    Returns:
        A score that is true or false; unscored where the pattern does not occur.

    Raises:
        EvaluationError: the pattern has a mistake.
    """
    name = name or "regex_extract"
    accepted = texts_of(expected)
    if not accepted:
        return no_expected(name)
    matches = list(compiled(pattern, ignore_case).finditer(answer))
    if not matches:
        return unscored(name, f"{shown(pattern)} does not occur in the answer")
    text = _taken(matches[-1])
    even = normalise_text if normalise else str
    right = next((entry for entry in accepted if even(text) == even(entry)), None)
    why = f"extracted {shown(text)}, expected {' or '.join(shown(entry) for entry in accepted[:5])}"
    return Score(
        name,
        right is not None,
        why=why,
        label=class_label(text if right is None else right),
        expected_label=class_label(accepted[0] if right is None else right),
    )


@lru_cache(maxsize=64)
def compiled(pattern: str, ignore_case: bool) -> re.Pattern[str]:
    """The compiled pattern.

    Raises:
        EvaluationError: the pattern has a mistake.
    """
    try:
        return re.compile(pattern, re.IGNORECASE if ignore_case else 0)
    except re.error as error:
        raise EvaluationError(f"The pattern {shown(pattern)} has a mistake: {error}.") from None


def _taken(match: re.Match[str]) -> str:
    named = match.groupdict().get("answer")
    if named is not None:
        return named
    groups = [group for group in match.groups() if group is not None]
    return groups[0] if groups else match[0]
