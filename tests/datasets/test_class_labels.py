"""Parquet as Hugging Face writes it: class labels become their names, and their numbers stay beside them."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from evalstudio.datasets import Dataset, DatasetSource, open_dataset, preview
from tests.datasets.conftest import values

LABEL = {"names": ["bad", "good"], "_type": "ClassLabel"}


def write(path: Path, table: dict[str, Any], features: Any = None) -> None:
    made = pa.table(table)
    if features is not None:
        told = (
            features if isinstance(features, bytes) else json.dumps({"info": {"features": features}}).encode()
        )
        made = made.replace_schema_metadata({b"huggingface": told})
    pq.write_table(made, path)


def read(folder: Path) -> Dataset:
    return open_dataset(DatasetSource(path="a.parquet"), folder)


@pytest.mark.parametrize(
    ("features", "numbers", "names"),
    [
        ({"label": LABEL}, [1, 0], ["good", "bad"]),
        ({"label": {**LABEL, "id": None}}, [0, 0], ["bad", "bad"]),
        ({"label": LABEL}, [1, None], ["good", None]),
        ({"label": LABEL}, [1, -1], ["good", None]),
        ({"label": {"feature": LABEL, "_type": "Sequence"}}, [[0, 1], []], [["bad", "good"], []]),
        ({"label": {"feature": LABEL, "length": -1, "_type": "List"}}, [[1], [0]], [["good"], ["bad"]]),
        ({"label": [LABEL]}, [[1], [1, 0]], [["good"], ["good", "bad"]]),
        (
            {"label": {"feature": {"feature": LABEL, "_type": "List"}}},
            [[[1]], [[0]]],
            [[["good"]], [["bad"]]],
        ),
        ({"label": {**LABEL, "names": ["ü", "0"]}}, [0, 1], ["ü", "0"]),
        ({"label": LABEL, "n": {"dtype": "int64", "_type": "Value"}}, [1, 1], ["good", "good"]),
        ({"label": LABEL}, [1, 7], ["good", 7]),
    ],
)
def test_that_a_class_label_becomes_its_name(
    tmp_path: Path, features: Any, numbers: list[Any], names: list[Any]
) -> None:
    write(tmp_path / "a.parquet", {"q": ["x", "y"], "label": numbers}, features)
    dataset = read(tmp_path)
    assert dataset.columns == ("q", "label", "label_id")
    assert [row["label"] for row in values(dataset)] == names
    assert [row["label_id"] for row in values(dataset)] == numbers
    assert "class label" in dataset.problems[0].message
    assert dataset.problem_count == 0
    assert [row["label"] for row in preview(DatasetSource(path="a.parquet"), tmp_path).rows] == names


@pytest.mark.parametrize(
    "features",
    [
        None,
        {},
        {"label": {"dtype": "int64", "_type": "Value"}},
        {"label": {"_type": "ClassLabel"}},
        {"label": {"names": [], "_type": "ClassLabel"}},
        {"label": {"names": ["x"], "_type": "Other"}},
        {"other": LABEL},
        {"label": "ClassLabel"},
        [LABEL],
        b"not JSON",
        b'{"info": null}',
        b"[" * 5000,
    ],
)
def test_that_numbers_stay_where_no_label_is_described(tmp_path: Path, features: Any) -> None:
    write(tmp_path / "a.parquet", {"q": ["x", "y"], "label": [1, 0]}, features)
    dataset = read(tmp_path)
    assert values(dataset) == [{"q": "x", "label": 1}, {"q": "y", "label": 0}]
    assert dataset.problems == ()


def test_that_a_column_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    write(tmp_path / "a.parquet", {"label": [1], "label_id": ["own"]}, {"label": LABEL})
    assert values(read(tmp_path)) == [{"label": "good", "label_id": "own", "label_number": 1}]


def test_that_the_hash_follows_how_labels_are_read(tmp_path: Path) -> None:
    write(tmp_path / "a.parquet", {"label": [1]}, {"label": LABEL})
    named = read(tmp_path).content_hash
    write(tmp_path / "a.parquet", {"label": [1]}, {"label": {"dtype": "int64", "_type": "Value"}})
    assert read(tmp_path).content_hash != named


def test_that_maps_and_nested_numbers_come_as_json_could_hold_them(tmp_path: Path) -> None:
    table = {
        "m": pa.array([[("k", 1.5), ("l", None)]], pa.map_(pa.string(), pa.float64())),
        "n": pa.array([{"x": [float("nan"), 1.0], "y": float("nan")}]),
    }
    write(tmp_path / "a.parquet", table)
    assert values(read(tmp_path)) == [{"m": {"k": 1.5, "l": None}, "n": {"x": [None, 1.0], "y": None}}]
