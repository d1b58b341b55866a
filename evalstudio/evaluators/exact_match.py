"""Exact match, as it is or evened out."""

from typing import Any

from evalstudio.core.score import Score
from evalstudio.evaluators.text import class_label, no_expected, normalise_text, shown, texts_of


def exact_match(answer: Any, expected: Any, *, normalise: bool = False, name: str | None = None) -> Score:
    """Whether the answer is the expected text, or one of a list of texts.

    Args:
        answer: the model's answer; where a person's code made a number or a truth value of it, that.
        expected: a text, number or truth value, or a list of those that are all right; "", 0 and False are
            expected answers like any other.
        normalise: even out case, Unicode forms, spaces, quotes, marks around and a full stop after.
        name: the score's name.

    Returns:
        A score that is true or false; unscored where the expected answer is null.
    """
    name = name or "exact_match"
    accepted = texts_of(expected)
    if not accepted:
        return no_expected(name)
    answer = _as_text(answer, accepted)
    message = normalise_text(answer) if normalise else answer
    for text in accepted:
        if message == (normalise_text(text) if normalise else text):
            label = class_label(text)
            return Score(name, True, why=f"the answer is {shown(text)}", label=label, expected_label=label)
    why = f"the answer is {shown(answer)}, expected {' or '.join(shown(text) for text in accepted[:5])}"
    if not normalise and normalise_text(answer) in {normalise_text(text) for text in accepted}:
        why += "; it differs in case, spaces or marks only, and matches with normalise = true"
    return Score(name, False, why=why, label=class_label(message), expected_label=class_label(accepted[0]))


def _as_text(answer: Any, accepted: tuple[str, ...]) -> str:
    """What is compared: 4 is the text 4, and 4.0 too, if one of them is expected."""
    if isinstance(answer, str):
        return answer
    spellings = texts_of(answer) if isinstance(answer, (bool, int, float)) else ()
    return next((text for text in spellings if text in accepted), "" if answer is None else str(answer))
