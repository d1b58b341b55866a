"""Numbers as people and models write them."""

import re
import unicodedata
from collections.abc import Iterator
from fractions import Fraction
from itertools import islice
from typing import NamedTuple

DIGITS_LIMIT = 400
"""More digits, or a larger exponent, is no answer: exact arithmetic on it could take for ever."""

TAIL = 300
"""Characters at the end of a long text in which its last number is looked for first."""

LONGEST = 10_000
"""Characters of the longest box, sentence or stretch of text in which numbers are looked for."""

WINDOWS = (2_500, LONGEST)
"""Characters up to the last digit of a text in which its last number is looked for: first in so many, then in more."""

MOST_ANSWERS = 10_000
CUT = 1_000  # characters; no number is as long
BEHIND = 40  # characters after the last digit that may belong to a number, as a percent sign

SPACES = " \u00a0\u2009\u202f"
# Alternatives in this order; each is tried whole before the next one. A number of more groups than the first ones take
# has too many digits to be one; without their bound, each group of a long row would read the rest of it again.
WRITTEN = rf"""
    [1-9]\d{{0,2}}(?:(?:,\d{{3}}){{140,}}|(?:\.\d{{3}}){{140,}}|(?:[{SPACES}]\d{{3}}){{140,}}|(?:['’]\d{{3}}){{140,}})[\d.,]*
  |
    [1-9]\d{{0,2}}(?:,\d{{3}}){{1,140}}(?:\.\d+)?(?!\d|[.,]\d)     # 1,234.56
  | [1-9]\d?(?:,\d\d){{1,200}},\d{{3}}(?:\.\d+)?(?!\d|[.,]\d)           # 12,34,567.8
  | [1-9]\d{{0,2}}(?:\.\d{{3}}){{1,140}},\d+(?!\d|[.,]\d)               # 1.234,56
  | [1-9]\d{{0,2}}(?:\.\d{{3}}){{2,140}}(?!\d|[.,]\d)              # 1.234.567
  | [1-9]\d{{0,2}}(?:[{SPACES}]\d{{3}}){{1,140}}(?:[.,]\d+)?(?!\d|[.,]\d)  # 1 234,56
  | [1-9]\d{{0,2}}(?:['’]\d{{3}}){{1,140}}(?:\.\d+)?(?!\d|[.,]\d)       # 1'234.56
  | (?<!\d,)\d+,\d+(?!\d|[.,]\d)                                # 1,5
  | (?<!\d\.)\d+\.\d+(?!\d|\.\d)                                # 1.5
  | \d+
  | \.\d+
"""
EXPONENT = r"(?:[eE](?P<e>[+-]?\d+)(?!\w)|\s*[×*·x]\s*10\s*(?:\^|\*\*)\s*[{(]?(?P<p>[+-]?\d+)[})]?)"
CURRENCY = r"[$€£¥₹₩₽฿]"
NUMBER = re.compile(
    rf"""
    (?:(?<![\w)\]}}])(?P<sign>[-−+])\s?(?:{CURRENCY}\s?)?(?=[\d.]))?
    (?<![^\W\d_])(?<![\d.])(?P<digits>{WRITTEN})
    {EXPONENT}?
    (?:\s?/\s?(?P<below>\d+(?:\.\d+)?)(?![\d/]|\s?/))?
    (?P<percent>\s?(?:%|٪|percent\b|per\ cent\b))?
    """,
    re.VERBOSE,
)
MIXED = re.compile(r"(?<![\d.,/])(?P<whole>\d+)\s+(?P<above>\d+)\s?/\s?(?P<below>\d+)(?![\d/.,])")
FRACTION = re.compile(r"\\[dtc]?frac\s*(?:\{([^{}]*)\}|(\d))\s*(?:\{([^{}]*)\}|(\d))")
WRAPPED = re.compile(r"\\(?:text|textbf|mathrm|mathbf|mbox|operatorname)\s*\{([^{}]*)\}")
SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
RAISED = re.compile(r"(?<=10)([⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)")
BRACE = re.compile(r"[{}]")
DIGIT = re.compile(r"[\d\u00BC-\u00BE\u2150-\u215F\u2189]")  # and fractions of one character
MARKER = re.compile(r"\banswer\b[\s*_]{0,500}(?:is|was|=|:)[\s*_:=]*", re.IGNORECASE)
SENTENCE_END = re.compile(r"[.!?](?=\s|$)|\n")


class Number(NamedTuple):
    """A number found in a text: its exact value, whether a percent sign follows, and as it is written."""

    value: Fraction
    percent: bool
    text: str

    def readings(self) -> tuple[Fraction, ...]:
        """What it can stand for: 42 % is 42 of a hundred and 0.42."""
        return (self.value, self.value / 100) if self.percent else (self.value,)


def numbers_in(text: str) -> list[Number]:
    """Every number of a text, in order.

    A comma before three digits groups thousands ("1,234" is 1234), any other single comma is a decimal one
    ("1,5" is 1.5); the same the other way round with points only where it cannot be a decimal point.
    """
    return list(_numbers(text))


def first_numbers(text: str, count: int) -> list[Number]:
    """The first numbers of a text, up to so many; the rest of it is not read."""
    return list(islice(_numbers(text), count))


def _numbers(text: str) -> Iterator[Number]:
    plain = _spelled_out(text)
    for match, mixed in _matches(plain):
        if (number := _number(plain, match, mixed)) is not None:
            yield number


def _matches(plain: str) -> Iterator[tuple[re.Match[str], re.Match[str] | None]]:
    """Where numbers stand; with each the mixed fraction, such as 1 3/4, that it begins."""
    position = 0
    while match := NUMBER.search(plain, position):
        mixed = MIXED.match(plain, match.start("digits"))
        if mixed and not int(mixed["below"][:DIGITS_LIMIT]):
            mixed = None
        yield match, mixed
        position = (mixed or match).end()


def _last_number(text: str, start: int = 0) -> Number | None:
    """The last number that begins `start` characters into a text or later. Only its value is worked out."""
    plain, start = _spelled_out(text), len(_spelled_out(text[:start]))
    for match, mixed in reversed(list(_matches(plain))):
        if match.start() < start:
            return None
        if (number := _number(plain, match, mixed)) is not None:
            return number
    return None


def answer_number(text: str) -> Number | None:
    r"""The number a text comes to.

    That in the last \boxed{}; else the one after the last ####; else the last of the sentence that says
    "the answer is"; else the last of all. None where there is none, or where the box holds more than a
    number, as in \boxed{2\pi}.

    None, too, for a box or such a sentence of more than LONGEST characters, and where the LONGEST characters up to the
    last digit hold no number.
    """
    boxed = _last_box(text)
    if boxed is not None:
        if len(boxed) > LONGEST:
            return None
        plain = _spelled_out(boxed)
        found = first_numbers(boxed, 2)
        return found[0] if len(found) == 1 and "\\" not in plain and "^" not in plain else None
    if "####" in text:
        first = next(_numbers(text.rsplit("####", 1)[1][:LONGEST]), None)
        if first is not None:
            return first
    if (begin := _last_statement(text)) is not None:
        sentence = SENTENCE_END.split(text[begin : begin + LONGEST + 1], maxsplit=1)[0]
        if len(sentence) > LONGEST:
            return None
        if (stated := _last_number(sentence)) is not None:
            return stated
    return _last_number(_tail(text)) or _last_of_all(text)


def _last_statement(text: str) -> int | None:
    """Where the last "the answer is" of a text ends; it is looked for at the last MOST_ANSWERS words "answer"."""
    even = text.replace("İ", "I").lower()  # each other letter is one, too, in lower case
    place = len(even)
    for _ in range(MOST_ANSWERS):
        place = even.rfind("answer", 0, place)
        if place < 0:
            return None
        if marker := MARKER.match(text, place):
            return marker.end()
    return None


def _tail(text: str) -> str:
    """The end of a long text, cut at a space that cannot be inside of a number; nothing where there is none."""
    if len(text) <= 2 * TAIL:
        return text
    cut = re.search(r"[^\W\d_]{2}[.,;:]?\s", text[-TAIL:])
    return text[len(text) - TAIL + cut.end() :] if cut else ""


def _last_of_all(text: str) -> Number | None:
    """The last number of a text, of which as much is read as has to be."""
    last = DIGIT.search(text[::-1])
    if last is None:
        return None
    end = len(text) - last.start()
    for length in WINDOWS:
        start = max(0, end - length)
        # what begins soon after a cut may be the rest of a longer number
        found = _last_number(text[start : end + BEHIND], CUT if start else 0)
        if found is not None or not start:
            return found
    return None


def _number(plain: str, match: re.Match[str], mixed: re.Match[str] | None) -> Number | None:
    if mixed is not None:
        parts = [mixed["whole"], mixed["above"], mixed["below"]]
        if max(map(len, parts)) > DIGITS_LIMIT:
            return None
        whole, above, below = map(int, parts)
        sign = -1 if match["sign"] in ("-", "−") else 1
        return Number(sign * (whole + Fraction(above, below)), False, plain[match.start() : mixed.end()])
    digits, exponent = match["digits"], match["e"] or match["p"] or "0"
    if len(digits) > DIGITS_LIMIT or len(exponent) > 4 or abs(int(exponent)) > DIGITS_LIMIT:
        return None
    value = Fraction(_pointed(digits)) * Fraction(10) ** int(exponent)
    if (divisor := match["below"]) is not None:
        if len(divisor) > DIGITS_LIMIT or not Fraction(divisor):
            return None
        value /= Fraction(divisor)
    if match["sign"] in ("-", "−"):
        value = -value
    return Number(value, match["percent"] is not None, match[0].strip())


def _pointed(digits: str) -> str:
    """The digits with a decimal point and no separators."""
    bare = re.sub(rf"[{SPACES}'’]", "", digits)
    if "," in bare and "." in bare:
        # The later of the two is the decimal one.
        grouping = "," if bare.rindex(".") > bare.rindex(",") else "."
        return bare.replace(grouping, "").replace(",", ".")
    if bare.count(",") == 1 and not (re.fullmatch(r"[1-9]\d{0,2},\d{3}", bare) and bare == digits):
        return bare.replace(",", ".")
    if bare.count(".") > 1:
        return bare.replace(".", "")
    return bare.replace(",", "")


def _spelled_out(text: str) -> str:
    """LaTeX and single-character fractions in plain characters."""
    plain = RAISED.sub(lambda match: "^" + match[1].translate(SUPERSCRIPTS), text)
    if "\\" in plain or "{" in plain:
        plain = plain.replace("{,}", ",").replace("\\!", "").replace("\\%", "%").replace("\\$", "$")
        plain = re.sub(r"\\[,;: ]", "\u2009", plain)
        plain = re.sub(r"\\(?:left|right|displaystyle)\b", "", plain)
        plain = re.sub(r"\\(?:times|cdot)\b", "×", plain)
        plain = WRAPPED.sub(r" \1", plain)
        plain = FRACTION.sub(lambda match: f" {match[1] or match[2]}/{match[3] or match[4]}", plain)
    if plain.isascii():
        return plain
    return "".join(_fraction(character) for character in plain)


def _fraction(character: str) -> str:
    if unicodedata.category(character) == "No" and "⁄" in (form := unicodedata.normalize("NFKC", character)):
        return " " + form.replace("⁄", "/")
    return character


def _last_box(text: str) -> str | None:
    r"""What is inside the last \boxed{}, its braces counted."""
    start = max(text.rfind("\\boxed{"), text.rfind("\\fbox{"))
    if start < 0:
        return None
    inside = text.index("{", start) + 1
    depth = 1
    for brace in BRACE.finditer(text, inside, inside + LONGEST + 1):
        depth += 1 if brace[0] == "{" else -1
        if depth == 0:
            return text[inside : brace.start()]
    return text[inside : inside + LONGEST + 1]
