"""A whole file read in a process of its own, as the window does."""

import subprocess
import sys
from pathlib import Path

import msgspec

from evalstudio.datasets import DatasetSource
from evalstudio.datasets.survey import LONGEST_TEXT, Survey


def surveyed(source: DatasetSource, base: Path) -> Survey:
    command = [
        sys.executable,
        "-m",
        "evalstudio.datasets.survey",
        msgspec.json.encode(source).decode(),
        str(base),
    ]
    done = subprocess.run(command, capture_output=True, check=True)
    return msgspec.json.decode(done.stdout, type=Survey)


def test_that_rows_problems_and_hash_are_told(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text('text,label\n"one, two",yes\nthree\n' + f"{'x' * 5000},no\n")
    found = surveyed(DatasetSource(path="rows.csv", columns={"a": "not there"}, samples=1), tmp_path)
    assert (found.rows, found.problem_count, found.size) == (2, 1, path.stat().st_size)
    assert found.problems[0].line == 3
    assert [column.name for column in found.preview.columns] == ["text", "label"]
    assert len(found.preview.rows[1]["text"]) == LONGEST_TEXT + 1
    assert len(found.content_hash) == 64
    path.write_text(path.read_text() + "four,yes\n")
    assert surveyed(DatasetSource(path="rows.csv"), tmp_path).content_hash != found.content_hash


def test_that_a_file_that_cannot_be_used_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "rows.json").write_text("{}")
    assert "needs one list of objects" in surveyed(DatasetSource(path="rows.json"), tmp_path).error
    assert "There is no file" in surveyed(DatasetSource(path="none.csv"), tmp_path).error
