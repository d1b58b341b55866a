"""Evaluators from an evaluation's tables: what is checked before a run, and what happens in one."""

from pathlib import Path
from typing import Any

import pytest

from evalstudio.errors import EvaluationError
from evalstudio.evaluators import Evaluator, EvaluatorFailed, build_evaluators, evaluator_types

COLUMNS = ("text", "expected", "label")


def one(table: dict[str, Any], base: Path = Path(), columns: tuple[str, ...] = COLUMNS) -> Evaluator:
    (evaluator,) = build_evaluators([table], columns, base)
    return evaluator


def test_that_options_come_from_the_table_and_typed_values_from_the_sample() -> None:
    evaluator = one({"type": "exact_match", "expected": "{{ label }}", "normalise": True})
    assert (evaluator.name, evaluator.type, evaluator.metrics) == (
        "exact_match",
        "exact_match",
        ("accuracy",),
    )
    assert evaluator.needs_calls is False
    assert evaluator.judge(" SPAM.", {"label": "spam"}).value is True
    assert evaluator.judge("0", {"label": 0}).value is True
    assert evaluator.judge("false", {"label": False}).value is True
    assert evaluator.judge("None", {"label": None}).value is None
    assert one({"type": "exact_match", "expected": "{{ label }}!"}).judge("a!", {"label": "a"}).value is True
    assert one({"type": "exact_match", "expected": ["a", "b"]}).judge("b", {}).value is True


def test_that_expected_is_the_column_of_that_name_unless_said_otherwise() -> None:
    assert one({"type": "numeric_match"}).judge("$5", {"expected": 5}).value is True
    with pytest.raises(EvaluationError, match="'numeric_match' needs the option 'expected'"):
        one({"type": "numeric_match"}, columns=("text",))


def test_that_two_of_a_type_have_names_of_their_own() -> None:
    tables: list[dict[str, Any]] = [{"type": "contains", "expected": "a"}] * 3 + [
        {"type": "contains", "expected": "a", "name": "mine"}
    ]
    built = build_evaluators(tables, COLUMNS, Path())
    assert [evaluator.name for evaluator in built] == ["contains", "contains_2", "contains_3", "mine"]
    assert [evaluator.judge("a", {}).name for evaluator in built] == [
        "contains",
        "contains_2",
        "contains_3",
        "mine",
    ]
    with pytest.raises(EvaluationError, match="Two evaluators are called 'mine'"):
        build_evaluators([tables[-1], tables[-1]], COLUMNS, Path())


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ({}, "no type. The types are: exact_match, numeric_match"),
        ({"type": "exakt"}, "'exakt' is no type"),
        (
            {"type": "exact_match", "expectd": "x"},
            "no option 'expectd'. Its options are: expected, normalise",
        ),
        (
            {"type": "exact_match", "expected": "{{ lable }}"},
            "uses 'lable', and no column .* text, expected, label",
        ),
        ({"type": "exact_match", "normalise": "yes"}, "'normalise' .* is wrong: Expected `bool`"),
        ({"type": "numeric_match", "tolerance": "big"}, "'tolerance' .* is wrong"),
        ({"type": "regex_match", "pattern": "("}, "has a mistake"),
        ({"type": "regex_match"}, "needs the option 'pattern'"),
        ({"type": "json_valid", "schema": {"type": "whole"}}, "not a JSON schema"),
        ({"type": "exact_match", "name": ""}, "name has to be a text"),
        ({"type": "exact_match", "metrics": "accuracy"}, "'metrics' .* is wrong"),
        ({"type": "exact_match", "metrics": ["acc"]}, "no metric 'acc'. Use one of accuracy"),
        ({"type": "python", "path": "none.py", "function": "f"}, "There is no evaluator file"),
        ({"type": "python", "path": "none.py"}, "needs the option 'function'"),
        (
            {"type": "python", "path": "a", "function": "f", "x": 1},
            "no option 'x'. Its options are: path, function",
        ),
    ],
)
def test_that_a_table_with_a_mistake_is_refused_before_a_run(table: dict[str, Any], sentence: str) -> None:
    with pytest.raises(EvaluationError, match=sentence):
        one(table)


def test_that_metrics_follow_the_options_or_the_table() -> None:
    assert one({"type": "similarity"}).metrics == ("mean",)
    assert one({"type": "similarity", "threshold": 0.5}).judge("a", {"expected": "a"}).metrics == (
        "accuracy",
    )
    assert one({"type": "json_match", "partial": True}).metrics == ("mean",)
    asked = one({"type": "similarity", "metrics": ["mean", "median"]})
    assert asked.judge("a", {"expected": "a"}).metrics == asked.metrics == ("mean", "median")


def test_that_every_type_is_listed_with_its_options() -> None:
    types = evaluator_types()
    assert types["numeric_match"] == ("expected", "tolerance", "relative_tolerance", "decimal")
    assert set(types) >= {"exact_match", "multiple_choice", "function_call", "python"}


PYTHON = """
from evalstudio.score import Score

loads = []

def short(answer, label):
    return len(answer) <= len(label)

def whole(response, values, limit=5):
    return Score("whatever", float(len(response) + len(values)), ("mean",))

def never(answer):
    return None

def broken(answer):
    raise KeyError("gone")

def odd(answer):
    return [1]

def asks(answer, lable):
    return True

async def later(answer):
    return True
"""


def test_that_a_function_of_ones_own_gives_the_score(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(PYTHON)

    def made(function: str) -> Evaluator:
        return one({"type": "python", "path": "mine.py", "function": function, "name": "own"}, tmp_path)

    assert made("short").judge("abc", {"label": "abcd"}).value is True
    score = made("whole").judge("abc", {"label": "a"})
    assert (score.name, score.value, score.metrics) == ("own", 4.0, ("mean",))
    assert made("never").judge("abc", {}).value is None
    with pytest.raises(EvaluatorFailed, match="'own' failed: KeyError: 'gone'"):
        made("broken").judge("abc", {})
    with pytest.raises(EvaluatorFailed, match="returned list"):
        made("odd").judge("abc", {})
    with pytest.raises(EvaluationError, match="asks for 'lable'"):
        made("asks")
    with pytest.raises(EvaluationError, match="is async"):
        made("later")
    with pytest.raises(EvaluationError, match="no function 'nope'"):
        made("nope")
    (tmp_path / "bad.py").write_text("1 / 0")
    with pytest.raises(EvaluationError, match=r"bad.py cannot be imported: ZeroDivisionError"):
        one({"type": "python", "path": "bad.py", "function": "f"}, tmp_path)


def test_that_a_failing_evaluator_is_told_from_a_wrong_answer() -> None:
    evaluator = one({"type": "json_match", "expected": "{{ label }}"})
    with pytest.raises(EvaluatorFailed, match="'json_match' failed: NotJson"):
        evaluator.judge("{}", {"label": "{"})
    dotted = one({"type": "exact_match", "expected": "{{ label.city }}"})
    with pytest.raises(EvaluatorFailed, match="no attribute 'city'"):
        dotted.judge("x", {"label": {}})
