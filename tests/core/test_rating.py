"""Ratings as they stand in cells: what is a number, a truth value, a label, or nothing."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalstudio.core.rating import NOTHING, TRUTH, NoRating, rating_of


@pytest.mark.parametrize(
    ("value", "rating"),
    [
        (4, 4),
        (4.5, 4.5),
        (True, True),
        ("4", 4.0),
        ("4.5", 4.5),
        ("4,5", 4.5),
        (" 4,5 ", 4.5),
        ("-1", -1.0),
        ("−1,5", -1.5),
        (".5", 0.5),
        ("1e-3", 0.001),
        ("0.125", 0.125),
        ("1.250", 1.25),
        ("1,234.5", 1234.5),
        ("1.234,5", 1234.5),
        ("1,234,567", 1234567.0),
        ("1 234", 1234.0),
        ("12'345", 12345.0),
        ("85 %", 0.85),
        ("85%", 0.85),
        ("8,5 %", 0.085),
        ("8/10", 0.8),
        ("8 / 10", 0.8),
        ("4 out of 5", 0.8),
        ("4,5/5", 0.9),
        ("0/5", 0.0),
        ("4.", 4.0),
        ("＋５", 5.0),
        ("８／１０", 0.8),
        ("½", 0.5),
        ("0", 0.0),
        ("1", 1.0),
        ("yes", True),
        ("NO", False),
        ("Ja", True),
        ("nein", False),
        ("y", True),
        ("True", True),
        ("wrong", False),
        ("✓", True),
        ("vague", "vague"),
        ("Too long", "Too long"),
    ],
)
def test_that_a_rating_is_read(value: Any, rating: Any) -> None:
    found = rating_of(value)
    assert found == rating
    assert isinstance(found, bool) is isinstance(rating, bool)


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (None, "empty"),
        ("", "empty"),
        ("  ", "empty"),
        ("n/a", "'n/a'"),
        ("N/A", "'N/A'"),
        ("-", "'-'"),
        ("–", "'–'"),
        ("none", "'none'"),
        ("NaN", "'NaN'"),
        ("null", "'null'"),
        ("not rated", "'not rated'"),
        ("?", "'?'"),
        (math.nan, "nan"),
        (math.inf, "inf"),
        ("4-5", "'4-5' is no number"),
        ("4 or 5", "no number"),
        ("about 4", "no number"),
        ("8/0", "no number"),
        ("8/10/2024", "no number"),
        ("4 stars, good", "no number"),
        ("1,234", "'1,234' is no number that can be told"),
        ("1e999", "no number"),
        ("9" * 200, "no number"),
    ],
)
def test_that_what_is_no_rating_is_said(value: Any, why: str) -> None:
    with pytest.raises(NoRating) as error:
        rating_of(value)
    assert why in str(error.value)


@given(st.floats(allow_nan=False, allow_infinity=False, width=32))
def test_that_a_number_that_a_program_wrote_is_itself(value: float) -> None:
    assert rating_of(repr(value)) == value
    assert rating_of(value) == value


@given(st.text())
def test_that_any_text_is_read_without_an_accident(text: str) -> None:
    try:
        rating = rating_of(text)
    except NoRating:
        return
    assert not isinstance(rating, float) or math.isfinite(rating)


def test_that_no_word_is_both_a_truth_value_and_nothing() -> None:
    assert not NOTHING & TRUTH.keys()
