"""Evaluators judge on the engine's loop: no answer, however it is made, may hold it up for long."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from evalstudio.errors import EvaluationError
from evalstudio.evaluators import (
    contains,
    exact_match,
    function_call,
    json_match,
    json_valid,
    multiple_choice,
    numeric_match,
    regex_extract,
    regex_match,
    similarity,
)
from evalstudio.evaluators.text import normalise_text
from evalstudio.score import Score

LENGTH = 200_000
ANSWERS = {
    "letters": "a", "dots": ".", "brackets": "[", "braces": "{", "objects": '{"a":', "quotes": '"', "lists": "[1,",
    "minus": "-", "digits": "9", "numbers": "1,", "fences": "```\n", "parentheses": "(", "ticks": "`", "boxes": "\\boxed{",
    "sums": "1+", "calls": "f(", "markers": "answer is ", "options": "A) ",
}  # fmt: skip
JUDGES: dict[str, Callable[[str], Score]] = {
    "exact_match": lambda answer: exact_match(answer, "x", normalise=True),
    "numeric_match": lambda answer: numeric_match(answer, 5),
    "contains": lambda answer: contains(answer, "zz"),
    "multiple_choice": lambda answer: multiple_choice(answer, "B", choices=["x", "y"]),
    "json_valid": lambda answer: json_valid(answer, {"type": "object"}),
    "json_match": lambda answer: json_match(answer, {"a": 1}),
    "function_call": lambda answer: function_call(answer, "f(1)"),
    "similarity": lambda answer: similarity(answer, "hello", normalise=True),
    "regex_match": lambda answer: regex_match(answer, r"(a+)+$x"),
    "regex_extract": lambda answer: regex_extract(answer, r"(\w+\s?)+:", "b"),
}


@pytest.mark.parametrize("name", JUDGES)
def test_that_no_answer_holds_an_evaluator_up(name: str) -> None:
    for kind, piece in ANSWERS.items():
        answer = piece * (LENGTH // len(piece))
        started = time.process_time()
        JUDGES[name](answer)
        # what was not bounded took 10 to 60 s for some of these
        assert time.process_time() - started < 5, kind


def test_that_a_catastrophic_pattern_is_unscored_with_a_sentence() -> None:
    answer = "a" * 60 + "!"
    for score in (regex_match(answer, "^(a|aa)+$"), regex_extract(answer, "^(a|aa)+$", "a")):
        assert score.value is None
        assert score.why is not None
        assert "takes longer than 0.2 s on this answer" in score.why


def test_that_a_catastrophic_pattern_in_a_schema_comes_to_an_end() -> None:
    text = "a" * 60 + "!"
    with pytest.raises(EvaluationError, match="takes longer"):
        json_valid(f'"{text}"', {"type": "string", "pattern": "^(a|aa)+$"})
    with pytest.raises(EvaluationError, match="takes longer"):
        json_valid(f'{{"{text}": 1}}', {"patternProperties": {"^(a|aa)+$": {"type": "string"}}})


@pytest.mark.parametrize(
    ("schema", "good", "bad"),
    [
        ({"pattern": "^b"}, '"bee"', '"a bee"'),
        ({"patternProperties": {"^n": {"type": "number"}}}, '{"n1": 1, "m": "x"}', '{"n1": "x"}'),
        ({"$ref": "#/$defs/n", "$defs": {"n": {"type": "number"}}}, "1", '"x"'),
        ({"$ref": "https://json-schema.org/draft/2020-12/schema"}, '{"type": "object"}', '{"type": 5}'),
    ],
)
def test_that_schemas_mean_what_they_did(schema: dict[str, Any], good: str, bad: str) -> None:
    assert json_valid(good, schema).value is True
    assert json_valid(bad, schema).value is False


@pytest.mark.parametrize("place", ["file:///etc/hostname", "http://127.0.0.1:9/schema.json", "other.json"])
def test_that_a_schema_loads_nothing_from_elsewhere(place: str) -> None:
    with pytest.raises(EvaluationError, match="nothing is loaded from elsewhere"):
        json_valid("{}", {"$ref": place})


def test_that_deep_json_is_said_and_harms_nothing() -> None:
    deep = "[" * 100_000 + "]" * 100_000
    assert json_valid(deep).why == "not JSON: it is nested too deeply"
    assert json_match(deep, {"a": 1}).value is None
    endless = {"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/a"}}}
    with pytest.raises(EvaluationError, match="nested too deeply"):
        json_valid("{}", endless)


@pytest.mark.parametrize(
    ("text", "even"),
    [("Yes.", "yes"), ("'Yes'!", "yes"), ("5!", "5!"), ("5!.", "5!"), ("(a).", "a"), ("f(a).", "f(a)"), ("...", "..."), ("yes ...!?", "yes")],
)  # fmt: skip
def test_that_marks_at_the_end_are_cut_off(text: str, even: str) -> None:
    assert normalise_text(text) == even
