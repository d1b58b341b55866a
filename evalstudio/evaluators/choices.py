"""Multiple choice: which of the choices an answer takes."""

import ast
import re
import string
from collections.abc import Mapping
from typing import Any, NamedTuple

from evalstudio.core.score import Score
from evalstudio.evaluators.text import no_expected, normalise_text, shown, unscored

MARKUP = re.compile(r"[*_`\"“”]|\\(?:boxed|text|textbf|mathrm)\b|[{}]")
STATEMENT = r"(?:answer|choice|option|pick|choose|select)\w*[\s:=]*(?:is|was)?[\s:=]*(?:option|choice|letter|\()?[\s(\[]*"


class Choices(NamedTuple):
    """The labels of the choices, and their texts where they are known."""

    labels: tuple[str, ...]
    texts: tuple[str, ...]


def multiple_choice(answer: str, expected: Any, choices: Any = None, *, name: str | None = None) -> Score:
    """Whether the answer takes the expected choice, by its label ("B", "(b)", "B) Paris") or by its text.

    Args:
        answer: the model's answer.
        expected: a label, a choice's text, or its place in `choices` counted from 0.
        choices: a list of texts (labelled A, B, C, ...), a table of texts by label, or one with the lists
            `label` and `text`; without it only labels, or one expected text, can be compared.
        name: the score's name.

    Returns:
        A score that is true or false; unscored where the answer takes no choice, or more than one.

    Raises:
        ValueError: `choices` has none of these forms.
    """
    name = name or "multiple_choice"
    if expected is None:
        return no_expected(name)
    known = choices_of(choices)
    wanted = _expected_label(expected, known)
    if wanted is None:
        if known.texts:
            return unscored(name, f"the expected answer {shown(expected)} is none of the choices")
        return _by_text(answer, str(expected), name)
    if not known.labels:
        known = Choices(_family(wanted), ())
    taken = taken_label(answer, known)
    if taken is None:
        return unscored(name, f"no single choice can be read from {shown(answer)}")
    why = f"the answer takes {_named(taken, known)}, expected {_named(wanted, known)}"
    return Score(name, taken == wanted, why=why, label=taken, expected_label=wanted)


def choices_of(value: Any) -> Choices:
    """The choices, from any of the forms in which datasets hold them."""
    if value is None:
        return Choices((), ())
    if isinstance(value, str):
        try:
            value = ast.literal_eval(value.strip())
        except (ValueError, SyntaxError):
            value = [line.strip() for line in value.splitlines() if line.strip()]
    if isinstance(value, Mapping):
        if isinstance(value.get("text"), list) and isinstance(value.get("label"), list):
            return Choices(tuple(map(str, value["label"])), tuple(map(str, value["text"])))
        return Choices(tuple(map(str, value)), tuple(map(str, value.values())))
    if isinstance(value, list | tuple) and 2 <= len(value) <= 26:
        return Choices(tuple(string.ascii_uppercase[: len(value)]), tuple(map(str, value)))
    raise ValueError(
        f"choices has to be a list of 2 to 26 texts or a table of texts by label, not {shown(value)}"
    )


def taken_label(answer: str, choices: Choices) -> str | None:
    """The label of the one choice an answer takes; None where that cannot be told.

    In this order: the whole answer is a label or a choice's text; it says "the answer is ..."; it begins
    with a label and a mark; it mentions one choice's text; it mentions one label.
    """
    text = MARKUP.sub("", answer).strip()
    by_label = {label.casefold(): label for label in choices.labels}
    bare = text.strip(" \n\t()[]<>.,:;!'").casefold()
    if bare in by_label:
        return by_label[bare]
    even = _even(answer)
    same = [label for label, choice in _pairs(choices) if _even(choice) == even]
    if len(same) == 1:
        return same[0]
    one = "|".join(sorted(map(re.escape, choices.labels), key=len, reverse=True))
    stated = re.findall(rf"(?i:{STATEMENT})({one})(?![\w'’-])", text)
    stated = stated or re.findall(rf"(?i:{STATEMENT})[(\[](?i:({one}))[)\]]", text)
    if stated:
        return by_label[stated[-1].casefold()]
    if first := re.match(rf"[(\[]?({one})(?:[)\]]|[.:](?!\d)|\s+[-–—](?=\s))", text, re.IGNORECASE):
        return by_label[first[1].casefold()]
    if mentioned := _mentioned_texts(even, choices):
        return mentioned[0] if len(mentioned) == 1 else None
    # "A" and "I" are also words of a sentence.
    alone = {
        match[1]
        for match in re.finditer(rf"(?<![\w'’.-])({one})(?![\w'’-])(\s+(?!or\b|and\b)[a-z])?", text)
        if not (match[1] in "AI" and match[2])
    }
    return by_label[alone.pop().casefold()] if len(alone) == 1 and not bare.isdigit() else None


def _even(text: str) -> str:
    return normalise_text(MARKUP.sub("", text))


def _mentioned_texts(even: str, choices: Choices) -> list[str]:
    """Labels of the choices whose texts occur as words, but inside a longer one's."""
    found = [
        (label, choice)
        for label, choice in ((label, _even(text)) for label, text in _pairs(choices))
        if choice and re.search(rf"(?<!\w){re.escape(choice)}(?!\w)", even)
    ]
    return [
        label for label, choice in found if not any(choice != other and choice in other for _, other in found)
    ]


def _expected_label(expected: Any, known: Choices) -> str | None:
    if isinstance(expected, int) and not isinstance(expected, bool) and known.texts:
        if str(expected) in known.labels:
            return str(expected)
        return known.labels[expected] if 0 <= expected < len(known.labels) else None
    text = str(expected)
    if text in known.texts:
        return known.labels[known.texts.index(text)]
    if known.labels:
        bare = text.strip(" ().:").casefold()
        for label in known.labels:
            if label.casefold() == bare:
                return label
        return taken_label(text, known)
    label = text.strip(" ().:")
    if re.fullmatch(r"[A-Za-z]|\d{1,2}", label):
        return label.upper()
    prefix = re.match(r"\s*[(\[]?([A-Z])[)\].:]\s", text)
    return prefix[1] if prefix else None


def _family(label: str) -> tuple[str, ...]:
    """The labels a lone one is among: letters, or numbers."""
    return tuple(map(str, range(100))) if label.isdigit() else tuple(string.ascii_uppercase)


def _by_text(answer: str, expected: str, name: str) -> Score:
    """Without choices and labels: the answer's text, without a label in front, against the expected one."""
    text = MARKUP.sub("", answer).strip()
    if re.fullmatch(r"[(\[]?[A-Za-z][)\].:]?", text):
        return unscored(name, f"the answer is the label {shown(text)}, and the choices' texts are not given")
    rest = re.sub(r"^[(\[]?[A-Za-z](?:[)\]]|[.:])\s+", "", text)
    right = normalise_text(expected) in (normalise_text(text), normalise_text(rest))
    return Score(name, right, why=f"the answer is {shown(rest)}, expected {shown(expected)}")


def _pairs(choices: Choices) -> list[tuple[str, str]]:
    return list(zip(choices.labels, choices.texts, strict=False))


def _named(label: str, choices: Choices) -> str:
    texts = dict(_pairs(choices))
    return f"{label} ({texts[label]})" if label in texts else label
