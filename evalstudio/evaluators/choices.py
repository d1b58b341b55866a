"""Multiple choice: which of the choices an answer takes."""

import ast
import re
import string
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from evalstudio.core.score import Score
from evalstudio.evaluators.contains import occurs_as_words
from evalstudio.evaluators.text import TooLong, ends_of, last_of, no_expected, normalise_text, shown, unscored

END = 20_000
"""Characters at either end of a longer answer in which it is looked for what the answer takes."""

LONGEST_CHOICES = 50_000
"""Characters of the longest text that is read as a list of choices."""

LONGEST_GLUED = 20  # characters of the end of a word such as AnswerB
STATES = ("answer", "choice", "option", "pick", "choose", "select")
AROUND_LABEL = " \n\t()[]<>.,:;!'"
MARKUP = re.compile(r"[*_`\"“”]|\\(?:boxed|text|textbf|mathrm)\b|[{}]")
# What may stand between "answer" and a label. No two neighbours of it take the same characters.
BETWEEN = r"[\s:=]*(?:(?:is|was)[\s:=]*)?(?:(?:option|choice|letter|[(\[])[\s(\[]*)?"
STATING = re.compile(rf"\b\w*?(?:{'|'.join(STATES)})(?P<rest>\w*)", re.IGNORECASE)


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
        A score that is true or false; unscored where the answer takes no choice, or more than one, or is too long to
        tell: of more than twice END characters only both ends are read.

    Raises:
        ValueError: `choices` has none of these forms.
    """
    name = name or "multiple_choice"
    if expected is None:
        return no_expected(name)
    known = choices_of(choices)
    try:
        wanted = _expected_label(expected, known)
        if wanted is None:
            if known.texts:
                return unscored(name, f"the expected answer {shown(expected)} is none of the choices")
            return _by_text(answer, str(expected), name)
        if not known.labels:
            known = Choices(_family(wanted), ())
        taken = taken_label(answer, known)
    except TooLong as error:
        return unscored(name, str(error))
    if taken is None:
        return unscored(name, f"no single choice can be read from {shown(answer)}")
    why = f"the answer takes {_named(taken, known)}, expected {_named(wanted, known)}"
    return Score(name, taken == wanted, why=why, label=taken, expected_label=wanted)


def choices_of(value: Any) -> Choices:
    """The choices, from any of the forms in which datasets hold them."""
    if value is None:
        return Choices((), ())
    if isinstance(value, str):
        if len(value) > LONGEST_CHOICES:
            raise ValueError(
                f"choices is a text of {len(value):,} characters; up to {LONGEST_CHOICES:,} are read"
            )
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

    Of an answer of more than twice END characters, what it mentions is not looked for, and where its middle may state
    something only its end counts.
    """
    answer = answer.strip()
    said = ends_of(answer, END)
    whole = said is answer
    end_only = not whole and _states(answer[END:-END])
    if end_only:
        said = answer[-END:]
    text = MARKUP.sub("", said).strip()
    by_label = {label.casefold(): label for label in choices.labels}
    bare = answer.strip(AROUND_LABEL) if not whole else text.strip(AROUND_LABEL).casefold()
    if bare.casefold() in by_label:
        return by_label[bare.casefold()]
    even = _even(text)
    same = [
        label for label, choice in _pairs(choices) if (_even(choice) == even if whole else choice == answer)
    ]
    if len(same) == 1:
        return same[0]
    patterns = _patterns(choices.labels)
    stated = last_of(_stated(text, patterns.plain, patterns.glued)) or last_of(
        _stated(text, patterns.bracketed)
    )
    if stated:
        return by_label[stated.casefold()]
    if not end_only and (first := patterns.first.match(text)):
        return by_label[first[1].casefold()]
    if not whole:
        return None
    if mentioned := _mentioned_texts(even, choices):
        return mentioned[0] if len(mentioned) == 1 else None
    # "A" and "I" are also words of a sentence.
    alone = {match[1] for match in patterns.alone.finditer(text) if not (match[1] in "AI" and match[2])}
    return by_label[alone.pop().casefold()] if len(alone) == 1 and not bare.isdigit() else None


def _states(text: str) -> bool:
    """Whether a text may state what it takes; many times as fast as to look for what it states."""
    even = text.casefold()
    return any(word in even for word in STATES)


class _Patterns(NamedTuple):
    """How the labels of some choices are recognised."""

    plain: re.Pattern[str]
    """After "answer" and the like."""
    glued: re.Pattern[str]
    """At the end of such a word: AnswerB."""
    bracketed: re.Pattern[str]
    """After such a word, in brackets and in any case."""
    first: re.Pattern[str]
    """At the beginning of an answer, with a mark."""
    alone: re.Pattern[str]
    """Anywhere, as a word."""


@lru_cache(maxsize=256)
def _patterns(labels: tuple[str, ...]) -> _Patterns:
    one = "|".join(sorted(map(re.escape, labels), key=len, reverse=True))
    return _Patterns(
        re.compile(rf"(?i:{BETWEEN})({one})(?![\w'’-])"),
        re.compile(rf"(?i:(?:is|was)?(?:option|choice|letter)?)({one})(?![\w'’-])"),
        re.compile(rf"(?i:{BETWEEN})(?<=[(\[])(?i:({one}))[)\]]"),
        re.compile(rf"[(\[]?({one})(?:[)\]]|[.:](?!\d)|\s+[-–—](?=\s))", re.IGNORECASE),
        re.compile(rf"(?<![\w'’.-])({one})(?![\w'’-])(\s+(?!or\b|and\b)[a-z])?"),
    )


def _stated(text: str, after: re.Pattern[str], glued: re.Pattern[str] | None = None) -> Iterator[str]:
    """The labels that follow a word such as "answer", or end it."""
    position = 0
    while word := STATING.search(text, position):
        position = word.end()
        found = after.match(text, position)
        if found is None and glued is not None and word["rest"]:
            starts = range(position - 1, max(word.start("rest"), position - LONGEST_GLUED) - 1, -1)
            found = next((match for start in starts if (match := glued.match(text, start))), None)
        if found is not None:
            yield found[1]
            position = max(position, found.end())


def _even(text: str) -> str:
    return normalise_text(MARKUP.sub("", text))


def _mentioned_texts(even: str, choices: Choices) -> list[str]:
    """Labels of the choices whose texts occur as words, but inside a longer one's."""
    found = [
        (label, choice)
        for label, choice in ((label, _even(text)) for label, text in _pairs(choices))
        if choice and occurs_as_words(choice, even)
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
    if len(answer) > LONGEST_CHOICES:
        if answer != expected:
            raise TooLong(
                f"an answer of {len(answer):,} characters is too long to compare (up to {LONGEST_CHOICES:,})"
            )
        return Score(name, True, why=f"the answer is {shown(expected)}")
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
