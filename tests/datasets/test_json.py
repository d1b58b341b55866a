"""JSON and JSON Lines: values keep their types, and only real JSON counts."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evalstudio.errors import DatasetError
from tests.datasets.conftest import OpenFile, values

JSON_VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


def test_that_types_stay_and_null_is_not_empty(opened: OpenFile) -> None:
    lines = '{"id":"007","n":0,"b":false,"t":"","z":null}\n{"id":12345678901234567890,"n":1.50,"b":"0","t":[1],"z":{}}'
    rows = values(opened("a.jsonl", lines))
    assert rows[0] == {"id": "007", "n": 0, "b": False, "t": "", "z": None}
    assert rows[0]["b"] is False
    assert rows[1] == {"id": 12345678901234567890, "n": 1.5, "b": "0", "t": [1], "z": {}}


def test_that_bad_lines_are_named_and_kept_out(opened: OpenFile) -> None:
    lines = b'{"a":"\xc3\xa9"}\n\n{"a":NaN}\n[1]\n{"a":2} x\n{"a":"\xff"}\n"text"\nnull\n{"a":3'
    dataset = opened("a.jsonl", lines)
    assert values(dataset) == [{"a": "é"}]
    assert [problem.line for problem in dataset.problems] == [3, 4, 5, 6, 7, 8, 9]
    messages = [problem.message for problem in dataset.problems]
    assert "NaN is no JSON number" in messages[0]
    assert messages[1] == "is a list, not an object with columns"
    assert messages[3] == "has bytes that are not UTF-8"


def test_that_a_key_that_a_row_lacks_is_null_unless_it_was_asked_for(opened: OpenFile) -> None:
    lines = '{"q":"x","a":1}\n{"q":"y","note":"n"}\n{"a":3}\n'
    dataset = opened("a.jsonl", lines)
    assert dataset.columns == ("q", "a", "note")
    assert values(dataset)[1] == {"q": "y", "a": None, "note": "n"}
    mapped = opened("a.jsonl", lines, columns={"expected": "a"})
    assert [(sample.id, sample.values["expected"]) for sample in mapped] == [("0", 1), ("2", 3)]
    assert [str(problem) for problem in mapped.problems] == ["line 2: has no value for 'a'"]
    with pytest.raises(DatasetError, match=r"no column 'b' .*: q, a, note"):
        opened("a.jsonl", lines, columns={"expected": "b"})


def test_that_a_dotted_path_reaches_into_nested_targets(opened: OpenFile) -> None:
    lines = '{"item":{"turns":["a","b"]},"x.y":1}\n{"item":{"turns":["c"]},"x.y":2}\n'
    dataset = opened("a.jsonl", lines, columns={"second": "item.turns.1", "plain": "x.y"})
    assert [(row["second"], row["plain"]) for row in values(dataset)] == [("b", 1)]
    assert dataset.problems[0].line == 2


@pytest.mark.parametrize(
    "text",
    ['[{"a":1},{"a":2}]', '{"data":[{"a":1},{"a":2}],"n":[{}]}', '{"version":"1","rows":[{"a":1},{"a":2}]}'],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_that_the_list_of_a_json_file_is_found(opened: OpenFile, text: str, encoding: str) -> None:
    assert values(opened("a.json", text.encode(encoding))) == [{"a": 1}, {"a": 2}]


def test_that_entries_of_a_json_list_that_are_no_objects_are_named_and_kept_out(opened: OpenFile) -> None:
    dataset = opened("a.json", '[{"a":1},2,"x"]')
    assert values(dataset) == [{"a": 1}]
    assert [str(problem) for problem in dataset.problems] == [
        "entry 2 is a number, not an object with columns",
        "entry 3 is a text, not an object with columns",
    ]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('[{"a":NaN}]', "NaN is no JSON number"),
        ("[{'a':1}]", "is not JSON"),
        ('{"a":1}', "it has none"),
        ('{"a":[{}],"b":[{}]}', r"it has several \(a, b\)"),
        ('"text"', "holds a text"),
        ("[]", "no usable rows"),
        ("  ", "is empty"),
    ],
)
def test_that_a_json_file_without_a_list_of_objects_is_refused(
    opened: OpenFile, text: str, sentence: str
) -> None:
    with pytest.raises(DatasetError, match=sentence):
        opened("a.json", text)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.fixed_dictionaries({"a": JSON_VALUE, "b": JSON_VALUE}), min_size=1, max_size=5))
def test_that_what_json_writes_comes_back_with_its_types(
    opened: OpenFile, rows: list[dict[str, object]]
) -> None:
    lines = "\n".join(json.dumps(row, ensure_ascii=bool(len(rows) % 2)) for row in rows)
    for name, text in (("a.jsonl", lines), ("a.json", json.dumps(rows))):
        dataset = opened(name, text)
        assert json.dumps(values(dataset)) == json.dumps(rows)
        assert dataset.problems == ()
