"""What is said of answers at and beyond the lengths that evaluators read: right, wrong or unscored, never a guess."""

import json
import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalstudio.evaluators import (
    contains,
    exact_match,
    function_call,
    json_match,
    json_valid,
    multiple_choice,
    numeric_match,
    regex_extract,
    similarity,
)
from evalstudio.evaluators.json_text import TooMuchJson, find_json, key_of, same
from evalstudio.evaluators.judging.reply import Unreadable, read_score
from evalstudio.evaluators.normal_form import compatible, normalise_text
from evalstudio.evaluators.text import shown
from evalstudio.score import Score

WORDS = "so on and on " * 20_000
CHOICES = ["red", "blue"]

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 2) | st.sampled_from([0.0, 1.0, 2.0, "", "1", "a"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ab"), inner, max_size=2),
    max_leaves=6,
)


@pytest.mark.parametrize(
    ("score", "value"),
    [
        (multiple_choice(WORDS + "The answer is B.", "B", CHOICES), True),
        (multiple_choice("The answer is B. " + WORDS, "B", CHOICES), True),
        (multiple_choice("B) blue. " + WORDS, "B", CHOICES), True),
        (multiple_choice(f"The answer is A. {WORDS} No, the answer is B. {WORDS}", "A", CHOICES), None),
        (multiple_choice(f"A) {WORDS} No, the answer is B. {WORDS}", "A", CHOICES), None),
        (multiple_choice(f"A) {WORDS} No, the answer is B. {WORDS} the answer is A", "A", CHOICES), True),
        (multiple_choice(WORDS + " blue", "B", CHOICES), None),
        (multiple_choice("B" + "." * 100_000, "B", CHOICES), True),
        (multiple_choice("Answer:" + "\n" * 1_000_000, "B", CHOICES), None),
        (multiple_choice(WORDS, WORDS), True),
        (multiple_choice(WORDS, "some text or other"), None),
        (numeric_match(WORDS + "it is 1,234.", 1234), True),
        (numeric_match("42 " + WORDS, 42), True),
        (numeric_match(f"{WORDS} The answer is 42. {WORDS} 7", 42), True),
        (numeric_match("1" + ",234" * 250_000, 234), None),
        (numeric_match("9" * 1_000_000, 9), None),
        (numeric_match("1 " * 500_000 + "2", 2), True),
        (numeric_match("7 3/4" + "x" * 100_000, 7.75), True),
        (numeric_match("7 3/4 " + "x" * 100_000 + "answer ", 7.75), True),
        (numeric_match("İ The ANSWER is 5. " + "İß" * 50_000 + " 6 answers", 5), True),
        (numeric_match("9" * 5_000 + " 1/2", 0.5), None),
        (numeric_match("\\boxed{" + "1 " * 100_000 + "}", 1), None),
        (exact_match(WORDS, WORDS), True),
        (exact_match(WORDS + "x", WORDS), False),
        (exact_match(WORDS.upper(), WORDS, normalise=True), True),
        (exact_match("漢字" * 200_000, "positive", normalise=True), False),
        (exact_match("漢字" * 200_000, "漢字" * 200_000, normalise=True), True),
        (exact_match("漢字" * 200_000 + ".", "漢字" * 200_000, normalise=True), None),
        (exact_match("Yes" + " " * 900_000, "yes", normalise=True), True),
        (contains("a" * 900_000 + " needle", "needle", words=True), True),
        (contains("漢字" * 200_000, "字漢"), None),
        (contains("a-" * 400_000 + "a", "a-" * 5_000, words=True), None),
        (similarity("ab" * 50_000, "ba" * 50_000 + "b"), pytest.approx(1.0, abs=1e-4)),
        (similarity("abc" * 100_000, "cab, " * 100_000), None),
        (regex_extract("1," * 100_000 + "2", r"(\d)", "2"), None),
        (regex_extract("1," * 10_000 + "2", r"(\d)", "2"), True),
    ],
)
def test_that_a_long_answer_is_judged_or_says_why_not(score: Score, value: Any) -> None:
    assert score.value == value
    assert type(score.value) is type(value) or value is None or isinstance(score.value, float)
    assert len(score.why) < 600


LIST = "[" + "1," * 30_000 + "1]"
LONG_LIST = "[" + "1," * 200_000 + "1]"


@pytest.mark.parametrize(
    ("score", "value", "why"),
    [
        (json_valid(LONG_LIST), None, "400,003 characters, and JSON of up to 200,000 is read"),
        (json_valid("x" * 1_000_000), False, "not JSON"),
        (json_valid('"' + "x" * 1_000_000), None, "too long"),
        (json_valid("[1 " + "1," * 500_000), False, "not JSON"),
        (json_valid('{"a": 1, "a": 2}' + " " * 1_000_000 + "x"), False, "the key 'a' is there twice"),
        (json_valid(LIST), True, "JSON"),
        (json_valid(LIST, {"type": "array"}), None, "more than 20,000 values is not checked"),
        (json_valid(LIST[1:], {"type": "array"}), False, "not JSON"),
        (json_match(LIST, [1]), None, "more than 20,000 values is not compared"),
        (json_match("{ " * 90_000 + '{"a": 1}', {"a": 1}), None, "too many brackets"),
        (json_match("{x} " * 1_000 + '{"a": 1}', {"a": 1}), True, "all 1 fields"),
        (json_match("word " * 30_000 + '{"a": 1}', {"a": 1}), True, "all 1 fields"),
        (json_match("word " * 300_000 + '{"a": 1}', {"a": 1}), None, "up to 200,000 characters"),
        (function_call("[" + "f()," * 300 + "]", "f()"), None, "lists 300 calls"),
        (function_call("f(" + "1," * 20_000 + ")", "f()"), None, "up to 20,000 characters"),
        (function_call(f'f("{"x" * 15_000}")', f'f("{"x" * 15_000}")'), True, "calls"),
        (function_call("a" + ".a" * 1_000 + "()", "f()"), False, "calls"),
        (function_call("f({[]})", "f()"), None, "no plain value"),
    ],
)  # fmt: skip
def test_that_much_json_and_many_calls_are_judged_or_say_why_not(
    score: Score, value: bool | None, why: str
) -> None:
    assert score.value is value
    assert why in score.why


@pytest.mark.parametrize(
    ("items", "unique"),
    [
        ("[1, 2]", True),
        ("[1, 1]", False),
        ("[1, 1.0]", False),
        ("[1, true]", True),
        ("[0, false]", True),
        ("[true, true]", False),
        ('["1", 1]', True),
        ("[null, false, 0, \"\"]", True),
        ('[{"a": 1, "b": 2}, {"b": 2.0, "a": 1}]', False),
        ('[{"a": 1}, {"a": true}]', True),
        ("[[1], [true]]", True),
        ("[[1, [2]], [1.0, [2.0]]]", False),
        ("[{}, []]", True),
        ("[[], []]", False),
    ],
)  # fmt: skip
def test_that_unique_items_are_told_as_json_schema_says(items: str, unique: bool) -> None:
    assert json_valid(items, {"uniqueItems": True}).value is unique
    assert json_valid(items, {"uniqueItems": False}).value is True


@given(JSON_VALUES, JSON_VALUES)
def test_that_keys_are_equal_where_values_are_the_same(left: Any, right: Any) -> None:
    assert (key_of(left) == key_of(right)) is same(left, right)


def test_that_additional_properties_leave_out_what_a_pattern_matches() -> None:
    schema = {"properties": {"n": {}}, "patternProperties": {"^x": {}}, "additionalProperties": False}
    assert json_valid('{"n": 1, "x1": 2}', schema).value is True
    assert json_valid('{"n": 1, "y": 2}', schema).value is False
    typed = {**schema, "additionalProperties": {"type": "string"}}
    assert json_valid('{"x1": 2, "y": "z"}', typed).value is True
    assert json_valid('{"x1": 2, "y": 3}', typed).value is False


def test_that_a_schema_that_takes_long_leaves_the_answer_unscored() -> None:
    schema = {"items": {"anyOf": [{"type": "string", "minLength": n} for n in range(100)]}}
    score = json_valid(json.dumps([1] * 15_000), schema)
    assert score.value is None
    assert "takes longer than 0.05 s" in score.why
    many = json.dumps({str(number): 1 for number in range(5_000)})
    assert "up to 1,000 entries" in json_valid(many, {"unevaluatedProperties": False}).why
    assert json_valid('{"a": 1}', {"unevaluatedProperties": False}).value is False


@given(
    st.text(
        st.sampled_from("e\u0301\u0327\u0f71\u0f72\u0f73\u0f75\u0344\uff76\uff9e\uff9f\u3099é한가ﬁ "),
        max_size=400,
    )
)
def test_that_compatible_forms_are_those_of_unicode(text: str) -> None:
    assert compatible(text) == unicodedata.normalize("NFKC", text)
    run = "e" + text.replace("e", "") * 3
    assert compatible(run) == unicodedata.normalize("NFKC", run)


@pytest.mark.parametrize("end", ["", ".", "!", "...", "!!", " * ", "!.", ".!", "?'", "_-"])
@pytest.mark.parametrize("word", ["yes", "5", "5!", "a5", "-"])
def test_that_marks_at_the_end_go_one_by_one(word: str, end: str) -> None:
    bare = (word + end).strip("\"'`*_ \n\t")
    while bare and (bare[-1] in ".,;:\"'`*_ \n\t" or (bare[-1] in "!?" and not bare[-2:-1].isdigit())):
        bare = bare[:-1]
    assert normalise_text(word + end) == bare


@pytest.mark.parametrize(
    ("value", "line"),
    [
        ("a  b\nc", "'a b c'"),
        (" " * 1000 + "a", "'a'"),
        ("a" + " " * 100_000 + "b", "'a b'"),
        ("x" * 1000, f"'{'x' * 79}…'"),
        ([1, [2, {"a": (3,)}]], "'[1, [2, {'a': (3,)}]]'"),
        (["x" * 1000, 2], f"'['{'x' * 77}…'"),
        ([[]] * 1000, f"'{str([[]] * 1000)[:79]}…'"),
        (list(range(100_000)), f"'{str(list(range(100)))[:79]}…'"),
        ({}, "'{}'"),
        (None, "'None'"),
    ],
)
def test_that_a_reason_shows_a_value_on_one_short_line(value: Any, line: str) -> None:
    assert shown(value) == line


def test_that_the_longest_replies_and_texts_are_refused_with_their_length() -> None:
    with pytest.raises(Unreadable, match="60,000 characters, and up to 50,000 are read"):
        read_score("score: 5" + " " * 59_992, 1, 10)
    assert read_score("reason " * 5_000 + "score: 5 / 10", 1, 10).value == 5
    with pytest.raises(TooMuchJson, match="too many brackets"):
        find_json("[] " * 60_000)
    assert find_json("[] " * 1_000 + "[1]") == [1]
