"""Cases from public data sets that a person has: each right answer in some wordings, and another row's as a wrong one.

Read are GSM8K (JSON lines whose answers end in `#### NUMBER`), SQuAD and XQuAD (their JSON), and CSV files of a text
and its class, such as Banking77.
"""

import csv
import json
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

MOST_ROWS = 2_000
SAYINGS = ("{}", "The answer is {}.", "**{}**", "I looked at it step by step.\n\nSo the answer is {}.")


def cases_of(path: Path) -> Iterator[dict[str, Any]]:
    """The cases of a set; none where the file is of no form that is known."""
    if path.suffix == ".jsonl":
        yield from _gsm8k(path)
    elif path.suffix == ".json":
        yield from _squad(path)
    elif path.suffix == ".csv":
        yield from _classes(path)


def _gsm8k(path: Path) -> Iterator[dict[str, Any]]:
    rows = [json.loads(line)["answer"] for line in path.read_text("utf-8").splitlines()[:MOST_ROWS]]
    numbers = [row.rpartition("####")[2].strip() for row in rows]
    for place, (row, number) in enumerate(zip(rows, numbers, strict=True)):
        reasoning = row.rpartition("####")[0]
        other = numbers[(place + 1) % len(numbers)]
        yield _case(f"{path.name} solution", "numeric_match", row, number, right=True)
        for saying in SAYINGS[1:]:
            yield _case(
                f"{path.name} stated", "numeric_match", reasoning + saying.format(number), number, right=True
            )
        if other.replace(",", "") != number.replace(",", ""):
            yield _case(
                f"{path.name} other", "numeric_match", reasoning + f"#### {other}", number, right=False
            )


def _squad(path: Path) -> Iterator[dict[str, Any]]:
    articles = json.loads(path.read_text("utf-8"))["data"]
    answers = [
        [answer["text"] for answer in question["answers"]]
        for article in articles for paragraph in article["paragraphs"] for question in paragraph["qas"]
    ][:MOST_ROWS]  # fmt: skip
    for texts, others in pairwise(answers):
        yield _case(f"{path.name} exact", "exact_match", texts[0], texts, right=True, squad=True)
        yield _case(f"{path.name} within", "contains", f"It says: {texts[0]}.", texts[0], right=True)
        if texts[0].casefold() not in others[0].casefold():
            yield _case(f"{path.name} other", "exact_match", others[0] + " x", texts, right=False, squad=True)
            yield _case(f"{path.name} other within", "contains", others[0], texts[0], right=False)


def _classes(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8", newline="") as file:
        labels = [row[-1] for row in csv.reader(file)][1 : MOST_ROWS + 1]
    for label, other in zip(labels, labels[len(labels) // 2 :], strict=False):
        for said in (label, label.upper(), f" **{label}**.\n", f"'{label}'"):
            yield _case(f"{path.name} class", "exact_match", said, label, right=True, normalise=True)
        if other != label:
            yield _case(f"{path.name} other", "exact_match", other, label, right=False, normalise=True)


def _case(
    kind: str, evaluator: str, answer: str, expected: Any, *, right: bool, **options: Any
) -> dict[str, Any]:
    return {
        "id": kind, "kind": kind, "evaluator": evaluator, "options": options, "answer": answer, "expected": expected,
        "right_value": [right],
    }  # fmt: skip
