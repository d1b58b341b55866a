"""Mathematical expressions, compared by what they mean, through math-verify."""

import logging
import re
from typing import Any

from evalstudio.core.errors import RequirementError
from evalstudio.core.score import Score
from evalstudio.evaluators.cues import last_cues, without_run_on
from evalstudio.evaluators.numbers.shape import NotOne
from evalstudio.evaluators.numbers.stated import answer_number, last_box
from evalstudio.evaluators.text import no_expected, shown, unscored
from evalstudio.evaluators.thought import StillThinking, without_thought
from evalstudio.workspace.packaged import how_to_add

LONGEST_S = 10.0
"""Seconds in which one answer is compared, in a process that is ended then."""

LONGEST = 1_000
"""Characters of the longest expression that is read."""

_PROSE = re.compile(
    r"(?<![\\a-zA-Z])(?!(?:sqrt|sin|cos|tan|cot|sec|csc|log|exp|arcsin|arccos|arctan|max|min|pi|inf|infty|and|or|mod|lim|det|gcd|lcm)(?![a-zA-Z]))[^\W\d_]{3,}"
)
_WORDS_IN_LATEX = re.compile(
    r"\\(?:begin|end)\s*\{[a-z]+\*?\}|\\(?:text|textbf|mathrm|operatorname|mbox)\s*\{[^{}]*\}|\\[a-zA-Z]+"
)
_DOLLARS = re.compile(
    r"\$\$?([^$]{1,1000})\$\$?|\\\(((?:(?!\\\)).){1,1000})\\\)|\\\[((?:(?!\\\]).){1,1000})\\\]", re.DOTALL
)
_SENTENCE_END = re.compile(r"[.!?](?=\s|$)|\n\s*\n")
# What takes for ever to work out
_TOWER = re.compile(
    r"\^[\s{(]*-?\d{4,}|(?:\^[^\^]{0,20}){3,}|\d{4,}\s*!|!\s*!|(?:\*\*[^*]{0,20}){2,}|\*\*\s*\d{4,}|\d{400,}"
)
_QUIET = ("math_verify", "math_verify.parser", "math_verify.grader", "latex2sympy2_extended")


class _Unreadable(Exception):
    """A text is no expression; the message says why."""


def math_match(answer: str, expected: Any, *, name: str | None = None) -> Score:
    r"""Whether the expression an answer states equals the expected one: numbers, roots, fractions, sets, intervals, tuples,
    equations and matrices, in LaTeX or plain.

    What is in the last \boxed{} counts; else what "the answer is" states; else the last formula; else the whole answer.

    Args:
        answer: the model's answer.
        expected: an expression, or a list of those that are all right.
        name: the score's name.

    Returns:
        A score that is true or false; unscored where either side cannot be read as an expression. A comparison is not
        bounded in time here: a run makes it in a process of its own that is ended after LONGEST_S.

    Raises:
        RequirementError: math-verify is not installed.

    Example:
        >>> math_match(r"\boxed{\sqrt{12}}", r"2\sqrt{3}").value
        True
    """
    name = name or "math_match"
    require_math_verify()
    if expected is None or expected == "" or expected == []:
        return no_expected(name)
    entries = [str(one) for one in (expected if isinstance(expected, list | tuple) else [expected])]
    try:
        wanted = [(entry, _parsed(_expected_part(entry), entry)) for entry in entries]
    except _Unreadable as error:
        return unscored(name, f"the expected answer cannot be read: {error}")
    try:
        said = _stated(without_run_on(without_thought(answer)))
        found = _parsed(said, said)
        right = next((entry for entry, gold in wanted if _same(gold, found)), None)
    except (_Unreadable, StillThinking) as error:
        return unscored(name, f"no expression can be read from the answer: {error}")
    why = f"read {shown(said)}, expected {shown(right if right is not None else entries[0])}"
    return Score(name, right is not None, why=why)


def require_math_verify() -> None:
    """Raises RequirementError, with what to install, where math-verify is missing."""
    try:
        import math_verify  # noqa: F401
    except ImportError as error:
        raise RequirementError(
            f"The evaluator math_match needs math-verify; {how_to_add('math-verify')}."
        ) from error
    for logger in _QUIET:
        logging.getLogger(logger).setLevel(logging.CRITICAL)  # it warns of the deadline that is kept here


def _expected_part(text: str) -> str:
    boxed = last_box(text)
    if boxed is not None:
        return boxed
    formulas = _DOLLARS.findall(text)
    return "".join(formulas[0]) if len(formulas) == 1 and _has_prose(_DOLLARS.sub("", text)) else text


def _stated(text: str) -> str:
    """The expression that an answer states."""
    boxed = last_box(text)
    if boxed is not None:
        return boxed
    cue = next((cue for cue in last_cues(text) if cue.linked), None)
    rest = text if cue is None else text[cue.end : cue.end + 2 * LONGEST]
    formulas = _DOLLARS.findall(rest)
    if formulas:
        return "".join(formulas[0 if cue else -1])
    if cue is not None:
        rest = _SENTENCE_END.split(rest.strip(), maxsplit=1)[0]
    if not _has_prose(rest):
        return rest
    try:
        number = answer_number(text)
    except NotOne as error:
        raise _Unreadable(str(error)) from error
    if number is None:
        raise _Unreadable(f"{shown(rest)} is prose")
    return str(number.value)


def _has_prose(text: str) -> bool:
    return _PROSE.search(_WORDS_IN_LATEX.sub(" ", text)) is not None


def _parsed(text: str, whole: str) -> list[Any]:
    from math_verify import ExprExtractionConfig, LatexExtractionConfig, parse

    bare = re.sub(r"^[\s$*]+|[\s$*.]+$", "", text)
    if not bare:
        raise _Unreadable("it is empty")
    if len(bare) > LONGEST:
        raise _Unreadable(f"an expression of more than {LONGEST:,} characters")
    if _TOWER.search(bare):
        raise _Unreadable(f"{shown(bare)} takes too long to work out")
    if _has_prose(bare) or re.search(r"\d\s?:\s?\d\d(?!\d)|\d-\d\d?-\d", bare):
        raise _Unreadable(f"{shown(whole)} is no expression")
    config = [LatexExtractionConfig(), ExprExtractionConfig()]
    try:
        found = parse(
            f"${bare}$",
            extraction_config=config,
            fallback_mode="no_fallback",
            parsing_timeout=None,
            raise_on_error=True,
        )
    except Exception as error:
        raise _Unreadable(f"{shown(whole)} is no expression: {type(error).__name__}") from error
    if not found or any(_is_undefined(one) for one in found):
        raise _Unreadable(f"{shown(whole)} is no expression")
    return list(found)


def _is_undefined(expression: Any) -> bool:
    from sympy import nan, zoo

    return bool(getattr(expression, "has", None) and expression.has(zoo, nan))


def _same(wanted: list[Any], found: list[Any]) -> bool:
    from math_verify import verify

    try:
        return bool(verify(wanted, found, timeout_seconds=None, raise_on_error=True))
    except Exception as error:
        raise _Unreadable(f"they cannot be compared: {type(error).__name__}") from error
