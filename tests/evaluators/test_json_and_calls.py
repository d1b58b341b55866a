"""JSON and function calls: strict about values, tolerant about what stands around them."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalstudio.errors import EvaluationError
from evalstudio.evaluators import function_call, json_match, json_valid
from evalstudio.evaluators.calls.calls import NotCalls
from evalstudio.evaluators.json_text import NotJson

SCHEMA = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
WEATHER = {
    "type": "function",
    "function": {
        "name": "weather",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}, "days": {"type": "integer"}},
            "required": ["city"],
        },
    },
}


@pytest.mark.parametrize(
    ("answer", "right", "why"),
    [
        ('{"a": 1}', True, "JSON"),
        (" [1, null]\n", True, "JSON"),
        ("0", True, "JSON"),
        ('```json\n{"a": 1}\n```', True, "JSON"),
        ('Here you are:\n```\n{"a": 1}\n```\nBye.', True, "JSON"),
        ("NaN", False, "NaN is not a JSON number"),
        ('{"a": Infinity}', False, "Infinity is not"),
        ('{"a": 1, "a": 2}', False, "the key 'a' is there twice"),
        ("{'a': 1}", False, "line 1, column 2"),
        ('{"a": 1,}', False, "not JSON"),
        ('Sure: {"a": 1}', False, "not JSON"),
        ("", False, "not JSON"),
        ("[" * 100_000, False, "nested too deeply"),
    ],
)
def test_that_only_real_json_is_valid(answer: str, right: bool, why: str) -> None:
    score = json_valid(answer)
    assert score.value is right
    assert why in score.why


def test_that_a_schema_tells_bad_json_from_a_bad_shape() -> None:
    assert json_valid('{"n": 1}', SCHEMA).value is True
    assert json_valid('{"n": 1}', json.dumps(SCHEMA)).value is True
    wrong = json_valid('{"n": "1"}', SCHEMA)
    assert (wrong.value, wrong.why) == (
        False,
        "JSON, but not the schema's: at $.n, '1' is not of type 'integer'",
    )
    assert json_valid('{"n": 1.5}', SCHEMA).value is False
    assert json_valid("{", SCHEMA).why.startswith("not JSON")
    with pytest.raises(EvaluationError, match="not a JSON schema"):
        json_valid("1", {"type": "whole"})
    with pytest.raises(EvaluationError, match="not JSON"):
        json_valid("1", "{")


@pytest.mark.parametrize(
    ("answer", "expected", "right"),
    [
        ('{"a": 1, "b": "x"}', {"b": "x", "a": 1.0}, True),
        ('Sure: {"a": 1} Bye', {"a": 1}, True),
        ('First {"a": 2}, no, {"a": 1}', '{"a": 1}', True),
        ('{"a": true}', {"a": 1}, False),
        ('{"a": "10"}', {"a": 10}, False),
        ('{"a": 1, "c": 2}', {"a": 1}, False),
        ('{"a": null}', {"a": None}, True),
        ("{}", {"a": None}, False),
        ('{"a": [1, {"b": 2}]}', {"a": [1, {"b": 2}]}, True),
        ("[1, 2]", [1, 2], True),
        ("no json", {"a": 1}, None),
        ("[1]", {"a": 1}, None),
        ("{}", None, None),
    ],
)
def test_that_json_is_compared_by_its_values(answer: str, expected: Any, right: bool | None) -> None:
    assert json_match(answer, expected).value is right


def test_that_json_is_compared_by_field_and_scored_in_part() -> None:
    answer = '{"city": "new york", "when": {"day": "Mon"}, "extra": 1}'
    expected = {"city": "New York", "when": {"day": "Mon", "hour": 5}}
    assert json_match(answer, expected, ["when.day"]).value is True
    assert json_match(answer, expected, ["city", "when.day"]).value is False
    assert json_match(answer, expected, ["city", "when.day"], normalise=True).value is True
    score = json_match(answer, expected, ["city", "when.day"], partial=True)
    assert (score.value, score.metrics) == (0.5, ("mean",))
    assert score.why == "city: 'new york', expected 'New York'"
    assert score.metadata["wrong"] == ["city"]
    assert json_match(answer, expected, ["when.hour"]).why == "when.hour: nothing, expected '5'"
    with pytest.raises(NotJson):
        json_match(answer, "{")


@pytest.mark.parametrize(
    ("answer", "expected", "right"),
    [
        ("f(a=1, b='x')", "f(b='x', a=1)", True),
        ("```python\nf(1)\n```", "f(1)", True),
        ("f(1)", "f(2)", False),
        ("f(10.5)", "f(105)", False),
        ("f('a-b')", "f('ab')", False),
        ("f('10')", "f(10)", False),
        ("f(True)", "f(1)", False),
        ("f(1.0)", "f(1)", True),
        ("g(1)", "f(1)", False),
        ("m.f(1)", "m.f(1)", True),
        ("f(1)", "f(1, 2)", False),
        ("f()", "f()", True),
        ("[f(1), g(2)]", "[g(2), f(1)]", True),
        ("[f(1), f(1)]", "[f(1), f(2)]", False),
        ("f(1)", "[f(1), g(2)]", False),
        ("[f(1), g(2)]", "f(1)", False),
        ('{"name": "f", "arguments": {"a": 1}}', "f(a=1)", True),
        ('{"name": "f", "arguments": "{\\"a\\": 1}"}', {"name": "f", "arguments": {"a": 1}}, True),
        ('{"tool_calls": [{"function": {"name": "f", "arguments": "{}"}}]}', "f()", True),
        ('I call {"name": "f", "arguments": {}}', "f()", True),
        ("I would call f", "f()", None),
        ("x = f(1)", "f(1)", None),
        ("f(y)", "f(1)", None),
        ("f(**{'a': 1})", "f(a=1)", None),
        ("[]", "f()", None),
        ("", "f()", None),
        ("f(a=1, a=2)", "f(a=1)", None),
        ("f()", None, None),
    ],
)
def test_that_function_calls_are_compared_by_name_and_arguments(
    answer: str, expected: Any, right: bool | None
) -> None:
    assert function_call(answer, expected).value is right


def test_that_a_function_schema_names_arguments_and_checks_their_types() -> None:
    functions = [WEATHER]
    assert function_call("weather('Paris', 3)", "weather(city='Paris', days=3)", functions).value is True
    wrong = function_call("weather(city=5)", "weather(city='Paris')", functions)
    assert wrong.value is False
    assert "at $.city, 5 is not of type 'string'" in wrong.why
    assert function_call("weather(days=3)", "weather('x')", functions).value is False
    assert "town" in function_call("weather(town='Paris')", "weather('Paris')", functions).why
    assert "none of weather" in function_call("rain('Paris')", "weather('Paris')", functions).why
    assert "more arguments" in function_call("weather('Paris', 3, 4)", "weather('Paris')", functions).why
    assert function_call("weather(city={1})", "weather('Paris')", functions).value is False
    with pytest.raises(NotCalls):
        function_call("f()", "no call")


@given(st.text(), st.text())
def test_that_any_text_is_read_without_an_accident(answer: str, other: str) -> None:
    json_valid(answer)
    json_match(f"{other}{{{answer}", {"a": 1})
    function_call(answer, "f()")
    function_call(f"f({answer})", "f()")


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    )
)
def test_that_json_matches_itself(value: Any) -> None:
    assert json_match(json.dumps({"a": value}), {"a": value}).value is True
    assert json_valid(f"```json\n{json.dumps(value)}\n```").value is True


NO_SCHEMAS = [
    5, None, 1.5, "x", [], {"$schema": 5}, {"$schema": []}, {"$schema": "http://["}, {"$ref": 5}, {"$ref": "http://["},
    {"$defs": 5}, {"$defs": {"a": 5}, "$ref": "#/$defs/a"}, {"$ref": "#/x", "x": 5}, {"$ref": "#/x", "x": [1]},
    {"$ref": "#/type/0", "type": ["object", "array", "string", "number"]}, {"$ref": "#/enum/-1", "enum": [1, 2]},
    {"$ref": "#/x", "x": {"type": "nope"}}, {"$ref": "#/x", "x": {"required": 5, "enum": 5}},
    {"$ref": "#/x", "x": {"allOf": 5}}, {"$ref": "#/x", "x": {"enum": 5}}, {"$ref": "#/nowhere"},
    {"$ref": "http://127.0.0.1:9/x"}, {"$ref": "file:///etc/passwd"}, {"$ref": "#"}, {"$id": "a", "$ref": "a"},
    {"$ref": "#/x", "x": {"multipleOf": 0}}, {"$ref": "#/x", "x": {"minimum": "a"}}, {"properties": {"a": 5}},
    {"$ref": "#/x", "x": {"properties": {"a": 5}}}, {"$ref": "#/x", "x": {"pattern": 5}}, {"pattern": "("},
]  # fmt: skip


@pytest.mark.parametrize("schema", NO_SCHEMAS, ids=lambda schema: json.dumps(schema)[:40])
def test_that_what_is_no_schema_is_told(schema: Any) -> None:
    """Some are met by answers of one kind only; none ends in a traceback."""
    told = list[str]()
    for answer in ('{"a": 1}', "[1]", '"s"', "3"):
        try:
            json_valid(answer, json.dumps(schema))
        except EvaluationError as error:
            told.append(str(error))
    assert told
    assert all(len(one) < 400 and ("schema" in one or "pattern" in one) for one in told)
