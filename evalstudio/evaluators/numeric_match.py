"""Numeric match."""

import math
import sys
from fractions import Fraction
from typing import Any

from evalstudio.core.score import Score
from evalstudio.evaluators.numbers.numbers import Decimal, Number
from evalstudio.evaluators.numbers.shape import NotOne
from evalstudio.evaluators.numbers.stated import answer_number, expected_number
from evalstudio.evaluators.text import no_expected, shown, unscored
from evalstudio.evaluators.thought import StillThinking, without_thought


def numeric_match(
    answer: str,
    expected: Any,
    *,
    tolerance: float = 0.0,
    relative_tolerance: float = 0.0,
    decimal: Decimal = "auto",
    name: str | None = None,
) -> Score:
    """Whether the number the answer comes to is the expected one.

    Thousands, decimal commas, currencies, percent, magnitudes, fractions, powers and LaTeX are read as in `numbers_in`;
    which number of a longer text counts is told by `answer_number`. Arithmetic is exact. A percentage is right by
    the figure before the sign or by the share it is.

    Args:
        answer: the model's answer.
        expected: a number, a text that comes to one, or a list of those that are all right.
        tolerance: how far apart the two may be.
        relative_tolerance: the same as a share of the expected number; the larger of the two counts.
        decimal: the mark of decimals in texts that can be read both ways: 70.000 is 70 with ".", and 70000 with ",".
            "auto" takes a comma before three digits for a mark of thousands, and a single point for one of decimals.
        name: the score's name.

    Returns:
        A score that is true or false, with both numbers and the error in its metadata; unscored where
        either side holds no number, or more than one: 12:00, 3:4, (2, 3), 2√3, a date, x > 5.

    Example:
        >>> numeric_match("The answer is 8 (4 boys and 4 girls).", 8).value
        True
    """
    name = name or "numeric_match"
    if expected is None:
        return no_expected(name)
    wanted, fault = _wanted(expected, decimal)
    if not wanted:
        return unscored(name, fault or f"the expected answer {shown(expected)} holds no number")
    try:
        found = answer_number(without_thought(answer), decimal)
    except StillThinking as error:
        return unscored(name, str(error))
    except NotOne as error:
        return unscored(name, f"no number alone can be read from {shown(answer[-80:])}: {error}")
    if found is None:
        return unscored(name, "no number can be read from the answer")
    gap, reading, target = min(
        (abs(reading - target), reading, target)
        for number in wanted
        for target in number.readings()
        for reading in found.readings()
    )
    allowed = _allowed(tolerance, relative_tolerance, target)
    if fault and gap > allowed:
        return unscored(name, fault)
    return Score(
        name,
        gap <= allowed,
        why=f"read {shown(found.text)} as {written(reading)}, expected {written(target)}"
        + (f", off by {written(gap)}" if gap else ""),
        metadata={"number": _float(reading), "expected": _float(target), "error": _float(gap)},
    )


def _allowed(tolerance: float, relative_tolerance: float, target: Fraction) -> Fraction | int:
    if not tolerance and not relative_tolerance:
        return 0  # exact arithmetic has its price
    return max(Fraction(str(tolerance)), Fraction(str(relative_tolerance)) * abs(target))


def _wanted(expected: Any, decimal: Decimal) -> tuple[list[Number], str | None]:
    """The expected numbers, and what is wrong with the first entry that is more than one."""
    entries = expected if isinstance(expected, list | tuple) else [expected]
    wanted: list[Number] = []
    fault = None
    for entry in entries:
        try:
            number = _expected(entry, decimal)
        except NotOne as error:
            fault = fault or (
                f"the expected answer {shown(entry)} is not one number but {error}: compare it by math_match or exact_match"
            )
            continue
        if number is not None:
            wanted.append(number)
    return wanted, fault


def _expected(value: Any, decimal: Decimal) -> Number | None:
    """The expected number: a number as it is, a text by what it comes to. None where it is neither."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int):
        return Number(Fraction(value), False, str(value))
    if isinstance(value, float):
        return Number(Fraction(repr(value)), False, repr(value)) if math.isfinite(value) else None
    return expected_number(value, decimal) if isinstance(value, str) else None


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
