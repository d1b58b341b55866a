"""Numbers as people and models write them."""

import re
from collections.abc import Iterator
from fractions import Fraction
from itertools import islice
from typing import Literal, NamedTuple

from evalstudio.core.lazy_pattern import lazy_compile
from evalstudio.evaluators.cues import GLUE
from evalstudio.evaluators.numbers.plain import spelled_out
from evalstudio.evaluators.numbers.words import MAGNITUDE, power_of

Decimal = Literal["auto", ".", ","]
"""Which mark is the decimal one where a number can be read both ways, as 70.000."""

DIGITS_LIMIT = 400
"""More digits, or a larger exponent, is no answer: exact arithmetic on it could take for ever."""

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
EXPONENT = (
    r"(?:[eE](?P<e>[+-]?\d+)(?!\w)|\s*[×*·x]\s*10\s*(?:\^|\*\*)\s*[{(]?(?P<p>[+-]?\d+)[})]?"
    r"|(?:\^|\*\*)(?:\{\s?(?P<b>[+-]?\d+)\s?\}|\((?P<c>[+-]?\d+)\)|(?P<d>[+-]?\d+))(?![\d.]))"
)
CURRENCIES = ("$", "€", "£", "¥", "₹", "₩", "₽", "฿")
CURRENCY = f"[{''.join(CURRENCIES)}]"
NUMBER = lazy_compile(
    rf"""
    (?:(?<![\d_)\]}}])(?<!{GLUE})(?P<sign>[-+](?!\s))\s?(?:{CURRENCY}\s?)?(?=[\d.])|(?<=[=(:<>])\s?(?P<apart>[-+])\s(?=[\d.]))?
    (?<!{GLUE})(?<![\d.])(?P<digits>{WRITTEN})
    {EXPONENT}?
    (?:\s?/\s?(?P<below>\d+(?:\.\d+)?)(?![\d/]|\s?/))?
    (?:{MAGNITUDE})?
    (?P<percent>\s?(?:%|٪|percent\b|per\ cent\b))?
    """,
    re.VERBOSE,
)
MIXED = lazy_compile(r"(?<![\d.,/])(?P<whole>\d+)\s+(?P<above>\d+)\s?/\s?(?P<below>\d+)(?![\d/.,])")

_UNGROUPED = lazy_compile(rf"[{SPACES}'’]")
_DIGIT = lazy_compile(r"\d")
BEFORE_DIGITS = 6
"""Characters before the first digit of a number that may belong to it: a sign, a currency, a point, and spaces."""


class Number(NamedTuple):
    """A number found in a text: its exact value, whether a percent sign follows, and as it is written."""

    value: Fraction
    percent: bool
    text: str

    def readings(self) -> tuple[Fraction, ...]:
        """What it can stand for: 42 % is 42 of a hundred and 0.42."""
        return (self.value, self.value / 100) if self.percent else (self.value,)


class Found(NamedTuple):
    """A number and where it stands."""

    number: Number
    start: int
    end: int


def numbers_in(text: str, decimal: Decimal = "auto") -> list[Number]:
    """Every number of a text, in order.

    A comma before three digits groups thousands ("1,234" is 1234), any other single comma is a decimal one
    ("1,5" is 1.5); the same the other way round with points only where it cannot be a decimal point. `decimal` says
    which one it is where both are possible.
    """
    return [found.number for found in found_in(spelled_out(text), decimal)]


def first_numbers(text: str, count: int) -> list[Number]:
    """The first numbers of a text, up to so many; the rest of it is not read."""
    return [found.number for found in islice(found_in(spelled_out(text)), count)]


def found_in(plain: str, decimal: Decimal = "auto") -> Iterator[Found]:
    """The numbers of a text that is spelled out already."""
    for match, mixed in matches_in(plain):
        if (number := number_of(plain, match, mixed, decimal)) is not None:
            yield Found(number, match.start(), (mixed or match).end())


def last_number(plain: str, start: int = 0, decimal: Decimal = "auto") -> Number | None:
    """The last number that begins `start` characters into such a text or later. Only its value is worked out."""
    for match, mixed in reversed(list(matches_in(plain))):
        if match.start() < start:
            return None
        if (number := number_of(plain, match, mixed, decimal)) is not None:
            return number
    return None


def matches_in(plain: str) -> Iterator[tuple[re.Match[str], re.Match[str] | None]]:
    """Where numbers stand; with each the mixed fraction, such as 1 3/4, that it begins."""
    position = 0
    while digit := _DIGIT.search(plain, position):
        # quicker than to search for a number from here
        match = NUMBER.search(plain, max(position, digit.start() - BEFORE_DIGITS))
        if match is None:
            return
        mixed = MIXED.match(plain, match.start("digits")) if "/" in plain else None
        if mixed and not int(mixed["below"][:DIGITS_LIMIT]):
            mixed = None
        yield match, mixed
        position = (mixed or match).end()


def number_of(
    plain: str, match: re.Match[str], mixed: re.Match[str] | None, decimal: Decimal = "auto"
) -> Number | None:
    """The value of a match; None where it has too many digits, or divides by zero."""
    negative = "-" in (match["sign"], match["apart"])
    if mixed is not None:
        parts = [mixed["whole"], mixed["above"], mixed["below"]]
        if max(map(len, parts)) > DIGITS_LIMIT:
            return None
        whole, above, below = map(int, parts)
        value = whole + Fraction(above, below)
        return Number(-value if negative else value, False, plain[match.start() : mixed.end()])
    currency = plain[max(0, match.start("digits") - 2) : match.start("digits")].rstrip()[-1:] in CURRENCIES
    scaled = _scaled(match, decimal, currency)
    if scaled is None:
        return None
    return Number(-scaled if negative else scaled, match["percent"] is not None, match[0].strip())


def _scaled(match: re.Match[str], decimal: Decimal, currency: bool) -> Fraction | None:
    """The value without its sign."""
    digits, exponent = match["digits"], match["e"] or match["p"] or "0"
    raised = match["b"] or match["c"] or match["d"]
    if (
        len(digits) > DIGITS_LIMIT
        or max(len(exponent), len(raised or "")) > 4
        or abs(int(exponent)) > DIGITS_LIMIT
    ):
        return None
    value = Fraction(_pointed(digits, decimal))
    if exponent != "0":
        value *= Fraction(10) ** int(exponent)
    if raised is not None:
        if len(digits) * abs(int(raised)) > DIGITS_LIMIT or not value:
            return None
        value = value ** int(raised)
    if (divisor := match["below"]) is not None:
        if len(divisor) > DIGITS_LIMIT or not Fraction(divisor):
            return None
        value /= Fraction(divisor)
    power = power_of(match, currency)
    return value * 10**power if power else value


def _pointed(digits: str, decimal: Decimal) -> str:
    """The digits with a decimal point and no separators."""
    if digits.isdecimal():
        return digits
    bare = (
        digits if digits.isascii() and " " not in digits and "'" not in digits else _UNGROUPED.sub("", digits)
    )
    if "," in bare and "." in bare:
        # The later of the two is the decimal one.
        grouping = "," if bare.rindex(".") > bare.rindex(",") else "."
        return bare.replace(grouping, "").replace(",", ".")
    if bare.count(",") == 1:
        grouped = re.fullmatch(r"[1-9]\d{0,2},\d{3}", bare) and bare == digits and decimal != ","
        return bare.replace(",", "" if grouped else ".")
    if bare.count(".") > 1 or (
        decimal == "," and bare == digits and re.fullmatch(r"[1-9]\d{0,2}\.\d{3}", bare)
    ):
        return bare.replace(".", "")
    return bare.replace(",", "")
