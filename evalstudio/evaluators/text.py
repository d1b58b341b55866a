"""What evaluators share about text: normal forms, expected answers, excerpts for the reasons they give."""

import re
import unicodedata
from collections import deque
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any, TypeVar

import regex

from evalstudio.core.errors import EvaluationError
from evalstudio.core.score import Score

LONGEST_ASCII = 1_000_000
"""Characters of the longest ASCII text whose normal form is made; beyond it the engine's loop would wait too long."""

LONGEST_UNICODE = 200_000
"""The same for any other text, before and after compatibility forms are replaced."""

_SHORT = 10_000  # no text of this length costs a millisecond, provided that its marks are sorted
_PIECE = 500  # characters
QUOTES = {"‘": "'", "’": "'", "‚": "'", "‛": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"'}
CLOSING = ".,;:"
EDGES = "\"'`*_ \n\t"
LABEL_LENGTH = 60
FENCE = re.compile(r"```[\w+-]*[ \t]*\n(.*?)```", re.DOTALL)
# Combining marks, and the characters that decompose into nothing but marks
_MARK = r"[\P{ccc=0}\u0F73\u0F75\u0F81\uFF9E\uFF9F]"
_MANY_MARKS = regex.compile(rf"(?<!{_MARK}){_MARK}{{100,}}")


T = TypeVar("T")


class TooLong(EvaluationError):
    """A text is longer than an evaluator reads; the message says how long it may be."""


def normalise_text(text: str) -> str:
    """Case, Unicode forms, spaces, quotes and marks around the text, and a full stop after it, evened out.

    Marks inside stay: "10.5" is not "105" and "a-b" not "ab". A text of nothing but marks stays as it is.

    Raises:
        TooLong: the text is longer than LONGEST_ASCII or LONGEST_UNICODE.
    """
    even = " ".join(compatible(text).casefold().split())
    bare = even.strip(EDGES)
    end = len(bare.rstrip(CLOSING + EDGES + "!?"))
    if bare[end : end + 1] in ("!", "?") and bare[max(0, end - 1) : end].isdigit():
        end += 1  # "5!" is no 5
    return bare[:end] or even


def compatible(text: str) -> str:
    """The text in Unicode's form NFKC, with straight quotes, in time n log n.

    Raises:
        TooLong: the text is longer than LONGEST_ASCII or LONGEST_UNICODE.
    """
    if text.isascii():
        if len(text) > LONGEST_ASCII:
            raise TooLong(
                f"a text of {len(text):,} characters is too long to compare (up to {LONGEST_ASCII:,})"
            )
        return text
    if len(text) > LONGEST_UNICODE:
        raise TooLong(
            f"a text of {len(text):,} characters is too long to compare (up to {LONGEST_UNICODE:,})"
        )
    if len(text) > 100:
        # unicodedata sorts a run of marks in quadratic time
        text = _MANY_MARKS.sub(_sorted_marks, text)
    if len(text) > _SHORT:
        _check_growth(text)
    form = unicodedata.normalize("NFKC", text)
    for quote, plain in QUOTES.items():
        form = form.replace(quote, plain)  # str.translate takes ten times as long
    return form


def longer_than(text: str, length: int) -> bool:
    """Whether the normal form of a text is certainly longer than so many characters; reads its beginning only.

    Marks around a text are no part of its normal form, so the beginning counts up to its last other character. A few
    characters are left for what the rest may compose with.
    """
    try:
        return len(normalise_text(text.lstrip()[: LONGEST_UNICODE // 4])) > length + 100
    except TooLong:
        return False


def _sorted_marks(run: "regex.Match[str]") -> str:
    marks = "".join(unicodedata.normalize("NFKD", mark) for mark in run[0])
    return "".join(sorted(marks, key=unicodedata.combining))


def _check_growth(text: str) -> None:
    """One character may become 18 of them."""
    grown = 0
    for start in range(0, len(text), _PIECE):
        grown += len(unicodedata.normalize("NFKC", text[start : start + _PIECE]))
        if grown > LONGEST_UNICODE:
            raise TooLong(
                f"a text is too long to compare (up to {LONGEST_UNICODE:,} characters in the form NFKC)"
            )


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
    return unscored(name, "there is no expected answer (null) to compare with", metrics)


def unfenced(text: str) -> str:
    """The inside of the only fenced block of a text, or the text itself."""
    block = only_fenced(text)
    return (text if block is None else block).strip()


def only_fenced(text: str) -> str | None:
    """The inside of the only fenced block of a text; None where there is none, or more than one."""
    blocks = list(islice(FENCE.finditer(text), 2))
    return blocks[0][1] if len(blocks) == 1 else None


def last_of(values: Iterable[T]) -> T | None:
    """The last of some values, none of the others kept; None where there are none."""
    last = deque(values, maxlen=1)
    return last[0] if last else None


def ends_of(text: str, length: int) -> str:
    """A text of up to `2 * length` characters as it is; of a longer one so many at either end, in two lines."""
    return text if len(text) <= 2 * length else f"{text[:length]}\n{text[-length:]}"
