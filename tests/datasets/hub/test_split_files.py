"""Files of a split: as the card declares them, else by their names."""

from typing import Any

import pytest

from evalstudio.core.errors import DatasetError
from evalstudio.datasets.hub.card import configs_of, labels_of
from evalstudio.datasets.hub.split_files import split_files

TWO = {
    "configs": [
        {"config_name": "easy", "data_files": [{"split": "test", "path": "easy/test-*"}]},
        {"config_name": "hard", "default": True, "data_files": [{"split": "test", "path": ["hard/test-*"]}]},
    ]
}


def chosen(
    files: list[str], card: dict[str, Any], config: str | None = None, split: str | None = None
) -> Any:
    return split_files("acme/sums", files, configs_of(card), config, split)


@pytest.mark.parametrize(
    ("files", "card", "config", "split", "expected"),
    [
        (["test.csv", "README.md"], {}, None, None, ["test.csv"]),
        (["train.jsonl", "test.jsonl"], {}, None, "test", ["test.jsonl"]),
        (["data/train-00000-of-00001.parquet", "data/dev-0.parquet"], {}, None, "validation", ["data/dev-0.parquet"]),
        (
            ["data/test-00001-of-00002.parquet", "data/test-00000-of-00002.parquet"], {}, None, "test",
            ["data/test-00000-of-00002.parquet", "data/test-00001-of-00002.parquet"],
        ),
        (["main/test/0000.parquet", "hard/test/0000.parquet"], {}, "hard", "test", ["hard/test/0000.parquet"]),
        (["test/part1.json", "test/part2.json", "train/a.json"], {}, None, "test", ["test/part1.json", "test/part2.json"]),
        (["sums.csv"], {}, None, "train", ["sums.csv"]),
        (["test.csv", "test.parquet"], {}, None, "test", ["test.parquet"]),
        (["test.jsonl.gz", "dataset_infos.json", ".hidden/test.csv", "notes.txt"], {}, None, None, ["test.jsonl.gz"]),
        (["easy/test-0.parquet", "hard/test-0.parquet"], TWO, None, "test", ["hard/test-0.parquet"]),
        (["easy/test-0.parquet", "hard/test-0.parquet"], TWO, "easy", None, ["easy/test-0.parquet"]),
        (["a.csv", "b.csv"], {"configs": [{"data_files": "b.csv"}]}, None, None, ["b.csv"]),
        (
            ["x/y/a.csv", "x/b.csv", "c.csv"],
            {"configs": [{"data_files": [{"split": "test", "path": "x/**/*.csv"}]}]}, None, "test",
            ["x/b.csv", "x/y/a.csv"],
        ),
        (
            ["de/a-test.csv", "de/a-train.csv", "en/a-test.csv"],
            {"configs": [{"config_name": "de", "data_dir": "de"}]}, "de", "test", ["de/a-test.csv"],
        ),
        (
            ["q[1].csv", "q1.csv"],
            {"configs": [{"data_files": {"odd": "q[[]1].csv"}}]}, None, "odd", ["q[1].csv"],
        ),
        (["contest.csv", "latest.csv"], {}, None, "train", ["contest.csv", "latest.csv"]),
    ],
)  # fmt: skip
def test_that_the_files_of_a_split_are_found(
    files: list[str], card: dict[str, Any], config: str | None, split: str | None, expected: list[str]
) -> None:
    assert list(chosen(files, card, config, split).files) == expected


@pytest.mark.parametrize(
    ("files", "card", "config", "split", "message"),
    [
        ([], {}, None, None, "refs/convert/parquet"),
        (["README.md", "sums.py"], {}, None, None, "no files that can be read"),
        (["train.csv", "test.csv"], {}, None, None, r"has the splits test, train; name one, as in hf://acme/sums#"),
        (["train.csv"], {}, None, "test", "has no split 'test'; it has train"),
        (["a/test.csv", "b/test.csv"], {}, None, "test", 'has the configs a, b; choose one with config = "..."'),
        (["a/test.csv"], {}, "c", "test", "has no config 'c'; it has a"),
        (["easy/test-0.parquet"], TWO, "hard", "test", "are not there"),
        (["t.zip"], {"configs": [{"data_files": "t.zip"}]}, None, None, "t.zip, which can't be read"),
        (["test-00000-of-00003.parquet"], {}, None, "test", "1 of 3 parts"),
        (["easy/test-0.parquet"], {"configs": TWO["configs"][:1]}, "hard", None, "has no config 'hard'; it has easy"),
    ],
)  # fmt: skip
def test_that_a_split_that_is_not_there_is_told(
    files: list[str], card: dict[str, Any], config: str | None, split: str | None, message: str
) -> None:
    with pytest.raises(DatasetError, match=message):
        chosen(files, card, config, split)


@pytest.mark.parametrize(
    ("feature", "expected"),
    [
        ({"name": "y", "dtype": {"class_label": {"names": {"0": "no", "1": "yes"}}}}, {"y": ("no", "yes")}),
        ({"name": "y", "dtype": {"class_label": {"names": ["no", "yes"]}}}, {"y": ("no", "yes")}),
        ({"name": "y", "sequence": {"class_label": {"names": {"0": "no"}}}}, {"y": ("no",)}),
        ({"name": "y", "list": {"dtype": {"class_label": {"names": {"0": "no"}}}}}, {"y": ("no",)}),
        ({"name": "y", "dtype": "int64"}, {}),
        ({"name": "y", "dtype": {"class_label": {"names": {"1": "yes"}}}}, {}),
        ({"dtype": {"class_label": {"names": ["no"]}}}, {}),
        ("y", {}),
    ],
)
def test_that_label_names_of_a_card_are_read(feature: Any, expected: dict[str, tuple[str, ...]]) -> None:
    assert labels_of({"dataset_info": {"features": [feature]}}, "default") == expected
    others = [{"config_name": "other", "features": [feature]}]
    assert labels_of({"dataset_info": others}, "default") == {}
    assert labels_of({"dataset_info": others}, "other") == expected
