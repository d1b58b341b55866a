"""What evaluators share about text: expected answers, excerpts for the reasons they give, the ends of a text."""

import ast
import json
import re
from collections import deque
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any, TypeVar

from evalstudio.core.score import Score
from evalstudio.evaluators.normal_form import TooLong as TooLong
from evalstudio.evaluators.normal_form import normalise_text as normalise_text
from evalstudio.evaluators.normal_form import visible

LABEL_LENGTH = 60

LONGEST_LIST = 20_000
"""Characters of the longest cell that is read as a list of right answers."""

MOST_ANSWERS = 1_000
"""Right answers that one cell may hold."""

_LIST_OF_TEXTS = re.compile(r"\[\s*[\"']")
_WITHOUT_COMMA = re.compile(r"[\"']\s*[\"'](?!\s*[,\]])|[\"']\s+[\"']")
T = TypeVar("T")


def texts_of(expected: Any, separator: str | None = None) -> tuple[str, ...]:
    """The texts by which an answer can be right; several for a list, and for values with several spellings.

    Empty texts are none of them: an empty cell decides nothing. A text that is a list of texts, as JSON or Python
    writes it, is that list; with a separator, a text is parted at it.

    Raises:
        TooLong: a text has more than MOST_ANSWERS parts.

    Example:
        >>> texts_of(["Lima", ""]), texts_of("Lima | Lima city", "|"), texts_of('["Lima", "Lima city"]')
        (('Lima',), ('Lima', 'Lima city'), ('Lima', 'Lima city'))
    """
    if isinstance(expected, str):
        if separator:
            parts = expected.split(separator, MOST_ANSWERS)
            if len(parts) > MOST_ANSWERS:
                raise TooLong(f"a cell holds more than {MOST_ANSWERS:,} right answers")
            return tuple(part for text in parts if not is_empty(part := text.strip()))
        listed = listed_texts(expected) if expected[:1] in ("[", " ") else None
        return listed or (() if is_empty(expected) else (expected,))
    if isinstance(expected, bool):
        return (str(expected), str(expected).lower())
    if isinstance(expected, float) and expected.is_integer():
        return (str(expected), str(int(expected)))
    if isinstance(expected, Sequence):
        return tuple(text for entry in expected for text in _texts_of_entry(entry, separator))
    return () if expected is None else (str(expected),)


def _texts_of_entry(entry: Any, separator: str | None) -> tuple[str, ...]:
    if isinstance(entry, str) and not separator:
        return () if is_empty(entry) else (entry,)
    return texts_of(entry, separator)


def is_empty(expected: Any) -> bool:
    """Whether an expected answer is none: null, no text but spaces and invisible characters, or a list of such."""
    if isinstance(expected, str):
        if expected.isascii() or len(expected) > LABEL_LENGTH:
            return not expected or expected.isspace()
        return not visible(expected).strip()
    if isinstance(expected, list | tuple):
        return all(map(is_empty, expected))
    return expected is None


def listed_texts(text: str) -> tuple[str, ...] | None:
    """The entries of a text that is a list of texts, as JSON or Python writes it; None where it is none."""
    bare = text.strip()
    if not _LIST_OF_TEXTS.match(bare) or not bare.endswith("]") or len(bare) > LONGEST_LIST:
        return None
    try:
        entries = json.loads(bare)
    except (ValueError, RecursionError):
        if _WITHOUT_COMMA.search(bare):
            return None  # Python would join two texts
        try:
            entries = ast.literal_eval(bare)
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            return None
    if not isinstance(entries, list) or not all(isinstance(entry, str) for entry in entries):
        return None
    return tuple(entry for entry in entries if not is_empty(entry)) or None


def shown(value: Any, length: int = 80) -> str:
    """A value for a reason: in quotes, on one line, cut when long."""
    text = value if isinstance(value, str) else repr(_cut(value, length, [length + 1]))
    line = _one_line(text, length)
    return f"'{line if len(line) <= length else line[: length - 1] + '…'}'"


def _one_line(text: str, length: int) -> str:
    """The text with single spaces, up to a little more than `length` characters of it."""
    text, taken = text.lstrip(), 4 * length
    line = " ".join(text[:taken].split())
    while len(line) <= length and taken < len(text):
        taken *= 4
        line = " ".join(text[:taken].split())
    return line


def _cut(value: Any, length: int, left: list[int], depth: int = 0) -> Any:
    """As much of a value as can be seen in so many characters: `left` counts the values that may still come."""
    left[0] -= 1
    if type(value) in (str, bytes):
        return value[: 4 * length]
    if type(value) not in (list, tuple, dict):
        return value
    if depth > length:
        return ...  # behind so many brackets that it can't be seen
    most = max(left[0], 0)
    if type(value) is dict:
        return {
            _cut(key, length, left, depth + 1): _cut(entry, length, left, depth + 1)
            for key, entry in islice(value.items(), most)
        }
    return type(value)(_cut(entry, length, left, depth + 1) for entry in islice(value, most))


def class_label(text: str) -> str:
    """A text as a class of a confusion matrix; long ones are no classes."""
    return text if len(text) <= LABEL_LENGTH else "(other)"


def unscored(name: str, why: str, metrics: tuple[str, ...] = ("accuracy",)) -> Score:
    """A score without a value: the evaluator could not decide."""
    return Score(name, None, metrics, why)


def no_expected(name: str, metrics: tuple[str, ...] = ("accuracy",)) -> Score:
    return unscored(name, "there is no expected answer (null or empty) to compare with", metrics)


def last_of(values: Iterable[T]) -> T | None:
    """The last of some values, none of the others kept; None where there are none."""
    last = deque(values, maxlen=1)
    return last[0] if last else None


def ends_of(text: str, length: int) -> str:
    """A text of up to `2 * length` characters as it is; of a longer one so many at either end, in two lines."""
    return text if len(text) <= 2 * length else f"{text[:length]}\n{text[-length:]}"
