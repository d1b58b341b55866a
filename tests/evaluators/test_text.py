"""Evaluators that compare texts: exact, contains, patterns, edit distance."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalstudio.errors import EvaluationError
from evalstudio.evaluators import contains, exact_match, regex_extract, regex_match, similarity
from evalstudio.evaluators.normal_form import normalise_text
from evalstudio.evaluators.similarity import edit_distance
from evalstudio.evaluators.text import is_empty


@pytest.mark.parametrize(
    ("answer", "expected", "right"),
    [
        ("yes", "yes", True),
        ("Yes", "yes", False),
        ("yes ", "yes", False),
        ("4", 4, True),
        ("4", 4.0, True),
        ("4.0", 4.0, True),
        ("0", 0, True),
        ("0", False, False),
        ("false", False, True),
        ("False", False, True),
        ("", "", None),
        ("x", "", None),
        ("x", " \n", None),
        ("x", "\u200b", None),
        ("x", ["", None], None),
        ("", ["", "a"], False),
        ("None", None, None),
        ("", None, None),
        ("b", ["a", "b"], True),
        ("c", ["a", "b"], False),
        ("7", "007", False),
        ("x", [], None),
        (4, 4, True),
        (4, 4.0, True),
        (4.0, "4", True),
        (5, 4, False),
        (True, True, True),
        (True, "true", True),
        (False, True, False),
        (3, [1, 3], True),
        (None, "x", False),
    ],
)
def test_that_an_exact_match_is_strict(answer: Any, expected: Any, right: bool | None) -> None:
    assert exact_match(answer, expected).value is right


@pytest.mark.parametrize(
    ("answer", "expected", "right"),
    [
        (" Yes.\n", "yes", True),
        ("**Positive**", "positive", True),
        ('"card_arrival"', "card_arrival", True),
        ("don’t", "don't", True),
        ("„Straße“", "STRASSE", True),
        ("ＡＢＣ", "abc", True),
        ("10.5", "105", False),
        ("a-b", "ab", False),
        ("-5", "5", False),
        ("5!", "5", False),
        ("Stop!", "stop", True),
        ("C++", "C", False),
        ("?", "!", False),
        ("é", "e\u0301", True),
        ("new  york", "New York", True),
        ("لا.", "لا", True),
    ],
)
def test_that_a_normalised_match_ignores_case_spaces_and_marks_at_the_end(
    answer: str, expected: str, right: bool
) -> None:
    assert exact_match(answer, expected, normalise=True).value is right


def test_that_an_exact_match_says_why_and_names_its_classes() -> None:
    right = exact_match("spam", "spam")
    assert (right.label, right.expected_label, right.name) == ("spam", "spam", "exact_match")
    wrong = exact_match("Spam.", "spam", name="label")
    assert wrong.name == "label"
    assert wrong.why == (
        "the answer is 'Spam.', expected 'spam'; it differs in case, spaces or marks only, "
        "and matches with normalise = true"
    )
    long = exact_match("x" * 500, "spam")
    assert (long.label, long.expected_label) == ("(other)", "spam")
    assert len(long.why) < 200
    assert "null" in exact_match("x", None).why


@given(st.text())
def test_that_normalising_twice_changes_nothing_more(text: str) -> None:
    once = normalise_text(text)
    assert normalise_text(once) == once
    right = None if is_empty(text) else True
    assert exact_match(text, text).value is right
    assert exact_match(text, text, normalise=True).value is right


@pytest.mark.parametrize(
    ("answer", "expected", "options", "right"),
    [
        ("It is Paris.", "paris", {}, True),
        ("It is Paris.", "paris", {"case_sensitive": True}, False),
        ("I know", "no", {}, True),
        ("I know", "no", {"words": True}, False),
        ("Oh, no!", "no", {"words": True}, True),
        ("red and blue", ["red", "green"], {}, True),
        ("red and blue", ["red", "green"], {"every": True}, False),
        ("red and blue", ["red", "blue"], {"every": True}, True),
        ("don’t", "don't", {}, True),
        ("anything", "", {}, None),
        ("anything", " ", {"words": True}, None),
        ("anything", ["Paris", ""], {}, False),
        ("Paris", ["Paris", ""], {"every": True}, True),
        ("x", None, {}, None),
        ("in 2024", 2024, {}, True),
        ("C++ it is", "c++", {"words": True}, True),
    ],
)
def test_that_contains_follows_its_options(
    answer: str, expected: Any, options: dict[str, bool], right: bool | None
) -> None:
    assert contains(answer, expected, **options).value is right


def test_that_contains_says_what_is_missing() -> None:
    assert contains("red", ["red", "blue"], every=True).why == "missing: 'blue'"
    assert contains("red", ["green", "blue"]).why == "contains none of 'green', 'blue'"


def test_that_patterns_match_or_extract_the_answer() -> None:
    assert regex_match("id-42", r"\d+").value is True
    assert regex_match("id", r"\d+").value is False
    assert regex_match("YES", "yes", ignore_case=True).value is True
    score = regex_extract("Answer: A. No: Answer: b", r"Answer: (\w)", "B")
    assert (score.value, score.why) == (True, "extracted 'b', expected 'B'")
    assert regex_extract("Answer: b", r"Answer: (\w)", "B", normalise=False).value is False
    assert regex_extract("x=1 y=2", r"x=(?P<other>\d) y=(?P<answer>\d)", 2).value is True
    assert regex_extract("abc", "b", ["x", "b"]).value is True
    assert regex_extract("(2)", r"\((\d)\)|\[(\d)\]", "2").value is True
    assert regex_extract("none here", r"Answer: (\w)", "B").value is None
    assert regex_extract("Answer: b", r"Answer: (\w)", None).value is None
    with pytest.raises(EvaluationError, match="has a mistake"):
        regex_match("x", "(")


def slow_distance(left: str, right: str) -> int:
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        before, row[0] = row[0], i
        for j, b in enumerate(right, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (a != b))
    return row[-1]


@given(st.text("abc", max_size=80), st.text("abcé", max_size=80))
def test_that_edit_distance_is_levenshteins(left: str, right: str) -> None:
    assert edit_distance(left, right) == slow_distance(left, right)


def test_that_similarity_is_the_share_of_the_longer_text_that_stays() -> None:
    score = similarity("kitten", "sitting")
    assert score.value == pytest.approx(1 - 3 / 7)
    assert score.metrics == ("mean",)
    assert similarity("", "").value is None
    assert similarity("", "abc").value == 0.0
    assert similarity("b", ["aaa", "b"]).value == 1.0
    assert similarity(" B.", "b", normalise=True).value == 1.0
    assert similarity("kitten", "sitting", threshold=0.5).value is True
    assert similarity("kitten", "sitting", threshold=0.6).value is False
    assert similarity("a", None).value is None
    assert edit_distance("a" * 5000, "b" * 4000) == 5000
