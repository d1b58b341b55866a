"""The forms in which JSON files hold a table: which are read, which are refused, and with what sentence."""

import io
import json
from typing import Any

import pandas
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evalstudio.errors import DatasetError
from tests.datasets.conftest import OpenFile, values

ROWS = [{"q": "red or blue", "n": 1}, {"q": "left", "n": 2}]


def api(rows: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    return {
        "rows": [{"row_idx": place, "row": row, "truncated_cells": []} for place, row in enumerate(rows)],
        **more,
    }


@pytest.mark.parametrize(
    "document",
    [
        ROWS,
        {"data": ROWS},
        {"items": ROWS},
        {"version": 2, "examples": ROWS},
        {"status": "ok", "result": {"items": ROWS}},
        {"response": {"page": 1, "body": {"items": ROWS}}},
        api(ROWS),
        api(ROWS, features=[], num_rows_total=2),
        api(ROWS)["rows"],
        {"q": ["red or blue", "left"], "n": [1, 2]},
        {"name": "colours", "q": ["red or blue", "left"], "n": [1, 2]},
        {"q": {"0": "red or blue", "1": "left"}, "n": {"0": 1, "1": 2}},
        {"columns": ["q", "n"], "data": [["red or blue", 1], ["left", 2]]},
        {"columns": ["q", "n"], "index": [5, 6], "data": [["red or blue", 1], ["left", 2]]},
        {"train": ROWS},
        {"train": {"q": ["red or blue", "left"], "n": [1, 2]}},
    ],
)
def test_that_a_table_is_found_in_its_form(opened: OpenFile, document: Any) -> None:
    dataset = opened("a.json", json.dumps(document, indent=1))
    assert values(dataset) == ROWS
    assert dataset.problem_count == 0


@pytest.mark.parametrize("orient", ["records", "columns", "split", "index", "table"])
@pytest.mark.parametrize("labels", [None, ["u", "v"]])
def test_that_what_pandas_writes_is_read(opened: OpenFile, orient: Any, labels: list[str] | None) -> None:
    frame = pandas.DataFrame(ROWS, index=labels)
    text = io.StringIO()
    frame.to_json(text, orient=orient)
    rows = values(opened("a.json", text.getvalue()))
    assert [{"q": row["q"], "n": row["n"]} for row in rows] == ROWS


@pytest.mark.parametrize(
    ("document", "ids"),
    [
        ({"a1": ROWS[0], "a2": ROWS[1]}, ["a1", "a2"]),
        ({"7": ROWS[0], "9": ROWS[1]}, ["7", "9"]),
        ({"a1": {**ROWS[0], "tags": ["x"]}, "a2": {**ROWS[1], "tags": []}}, ["a1", "a2"]),
        ({"a1": {**ROWS[0], "more": {"x": 1}}, "a2": {**ROWS[1], "more": {}}}, ["a1", "a2"]),
        ({"ü 1": ROWS[0], "": ROWS[1]}, ["ü 1", ""]),
    ],
)
def test_that_rows_by_id_have_it_as_a_column(opened: OpenFile, document: Any, ids: list[str]) -> None:
    dataset = opened("a.json", json.dumps(document))
    assert [row["id"] for row in values(dataset)] == ids
    assert [row["q"] for row in values(dataset)] == ["red or blue", "left"]
    assert "under their ids" in dataset.problems[0].message


def test_that_a_key_does_not_hide_a_column_called_id(opened: OpenFile) -> None:
    document = {"first": {"id": 9, **ROWS[0]}, "second": {"id": 8, **ROWS[1]}}
    rows = values(opened("a.json", json.dumps(document)))
    assert [(row["key"], row["id"]) for row in rows] == [("first", 9), ("second", 8)]


@pytest.mark.parametrize(
    "document",
    [
        {"train": ROWS, "test": ROWS[:1]},
        {"train": ROWS, "validation": ROWS, "test": ROWS[:1]},
        {"train": {"q": ["red or blue", "left"], "n": [1, 2]}, "test": {"q": ["red or blue"], "n": [1]}},
        {"splits": {"train": ROWS, "test": ROWS[:1]}},
        {"train": api(ROWS), "test": api(ROWS[:1])},
    ],
)
def test_that_of_several_splits_one_is_chosen_and_belongs_to_the_hash(
    opened: OpenFile, document: Any
) -> None:
    text = json.dumps(document)
    assert values(opened("a.json", text, split="train")) == ROWS
    assert values(opened("a.json", text, split="test")) == ROWS[:1]
    hashes = {opened("a.json", text, split=split).content_hash for split in ("train", "test")}
    assert len(hashes) == 2
    with pytest.raises(DatasetError, match='split = "test"'):
        opened("a.json", text)
    with pytest.raises(DatasetError, match=r"no split 'dev'. Its keys: "):
        opened("a.json", text, split="dev")


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        ([["q", "n"], ["x", 1]], "list of lists"),
        ({"q": ["x", "y"], "n": [1]}, r"different lengths.*q \(2\), n \(1\)"),
        ({"data": [{"title": "t", "paragraphs": [{"context": "c", "qas": []}]}]}, "nested as SQuAD"),
        ({"columns": ["q"], "data": [["x", 1]]}, "not as many values"),
        ({"0": {"0": "x"}, "1": {"0": "y"}}, "which are rows, and which columns"),
        ({"name": "x", "size": 3}, "it has none. It is an object with the keys name, size"),
        ({"model": {"name": "m"}, "limits": {"rate": 1}}, "it has none"),
        ({"a": []}, "no usable rows"),
        ({}, "it has none. It is an object with no keys"),
        (3, "holds a number"),
        ("x", "holds a text"),
        ([1, 2], "entry 1 is a number"),
    ],
)
def test_that_a_form_that_is_no_table_is_refused(opened: OpenFile, document: Any, sentence: str) -> None:
    with pytest.raises(DatasetError, match=sentence):
        opened("a.json", json.dumps(document))


def test_that_the_rows_api_brings_names_of_labels_and_says_what_is_cut(opened: OpenFile) -> None:
    document = api(
        [{"t": "x", "label": 1}, {"t": "y", "label": 0}, {"t": "z…", "label": 1}],
        features=[
            {"feature_idx": 0, "name": "t", "type": {"dtype": "string", "_type": "Value"}},
            {"feature_idx": 1, "name": "label", "type": {"names": ["no", "yes"], "_type": "ClassLabel"}},
        ],
        num_rows_total=900,
    )
    document["rows"][2]["truncated_cells"] = ["t"]
    dataset = opened("a.json", json.dumps(document))
    assert [(row["label"], row["label_id"]) for row in values(dataset)] == [("yes", 1), ("no", 0)]
    told = [str(problem) for problem in dataset.problems]
    assert any("3 of 900 rows" in one for one in told)
    assert any("entry 3 was cut by the API in t" in one for one in told)
    assert dataset.problem_count == 1


REPEATED = [
    '{"q":"x","n":1,"n":2}',
    '{"q":"x", "n" : 1, "n" : 2}',
    '{"n":null,"q":"x","n":2}',
    '{"q":"x","n":1,"more":{"k":1,"k":2}}',
    '{"q":"x","n":1,"more":[{"k":"a","k":"b"}]}',
    '{"q":"x\\":","n":1,"n":2}',
    '{"q":"\\"n\\":","n":[1],"n":[2]}',
    '{"n":1,"q":"x","n":1.5}',
    '{"n":true,"n":false,"q":"x"}',
    '{"q":"x","n":{"a":1},"n":{"a":2}}',
    '{"q":"x","n":1,"n":2,}',
    '{"q":"x","n":1,"n":true}',
    '{"q":"x","n":1,"n" :2,"m":3}',
    '{"q":"x","n":12345678901234567890123,"n":2}',
]
UNIQUE = [
    '{"q":"x","n":1}',
    '{"q":"x","n":1,"n":1}',
    '{"q":"a \\":\\" b","n":1}',
    '{"q":"{\\"n\\":1,\\"n\\":2}","n":1}',
    '{"q":"x","more":{"n":1},"n":1}',
    '{"q" : "x" ,"n"\t:1}',
    '{"q":":","n":1,"":"","\\":":0}',
    '{"q":"x","n":1,"N":2}',
    '{"q":"x","list":[{"n":1},{"n":2}],"n":1}',
    '{"q":"x","n":1,"é":2,"e":3}',
]


@pytest.mark.parametrize("text", REPEATED)
def test_that_a_key_with_two_values_is_told_and_its_row_left_out(opened: OpenFile, text: str) -> None:
    lines = opened("a.jsonl", '{"q":"first","n":0}\n' + text + "\n")
    assert [row["q"] for row in values(lines)] == ["first"]
    assert lines.problems[0].line == 2
    assert "twice, with different values" in lines.problems[0].message
    whole = opened("a.json", '[{"q":"first","n":0},' + text + "]")
    assert [row["q"] for row in values(whole)] == ["first"]
    assert any("entry 2 has the key" in str(problem) for problem in whole.problems)


@pytest.mark.parametrize("text", UNIQUE)
def test_that_keys_that_stand_once_are_not_told(opened: OpenFile, text: str) -> None:
    for name, content in (("a.jsonl", text), ("a.json", f"[{text}]")):
        dataset = opened(name, content)
        assert values(dataset) == [json.loads(text)]
        assert dataset.problems == ()


def test_that_an_id_that_stands_twice_is_refused(opened: OpenFile) -> None:
    with pytest.raises(DatasetError, match="the key 'a1' twice"):
        opened("a.json", '{"a1":{"q":"x"},"a1":{"q":"y"}}')


@pytest.mark.parametrize(
    "text",
    [
        '[{"q":"x","n":1},{"q":"y","n":2},]',
        '[{"q":"x","n":1,},{"q":"y","n":2}]',
        '[\n  {"q":"x","n":1,\n  },\n  {"q":"y","n":2},\n]\n',
        '{"data":[{"q":"x","n":1},{"q":"y","n":2},],}',
        '{"q":["x","y",],"n":[1,2,],}',
    ],
)
def test_that_commas_before_closing_brackets_are_left_out_and_said(opened: OpenFile, text: str) -> None:
    dataset = opened("a.json", text)
    assert values(dataset) == [{"q": "x", "n": 1}, {"q": "y", "n": 2}]
    assert "commas" in dataset.problems[0].message


def test_that_commas_of_json_lines_are_left_out_and_said_once(opened: OpenFile) -> None:
    dataset = opened("a.jsonl", '{"q":"a,}",}\n{"q":"b"},\n{"q":"c,]","l":[1,],}\n{"q":"d"}\n{"q":"e",,}\n')
    assert [row["q"] for row in values(dataset)] == ["a,}", "b", "c,]", "d"]
    assert [(problem.line, problem.kept) for problem in dataset.problems] == [(None, True), (5, False)]
    assert "3" in dataset.problems[0].message


@pytest.mark.parametrize("text", ['[{"q":1},,]', '[,{"q":1}]', '{"q":[1 2]}', '[{"q":1}', '[{"q":"x]'])
def test_that_other_mistakes_stay_mistakes(opened: OpenFile, text: str) -> None:
    with pytest.raises(DatasetError, match="is not JSON"):
        opened("a.json", text)


VALUE = (
    st.none()
    | st.booleans()
    | st.integers(-(2**60), 2**60)
    | st.text(max_size=8)
    | st.lists(st.text(max_size=3))
)
COLUMNS = st.lists(
    st.text(st.characters(categories=["L"]), min_size=1, max_size=5), min_size=2, max_size=4, unique=True
)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=COLUMNS, data=st.data())
def test_that_a_table_written_by_column_or_as_lists_comes_back(
    opened: OpenFile, names: list[str], data: st.DataObject
) -> None:
    rows = data.draw(st.lists(st.tuples(*[VALUE] * len(names)), min_size=1, max_size=4))
    wanted = [dict(zip(names, row, strict=True)) for row in rows]
    by_column = {name: list(column) for name, column in zip(names, zip(*rows, strict=True), strict=True)}
    by_number = {name: {str(n): row[name] for n, row in enumerate(wanted)} for name in names}
    as_lists = {"columns": names, "data": [list(row) for row in rows]}
    for document in (by_column, by_number, as_lists, api(wanted), {"data": wanted}):
        assert values(opened("a.json", json.dumps(document))) == wanted
