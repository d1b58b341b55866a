"""Expressions are compared by what they mean; what is none is unscored."""

import sys
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalstudio.core.errors import RequirementError
from evalstudio.evaluators import build_evaluators, math_match
from evalstudio.evaluators.math_match import LONGEST_S


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (r"\boxed{\sqrt{12}}", r"2\sqrt{3}"),
        (r"The answer is $2\sqrt{3}$.", r"2\sqrt{3}"),
        ("2*sqrt(3)", r"2\sqrt{3}"),
        (r"It comes to \(\frac{\sqrt 2}{2}\).", r"\frac{1}{\sqrt{2}}"),
        ("The answer is 5 apples.", "5"),
        ("1/2", "0.5"),
        ("50%", "0.5"),
        ("(2,3)", "(2, 3)"),
        (r"\{2, 1\}", r"\{1, 2\}"),
        (r"[2, 3)", r"[2,3)"),
        (r"The interval is $(-\infty, 3]$.", r"(-\infty, 3]"),
        ("x > 5", "5 < x"),
        ("2x + 3", "3 + 2x"),
        ("y = 2x + 3", "y = 3 + 2x"),
        (r"\boxed{x = 5}", "5"),
        (r"\pm 7", r"\boxed{\pm 7}"),
        (r"$\frac{\pi}{2}$", r"\pi/2"),
        ("6:8", "3:4"),
        (r"\boxed{\begin{pmatrix}1 & 2 \\ 3 & 4\end{pmatrix}}", r"\begin{pmatrix}1 & 2\\3 & 4\end{pmatrix}"),
        ("The answer is $x^2 - 1$. It is not $x^2$.", "(x-1)(x+1)"),
        ("<think>$x$?</think>$2x$", "2x"),
        ("7", 7),
        ("7", ["3", "7"]),
    ],
)
def test_that_equal_expressions_are_right(answer: str, expected: Any) -> None:
    score = math_match(answer, expected)
    assert score.value is True, score.why


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (r"\boxed{5\sqrt{3}}", r"2\sqrt{3}"),
        ("(3, 2)", "(2, 3)"),
        (r"\{1, 3\}", r"\{1, 2\}"),
        ("[2, 3]", "[2, 3)"),
        ("x < 5", "x > 5"),
        ("9:4", "3:4"),
        ("7", r"\pm 7"),
        ("2x", "3x"),
        ("y = 2x", "y = 3x"),
        (r"The answer is $\frac{1}{3}$, not $\frac{1}{2}$.", r"\frac{1}{2}"),
        ("1, 2, 7", "3, 5, 7"),
        ("8", ["3", "7"]),
    ],
)
def test_that_other_expressions_are_wrong(answer: str, expected: Any) -> None:
    score = math_match(answer, expected)
    assert score.value is False, score.why


@pytest.mark.parametrize(
    ("answer", "expected", "why"),
    [
        ("I do not know.", "5", "no expression"),
        ("It is Paris, of course.", "5", "no expression"),
        ("", "5", "empty"),
        (r"\boxed{}", "5", "empty"),
        (r"\boxed{\frac{1}{0}}", "5", "no expression"),
        ("9^9^9^9^9", "5", "too long to work out"),
        ("2^{99999999}", "5", "too long to work out"),
        ("99999!", "5", "too long to work out"),
        ("x" + "+x" * 600, "5", "more than 1,000 characters"),
        ("<think>$5$", "5", "still thinking"),
        ("5", "12:00", "expected answer cannot be read"),
        ("5", "2024-05-01", "expected answer cannot be read"),
        ("5", "some words", "expected answer cannot be read"),
        ("5", "", "no expected answer"),
        ("5", None, "no expected answer"),
        ("The answer is 3 apples or 4 pears.", "4", "no expression"),
    ],
)
def test_that_what_is_no_expression_is_unscored(answer: str, expected: Any, why: str) -> None:
    score = math_match(answer, expected)
    assert score.value is None
    assert why in score.why


@settings(max_examples=25, deadline=None)
@given(st.integers(-50, 50), st.integers(1, 12), st.integers(2, 30))
def test_that_a_sum_with_a_root_equals_itself_in_another_order(whole: int, times: int, root: int) -> None:
    left, right = rf"{whole} + {times}\sqrt{{{root}}}", rf"\sqrt{{{root * times**2}}} + {whole}"
    assert math_match(rf"\boxed{{{left}}}", right).value is True
    assert math_match(rf"\boxed{{{left} + 1}}", right).value is False


def test_that_a_missing_library_is_told_before_a_run(monkeypatch: pytest.MonkeyPatch) -> None:
    from pathlib import Path

    table = {"type": "math_match", "expected": "{{ expected }}"}
    (evaluator,) = build_evaluators([table], ("expected",), Path())
    assert (evaluator.apart, evaluator.longest_s) == (True, LONGEST_S)
    monkeypatch.setitem(sys.modules, "math_verify", None)
    for use in (lambda: build_evaluators([table], ("expected",), Path()), lambda: math_match("5", "5")):
        with pytest.raises(
            RequirementError, match=r"needs math-verify; install it with: pip install math-verify"
        ):
            use()
