"""What evaluators share about text: normal forms, expected answers, excerpts for the reasons they give."""

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from evalstudio.core.score import Score

QUOTES = str.maketrans(
    {"‘": "'", "’": "'", "‚": "'", "‛": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"'}
)
CLOSING = ".,;:"
EDGES = "\"'`*_ \n\t"
LABEL_LENGTH = 60
FENCE = re.compile(r"```[\w+-]*[ \t]*\n(.*?)```", re.DOTALL)


def normalise_text(text: str) -> str:
    """Case, Unicode forms, spaces, quotes and marks around the text, and a full stop after it, evened out.

    Marks inside stay: "10.5" is not "105" and "a-b" not "ab". A text of nothing but marks stays as it is.
    """
    even = " ".join(unicodedata.normalize("NFKC", text).translate(QUOTES).casefold().split())
    bare = even.strip(EDGES)
    end = len(bare)
    while end and (
        bare[end - 1] in CLOSING
        or bare[end - 1] in EDGES
        or (bare[end - 1] in "!?" and not bare[max(0, end - 2) : end - 1].isdigit())
    ):
        end -= 1
    return bare[:end] or even


def texts_of(expected: Any) -> tuple[str, ...]:
    """The texts by which an answer can be right; several for a list, and for values with several spellings."""
    if isinstance(expected, str):
        return (expected,)
    if isinstance(expected, bool):
        return (str(expected), str(expected).lower())
    if isinstance(expected, float) and expected.is_integer():
        return (str(expected), str(int(expected)))
    if isinstance(expected, Sequence):
        return tuple(text for entry in expected if entry is not None for text in texts_of(entry))
    return () if expected is None else (str(expected),)


def shown(value: Any, length: int = 80) -> str:
    """A value for a reason: in quotes, on one line, cut when long."""
    text = value if isinstance(value, str) else repr(value)
    line = " ".join(text.split())
    return f"'{line if len(line) <= length else line[: length - 1] + '…'}'"


def class_label(text: str) -> str:
    """A text as a class of a confusion matrix; long ones are no classes."""
    return text if len(text) <= LABEL_LENGTH else "(other)"


def unscored(name: str, why: str, metrics: tuple[str, ...] = ("accuracy",)) -> Score:
    """A score without a value: the evaluator could not decide."""
    return Score(name, None, metrics, why)


def no_expected(name: str, metrics: tuple[str, ...] = ("accuracy",)) -> Score:
    return unscored(name, "there is no expected answer (null) to compare with", metrics)


def unfenced(text: str) -> str:
    """The inside of the only fenced block of a text, or the text itself."""
    blocks = FENCE.findall(text)
    return blocks[0].strip() if len(blocks) == 1 else text.strip()
