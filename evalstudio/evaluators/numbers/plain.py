"""LaTeX, and the digits and signs of other scripts, in the plain characters that numbers are read in."""

import re
import unicodedata

from evalstudio.core.lazy_pattern import lazy_compile

_FRACTION = lazy_compile(r"\\[dtc]?frac\s*(?:\{([^{}]*)\}|(\d))\s*(?:\{([^{}]*)\}|(\d))")
_WRAPPED = lazy_compile(
    r"\\(?:text|textbf|textit|textrm|mathrm|mathbf|mathit|mbox|operatorname|rm|bf)\s*\{([^{}]*)\}"
)
_SPACING = lazy_compile(r"\\[,;: ]|~")
_SIZING = lazy_compile(r"\\(?:left|right|displaystyle|big|Big|quad|qquad)(?![a-zA-Z])|\\!")
_DEGREE = lazy_compile(r"\s*\^\s*(?:\{\s*\\circ\s*\}|\\circ(?![a-zA-Z]))|\s*\\deg(?:ree)?(?![a-zA-Z])")
_UNIT_POWER = lazy_compile(r"(?<=[a-zA-ZµμΩ])\s?\^\s?(?:\{-?[1-9]\}|-?[1-9](?!\w))")
_UNIT_BEFORE = lazy_compile(
    r"(?:\b|\d)(?:[kcmdµnM]?m|in|ft|yd|mi|miles?|inch(?:es)?|feet|met(?:er|re)s?|s|sec|h|units?|km|cm|mm)$"
)
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
_RAISED = lazy_compile(r"(?<=\d)([⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)")
_MINUS = lazy_compile(r"[−﹣－](?=\s?[\d$€£¥.])|(?<![^\s=:：(（\[$*_>，、。是为為はがคือ])[–‑‒—](?=[\d$€£¥.])")
_MINUS_WORD = lazy_compile(
    r"(?<![^\W\d_])(?:minus|negative|menos|moins|meno|минус|eksi|negatif|سالب|ऋण)\s+(?=[\d$€£])|(?:负|負|マイナス|마이너스|ลบ)\s?(?=\d)",
    re.IGNORECASE,
)
_IN_MINUS_WORDS = ("inus", "INUS", "egati", "EGATI", "enos", "oins", "eno ", "eksi", "Eksi")
_OPERAND = lazy_compile(r"[\d)\]}%]\s*$")
_OTHER_DIGITS = lazy_compile(r"(?:(?![0-9])\d)+")
_BETWEEN_DIGITS = lazy_compile(r"(?<=\d)([，．٬٫])(?=\d)")
_MARKS = {"，": ",", "．": ".", "٬": ",", "٫": "."}
_EMPHASIS = lazy_compile(r"(?<![\d)])\*\*|\*\*(?![\d(])|__")
_FULL_WIDTH = str.maketrans({"％": "%", "＝": "=", "＋": "+", "／": "/", "＄": "$", "＾": "^", "＊": "*"})


def spelled_out(text: str) -> str:
    r"""LaTeX, other scripts' digits and single-character fractions in plain characters.

    Example:
        >>> spelled_out(r"\frac{3}{4}")
        ' 3/4'
        >>> spelled_out("１，２３４")
        '1,234'
    """
    plain = text
    if not plain.isascii():
        plain = _other_scripts(plain)
    if "\\" in plain or "{" in plain:
        plain = _latex(plain)
    if "^" in plain:
        plain = _UNIT_POWER.sub(_without_unit_power, plain)
    if "**" in plain or "__" in plain:
        plain = _EMPHASIS.sub("", plain)
    if not plain.isascii() or any(part in plain for part in _IN_MINUS_WORDS):
        plain = _MINUS_WORD.sub(lambda match: _signed(plain, match), plain)
    return plain


def _signed(plain: str, match: re.Match[str]) -> str:
    """A minus in words, which between two numbers is the operator."""
    return " - " if _OPERAND.search(plain[max(0, match.start() - 5) : match.start()]) else "-"


def _without_unit_power(match: re.Match[str]) -> str:
    """The power of a unit, as in cm^2, says nothing about the number; that of a variable does."""
    before = match.string[max(0, match.start() - 12) : match.start()]
    return "" if _UNIT_BEFORE.search(before) else match[0]


def _latex(text: str) -> str:
    plain = text.replace("{,}", ",").replace("\\!", "").replace("\\%", "%").replace("\\$", "$")
    plain = _DEGREE.sub("°", plain)
    plain = _SPACING.sub("\u2009", plain)
    plain = _SIZING.sub("", plain)
    plain = re.sub(r"\\(?:times|cdot)(?![a-zA-Z])", "×", plain)
    plain = re.sub(r"\\(?:approx|simeq|equiv)(?![a-zA-Z])", "=", plain)
    if "^" in plain:
        plain = _UNIT_POWER.sub(_without_unit_power, plain)
    plain = _WRAPPED.sub(r" \1", plain)
    return _FRACTION.sub(lambda match: f" {match[1] or match[2]}/{match[3] or match[4]}", plain)


def _other_scripts(text: str) -> str:
    plain = _RAISED.sub(lambda match: "^" + match[1].translate(_SUPERSCRIPTS), text)
    plain = _OTHER_DIGITS.sub(lambda match: "".join(str(unicodedata.digit(one)) for one in match[0]), plain)
    plain = _BETWEEN_DIGITS.sub(lambda match: _MARKS[match[1]], plain)
    plain = _MINUS.sub("-", plain).translate(_FULL_WIDTH)
    return "".join(map(_fraction, plain))


def _fraction(character: str) -> str:
    if character <= "\xff" and character not in "¼½¾":
        return character
    if unicodedata.category(character) == "No" and "⁄" in (form := unicodedata.normalize("NFKC", character)):
        return " " + form.replace("⁄", "/")
    return character
