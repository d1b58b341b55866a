"""Whether a number of a text stands alone, or is part of a range, a ratio, a date, a list or an expression."""

import re
from collections.abc import Sequence

from evalstudio.core.errors import EvaluationError
from evalstudio.core.lazy_pattern import lazy_compile
from evalstudio.evaluators.cues import one_of, words
from evalstudio.evaluators.numbers.numbers import Found

HYPHENS = ("-", "–", "—", "−", "‑")


class NotOne(EvaluationError):
    """What is stated is not one number; the message says what it is instead."""


class Denied(NotOne):
    """A statement says which number is not the answer, and no other one."""


_TERM = r"(?:\d|\\?[({\[\\]|√|π|[a-zA-Z](?![a-zA-Z]))"
_JOINS = one_of(words("joins"))
_LARGER_UNIT = r"(?:hours?|hrs?|h|minutes?|min|feet|foot|ft|dollars?|euros?|pounds?|lbs?|years?|months?|weeks?|days?|yards?|miles?|kg|km|m|degrees?|°)"
_AFTER = lazy_compile(
    r"(?P<range>\s?[-–—−‑~～〜]\s?\d|\s?(?:to|through|bis|till|до|至|到|から|부터)\s?-?\d)"
    r"|(?P<ratio>\s?:\s?\d|[.,'/]?\d)"
    r"|(?P<comparison>\s*(?:<(?!/?[a-zA-Z]{1,10}>)|[>≤≥≠±]|\\(?:leq?|geq?|lt|gt|neq?|pm)(?![a-z])|!=))"
    rf"|(?P<expression>\s*(?:[+*×÷·^]|\*\*)\s*-?{_TERM}|\s*/\s*(?:\d|[(\\{{]|[xyznπ](?!\w))|\s[-−]\s(?:\d|\(|\\|[xyzn](?!\w))|\)\s?[\^*/×]"
    r"|\s?x\s?\d|\s?(?:\\(?:pi|sqrt|theta|alpha|ln|log|sin|cos|tan|infty)|π|√|[xyznπi](?![\w’'-])))"
    rf"|(?P<quantity>\s?{_LARGER_UNIT}\s*(?:and\s+|,\s*)?\d+(?:\.\d+)?\s?[a-z'′]|\s?[^\W\d_]+\s+(?:and|or|und|oder|et|ou|y|o|e|и|или)\s+\d+(?!\s+of\b))"
)
_BEFORE = lazy_compile(
    r"(?:(?P<range>\d\s?[-–—−‑~～〜]\s?|\d\s(?:to|through|bis|till|до)\s|\d\s?(?:至|到|から)\s?)"
    r"|(?P<ratio>\d\s?:\s?|\d[.,/'])"
    r"|(?P<quantity>\d[万萬만億亿억千百])"
    r"|(?P<comparison>(?:[<>≤≥≠]|\\(?:leq?|geq?|lt|gt|neq?)|!=)\s*)"
    r"|(?P<expression>(?:[\d)\]}]|(?<![a-zA-Z])[a-zA-Z])\s*(?:[+*×÷·/^_]|\*\*)\s*[({\[]?\s?|(?:[\d)\]}]|(?<!\w)[xyzn])\s[-−]\s|\d\s?x\s?|\)\("
    r"|(?:\\?(?:sqrt|log|ln|sin|cos|tan|exp|lim|det)|√|∛|\\pm|±|\^|_)\s*[({\[]{0,2}))$"
)
_QUANTITY_BEFORE = lazy_compile(rf"\d\s?{_LARGER_UNIT}\s*(?:and\s+|,\s*)?$")
_FAULTS = {
    "range": "a range or a date",
    "ratio": "a ratio, a time or a date",
    "comparison": "a comparison",
    "expression": "an expression",
    "quantity": "a quantity in several units",
}
_LETTER_AFTER = lazy_compile(r"\s?(?![mgshLlVAWJNKCFtkdb](?!\w))[A-Za-z](?![\w.’'-])|!")
_UNKNOWN = lazy_compile(r"\\(?!n\b|\s)[a-zA-Z]+|[\^_√π∞∪∩∈]|(?<![^\W_])[xyz](?![^\W_])|[<>≤≥≠±]")
_BARE = lazy_compile(rf"[\s)*$\]]*(?:[,;、，&]|{_JOINS})[\s(*$\[]*(?:(?:{_JOINS})[\s(*$]*)?", re.IGNORECASE)
_CONJUNCTION = lazy_compile(rf"(?<![^\W_])(?:{_JOINS}|&)", re.IGNORECASE)
_WORD_AFTER = lazy_compile(r"\s*[^\W\d_]")


def fault_of(plain: str, found: Sequence[Found], index: int, *, strict: bool = False) -> str | None:
    """What a number is part of; None where it stands alone.

    Args:
        plain: the text, spelled out.
        found: its numbers.
        index: which of them is meant.
        strict: no sign of an expression or a comparison may stand elsewhere in the text either.
    """
    one = found[index]
    before, after = plain[max(0, one.start - 14) : one.start], plain[one.end : one.end + 40]
    if part := _AFTER.match(after) or _BEFORE.search(before):
        return _FAULTS[part.lastgroup or "expression"]
    if _hyphenated(plain, one) or (before[-1:] in HYPHENS and before[-2:-1].isdigit()):
        return _FAULTS["range"]
    if index and re.match(r"\s?[a-z]", after) and _QUANTITY_BEFORE.search(before):
        return _FAULTS["quantity"]
    if strict:
        rest = plain[: one.start] + " " + plain[one.end :]
        if _LETTER_AFTER.match(after) or _UNKNOWN.search(rest):
            return "an expression"
        if re.search(r"\d", rest):
            return "more than one number"
    return "several values" if _listed(plain, found, index) else None


def _hyphenated(plain: str, one: Found) -> bool:
    """Whether the sign of a number is the hyphen after another one: 10 -3."""
    return one.number.value < 0 and re.search(r"\d\s?$", plain[max(0, one.start - 3) : one.start]) is not None


def _listed(plain: str, found: Sequence[Found], index: int) -> bool:
    """Whether nothing but a comma or a conjunction parts a number from the one beside it."""
    for left, right in ((index - 1, index), (index, index + 1)):
        if left < 0 or right >= len(found):
            continue
        between = plain[found[left].end : found[right].start]
        if len(between) > 30 or not _BARE.fullmatch(between):
            continue
        if set(found[left].number.readings()) & set(found[right].number.readings()):
            continue  # the same again: 50%, or 0.5
        if _CONJUNCTION.search(between) or not _WORD_AFTER.match(plain[found[right].end :][:5]):
            return True
    return False
