"""Rows whose question or expected answer is empty are told, in the preview and of the whole file."""

from pathlib import Path

import pytest

from evalstudio.datasets import DatasetSource, open_dataset
from evalstudio.datasets.preview import preview

ASKED = "an empty question is sent as it is"
EXPECTED = "an empty expected answer decides nothing"
CASES = [
    ("question,answer\nA,1\n,2\n", "answer", ["question", ASKED]),
    ("prompt,answer\n ,1\nB,2\n", "answer", ["prompt", ASKED]),
    ("Text,label\n,x\nB,y\n", "label", ["Text", ASKED]),
    ("input,label\nA,x\nB,\n", "label", ["label", EXPECTED]),
    ("query,label\n,x\nB,\n", "label", ["label", EXPECTED, "query", ASKED]),
    ("instruction,input,label\n,A,x\nB,B,y\n", "label", []),  # the input is what is asked
    ("instruction,label\n,x\nB,y\n", "label", ["instruction", ASKED]),
    ("question,answer\nA,1\nB,2\n", "answer", []),
    ("column,answer\n,1\nB,2\n", "answer", []),  # nobody knows that it is asked
    ("question,comment,answer\nA,,1\nB,b,2\n", "answer", []),
]


@pytest.mark.parametrize(("text", "expected", "told"), CASES)
def test_that_empty_questions_and_answers_are_told(
    text: str, expected: str, told: list[str], tmp_path: Path
) -> None:
    (tmp_path / "rows.csv").write_text(text)
    source = DatasetSource(path="rows.csv", columns={"expected": expected})
    for problems in (preview(source, tmp_path).problems, open_dataset(source, tmp_path).problems):
        words = " ".join(str(problem) for problem in problems)
        assert all(part in words for part in told), words
        assert words.count("is empty in 1 of 2 rows") == len(told) // 2
