"""Numbers as people and models write them."""

import re
import unicodedata
from fractions import Fraction
from typing import NamedTuple

DIGITS_LIMIT = 400
"""More digits, or a larger exponent, is no answer: exact arithmetic on it could take for ever."""

TAIL = 300
"""Characters at the end of a long text in which its last number is looked for first."""

SPACES = " \u00a0\u2009\u202f"
# Alternatives in this order; each is tried whole before the next one.
WRITTEN = rf"""
    [1-9]\d{{0,2}}(?:,\d{{3}})+(?:\.\d+)?(?!\d|[.,]\d)          # 1,234.56
  | [1-9]\d?(?:,\d\d)+,\d{{3}}(?:\.\d+)?(?!\d|[.,]\d)           # 12,34,567.8
  | [1-9]\d{{0,2}}(?:\.\d{{3}})+,\d+(?!\d|[.,]\d)               # 1.234,56
  | [1-9]\d{{0,2}}(?:\.\d{{3}}){{2,}}(?!\d|[.,]\d)              # 1.234.567
  | [1-9]\d{{0,2}}(?:[{SPACES}]\d{{3}})+(?:[.,]\d+)?(?!\d|[.,]\d)  # 1 234,56
  | [1-9]\d{{0,2}}(?:['’]\d{{3}})+(?:\.\d+)?(?!\d|[.,]\d)       # 1'234.56
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
MARKER = re.compile(r"\banswer\b[\s*_]*(?:is|was|=|:)[\s*_:=]*", re.IGNORECASE)
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
    plain = _spelled_out(text)
    found = []
    position = 0
    while match := NUMBER.search(plain, position):
        position = match.end()
        mixed = MIXED.match(plain, match.start("digits"))
        if mixed and int(mixed["below"][:DIGITS_LIMIT]):
            value = int(mixed["whole"]) + Fraction(int(mixed["above"]), int(mixed["below"]))
            sign = -1 if match["sign"] in ("-", "−") else 1
            found.append(Number(sign * value, False, plain[match.start() : mixed.end()]))
            position = mixed.end()
        elif (number := _number(match)) is not None:
            found.append(number)
    return found


def answer_number(text: str) -> Number | None:
    r"""The number a text comes to.

    That in the last \boxed{}; else the one after the last ####; else the last of the sentence that says
    "the answer is"; else the last of all. None where there is none, or where the box holds more than a
    number, as in \boxed{2\pi}.
    """
    boxed = _last_box(text)
    if boxed is not None:
        plain = _spelled_out(boxed)
        found = numbers_in(boxed)
        return found[-1] if len(found) == 1 and "\\" not in plain and "^" not in plain else None
    if "####" in text:
        found = numbers_in(text.rsplit("####", 1)[1])
        if found:
            return found[0]
    markers = list(MARKER.finditer(text))
    if markers:
        found = numbers_in(SENTENCE_END.split(text[markers[-1].end() :], maxsplit=1)[0])
        if found:
            return found[-1]
    found = numbers_in(_tail(text)) or numbers_in(text)
    return found[-1] if found else None


def _tail(text: str) -> str:
    """The end of a long text, cut at a space that cannot be inside of a number."""
    if len(text) <= 2 * TAIL:
        return text
    cut = re.search(r"[^\W\d_]{2}[.,;:]?\s", text[-TAIL:])
    return text[-TAIL + cut.end() :] if cut else text


def _number(match: re.Match[str]) -> Number | None:
    digits, exponent, below = match["digits"], match["e"] or match["p"] or "0", match["below"]
    if len(digits) > DIGITS_LIMIT or len(exponent) > 4 or abs(int(exponent)) > DIGITS_LIMIT:
        return None
    value = Fraction(_pointed(digits)) * Fraction(10) ** int(exponent)
    if below is not None:
        if len(below) > DIGITS_LIMIT or not Fraction(below):
            return None
        value /= Fraction(below)
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
    for place in range(inside, len(text)):
        depth += {"{": 1, "}": -1}.get(text[place], 0)
        if depth == 0:
            return text[inside:place]
    return text[inside:]
