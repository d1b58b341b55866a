"""Exact match, as it is or evened out."""

from collections.abc import Callable
from typing import Any

from evalstudio.core.score import Score
from evalstudio.evaluators.normal_form import TooLong, longer_than, normalise_text
from evalstudio.evaluators.squad import squad_form
from evalstudio.evaluators.text import (
    class_label,
    is_empty,
    no_expected,
    shown,
    texts_of,
    unscored,
)

HINT_LENGTH = 10_000
"""Characters of the longest texts of which a reason says that they differ in their form only."""


def exact_match(
    answer: Any,
    expected: Any,
    *,
    normalise: bool = False,
    squad: bool = False,
    separator: str | None = None,
    name: str | None = None,
) -> Score:
    """Whether the answer is the expected text, or one of a list of texts.

    Args:
        answer: the model's answer; where a person's code made a number or a truth value of it, that.
        expected: a text, number or truth value, or a list of those that are all right; 0 and False are expected
            answers like any other, an empty text is none. A text that is a list of texts is that list.
        normalise: even out case, Unicode forms, spaces, quotes, marks around and a full stop after.
        squad: compare in the normal form of SQuAD: without case, punctuation and articles (see `squad_form`).
        separator: what parts several right answers in one cell.
        name: the score's name.

    Returns:
        A score that is true or false; unscored where the expected answer is null or empty, or where one of the two is too
        long to be evened out and nothing else tells them apart.
    """
    name = name or "exact_match"
    accepted = texts_of(expected, separator)
    if not accepted:
        return no_expected(name)
    if isinstance(expected, str) and expected not in accepted and not separator and not is_empty(expected):
        accepted = (*accepted, expected)  # the list as it stands is right, too
    answer = _as_text(answer, accepted)
    try:
        right = answer if answer in accepted else None
        if right is None and (normalise or squad):
            right = _evened(answer, accepted, squad_form if squad else normalise_text)
    except TooLong as error:
        return unscored(name, str(error))
    if right is not None:
        label = class_label(right)
        return Score(name, True, why=f"the answer is {shown(right)}", label=label, expected_label=label)
    said = answer if not normalise or len(answer) > HINT_LENGTH else normalise_text(answer)
    why = f"the answer is {shown(answer)}, expected {' or '.join(shown(text) for text in accepted[:5])}"
    if not normalise and not squad and _differs_in_form(answer, accepted):
        why += "; it differs in case, spaces or marks only, and matches with normalise = true"
    return Score(name, False, why=why, label=class_label(said), expected_label=class_label(accepted[0]))


def _evened(answer: str, accepted: tuple[str, ...], form_of: Callable[[str], str]) -> str | None:
    """The accepted text that has the answer's normal form."""
    forms = [form_of(text) for text in accepted]
    try:
        said = form_of(answer)
    except TooLong:
        if all(longer_than(answer, len(form)) for form in forms):
            return None
        raise
    return next((text for text, form in zip(accepted, forms, strict=True) if form == said), None)


def _differs_in_form(answer: str, accepted: tuple[str, ...]) -> bool:
    return len(answer) <= HINT_LENGTH and normalise_text(answer) in {
        normalise_text(text) for text in accepted if len(text) <= HINT_LENGTH
    }


def _as_text(answer: Any, accepted: tuple[str, ...]) -> str:
    """What is compared: 4 is the text 4, and 4.0 too, if one of them is expected."""
    if isinstance(answer, str):
        return answer
    spellings = texts_of(answer) if isinstance(answer, (bool, int, float)) else ()
    return next((text for text in spellings if text in accepted), "" if answer is None else str(answer))
