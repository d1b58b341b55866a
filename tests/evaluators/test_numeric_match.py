"""Numbers as models write them; every one of these has been read wrongly by some tool."""

from contextlib import suppress
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalstudio.evaluators import numeric_match
from evalstudio.evaluators.numbers.numbers import numbers_in
from evalstudio.evaluators.numbers.shape import NotOne
from evalstudio.evaluators.numbers.stated import answer_number
from tests.evaluators.number_cases import CASES, NO_SINGLE_NUMBERS, SINGLE_NUMBERS


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("42", "42"),
        (" 42. ", "42"),
        ("-5", "-5"),
        ("−5", "-5"),
        ("+5", "5"),
        ("1,5", "1.5"),
        ("1.5", "1.5"),
        ("0,234", "0.234"),
        ("1,2345", "1.2345"),
        ("1,234", "1234"),
        ("1.234", "1.234"),
        ("1,234.5", "1234.5"),
        ("1.234,5", "1234.5"),
        ("1.234.567", "1234567"),
        ("1,234,567.89", "1234567.89"),
        ("12,34,567", "1234567"),
        ("1 234 567", "1234567"),
        ("1\u202f234,5", "1234.5"),
        ("1'234.50", "1234.5"),
        ("1’234’567", "1234567"),
        (".5", "0.5"),
        ("007", "7"),
        ("$42", "42"),
        ("-$5.50", "-5.5"),
        ("$-5", "-5"),
        ("42 €", "42"),
        ("€1.234,56", "1234.56"),
        ("USD 1,000", "1000"),
        ("3/4", "3/4"),
        ("-3/4", "-3/4"),
        ("1 3/4", "7/4"),
        ("½", "1/2"),
        ("2½", "5/2"),
        ("1e3", "1000"),
        ("1.5E-3", "0.0015"),
        ("6.02×10^23", "602000000000000000000000"),
        ("6.02 x 10**2", "602"),
        ("3 · 10²", "300"),
        (r"\boxed{42}", "42"),
        (r"So $x = \boxed{\frac{3}{4}}$ after 5 steps.", "3/4"),
        (r"\boxed{1{,}234}", "1234"),
        (r"\boxed{1\,234}", "1234"),
        (r"\boxed{\$18.90}", "18.9"),
        (r"\boxed{-\frac12}", "-1/2"),
        (r"\boxed{12 \text{ cm}}", "12"),
        (r"$3 \times 10^{4}$", "30000"),
        ("#### 18", "18"),
        ("5 + 3 = 8\n#### 1,234 or so 7", "1234"),
        ("The answer is 42. I checked it in 3 ways.", "42"),
        ("The answer is 5 + 3 = 8.", "8"),
        ("**Answer:** 42\nThere are 2 other ways.", "42"),
        ("First 12, then 30, so 42", "42"),
        ("(-7)", "-7"),
        ("3.14.", "3.14"),
        ("it is 5km away", "5"),
        ("GPT4 says 7", "7"),
    ],
)
def test_that_numbers_are_read_as_they_are_meant(text: str, value: str) -> None:
    found = answer_number(text)
    assert found is not None
    assert found.value == Fraction(value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "none",
        "GPT4",
        r"\boxed{2\pi}",
        r"\boxed{x^2}",
        r"\boxed{(1, 2)}",
        "1/0",
        "1e999999999",
        "9" * 5000,
        "NaN",
        "inf",
    ],
)
def test_that_what_is_no_number_is_unscored(text: str) -> None:
    score = numeric_match(text, 5)
    assert score.value is None
    assert "no number" in score.why


@pytest.mark.parametrize(
    ("answer", "value"), [pair for pairs in CASES.values() for pair in pairs if pair[1] is not None]
)
def test_that_the_number_an_answer_states_is_read(answer: str, value: str) -> None:
    found = answer_number(answer)
    assert found is not None
    assert found.value == Fraction(value)
    assert numeric_match(answer, float(Fraction(value)), relative_tolerance=1e-9).value is True
    assert numeric_match(answer, 2 * float(Fraction(value)) + 1.5).value is False


@pytest.mark.parametrize("answer", [pair[0] for pairs in CASES.values() for pair in pairs if pair[1] is None])
def test_that_an_answer_that_states_no_single_number_is_unscored(answer: str) -> None:
    for expected in (0, 1, 2, 3, 4, 5, 10, 13, 30):
        score = numeric_match(answer, expected)
        assert score.value is None, score.why
        assert "no number" in score.why


@pytest.mark.parametrize("expected", NO_SINGLE_NUMBERS)
def test_that_an_expected_text_of_more_than_one_number_decides_nothing(expected: str) -> None:
    for answer in (expected, "3", "5", "7", "10", "30", "2021"):
        score = numeric_match(answer, expected)
        assert score.value is None, score.why
        assert "is not one number" in score.why
        assert "math_match or exact_match" in score.why


@pytest.mark.parametrize(("expected", "value"), SINGLE_NUMBERS)
def test_that_one_number_with_what_stands_around_it_is_expected(expected: str, value: str) -> None:
    assert numeric_match(f"The answer is {value}.", expected).value is True
    assert numeric_match("The answer is 987654.", expected).value is False


def test_that_an_entry_of_several_that_is_no_single_number_leaves_others_right() -> None:
    assert numeric_match("7", ["3:4", "7"]).value is True
    assert numeric_match("8", ["3:4", "7"]).value is None
    assert numeric_match("8", ["6", "7"]).value is False


@pytest.mark.parametrize(
    ("text", "auto", "point", "comma"),
    [
        ("70.000", "70", "70", "70000"),
        ("70,000", "70000", "70000", "70"),
        ("1.234", "1.234", "1.234", "1234"),
        ("1,234", "1234", "1234", "1.234"),
        ("-1.234", "-1.234", "-1.234", "-1234"),
        ("1.5", "1.5", "1.5", "1.5"),
        ("1,5", "1.5", "1.5", "1.5"),
        ("1.234,5", "1234.5", "1234.5", "1234.5"),
        ("1,234.5", "1234.5", "1234.5", "1234.5"),
        ("1.234.567", "1234567", "1234567", "1234567"),
        ("0.125", "0.125", "0.125", "0.125"),
        ("12 345", "12345", "12345", "12345"),
    ],
)
def test_that_the_decimal_mark_can_be_set(text: str, auto: str, point: str, comma: str) -> None:
    for decimal, value in (("auto", auto), (".", point), (",", comma)):
        for answer in (text, f"The answer is {text} km.", rf"\boxed{{{text}}}"):
            found = answer_number(answer, decimal)  # type: ignore[arg-type]
            assert found is not None
            assert found.value == Fraction(value), (answer, decimal)
        assert numeric_match(value, text, decimal=decimal).value is True or "." in value  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("answer", "value"),
    [
        ("<think>12? or 15</think>\n\n9", True),
        ("<thinking>So the answer is 12.</thinking>**9**", True),
        ("[THINK]12[/THINK]9", True),
        ("12 is too much</think>9", True),
        ("<think>The answer is 9", None),
        ("I think it is 9", True),
        ("9 <think>", True),
    ],
)
def test_that_thinking_is_no_answer(answer: str, value: bool | None) -> None:
    assert numeric_match(answer, 9).value is value


SCRIPTS = ("٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹", "०१२३४५६७८९", "๐๑๒๓๔๕๖๗๘๙", "০১২৩৪৫৬৭৮৯", "０１２３４５６７８９")


@given(
    st.integers(-(10**15), 10**15),
    st.sampled_from(SCRIPTS),
    st.sampled_from([("", ""), (",", ""), ("٬", "٫"), ("，", "．"), ("\u202f", ""), ("'", "")]),
    st.sampled_from(
        [
            "{}",
            "The answer is {}.",
            "答案是{}。",
            "答えは{}です",
            "คำตอบคือ{}",
            "정답은 {}",
            "Antwort: {}",
            "{} km",
        ]
    ),
)
def test_that_an_integer_reads_back_in_every_script_and_grouping(
    value: int, digits: str, marks: tuple[str, str], template: str
) -> None:
    written = f"{value:,}".replace(",", marks[0])
    said = template.format(written.translate(str.maketrans("0123456789", digits)))
    found = answer_number(said)
    assert found is not None, said
    assert found.value == value, said


@given(
    st.integers(-999, 999),
    st.sampled_from(
        [
            "(4 boys and 4 girls)",
            "because 2 times 3 is 6",
            "as of 2024",
            "[1]",
            "for 3 children",
            "rounded to 2 digits",
        ]
    ),
)
def test_that_an_explanation_never_changes_the_number(value: int, explanation: str) -> None:
    found = answer_number(f"The answer is {value} {explanation}.")
    assert found is not None
    assert found.value == value


@pytest.mark.parametrize(
    ("answer", "expected", "right"),
    [
        ("1,5", 15, False),
        ("1,5", "15", False),
        ("1,5", "1.5", True),
        ("1e400", float("1e308"), False),
        ("$42", "42", True),
        ("42%", 42, True),
        ("42%", 0.42, True),
        ("42 %", "42%", True),
        ("0.42", "42%", True),
        ("42", "42 percent", True),
        ("4.2%", 42, False),
        ("The answer is 42.", "42", True),
        ("0", 0, True),
        ("0", False, None),
        ("0", None, None),
        ("0", "zero", True),
        ("0", "nothing", None),
        ("0", "", None),
        ("0.30000000000000004", 0.3, False),
        ("7", ["5", 7], True),
        ("12345678901234567891", 12345678901234567890, False),
        ("18", "She has 16 - 3 = 13 eggs.\n#### 18", True),
        ("5", float("nan"), None),
    ],
)
def test_that_numbers_are_compared_by_value(answer: str, expected: Any, right: bool | None) -> None:
    assert numeric_match(answer, expected).value is right


def test_that_tolerance_is_exact_and_the_larger_one_counts() -> None:
    assert numeric_match("0.3", 0.1, tolerance=0.2).value is True
    assert numeric_match("0.31", 0.1, tolerance=0.2).value is False
    assert numeric_match("101", 100, relative_tolerance=0.01).value is True
    assert numeric_match("102", 100, relative_tolerance=0.01, tolerance=2).value is True
    score = numeric_match("102 apples", 100)
    assert score.metadata == {"number": 102.0, "expected": 100.0, "error": 2.0}
    assert score.why == "read '102' as 102, expected 100, off by 2"


@given(st.integers(-(10**15), 10**15), st.integers(0, 999999))
def test_that_grouping_never_changes_a_number(whole: int, decimals: int) -> None:
    value = Fraction(f"{whole}.{decimals:06}")
    english = f"{whole:,}.{decimals:06}"
    forms = [english, english.replace(",", " "), english.replace(",", "'"), f"{whole}.{decimals:06}"]
    if abs(whole) >= 1000:
        forms.append(english.replace(",", "_").replace(".", ",").replace("_", "."))
    for form in forms:
        found = answer_number(f"It comes to {form}")
        assert found is not None, form
        assert found.value == value, form


@given(st.text())
def test_that_any_text_is_read_without_an_accident(text: str) -> None:
    numbers_in(text)
    with suppress(NotOne):
        answer_number(text)
    numeric_match(text, 1)


@given(st.text("0123456789.,' /%eE+-^x\\boxed{}frac#", max_size=30))
def test_that_any_heap_of_digits_and_marks_is_read_without_an_accident(text: str) -> None:
    numeric_match(text, text)


def test_that_the_last_number_of_a_long_text_is_that_of_the_whole() -> None:
    for end in (
        "so it is 1 234,5 in all",
        "so " + "1 234 " * 100,
        "word " * 100,
        "minus one is " + "x" * 400 + " -5",
    ):
        text = "There are 3 reasons. " * 50 + end
        found = answer_number(text)
        assert found is not None
        assert found.value == numbers_in(text)[-1].value


@pytest.mark.parametrize(
    ("after", "number"),
    [
        ("", 42),
        ("See f(x1).", 42),
        ("See f(x1). " * 19, 42),
        ("See f(x1).\n" * 19, 42),
        ("See f(x1). " * 20, None),
        ("See f(x1).\n" * 5_000, None),
        ("See f(x1). Then it is 7.", 7),
        ("Nothing more. " * 50, 42),
    ],
)
def test_that_few_sentences_with_digits_and_no_number_are_passed_over(after: str, number: int | None) -> None:
    found = answer_number(f"She has 42 apples. {after}")
    assert (None if found is None else found.value) == number
