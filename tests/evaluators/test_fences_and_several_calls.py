"""JSON in fences of all kinds, and answers with several calls, none, or one of those that are allowed."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalstudio.evaluators import function_call, json_match, json_valid
from evalstudio.evaluators.calls.schemas import json_schema
from evalstudio.evaluators.fences import fenced_blocks

SCHEMA = {"type": "object", "required": ["n"], "properties": {"n": {"type": "integer"}}}


@pytest.mark.parametrize(
    ("answer", "right"),
    [
        ('```json\r\n{"n": 1}\r\n```', True),
        ('```JSON\n{"n": 1}\n```\n', True),
        ('Here:\r\n\r\n```\r\n{"n": 1}\r\n```\r\nBye', True),
        ('  ```json\n  {"n": 1}\n  ```', True),
        ('~~~json\n{"n": 1}\n~~~', True),
        ('````json\n{"n": 1, "text": "a\\n```\\nb"}\n````', True),
        ('```json\n{"n": 1, "text": "```py x```"}\n```', True),
        ('{"n": 1, "text": "```py\\nx\\n```"}', True),
        ('{"n": 1, "text": "```"}', True),
        ('```json\n{"n": 1}```', True),
        ('```json {"n": 1}```', True),
        ('```json\n{"n": 1}', True),
        ('\ufeff{"n": 1}', True),
        ('```bash\nls\n```\nthen\n```json\n{"n": 1}\n```', True),
        ('```\nls\n```\nthen\n```\n{"n": 1}\n```', True),
        ('```json\n{"n": 1}\n```\n```python\nprint()\n```', True),
        ('```json\n{"n": 1}\n```\nor\n```json\n{"n": 2}\n```', True),
        ('```json\n{"n": "x"}\n```\nor\n```json\n{"n": 2.5}\n```', False),
        ('```json\n{"n": 1}\n```\nor\n```json\n{"n": "x"}\n```', None),
        ('```json\n{"n": 1}\n```\nagain\n```json\n{"n": 1}\n```', True),
        ('```json\n{"n": 1,}\n```', False),
        ('```json\n{"n": 1\n```', False),
        ("```bash\ntrue\n```", False),
        ("```json\n```", False),
        ('So: {"n": 1}', False),
    ],
)
def test_that_json_is_found_in_its_fence(answer: str, right: bool | None) -> None:
    assert json_valid(answer, SCHEMA).value is right


@pytest.mark.parametrize(
    ("answer", "right"),
    [
        ('```json\r\n{"n": 1}\r\n```', True),
        ('```json\n{"n": 1}\n```\n```json\n{"n": 1}\n```', True),
        ('```json\n{"n": 1}\n```\n```json\n{"n": 2}\n```', None),
        ('```json\n{"n": 2}\n```', False),
        ('```sh\necho {}\n```\n```json\n{"n": 1}\n```', True),
        ('As in {"n": 2}, it is {"n": 1}', True),
    ],
)
def test_that_blocks_that_differ_are_not_compared(answer: str, right: bool | None) -> None:
    assert json_match(answer, {"n": 1}).value is right


@given(
    st.dictionaries(st.text(), st.text('`~\n\r json{}"', max_size=20), max_size=3),
    st.sampled_from(["```json\n", "````\n", "~~~json\r\n"]),
)
def test_that_a_fence_gives_back_what_stands_in_it(value: dict[str, str], opening: str) -> None:
    closing = opening.strip().rstrip("json")
    assert json_match(f"{opening}{json.dumps(value)}\n{closing}", {"a": value}["a"]).value is True


@given(st.text("`~a \n\r{}", max_size=60))
def test_that_any_fences_are_read_without_an_accident(text: str) -> None:
    assert all(block.inside in text for block in fenced_blocks(text))


AREA_CALL = '{"name": "area", "arguments": {"base": 1}}'
MEAN_CALL = '{"name": "mean", "arguments": {"values": [1]}}'
BOTH = "[area(base=1), mean(values=[1])]"


@pytest.mark.parametrize(
    ("answer", "right"),
    [
        (f"<tool_call>\n{AREA_CALL}\n</tool_call>\n<tool_call>\n{MEAN_CALL}\n</tool_call>", True),
        (f"I'll call both.\n<tool_call>{AREA_CALL}</tool_call><tool_call>{MEAN_CALL}</tool_call>", True),
        (f"<tool_call>{AREA_CALL}<tool_call>{MEAN_CALL}", True),
        (f"<tool_calls>[{AREA_CALL}, {MEAN_CALL}]</tool_calls>", True),
        (f"<tool_calls><tool_call>{AREA_CALL}</tool_call><tool_call>{MEAN_CALL}</tool_call></tool_calls>", True),
        ("<tool_call>area(base=1)</tool_call><tool_call>mean(values=[1])</tool_call>", True),
        (f"<function_call>{MEAN_CALL}</function_call>\n<function_call>{AREA_CALL}</function_call>", True),
        (f"[TOOL_CALLS][{AREA_CALL}, {MEAN_CALL}]", True),
        (f"<|python_tag|>{AREA_CALL}; {MEAN_CALL}<|eom_id|>", True),
        (f"{AREA_CALL}\n{MEAN_CALL}", True),
        (f"{AREA_CALL},\n{MEAN_CALL}", True),
        (f"[{AREA_CALL}, {MEAN_CALL}]", True),
        (f'{{"tool_calls": [{{"type": "function", "function": {AREA_CALL}}}, {{"function": {MEAN_CALL}}}]}}', True),
        ("area(base=1)\nmean(values=[1])", True),
        ("area(base=1)\r\nmean(values=[1])", True),
        ("area(base=1); mean(values=[1])", True),
        ("- area(base=1)\n- mean(values=[1])", True),
        ("1. area(base=1)\n2. mean(values=[1])", True),
        ("[{'name': 'area', 'arguments': {'base': 1}}, {'name': 'mean', 'arguments': {'values': [1]}}]", True),
        ('[{"function": "area", "arguments": {"base": 1}}, {"function": "mean", "arguments": {"values": [1]}}]', True),
        ("(area(base=1), mean(values=[1]))", True),
        ("```python\narea(base=1)\nmean(values=[1])\n```", True),
        ("```python\narea(base=1)\n```\nand\n```python\nmean(values=[1])\n```", True),
        (f"```json\r\n{AREA_CALL}\r\n{MEAN_CALL}\r\n```", True),
        (f"<tool_call>{AREA_CALL}</tool_call>", False),
        (f"<tool_call>{AREA_CALL}</tool_call><tool_call>{AREA_CALL}</tool_call>", False),
        (f"{AREA_CALL}\n{MEAN_CALL}\n{MEAN_CALL}", False),
        ("area(base=1)\nmean(values=[2])", False),
        (f"First {AREA_CALL}, or rather {MEAN_CALL}", None),
        ("<tool_call>not a call</tool_call>", None),
        ('<tool_call>{"name": "area", "argum', None),
        ("area(base=1)\nx = 3", None),
        ("both", None),
    ],
)  # fmt: skip
def test_that_several_calls_are_read_in_every_form(answer: str, right: bool | None) -> None:
    assert function_call(answer, BOTH).value is right


@pytest.mark.parametrize("expected", [[], "[]", {"tool_calls": []}])
@pytest.mark.parametrize(
    ("answer", "right"),
    [
        ("I can't look that up.", True),
        ("", True),
        ("[]", True),
        ("It is 3 (or 4).", True),
        ('{"answer": 3}', True),
        ('{"name": "Ana", "age": 3}', True),
        ("area(base=1)", False),
        (AREA_CALL, False),
        (f"Sure: {AREA_CALL}", False),
        (f"<tool_call>{AREA_CALL}</tool_call>", False),
        ("<tool_call>{</tool_call>", None),
        ('{"name": "area", "arguments": {"ba', None),
        ("I would call area(base=1) here.", None),
    ],
)
def test_that_no_call_may_be_expected(answer: str, expected: Any, right: bool | None) -> None:
    assert function_call(answer, expected).value is right


@pytest.mark.parametrize("expected", [None, "", " "])
def test_that_an_empty_cell_expects_nothing(expected: str | None) -> None:
    assert function_call("area(base=1)", expected).value is None
    assert function_call("no call", expected).value is None


AREA = {
    "name": "area",
    "parameters": {
        "type": "dict",
        "properties": {
            "base": {"type": "float"},
            "height": {"type": "integer", "default": 1},
            "unit": {"type": "String", "default": "cm"},
            "corner": {"type": "tuple", "items": {"type": "int"}},
            "more": {"type": "any"},
            "strict": {"type": "bool", "default": False},
        },
        "required": ["base", "height"],
    },
}


@pytest.mark.parametrize(
    ("answer", "expected", "right"),
    [
        ("area(base=3, height=4, unit='cm')", "area(base=3, height=4)", True),
        ("area(base=3, height=4)", "area(base=3, height=4, unit='cm')", True),
        ("area(3, 4, 'cm', strict=False)", "area(base=3, height=4)", True),
        ("area(base=3, height=4, unit='m')", "area(base=3, height=4)", False),
        ("area(base=3, height=4)", "area(base=3, height=4, unit='m')", False),
        ("area(base=3, height=4, strict=0)", "area(base=3, height=4)", False),
        ("area(base=3)", "area(base=3, height=1)", False),
        ("area(base=3.5, height=4)", "area(base=3.5, height=4)", True),
        ("area(base='3', height=4)", "area(base=3, height=4)", False),
        ("area(base=3, height=4.5)", "area(base=3, height=4)", False),
        ("area(base=3, height=4, corner=(1, 2))", "area(base=3, height=4, corner=[1, 2])", True),
        ("area(base=3, height=4, corner=('a',))", "area(base=3, height=4, corner=[1])", False),
        ("area(base=3, height=4, more={'x': [1]})", "area(base=3, height=4, more={'x': [1]})", True),
        ("area(base=3, height=4, more='x')", "area(base=3, height=4, more='x')", True),
        ("area(base=3, height=4, colour='red')", "area(base=3, height=4)", False),
    ],
)
def test_that_defaults_and_the_types_of_the_leaderboard_are_known(
    answer: str, expected: str, right: bool
) -> None:
    assert function_call(answer, expected, [AREA]).value is right


def test_that_only_type_names_are_renamed() -> None:
    schema = {
        "type": "dict",
        "properties": {
            "type": {"type": "String", "enum": ["float", "dict"], "default": "float"},
            "list": {"type": ["ArrayList", "None"]},
            "own": {"type": "whatever"},
        },
    }
    assert json_schema(schema) == {
        "type": "object",
        "properties": {
            "type": {"type": "string", "enum": ["float", "dict"], "default": "float"},
            "list": {"type": ["array", "null"]},
            "own": {"type": "whatever"},
        },
    }


ALLOWED = {"area": {"base": [3, 4], "unit": ["cm", "centimetre", ""], "at": [{"x": [1], "y": [2, ""]}, ""]}}


@pytest.mark.parametrize(
    ("answer", "right"),
    [
        ("area(base=3)", True),
        ("area(base=4, unit='centimetre')", True),
        ("area(base=4.0, unit='CM')", True),
        ("area(base=3, at={'x': 1})", True),
        ("area(base=3, at={'x': 1, 'y': 2})", True),
        ("area(base=3, at={'x': 2})", False),
        ("area(base=3, at={'x': 1, 'z': 2})", False),
        ("area(base=5)", False),
        ("area(base='3')", False),
        ("area(base=3, unit='m')", False),
        ("area(base=3, unit='')", True),
        ("area(unit='cm')", False),
        ("area(base=3, colour='red')", False),
        ("perimeter(base=3)", False),
        ("area(base=3); area(base=3)", False),
        ("three", None),
    ],
)
def test_that_an_argument_may_have_one_of_several_values(answer: str, right: bool | None) -> None:
    assert function_call(answer, ALLOWED).value is right
    assert function_call(answer, [ALLOWED]).value is right
    assert function_call(answer, json.dumps(ALLOWED)).value is right
    assert function_call(answer, repr([ALLOWED])).value is right


def test_that_calls_are_matched_with_what_is_allowed_in_any_order() -> None:
    expected = [{"area": {"base": [1, 2]}}, {"area": {"base": [1]}}]
    assert function_call("area(base=1); area(base=2)", expected).value is True
    assert function_call("area(base=2); area(base=1)", expected).value is True
    assert function_call("area(base=2); area(base=2)", expected).value is False
    assert function_call("area(base=1)", expected).why.startswith("does not call")


def test_that_defaults_count_among_what_is_allowed() -> None:
    functions = [AREA]
    expected = {"area": {"base": [3], "height": [4], "unit": ["cm"]}}
    assert function_call("area(base=3, height=4)", expected, functions).value is True
    assert function_call("area(base=3, height=4, unit='cm', strict=False)", expected, functions).value is True
    assert function_call("area(base=3, height=4, unit='m')", expected, functions).value is False
    assert function_call("area(base=3, height=4, strict=True)", expected, functions).value is False
