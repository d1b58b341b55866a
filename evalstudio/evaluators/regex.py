"""Regular expressions: whether one matches, and what one extracts.

Evaluators judge on the engine's loop, and a pattern such as `(a+)+$` can take longer than the universe on an answer of
fifty letters. So patterns run in the `regex` package, which reads them as `re` does and can be told when to give up.
"""

from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache
from itertools import islice
from typing import Any, TypeVar

import regex

from evalstudio.core.bounded import EndedError, call_bounded
from evalstudio.core.errors import EvaluationError
from evalstudio.core.score import Score
from evalstudio.evaluators.normal_form import TooLong, normalise_text
from evalstudio.evaluators.text import (
    class_label,
    last_of,
    no_expected,
    shown,
    texts_of,
    unscored,
)

LONGEST_S = 0.2
"""Seconds for one pattern on one answer; no ordinary pattern takes a hundredth of it."""

LONG = 50_000
"""Characters from which on an answer is long: degenerate ones are, and one comes seldom alone."""

LONGEST_S_ON_LONG = 0.05
"""Seconds for one pattern on one long answer."""

MOST_MATCHES = 50_000
"""Matches of a pattern in one answer; the last one counts, and so all have to be found."""

LONGEST_NUMBER = 100
"""Characters of the longest text that is compared as a number."""

# A code such as 007 is no number
_NUMBER = regex.compile(
    r"\s*[$€£¥]?(?P<number>-?(?:0|[1-9]\d{0,2}(?:,\d{3})+|[1-9]\d*)(?:\.\d+)?)(?P<percent>\s*%)?[.\s]*",
    regex.ASCII,
)

LONGEST_PLAIN = 2_000
"""Characters of a pattern that is compiled at once, where it has no counted repeats: these are written out in full."""

COMPILED_S = 1.0
"""Seconds for compiling a pattern."""

COMPILED_BYTES = 100_000_000
"""Memory for compiling a pattern."""

T = TypeVar("T")


def regex_match(answer: str, pattern: str, *, ignore_case: bool = False, name: str | None = None) -> Score:
    """Whether the pattern occurs anywhere in the answer (use ^ and $ to bind it to the ends).

    Returns:
        A score that is true or false; unscored where the pattern takes too long on this answer.

    Raises:
        EvaluationError: the pattern has a mistake.
    """
    name = name or "regex_match"
    expression = compiled(pattern, ignore_case)
    try:
        found = in_time(pattern, lambda longest: expression.search(answer, timeout=longest), answer)
    except TooSlow as error:
        return unscored(name, str(error))
    why = f"found {shown(found[0])}" if found else f"{shown(pattern)} does not occur"
    return Score(name, found is not None, why=why)


def regex_extract(
    answer: str,
    pattern: str,
    expected: Any,
    *,
    ignore_case: bool = False,
    normalise: bool = True,
    first: bool = False,
    separator: str | None = None,
    name: str | None = None,
) -> Score:
    """Whether what the pattern extracts from the answer is the expected text.

    The last match counts: models come to their answer at the end. Of a match, the group named `answer` is
    taken, else the first group that took part, else all of it. Two numbers are compared by their value: "$29.00" is 29.

    Args:
        answer: the model's answer.
        pattern: a regular expression.
        expected: a text or a number, or a list of those that are all right.
        ignore_case: the pattern takes upper and lower case for the same.
        normalise: even out case, spaces and marks of what is compared, and how numbers are written.
        first: the first match counts instead of the last one.
        separator: what parts several right answers in one cell.
        name: the score's name.

    Returns:
        A score that is true or false; unscored where the pattern does not occur, or occurs more than MOST_MATCHES
        times, or takes too long.

    Raises:
        EvaluationError: the pattern has a mistake.
    """
    name = name or "regex_extract"
    accepted = texts_of(expected, separator)
    if not accepted:
        return no_expected(name)
    expression = compiled(pattern, ignore_case)
    try:
        match = in_time(pattern, lambda longest: _match(expression, answer, longest, first), answer)
        if match is None:
            return unscored(name, f"{shown(pattern)} does not occur in the answer")
        text = _taken(match)
        right = _accepted(text, accepted, normalise)
    except (TooSlow, TooLong) as error:
        return unscored(name, str(error))
    why = f"extracted {shown(text)}, expected {' or '.join(shown(entry) for entry in accepted[:5])}"
    return Score(
        name,
        right is not None,
        why=why,
        label=class_label(text if right is None else right),
        expected_label=class_label(accepted[0] if right is None else right),
    )


class TooSlow(EvaluationError):
    """A pattern did not come to an end in time."""


def in_time(pattern: str, search: Callable[[float], T], text: str) -> T:
    """What a search in a text comes to; it is given the seconds it may take.

    Raises:
        TooSlow: it takes longer than LONGEST_S, or LONGEST_S_ON_LONG on a long text.
    """
    longest = LONGEST_S if len(text) <= LONG else LONGEST_S_ON_LONG
    try:
        return search(longest)
    except TimeoutError:
        raise TooSlow(
            f"the pattern {shown(pattern)} takes longer than {longest:g} s on this answer; repeat one thing only, "
            "as in a+ in place of (a+)+"
        ) from None


@lru_cache(maxsize=64)
def compiled(pattern: str, ignore_case: bool) -> "regex.Pattern[str]":
    """The compiled pattern.

    Raises:
        EvaluationError: the pattern has a mistake.
    """
    if "{" in pattern or len(pattern) > LONGEST_PLAIN:
        try:
            call_bounded(
                f"{__name__}:try_to_compile", pattern, ignore_case, seconds=COMPILED_S, memory=COMPILED_BYTES
            )
        except EndedError as error:
            raise EvaluationError(
                f"The pattern {shown(pattern)} cannot be used: compiling it {error.reason}; repeat fewer things."
            ) from None
    return _compiled(pattern, ignore_case)


def try_to_compile(pattern: str, ignore_case: bool) -> None:
    """Compiles a pattern, in a process that may be lost. Raises EvaluationError: it has a mistake."""
    _compiled(pattern, ignore_case)


def _compiled(pattern: str, ignore_case: bool) -> "regex.Pattern[str]":
    try:
        return regex.compile(pattern, regex.IGNORECASE if ignore_case else 0)
    except (regex.error, RecursionError) as error:
        raise EvaluationError(f"The pattern {shown(pattern)} has a mistake: {error}.") from None


def _match(
    expression: "regex.Pattern[str]", answer: str, longest: float, first: bool
) -> "regex.Match[str] | None":
    if first:
        return expression.search(answer, timeout=longest)
    matches = expression.finditer(answer, timeout=longest)
    last = last_of(islice(matches, MOST_MATCHES))
    if next(matches, None) is not None:
        raise TooSlow(f"the pattern {shown(expression.pattern)} occurs more than {MOST_MATCHES:,} times")
    return last


def _accepted(text: str, accepted: tuple[str, ...], normalise: bool) -> str | None:
    if text in accepted:
        return text
    if not normalise:
        return None
    said = normalise_text(text)
    number = _as_number(text)
    for entry in accepted:
        if normalise_text(entry) == said or (number is not None and number == _as_number(entry)):
            return entry
    return None


def _as_number(text: str) -> tuple[Decimal, bool] | None:
    """The value of a text that is nothing but a number, and whether it is a percentage; None where it is more."""
    match = _NUMBER.fullmatch(text) if len(text) < LONGEST_NUMBER else None
    if match is None:
        return None
    return Decimal(match["number"].replace(",", "")), match["percent"] is not None


def _taken(match: "regex.Match[str]") -> str:
    named = match.groupdict().get("answer")
    if named is not None:
        return str(named)
    groups = [group for group in match.groups() if group is not None]
    return str(groups[0] if groups else match[0])
