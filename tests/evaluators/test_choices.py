"""Multiple choice: every way in which models name a choice."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalstudio.evaluators import multiple_choice
from evalstudio.evaluators.choices import choices_of

CITIES = ["London", "Paris", "New York", "York"]


@pytest.mark.parametrize(
    "answer",
    [
        "B",
        " B",
        "b",
        "B.",
        '"B"',
        "(B)",
        "**B**",
        "[b]",
        "B) Paris",
        "B. Paris",
        "(b) Paris",
        "B: because it is",
        "B - Paris",
        "**B**) Paris",
        "Paris",
        "paris.",
        '"Paris"',
        "The answer is B.",
        "The answer is (b).",
        "Answer: B",
        "**Answer:** B",
        "The correct option is **B**.",
        "I choose B because A dog barked.",
        "Not A: the answer is A... wait, the answer is B.",
        "A. London is in England, so the answer is B",
        r"Thus \boxed{B}",
        r"\boxed{\text{B}}",
        "It has to be Paris, of course.",
        "I would say B",
        "B\n\nParis is the capital.",
    ],
)
def test_that_every_way_to_name_a_choice_is_understood(answer: str) -> None:
    for expected in ("B", "b", "(B)", "Paris", "B) Paris", 1):
        score = multiple_choice(answer, expected, CITIES)
        assert score.value is True, (answer, expected, score.why)
        assert (score.label, score.expected_label) == ("B", "B")
    assert multiple_choice(answer, "A", CITIES).value is False


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "?",
        "I do not know.",
        "A or B",
        "Both London and Paris",
        "A dog barked",
        "Rome",
        "Z",
        "BB",
        "It depends on A, B and C.",
    ],
)
def test_that_what_takes_no_single_choice_is_unscored(answer: str) -> None:
    score = multiple_choice(answer, "B", CITIES)
    assert score.value is None
    assert "no single choice" in score.why


def test_that_a_longer_text_is_not_its_part() -> None:
    assert multiple_choice("It is New York.", "New York", CITIES).value is True
    assert multiple_choice("It is New York.", "York", CITIES).value is False
    assert multiple_choice("York", "D", CITIES).value is True


def test_that_marks_in_the_choices_are_no_hindrance() -> None:
    choices = ['The "A" side', "The `B` side", "{x}"]
    assert multiple_choice("The “A” side", 'The "A" side', choices).value is True
    assert multiple_choice("B", "The `B` side", choices).value is True
    assert multiple_choice("I take the B side.", 1, choices).value is True


@pytest.mark.parametrize(
    ("answer", "expected", "right"),
    [
        (" B", "B", True),
        ('"B"', "B", True),
        ("Paris", "Paris", True),
        ("10", "1", False),
        ("1", "1", True),
        ("(2)", "2", True),
        ("B) Paris", "B", True),
        ("B) Paris", "Paris", True),
        ("C", "B", False),
        ("C", "Paris", None),
        ("Lyon", "Paris", False),
        ("I cannot say", "B", None),
        ("The answer is C", "B) Paris", False),
        ("B", None, None),
    ],
)
def test_that_letters_are_compared_where_the_choices_are_not_known(
    answer: str, expected: Any, right: bool | None
) -> None:
    assert multiple_choice(answer, expected).value is right


def test_that_choices_are_read_in_every_form() -> None:
    assert choices_of(["x", "y"]).labels == ("A", "B")
    assert (
        choices_of("['x', 'y']") == choices_of("x\ny") == choices_of('["x", "y"]') == choices_of(("x", "y"))
    )
    table = {"text": ["x", "y"], "label": ["1", "2"]}
    assert choices_of(table) == choices_of({"1": "x", "2": "y"})
    assert multiple_choice("2", 2, table).value is True
    assert multiple_choice("y", "2", table).value is True
    assert multiple_choice("10", "1", {"1": "x", "10": "y"}).value is False
    for wrong in ("one", ["x"], 5):
        with pytest.raises(ValueError, match="choices has to be"):
            choices_of(wrong)
    assert multiple_choice("A", "Rome", CITIES).value is None
    assert multiple_choice("A", 4, CITIES).value is None


@given(st.text(), st.sampled_from(["A", "B", "Paris", 0]))
def test_that_any_answer_is_read_without_an_accident(answer: str, expected: Any) -> None:
    multiple_choice(answer, expected, CITIES)
    multiple_choice(answer, expected)
