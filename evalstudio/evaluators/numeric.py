"""Numeric match."""

import math
import sys
from fractions import Fraction
from typing import Any

from evalstudio.core.score import Score
from evalstudio.evaluators.numbers import Number, answer_number
from evalstudio.evaluators.text import no_expected, shown, unscored


def numeric_match(
    answer: str,
    expected: Any,
    *,
    tolerance: float = 0.0,
    relative_tolerance: float = 0.0,
    name: str | None = None,
) -> Score:
    """Whether the number the answer comes to is the expected one.

    Thousands, decimal commas, currencies, percent, fractions and LaTeX are read as in `numbers_in`; which
    number of a longer text counts is told by `answer_number`. Arithmetic is exact. A percentage is right by
    the figure before the sign or by the share it is.

    Args:
        answer: the model's answer.
        expected: a number, a text that comes to one, or a list of those that are all right.
        tolerance: how far apart the two may be.
        relative_tolerance: the same as a share of the expected number; the larger of the two counts.
        name: the score's name.

    Returns:
        A score that is true or false, with both numbers and the error in its metadata; unscored where
        either side holds no number.
    """
    name = name or "numeric_match"
    if expected is None:
        return no_expected(name)
    entries = expected if isinstance(expected, list | tuple) else [expected]
    wanted = [number for entry in entries if (number := expected_number(entry)) is not None]
    if not wanted:
        return unscored(name, f"the expected answer {shown(expected)} holds no number")
    found = answer_number(answer)
    if found is None:
        return unscored(name, "no number can be read from the answer")
    gap, reading, target = min(
        (abs(reading - target), reading, target)
        for number in wanted
        for target in number.readings()
        for reading in found.readings()
    )
    allowed = max(Fraction(str(tolerance)), Fraction(str(relative_tolerance)) * abs(target))
    return Score(
        name,
        gap <= allowed,
        why=f"read {shown(found.text)} as {written(reading)}, expected {written(target)}"
        + (f", off by {written(gap)}" if gap else ""),
        metadata={"number": _float(reading), "expected": _float(target), "error": _float(gap)},
    )


def expected_number(value: Any) -> Number | None:
    """The expected number: a number as it is, a text by what it comes to. None where it is neither."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int):
        return Number(Fraction(value), False, str(value))
    if isinstance(value, float):
        return Number(Fraction(repr(value)), False, repr(value)) if math.isfinite(value) else None
    return answer_number(value) if isinstance(value, str) else None


def written(value: Fraction) -> str:
    """A number for a reason: exact where that is short."""
    if value.denominator == 1 and abs(value) < 10**15:
        return str(value.numerator)
    return f"{_float(value):.10g}"


def _float(value: Fraction) -> float:
    try:
        return float(value)
    except OverflowError:
        return sys.float_info.max if value > 0 else -sys.float_info.max
