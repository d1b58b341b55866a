"""Questions about one run and about two: the right records in the right order, and nothing counted as wrong that has no score."""

from collections.abc import Iterator
from typing import Any

import pytest

from evalstudio.store.comparison import RunComparison, compare_runs
from evalstudio.store.distribution import latency_bars, outcome_counts, score_bars
from evalstudio.store.query import COLUMNS, Range, RecordQuery, to_sql
from evalstudio.store.reader import Reader
from evalstudio.store.schema import record_id
from evalstudio.workspace.folder import Workspace
from tests.store.support import ERRORED, Shelf


@pytest.fixture
def shelf(workspace: Workspace) -> Iterator[Shelf]:
    made = Shelf(workspace)
    yield made
    made.writer.close()


@pytest.fixture
def reader(shelf: Shelf) -> Iterator[Reader]:
    made = Reader(shelf.workspace)
    yield made
    made.close()


def found(reader: Reader, run: int, **query: Any) -> list[int]:
    """The positions of the records that a query gives."""
    first = record_id(run, 0, 0, 1)
    return [record - first for record in reader.find(run, RecordQuery(**query))]


@pytest.mark.parametrize(
    ("query", "positions"),
    [
        ({}, [0, 1, 2, 3, 4]),
        ({"descending": True}, [4, 3, 2, 1, 0]),
        ({"sort": "latency", "descending": True}, [4, 2, 1, 0, 3]),  # without a latency: last in either direction
        ({"sort": "tokens_out"}, [4, 3, 2, 1, 0]),
        ({"sort": "score"}, [1, 2, 0, 3, 4]),
        ({"sort": "score", "descending": True}, [0, 2, 1, 3, 4]),
        ({"outcome": "wrong"}, [1]),
        ({"outcome": "errored"}, [3]),
        ({"outcome": "unscored"}, [4]),
        ({"outcome": "overloaded"}, [3]),
        ({"latency": Range(0.2, 0.3)}, [1]),
        ({"score": Range(0.0, 1.0)}, [1, 2]),
        ({"score": Range(0.0, 1.0), "evaluator": "another"}, []),
        ({"score": Range(0.0, 1.1), "latency": Range(0.0, 0.3), "sort": "score"}, [1, 0]),
        ({"search": "answer 2"}, [2]),
        ({"search": "s4"}, [4]),
        ({"search": "%"}, []),
    ],
)  # fmt: skip
def test_that_a_query_gives_the_right_records_in_the_right_order(
    shelf: Shelf, reader: Reader, query: dict[str, Any], positions: list[int]
) -> None:
    shelf.add([True, True])
    run = shelf.add([1.0, 0.0, 0.5, ERRORED, None])
    assert found(reader, run, **query) == positions


def test_that_sorting_and_drawing_need_no_look_at_the_wide_records(shelf: Shelf, reader: Reader) -> None:
    for column in COLUMNS:
        statement, values = to_sql(1, RecordQuery(sort=column, outcome="scored", latency=Range(0, 1)))
        plan = [row[3] for row in reader.connection.execute(f"EXPLAIN QUERY PLAN {statement}", values)]
        assert any("records USING COVERING INDEX" in step for step in plan), (column, plan)


def test_that_new_records_are_looked_up_without_reading_all_of_the_run(shelf: Shelf, reader: Reader) -> None:
    shelf.add([True] * 3)
    run = shelf.add([True] * 10)
    shelf.add([True] * 3)
    first = record_id(run, 0, 0, 1)
    assert [one - first for one in reader.each(run, RecordQuery(), after=first + 6)] == [7, 8, 9]
    statement, values = to_sql(run, RecordQuery(), first + 6)
    plan = [row[3] for row in reader.connection.execute(f"EXPLAIN QUERY PLAN {statement}", values)]
    assert plan == ["SEARCH records USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)"]


def test_that_each_bar_finds_the_records_that_it_counts(shelf: Shelf, reader: Reader) -> None:
    run = shelf.add([number / 40 for number in range(40)] + [None, ERRORED])
    few = shelf.add([True, True, False])
    latencies, many = latency_bars(reader, run), score_bars(reader, run, "exact_match")
    assert sum(bar.records for bar in latencies) == 41
    assert sum(bar.records for bar in many) == 40
    for bar in latencies:
        assert len(found(reader, run, latency=bar.range)) == bar.records
    for bar in many:
        assert len(found(reader, run, score=bar.range)) == bar.records
    right = score_bars(reader, few, "exact_match")
    assert [(bar.label, bar.records) for bar in right] == [("0", 1), ("1", 2)]
    assert [found(reader, few, score=bar.range) for bar in right] == [[2], [0, 1]]
    assert outcome_counts(reader, run, "exact_match") == (40, 1, 1)
    assert outcome_counts(reader, run, "another") == (0, 41, 1)


def test_that_nothing_has_no_bars_and_one_value_has_one(shelf: Shelf, reader: Reader) -> None:
    empty, one, words = shelf.add([]), shelf.add([True]), shelf.add(["a", "b", "a"])
    assert latency_bars(reader, empty) == ()
    assert score_bars(reader, empty, "exact_match") == ()
    (bar,) = latency_bars(reader, one)
    assert bar.records == 1
    assert found(reader, one, latency=bar.range) == [0]
    assert score_bars(reader, words, "exact_match") == (("a", 2, None), ("b", 1, None))


def test_that_scores_are_paired_by_sample_and_what_has_none_is_not_wrong(
    shelf: Shelf, reader: Reader
) -> None:
    a = shelf.add([True, False, True, None, ERRORED, True])
    b = shelf.add([True, True, False, True, True, None])
    told = compare_runs(reader, a, b)
    (pair,) = told.scores
    assert pair.outcomes_a == (4, 1, 1)
    assert pair.outcomes_b == (5, 1, 0)
    assert pair.a is not None
    assert (pair.a.value, pair.a.n, pair.a.total) == (0.75, 4, 6)
    assert pair.comparison is not None
    assert (pair.comparison.n, pair.comparison.up, pair.comparison.down) == (3, 1, 1)
    assert [(flip.sample_id, flip.score_a, flip.score_b) for flip in pair.flips] == [
        ("s1", 0, 1),
        ("s2", 1, 0),
    ]
    assert pair.flips[0].record_b == record_id(b, 1, 0, 1)


def test_that_speed_is_of_the_run_and_latency_of_its_answers(shelf: Shelf, reader: Reader) -> None:
    a, b = shelf.add([True] * 20), shelf.add([True] * 19 + [ERRORED], elapsed=4.0)
    told = compare_runs(reader, a, b)
    assert (told.speed_a.rate, told.speed_b.rate) == (10, 5)
    assert (told.speed_a.p50, told.speed_a.p95) == (1.0, 1.9)
    assert (told.speed_a.cost, told.speed_b.errored) == (5.0, 1)


def warnings(told: RunComparison) -> str:
    return "\n".join(told.warnings)


def test_that_what_differs_is_named_and_more_than_one_factor_is_warned_of(
    shelf: Shelf, reader: Reader
) -> None:
    a = shelf.add([True])
    same = compare_runs(reader, a, shelf.add([False]))
    assert (same.differences, same.warnings) == ((), ())
    one = compare_runs(reader, a, shelf.add([True], parts={"model": "n", "base URL": "u"}))
    assert [difference.part for difference in one.differences] == ["model", "base URL"]
    assert not one.warnings
    two = compare_runs(reader, a, shelf.add([True], parts={"model": "n", "prompt": "tell"}))
    assert "More than one thing differs (prompt and model)" in warnings(
        two
    ) or "(model and prompt)" in warnings(two)
    data = compare_runs(reader, a, shelf.add([True], parts={"dataset": "d2"}))
    assert "not on the same samples (dataset differs)" in warnings(data)
    how = compare_runs(reader, a, shelf.add([True], versions={"python": "3.12"}))
    assert [(one.part, one.a, one.b, one.kind) for one in how.differences] == [
        ("version of python", "3.11", "3.12", "circumstance")
    ]
    assert not how.warnings
    # of a run that goes on it is not known which strategy it came to
    given = {
        "spec": {"evaluators": [{"type": "exact_match"}]},
        "options": {"strategy": {"type": "sequential"}},
    }
    assert not compare_runs(reader, a, shelf.add([True], spec=given)).differences
    # time-outs that are written down say no more than those that are not
    for waits, told in (
        ({"connect": 10.0, "attempts": 8}, []),
        ({"connect": 5.0, "attempts": 8}, ["connect = 5.0"]),
    ):
        found = compare_runs(reader, a, shelf.add([True], spec={"spec": {"timeouts": waits}}))
        assert [one.b for one in found.differences if one.part == "timeouts"] == told
    part = compare_runs(reader, a, shelf.add([True], total=9))
    assert "B is not complete: 1 of 9" in warnings(part)


def test_that_evaluators_without_numbers_or_without_a_partner_say_so(shelf: Shelf, reader: Reader) -> None:
    told = compare_runs(reader, shelf.add(["short"]), shelf.add(["long"]))
    assert "texts" in told.scores[0].trouble
    assert told.scores[0].comparison is None
    apart = compare_runs(reader, shelf.add([True]), shelf.add([True], evaluator="another"))
    assert [(pair.evaluator, pair.comparison, pair.a is None, pair.b is None) for pair in apart.scores] == [
        ("another", None, True, False),
        ("exact_match", None, False, True),
    ]
    assert [pair.trouble.split(" has ")[0] for pair in apart.scores] == ["Only B", "Only A"]
    # both have it, and no sample in common
    none = compare_runs(reader, shelf.add([None]), shelf.add([True]))
    assert [pair.comparison is not None and pair.comparison.n for pair in none.scores] == [0]
