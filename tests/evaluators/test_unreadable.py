"""An answer that can't be read is unscored, or wrong where a person asks for that; a sample without a key decides nothing."""

from pathlib import Path
from typing import Any

import pytest

from evalstudio import evaluator
from evalstudio.core.score import Score
from evalstudio.errors import EvaluationError
from evalstudio.evaluators import Evaluator, build_evaluators

CHOICES = ["a tall oak", "a short elm"]
UNREAD: list[tuple[dict[str, Any], str]] = [
    ({"type": "numeric_match", "expected": 12}, "I would rather not guess."),
    ({"type": "numeric_match", "expected": 12}, ""),
    ({"type": "multiple_choice", "expected": "B", "choices": CHOICES}, "Nobody can tell from this text."),
    ({"type": "multiple_choice", "expected": "B", "choices": CHOICES}, "   "),
    ({"type": "regex_extract", "pattern": "total: ([0-9]+)", "expected": "7"}, "There is no sum here."),
    ({"type": "json_match", "expected": '{"a": 1}'}, "not an object"),
    ({"type": "function_call", "expected": {"name": "f", "arguments": {}}}, "I cannot call anything."),
    ({"type": "exact_match", "expected": "oak"}, ""),
]


def built(table: dict[str, Any], columns: tuple[str, ...] = ()) -> Evaluator:
    (one,) = build_evaluators([table], columns, Path())
    return one


@pytest.mark.parametrize(("table", "answer"), UNREAD)
def test_that_what_is_not_read_is_wrong_just_where_that_is_asked_for(
    table: dict[str, Any], answer: str
) -> None:
    usual = built(table).judge(answer, {})
    asked = built({**table, "unreadable": "wrong"}).judge(answer, {})
    assert built({**table, "unreadable": "unscored"}).judge(answer, {}) == usual
    if usual.value is None:
        assert asked.value is False
        assert asked.why == f"unreadable: {usual.why}"
    else:
        assert asked == usual


def test_that_most_of_these_answers_are_not_read() -> None:
    assert sum(built(table).judge(answer, {}).value is None for table, answer in UNREAD) >= 4


@pytest.mark.parametrize(
    ("table", "answer", "value"),
    [
        ({"type": "numeric_match", "expected": 12}, "It is 12.", True),
        ({"type": "numeric_match", "expected": 12}, "It is 13.", False),
        ({"type": "multiple_choice", "expected": "B", "choices": CHOICES}, "Answer: B", True),
        ({"type": "multiple_choice", "expected": "B", "choices": CHOICES}, "Answer: A", False),
        ({"type": "exact_match", "expected": "oak"}, "oak", True),
        ({"type": "exact_match", "expected": "oak"}, "elm", False),
        ({"type": "regex_extract", "pattern": "total: ([0-9]+)", "expected": "7"}, "total: 7", True),
        ({"type": "regex_extract", "pattern": "total: ([0-9]+)", "expected": "7"}, "total: 8", False),
        ({"type": "json_valid"}, "{}", True),
        ({"type": "contains", "expected": "oak"}, "an oak", True),
    ],
)
def test_that_what_is_read_is_scored_the_same_either_way(
    table: dict[str, Any], answer: str, value: bool
) -> None:
    found = built({**table, "unreadable": "wrong"}).judge(answer, {})
    assert found.value is value
    assert found == built(table).judge(answer, {})
    assert not found.why.startswith("unreadable")


@pytest.mark.parametrize("blank", [None, "", "  ", "\t"])
def test_that_a_sample_without_an_expected_answer_is_never_a_wrong_answer(blank: str | None) -> None:
    table = {"type": "numeric_match", "expected": "{{ key }}", "unreadable": "wrong"}
    assert built(table, ("key",)).judge("I would rather not say.", {"key": blank}).value is None


@pytest.mark.parametrize("value", ["right", "", 0, True, None, "Wrong", ["wrong"]])
def test_that_another_word_is_refused_with_those_there_are(value: Any) -> None:
    with pytest.raises(EvaluationError, match="unscored or wrong"):
        built({"type": "numeric_match", "expected": 1, "unreadable": value})


@pytest.mark.parametrize(
    ("metrics", "scale", "direction", "worst"),
    [
        (("accuracy",), None, "higher", False),
        (("accuracy", "f1"), None, "higher", False),
        (("mean",), (1.0, 5.0), "higher", 1.0),
        (("mean",), (1.0, 5.0), "lower", 5.0),
        (("mean",), None, "higher", 0.0),
        (("median",), (0.0, 10.0), "lower", 10.0),
    ],
)
def test_that_wrong_is_the_worst_end_of_the_scale(
    metrics: tuple[str, ...], scale: tuple[float, float] | None, direction: Any, worst: float
) -> None:
    one = Evaluator(
        "one",
        "judge",
        metrics,
        lambda answer, values: Score("one", None),
        direction,
        scale,
        unreadable="wrong",
    )
    found = one.decided(Score("one", None, metrics, why="two verdicts"))
    assert (found.value, found.why) == (worst, "unreadable: two verdicts")
    kept = Score("one", 3.0, metrics)
    assert one.decided(kept) is kept


def test_that_a_function_of_ones_own_that_fails_or_says_nothing_is_wrong_where_asked() -> None:
    def judge(answer: str) -> bool | None:
        return {"good": True, "bad": False, "": None}[answer]

    usual, strict = evaluator("accuracy")(judge), evaluator("accuracy", unreadable="wrong")(judge)
    graded = evaluator("mean", unreadable="wrong")(judge)
    assert [usual(text).value for text in ("good", "bad", "", "?")] == [True, False, None, None]
    assert [strict(text).value for text in ("good", "bad", "", "?")] == [True, False, False, False]
    assert strict("?").why == "unreadable: KeyError: '?'"
    assert graded("?").value == 0.0
    with pytest.raises(EvaluationError, match="unscored or wrong"):
        evaluator("accuracy", unreadable="ignored")  # type: ignore[arg-type]
