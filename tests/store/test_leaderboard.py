"""Several runs ranked: the best first, tested against a baseline, corrected for the number of tests."""

from collections.abc import Iterator

import msgspec
import pytest

from evalstudio.protocol import SecondBucket
from evalstudio.statistics import holm
from evalstudio.store.concurrency_curve import concurrency_curve
from evalstudio.store.leaderboard import rank_runs
from evalstudio.store.reader import Reader
from evalstudio.workspace.folder import Workspace
from tests.store.support import Shelf


@pytest.fixture
def shelf(workspace: Workspace) -> Iterator[Shelf]:
    made = Shelf(workspace)
    yield made
    made.writer.close()


def test_that_runs_are_ranked_with_the_speed_and_p_values_corrected_for_their_number(
    shelf: Shelf, workspace: Workspace
) -> None:
    middle = shelf.add([1.0] * 30 + [0.0] * 30, elapsed=6.0)
    best = shelf.add([1.0] * 44 + [0.0] * 16, elapsed=3.0)
    close = shelf.add([1.0] * 36 + [0.0] * 24, elapsed=12.0)
    none = shelf.add([None] * 60)
    reader = Reader(workspace)
    board = rank_runs(reader, [middle, best, close, none])
    reader.close()
    assert [one.row.id for one in board.standings] == [best, close, middle, none]
    assert (board.evaluator, board.baseline, board.tests) == ("exact_match", middle, 2)
    by_run = {one.row.id: one for one in board.standings}
    raw = [by_run[run].comparison.p for run in (best, close)]  # type: ignore[union-attr]
    assert [by_run[run].p for run in (best, close)] == holm(raw)
    assert by_run[close].p == pytest.approx(0.03125)  # six up, none down: exact McNemar, the larger of two
    assert by_run[best].verdict == "better"
    assert by_run[middle].comparison is None
    assert by_run[middle].verdict == ""
    assert [by_run[run].speed_up for run in (middle, best, close)] == [1.0, 2.0, 0.5]
    assert by_run[none].outcomes == (0, 60, 0)


def test_that_a_difference_among_many_runs_needs_more_evidence(shelf: Shelf, workspace: Workspace) -> None:
    base = shelf.add([1.0] * 30 + [0.0] * 30)
    others = [shelf.add([1.0] * 36 + [0.0] * 24) for _ in range(3)]
    reader = Reader(workspace)
    alone = rank_runs(reader, [base, others[0]])
    many = rank_runs(reader, [base, *others])
    reader.close()
    assert next(one for one in alone.standings if one.row.id == others[0]).verdict == "better"
    told = {one.row.id: one.verdict for one in many.standings if one.row.id != base}
    assert told == dict.fromkeys(others, "no clear difference")


def test_that_runs_on_other_samples_are_listed_and_not_tested(shelf: Shelf, workspace: Workspace) -> None:
    base = shelf.add([1.0, 0.0])
    other = shelf.add([1.0, 1.0], dataset_hash="d2")
    reader = Reader(workspace)
    board = rank_runs(reader, [base, other])
    reader.close()
    one = next(one for one in board.standings if one.row.id == other)
    assert not one.same_samples
    assert one.comparison is None
    assert board.tests == 0


def test_that_a_chosen_baseline_and_evaluator_are_taken(shelf: Shelf, workspace: Workspace) -> None:
    one, two = shelf.add([0.2, 0.4], "mean_score"), shelf.add([0.1, 0.3], "mean_score")
    reader = Reader(workspace)
    board = rank_runs(reader, [one, two], "mean_score", two)
    unknown = rank_runs(reader, [one, two], "no such evaluator")
    reader.close()
    assert board.baseline == two
    assert unknown.evaluator == "mean_score"


def test_that_the_curve_joins_the_seconds_of_all_runs(shelf: Shelf, workspace: Workspace) -> None:
    run = shelf.add([1.0])
    other = shelf.add([1.0])
    rows = [
        (run, 0, SecondBucket(0, 9, 9, in_flight=4)),  # it fills up
        (run, 1, SecondBucket(1, 4, 4, in_flight=4)),
        (run, 2, SecondBucket(2, 6, 6, in_flight=4, errors={"throttled": 2, "overloaded": 1})),
        (run, 3, SecondBucket(3, 50, 50, in_flight=64)),  # one second is chance
        (other, 1, SecondBucket(1, 8, 8, in_flight=8)),
        (other, 2, SecondBucket(2, 10, 10, in_flight=8)),
    ]
    shelf.writer.execute(
        lambda connection: connection.executemany(
            "INSERT INTO seconds (run_id, second, bucket) VALUES (?, ?, ?)",
            [(one, second, msgspec.json.encode(bucket).decode()) for one, second, bucket in rows],
        )
    ).result()
    reader = Reader(workspace)
    points = concurrency_curve(reader, [run, other])
    reader.close()
    assert points == [(4, 2, 5.0, 1.5), (8, 2, 9.0, 0.0)]


def test_that_a_run_with_few_scores_does_not_stand_above_a_covered_one(
    shelf: Shelf, workspace: Workspace
) -> None:
    errored = shelf.add([1.0] * 9 + [0.0] + ["errored"] * 90)  # 90 % of 10
    unread = shelf.add([1.0] * 9 + [0.0] + [None] * 90)
    stopped = shelf.add([1.0] * 9 + [0.0], total=100)
    whole = shelf.add([1.0] * 60 + [0.0] * 40)
    nearly = shelf.add([1.0] * 50 + [0.0] * 45 + [None] * 5)
    none = shelf.add([None] * 100)
    reader = Reader(workspace)
    everything = [errored, unread, stopped, whole, nearly, none]
    board = rank_runs(reader, everything)
    loose = rank_runs(reader, everything, least_coverage=0.05)
    reader.close()
    assert [one.row.id for one in board.standings] == [whole, nearly, errored, unread, stopped, none]
    assert [one.covered for one in board.standings] == [True, True, False, False, False, False]
    assert [one.coverage for one in board.standings] == [1.0, 0.95, 0.1, 0.1, 0.1, 0.0]
    assert [one.row.id for one in loose.standings] == [errored, unread, stopped, whole, nearly, none]
    score = board.standings[2].score
    assert score is not None
    assert (score.value, score.bound_low, score.bound_high) == (0.9, 0.09, 0.99)
