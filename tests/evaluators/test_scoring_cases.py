"""The cases of `python -m benchmarks.scoring_truth`: well formed, in both directions, and counted as they should be."""

from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from benchmarks.coverage import coverage_of, scenarios
from benchmarks.scoring_truth import OWN, judged, main, read_cases

CASES = read_cases(OWN)


def test_that_every_kind_has_ten_cases_in_both_directions() -> None:
    by_kind: dict[str, list[list[Any]]] = defaultdict(list)
    for case in CASES:
        by_kind[case["kind"]].append(case["right_value"])
    assert len(by_kind) >= 10
    for kind, rights in by_kind.items():
        assert len(rights) >= 10, kind
        assert any(right[0] not in (None, False) for right in rights), kind
        assert any(None in right or right[0] is False for right in rights), kind
    assert len({case["id"] for case in CASES}) == len(CASES)


def test_that_no_case_is_refused() -> None:
    assert not [case["id"] for case in CASES if judged(case)[0] == "refused"]


@pytest.mark.parametrize(
    ("evaluator", "answer", "expected", "right", "judgement"),
    [
        ("exact_match", "oak", "oak", [True], "right"),
        ("exact_match", "oak", "elm", [False, None], "right"),
        ("exact_match", "oak", "elm", [True], "wrong"),
        ("exact_match", "oak", "oak", [False], "credited"),
        ("exact_match", "oak", "oak", [None], "credited"),
        ("numeric_match", "no number", 3, [True], "unscored"),
        ("numeric_match", "no number", 3, [False, None], "right"),
        ("numeric_match", "It is 3.", 3, [1], "right"),
        ("read_verdict", '{"correct": true}', None, [True], "right"),
        ("read_verdict", "", None, [False], "unscored"),
        ("read_score 1..5", '{"score": 4}', None, [4.0], "right"),
        ("read_score 1..5", '{"score": 4}', None, [3], "wrong"),
        ("read_score 1..5", '{"score": 9}', None, [None], "right"),
        ("guess", "oak", "oak", [True], "refused"),
    ],
)
def test_that_a_case_is_counted_by_what_came_and_what_is_right(
    evaluator: str, answer: str, expected: Any, right: list[Any], judgement: str
) -> None:
    case = {
        "id": "x", "kind": "k", "evaluator": evaluator, "options": {}, "answer": answer, "expected": expected,
        "right_value": right,
    }  # fmt: skip
    assert judged(case)[0] == judgement


def test_that_files_of_a_persons_own_are_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "mine.jsonl"
    path.write_text(
        '{"id": "1", "kind": "trees", "evaluator": "exact_match", "answer": "oak", "expected": "oak", "right_value": [true]}\n\n'
        '{"id": "2", "kind": "trees", "evaluator": "exact_match", "answer": "oak", "expected": "oak", "right_value": [false]}\n'
    )
    main(["--cases", str(path), "--failures"])
    out = capsys.readouterr().out
    assert "2: credited, True instead of False" in out
    assert ["trees", "2", "1", "1", "1", "0", "0"] in [line.split() for line in out.splitlines()]


def test_that_the_grid_has_500_scenarios_and_its_intervals_hold_the_truth() -> None:
    grid = scenarios(100)
    assert len(grid) == 500
    assert len({(one.group, one.words) for one in grid}) == 500
    few = [coverage_of(one) for one in grid[::25]]
    assert 0.9 < sum(few) / len(few) < 0.99
