"""The choices of a question, in the forms in which datasets hold them."""

import ast
import re
import string
from collections.abc import Mapping
from typing import Any, NamedTuple

from evalstudio.evaluators.contains import occurs_as_words
from evalstudio.evaluators.text import normalise_text, shown

LONGEST_CHOICES = 50_000
"""Characters of the longest text that is read as a list of choices."""

MARKUP = re.compile(
    r"[*_`\"“”„「」『』$]|\\(?:boxed|fbox|text|textbf|textit|textrm|mathrm|mathbf|mathit)(?![a-zA-Z])|[{}]|\\[()\[\]]"
)


class Choices(NamedTuple):
    """The labels of the choices, and their texts where they are known."""

    labels: tuple[str, ...]
    texts: tuple[str, ...]

    def pairs(self) -> list[tuple[str, str]]:
        """Each label with its text; empty where the texts are not known."""
        return list(zip(self.labels, self.texts, strict=False))

    def named(self, label: str) -> str:
        """A label for a reason, with its text where it is known."""
        texts = dict(self.pairs())
        return f"{label} ({texts[label]})" if label in texts else label


def choices_of(value: Any) -> Choices:
    """The choices, from any of the forms in which datasets hold them.

    Example:
        >>> choices_of(["red", "blue"]).labels
        ('A', 'B')

    Raises:
        ValueError: it has none of these forms.
    """
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


def even(text: str) -> str:
    """A text as choices are compared: without markup, case and marks around it."""
    return normalise_text(MARKUP.sub("", text))


def mentioned_texts(said: str, choices: Choices) -> list[tuple[str, str]]:
    """The choices whose texts occur as words in an even text, but inside a longer one's; each with its even text."""
    found = [
        (label, choice)
        for label, choice in ((label, even(text)) for label, text in choices.pairs())
        if choice and occurs_as_words(choice, said)
    ]
    return [
        (label, choice)
        for label, choice in found
        if not any(choice != other and choice in other for _, other in found)
    ]
