"""Numbers in words, and the magnitudes that follow a figure."""

import re
from fractions import Fraction

from evalstudio.core.lazy_pattern import lazy_compile
from evalstudio.core.number_words import NUMBER_WORDS

_SCALES = {"hundred": 100, "thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_PARTS = {
    "half": 2, "halves": 2, "third": 3, "thirds": 3, "quarter": 4, "quarters": 4, "fourth": 4, "fourths": 4, "fifth": 5,
    "fifths": 5, "sixth": 6, "sixths": 6, "eighth": 8, "eighths": 8, "tenth": 10, "tenths": 10,
}  # fmt: skip
_WORD = "|".join(sorted([*NUMBER_WORDS, *_SCALES], key=len, reverse=True))
_PART = "|".join(sorted(_PARTS, key=len, reverse=True))
IN_WORDS = lazy_compile(
    rf"(?<![\w-])(?P<sign>(?:minus|negative)\s+)?"
    rf"(?:(?P<whole>(?:an?\s+(?=hundred|thousand|million|billion))?(?:{_WORD})(?:(?:[\s-]+|\s+and\s+)(?:{_WORD})){{0,20}})"
    rf"(?:[\s-]+(?P<part>{_PART}))?|(?P<a>an?\s+(?P<of>half|third|quarter|tenth)))(?![\w-])",
    re.IGNORECASE,
)
"""A number in English words: "twenty-one", "a hundred and five", "two thirds", "minus five"."""

MAGNITUDES: dict[str, int] = {
    "thousand": 3, "million": 6, "millions": 6, "billion": 9, "billions": 9, "trillion": 12, "trillions": 12, "bn": 9, "mn": 6, "mln": 6,
    "crore": 7, "crores": 7, "lakh": 5, "lakhs": 5, "hundred": 2,
    "tausend": 3, "millionen": 6, "mio": 6, "milliarde": 9, "milliarden": 9, "mrd": 9,
    "milliard": 9, "milliards": 9, "millón": 6, "millones": 6, "milhão": 6, "milhões": 6, "milione": 6, "milioni": 6, "miliardi": 9,
    "тыс": 3, "тысяч": 3, "тысячи": 3, "тысяча": 3, "млн": 6, "миллион": 6, "миллиона": 6, "миллионов": 6, "млрд": 9, "миллиард": 9,
    "миллиарда": 9, "миллиардов": 9,
    "juta": 6, "ribu": 3, "miliar": 9, "milyon": 6, "milyar": 9, "triệu": 6, "nghìn": 3,
    "ألف": 3, "مليون": 6, "مليار": 9, "लाख": 5, "करोड़": 7, "हज़ार": 3, "हजार": 3,
}  # fmt: skip
"""Words after a figure, each with the power of ten that it stands for."""

CHARACTERS = {"万": 4, "萬": 4, "만": 4, "億": 8, "亿": 8, "억": 8, "兆": 12, "ล้าน": 6}
"""The same in scripts that put no space between."""

MAGNITUDE = (
    r"(?:[\s-]?(?P<magnitude>(?i:"
    + "|".join(sorted(MAGNITUDES, key=len, reverse=True))
    + r"))(?![^\W\d_]|[\u0900-\u097f])"
    r"|(?P<character>" + "|".join(CHARACTERS) + r")(?!分|千|百|十)|(?P<k>k)(?!\w)|(?P<money>[KMB])(?!\w))"
)
"""A pattern of what multiplies the figure before it."""


def power_of(match: re.Match[str], currency: bool) -> int:
    """The power of ten by which a magnitude multiplies; 300K is a temperature, too, but $300K is none."""
    if (word := match["magnitude"]) is not None:
        return MAGNITUDES[word.lower()]
    if (character := match["character"]) is not None:
        return CHARACTERS[character]
    if match["money"] is not None and currency:
        return {"K": 3, "M": 6, "B": 9}[match["money"]]
    return 3 if match["k"] is not None else 0


def value_in_words(match: re.Match[str]) -> Fraction | None:
    """The value of a match of IN_WORDS; None where the words are no number together, as "two three"."""
    sign = -1 if match["sign"] else 1
    if match["a"] is not None:
        return Fraction(sign, _PARTS[match["of"].lower()])
    whole = _whole(re.split(r"[\s-]+", match["whole"].lower()))
    if whole is None:
        return None
    part = match["part"]
    return sign * (Fraction(whole, _PARTS[part.lower()]) if part else Fraction(whole))


def _whole(words: list[str]) -> int | None:
    """The value of words such as two, hundred, and, five."""
    total = group = 0
    lowest = 10**15  # of what came since the last scale: after twenty comes one to nine
    for word in words:
        if word in ("a", "an"):
            group, lowest = 1, 1
        elif word in NUMBER_WORDS:
            value = NUMBER_WORDS[word]
            size = 1 if value < 10 else 10
            if lowest <= size or (value >= 10 and lowest <= 10) or (value == 0 and len(words) > 1):
                return None
            if group % 100 and 10 <= group % 100 < 20:
                return None
            group, lowest = group + value, size
        elif word == "hundred":
            if not 0 < group < 100:
                return None
            group, lowest = group * 100, 100
        elif word in _SCALES:
            if not group:
                return None
            total, group, lowest = total + group * _SCALES[word], 0, 10**15
    return total + group
