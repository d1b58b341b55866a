"""The normal form of a text: what does not count when two texts are compared."""

import unicodedata
from functools import lru_cache
from typing import NamedTuple

import regex

from evalstudio.core.errors import EvaluationError
from evalstudio.core.lazy_pattern import lazy_compile

LONGEST_ASCII = 1_000_000
"""Characters of the longest ASCII text whose normal form is made; beyond it the engine's loop would wait too long."""

LONGEST_UNICODE = 200_000
"""The same for any other text, before and after compatibility forms are replaced."""

_SHORT = 10_000  # no text of this length costs a millisecond, provided that its marks are sorted
_PIECE = 500  # characters
UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Tibetan}ー々"
"""The characters of scripts without spaces between words, for a class of a pattern of `regex`."""

_MOST_LAYERS = 8  # of marks and brackets around a text
QUOTES = {
    "‘": "'",
    "’": "'",
    "‚": "'",
    "‛": "'",
    "“": '"',
    "”": '"',
    "„": '"',
    "«": '"',
    "»": '"',
    "ʼ": "'",
    "‹": "'",
    "›": "'",
}
CLOSING = ".,;:"
EDGES = "\"'`*_ \n\t"
BRACKETS = {"(": ")", "[": "]"}
_DASHES = lazy_compile("[\u2010-\u2015\u2212\u2e3a\u2e3b\u058a\u05be\ufe58\ufe63\uff0d]")
# Formats (zero-width characters, directions, soft hyphens, byte order marks) and selectors of a letter's variant
_INVISIBLE = lazy_compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff"
    "\uffa0\ufff9-\ufffb\U000e0000-\U000e01ef]+"
)
_POWER = lazy_compile(r"(?<=[0-9a-zA-Z)])[²³¹⁰⁴-⁹⁻]+")
_EDGE_DASH = lazy_compile(r"^-\s+(?!\d)|\s+-$")
# Combining marks, and the characters that decompose into nothing but marks
_MARK = r"[\P{ccc=0}\u0F73\u0F75\u0F81\uFF9E\uFF9F]"
_MANY_MARKS = regex.compile(rf"(?<!{_MARK}){_MARK}{{100,}}")


class TooLong(EvaluationError):
    """A text is longer than an evaluator reads; the message says how long it may be."""


def normalise_text(text: str) -> str:
    """Case, Unicode forms, spaces, dashes, quotes, brackets and marks around the text, and those that close it, evened out.

    Invisible characters are left out, and the marks of all scripts count as those of ASCII do. Marks inside stay: "10.5"
    is not "105" and "a-b" not "ab", and so do brackets around more than one thing: "(0, 1)" is not "[0, 1]". A text of
    nothing but marks stays as it is.

    Raises:
        TooLong: the text is longer than LONGEST_ASCII or LONGEST_UNICODE.

    Example:
        >>> normalise_text("「東京」。"), normalise_text("(3.14)"), normalise_text("Yes!")
        ('東京', '3.14', 'yes')
    """
    even = " ".join(plain_form(text).casefold().split())
    marks = _ASCII_MARKS if even.isascii() else _all_marks()
    bare = _without_closing(even.strip(marks.edges), marks)
    for _ in range(_MOST_LAYERS):
        inner = _without_brackets(bare, marks.brackets) if bare[:1] in marks.brackets else bare
        if inner[:2] == "- " or inner[-2:] == " -":
            inner = _EDGE_DASH.sub("", inner)
        if inner is bare or inner == bare:
            break
        bare = _without_closing(inner.strip(marks.edges), marks)
    return bare or even


def plain_form(text: str) -> str:
    """The text in the form NFKC with straight quotes and dashes, without what can't be seen; "10²" is "10^2".

    Raises:
        TooLong: the text is longer than LONGEST_ASCII or LONGEST_UNICODE.
    """
    if text.isascii() or len(text) > LONGEST_UNICODE:
        return compatible(text)
    text = _POWER.sub(lambda power: f"^{unicodedata.normalize('NFKC', power[0])}", visible(text))
    return _DASHES.sub("-", compatible(text))


def visible(text: str) -> str:
    """The text without characters that can't be seen.

    Example:
        >>> visible("so\\u00adft\\ufeff")
        'soft'
    """
    return text if text.isascii() else _INVISIBLE.sub("", text)


class _Marks(NamedTuple):
    """What may stand around a text, what may close it, and its brackets with their counterparts."""

    edges: str
    closing: str
    brackets: dict[str, str]


_ASCII_MARKS = _Marks(EDGES, CLOSING + EDGES + "!?", BRACKETS)


@lru_cache(maxsize=1)
def _all_marks() -> _Marks:
    """The marks of all scripts, of the Unicode plane that has them."""
    plane = "".join(map(chr, range(0x80, 0xD800))) + "".join(map(chr, range(0xE000, 0x10000)))
    quotes = "".join(regex.findall(r"[\p{Quotation_Mark}\p{Pi}\p{Pf}]", plane))
    closing = "".join(regex.findall(r"\p{Terminal_Punctuation}", plane))
    opening = [bracket for bracket in regex.findall(r"\p{Ps}", plane) if bracket not in quotes]
    pairs = {bracket: chr(ord(bracket) + 1) for bracket in opening}
    edges = f"{EDGES}{quotes}•‣◦¡¿"
    return _Marks(edges, f"{CLOSING}{edges}{closing}!?", {**BRACKETS, **pairs})


def _without_closing(text: str, marks: _Marks) -> str:
    bare = text.rstrip(marks.closing)
    end = len(bare)
    if end < len(text) and text[end] in "!?" and text[max(0, end - 1) : end].isdigit():
        return text[: end + 1]  # "5!" is no 5
    return bare


def _without_brackets(text: str, brackets: dict[str, str]) -> str:
    """The inside of brackets around one thing; a list or an interval keeps them."""
    opening, closing = text[0], brackets[text[0]]
    inside = text[1:-1]
    if not text.endswith(closing) or len(text) < 3 or "," in inside or ";" in inside:
        return text
    depth = 0
    for character in inside if opening in inside or closing in inside else "":
        depth += (character == opening) - (character == closing)
        if depth < 0:
            return text
    return text if depth else inside


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
