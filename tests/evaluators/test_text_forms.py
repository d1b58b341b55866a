"""What does not count when texts are compared, in all scripts, and what does."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalstudio.evaluators import contains, exact_match, json_match, regex_extract, similarity, token_f1
from evalstudio.evaluators.normal_form import visible
from evalstudio.evaluators.text import texts_of

INVISIBLE = "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad\ufe0f\u202a\u202c\u2066\u2069\u061c"


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("Lima\u200b", "Lima"),
        ("\ufeffLima", "Lima"),
        ("Li\u00adma", "Lima"),
        ("Li\u2060ma", "Lima"),
        ("\u200fلا\u200f", "لا"),
        ("\u2067שלום\u2069", "שלום"),
        ("❤\ufe0f", "❤"),
        ("「東京」", "東京"),
        ("『東京』。", "東京"),
        ("【東京】", "東京"),
        ("東京、", "東京"),
        ("（東京）", "東京"),
        ("‹Lima›", "Lima"),
        ("«Лима».", "лима"),
        ("„Lima“", "lima"),
        ("لا،", "لا"),
        ("لماذا؟", "لماذا"),
        ("दिल्ली।", "दिल्ली"),
        ("አዎ።", "አዎ"),
        ("¿Lima?", "lima"),
        ("¡Lima!", "lima"),
        ("Lima…", "lima"),
        ("1914–18", "1914-18"),
        ("1914—18", "1914-18"),
        ("−5", "-5"),
        ("‑5", "-5"),
        ("(2.5)", "2.5"),
        ("[2.5]", "2.5"),
        ("(Lima.)", "lima"),
        ("- Lima", "lima"),
        ("• Lima", "lima"),
        ("Lima –", "lima"),
        ("10²", "10^2"),
        ("xʼs", "x's"),
    ],
)
def test_that_what_can_not_be_seen_and_marks_around_do_not_count(answer: str, expected: str) -> None:
    assert exact_match(answer, expected, normalise=True).value is True


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("10.5", "105"),
        ("10²", "102"),
        ("-5", "5"),
        ("–5", "5"),
        ("- 5", "5"),
        ("(0, 1)", "[0, 1]"),
        ("(0, 1)", "0, 1"),
        ("(a) or (b)", "a) or (b"),
        ("f(x)", "f(x"),
        ("{2}", "2"),
        ("A-", "A"),
        ("C++", "C"),
        ("re-sign", "resign"),
        ("5!", "5"),
        ("東京", "京東"),
        ("لا", "لماذا"),
    ],
)
def test_that_marks_with_a_meaning_count(answer: str, expected: str) -> None:
    assert exact_match(answer, expected, normalise=True).value is False


@given(st.text("abc東京 .-", min_size=1).filter(lambda text: text.strip(" .-") != ""), st.data())
def test_that_invisible_characters_change_no_comparison(text: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(text)))
    mixed = text[:place] + data.draw(st.text(INVISIBLE, min_size=1, max_size=3)) + text[place:]
    assert visible(mixed) == text
    assert exact_match(mixed, text, normalise=True).value is True
    assert contains(mixed, text).value is True


@pytest.mark.parametrize(
    ("answer", "expected", "right"),
    [
        ("It costs 12.50", "12", False),
        ("It costs 12.50", "50", False),
        ("It costs 12,500 in all", "12", False),
        ("It costs 12,500 in all", "500", False),
        ("It is 1.234.567", "234", False),
        ("It costs 12.", "12", True),
        ("It costs 12, not 13", "12", True),
        ("1,2,3", "2", True),
        ("10,20,30", "20", True),
        ("version 3.11.2", "11", True),
        ("It is -12 there", "12", False),
        ("It is −12 there", "12", False),
        ("It is -12 there", "-12", True),
        ("from 10-12", "12", True),
        ("F-12", "12", True),
        ("12th", "12", False),
        ("$12!", "12", True),
        ("12 %", "12", True),
        ("首都是東京都", "東京", True),
        ("答えは12です", "12", True),
        ("これはAIです", "AI", True),
        ("กรุงเทพเป็นเมืองหลวง", "กรุงเทพ", True),
        ("서울은 수도이다", "서울", True),
        ("서울특별시", "서울", False),
        ("The AIs", "AI", False),
        ("caféteria", "café", False),
    ],
)
def test_that_whole_words_are_told_from_parts(answer: str, expected: str, right: bool) -> None:
    assert contains(answer, expected, words=True).value is right


@pytest.mark.parametrize(
    ("expected", "separator", "texts"),
    [
        ("Lima", None, ("Lima",)),
        ("Lima | Lima city", None, ("Lima | Lima city",)),
        ("Lima | Lima city", "|", ("Lima", "Lima city")),
        ("Lima;;  ; Lima city;", ";", ("Lima", "Lima city")),
        (" ; ", ";", ()),
        ('["Lima", "Lima, Peru"]', None, ("Lima", "Lima, Peru")),
        ("['Lima', 'Lima, Peru']", None, ("Lima", "Lima, Peru")),
        ("""['Lima', "the city's name"]""", None, ("Lima", "the city's name")),
        ('["Lima", ""]', None, ("Lima",)),
        ("['Lima' 'Peru']", None, ("['Lima' 'Peru']",)),
        ("[1, 2]", None, ("[1, 2]",)),
        ('["Lima", 2]', None, ('["Lima", 2]',)),
        ('["Lima"', None, ('["Lima"',)),
        ("[x]", None, ("[x]",)),
        (["Lima;Peru", "Cusco"], ";", ("Lima", "Peru", "Cusco")),
        (["['Lima']"], None, ("['Lima']",)),
        ("", None, ()),
        ("", ";", ()),
        (None, ";", ()),
    ],
)
def test_that_a_cell_may_hold_several_right_answers(
    expected: Any, separator: str | None, texts: tuple[str, ...]
) -> None:
    assert texts_of(expected, separator) == texts


def test_that_every_evaluator_of_texts_takes_several_answers_in_a_cell() -> None:
    cell = "Lima; Lima city"
    assert exact_match("Lima city", cell, separator=";").value is True
    assert exact_match("Peru", cell, separator=";").value is False
    assert contains("It is Lima.", cell, separator=";").value is True
    assert contains("It is Lima.", cell, separator=";", every=True).value is False
    assert regex_extract("city: Lima", r"city: (\w+)", cell, separator=";").value is True
    assert similarity("Lima city", cell, separator=";").value == 1
    assert token_f1("Lima city", cell, separator=";").value == 1
    listed = '["Lima", "Lima city"]'
    assert exact_match("lima city", listed, normalise=True).value is True
    assert exact_match(listed, listed).value is True
    assert exact_match("Lima, Lima city", listed).value is False
    assert contains("Lima city", listed, every=True).value is True


EVALUATORS = {
    "exact_match": exact_match,
    "contains": contains,
    "similarity": similarity,
    "token_f1": token_f1,
    "json_match": json_match,
    "regex_extract": lambda answer, expected: regex_extract(answer, r"(.*)", expected),
}


@pytest.mark.parametrize("name", EVALUATORS)
@pytest.mark.parametrize("expected", [None, "", "  ", "\n", "\u200b"])
def test_that_an_empty_expected_answer_decides_nothing(name: str, expected: str | None) -> None:
    for answer in ("", "Lima", "{}"):
        score = EVALUATORS[name](answer, expected)
        assert score.value is None
        assert "no expected answer" in score.why


@pytest.mark.parametrize(
    ("answer", "expected", "right"),
    [
        ("#### $29.00", "29", True),
        ("#### 1,234", "1234", True),
        ("#### 1234.50", 1234.5, True),
        ("#### -3", "-3.0", True),
        ("#### 50%", "50 %", True),
        ("#### 50%", "50", False),
        ("#### 007", "7", False),
        ("#### 29.5", "29", False),
        ("#### 1.2.3", "1.2", False),
        ("#### 12x", "12", False),
        ("#### -3", "3", False),
    ],
)
def test_that_extracted_numbers_are_compared_by_value(answer: str, expected: Any, right: bool) -> None:
    assert regex_extract(answer, r"####\s*(\S+)", expected).value is right


def test_that_the_first_match_counts_where_asked() -> None:
    answer = "Answer: B. As for C, it is no answer: C"
    assert regex_extract(answer, r"(?i)answer: (\w)", "B").value is False
    assert regex_extract(answer, r"(?i)answer: (\w)", "B", first=True).value is True
    assert regex_extract("none", r"answer: (\w)", "B", first=True).value is None
