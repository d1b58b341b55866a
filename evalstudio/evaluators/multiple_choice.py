"""Multiple choice: whether an answer takes the expected choice."""

import re
import string
from typing import Any

from evalstudio.core.score import Score
from evalstudio.evaluators.choices.choices import Choices, choices_of
from evalstudio.evaluators.choices.statements import Statement
from evalstudio.evaluators.choices.taken import taken_label
from evalstudio.evaluators.choices.texts import by_text
from evalstudio.evaluators.text import TooLong, no_expected, shown, unscored
from evalstudio.evaluators.thought import StillThinking, without_thought


def multiple_choice(
    answer: str,
    expected: Any,
    choices: Any = None,
    *,
    statement: Statement = "auto",
    name: str | None = None,
) -> Score:
    """Whether the answer takes the expected choice, by its label ("B", "(b)", "B) Paris") or by its text.

    Args:
        answer: the model's answer.
        expected: a label, a choice's text, or its place in `choices` counted from 0.
        choices: a list of texts (labelled A, B, C, ...), a table of texts by label, or one with the lists
            `label` and `text`; without it only labels, or one expected text, can be compared.
        statement: which statement counts where an answer makes several that differ: the "first", the "last", or with
            "auto" the last one if it is a correction ("Wait, ...") or alone the conclusion, and otherwise none.
        name: the score's name.

    Returns:
        A score that is true or false; unscored where the answer takes no choice, or more than one, or is too long to
        tell: of more than 40,000 characters only both ends are read.

    Raises:
        ValueError: `choices` has none of these forms.

    Example:
        >>> multiple_choice("The answer is (B). Choice C is incorrect.", "B", ["red", "blue", "green"]).value
        True
    """
    name = name or "multiple_choice"
    if expected is None:
        return no_expected(name)
    known = choices_of(choices)
    try:
        said = without_thought(answer)
        wanted = _expected_label(expected, known)
        if wanted is None:
            if known.texts:
                return unscored(name, f"the expected answer {shown(expected)} is none of the choices")
            return by_text(said, str(expected), name)
        if not known.labels:
            known = Choices(_family(wanted), ())
        taken = taken_label(said, known, statement)
    except (TooLong, StillThinking) as error:
        return unscored(name, str(error))
    if taken is None:
        return unscored(name, f"no single choice can be read from {shown(answer)}")
    why = f"the answer takes {known.named(taken)}, expected {known.named(wanted)}"
    return Score(name, taken == wanted, why=why, label=taken, expected_label=wanted)


def _expected_label(expected: Any, known: Choices) -> str | None:
    if isinstance(expected, float) and expected.is_integer():
        expected = int(expected)
    if isinstance(expected, int) and not isinstance(expected, bool) and known.texts:
        if str(expected) in known.labels:
            return str(expected)
        return known.labels[expected] if 0 <= expected < len(known.labels) else None
    text = str(expected)
    if text in known.texts:
        return known.labels[known.texts.index(text)]
    bare = text.strip(" ().:")
    if known.labels:
        for label in known.labels:
            if label.casefold() == bare.casefold():
                return label
        if bare.isdecimal() and known.texts:  # the place, from a file that holds nothing but texts
            return known.labels[int(bare)] if len(bare) < 4 and int(bare) < len(known.labels) else None
        return taken_label(text, known)
    if re.fullmatch(r"[A-Za-z]|\d{1,2}", bare):
        return bare.upper()
    prefix = re.match(r"\s*[(\[]?([A-Z])[)\].:]\s", text)
    return prefix[1] if prefix else None


def _family(label: str) -> tuple[str, ...]:
    """The labels a lone one is among: letters, or numbers."""
    return tuple(map(str, range(100))) if label.isdigit() else tuple(string.ascii_uppercase)
