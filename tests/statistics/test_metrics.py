"""Metrics over a run: what counts, what is missing, and how sure the number is."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from evalstudio.errors import EvaluationError
from evalstudio.statistics import wilson
from evalstudio.statistics.metrics import (
    LiveAggregate,
    Scores,
    aggregate,
    confusion,
    find_metric,
    median_ranks,
)

VALUES = st.lists(st.none() | st.booleans(), max_size=40)


def test_that_missing_samples_are_not_wrong_and_are_counted() -> None:
    found = aggregate("accuracy", Scores([True] * 6 + [False] * 2 + [None], total=10))
    assert (found.value, found.n, found.total, found.coverage) == (0.75, 8, 10, 0.8)
    assert (found.low, found.high) == pytest.approx(tuple(wilson(6, 8)))
    assert (found.bound_low, found.bound_high) == (0.6, 0.8)
    assert (found.direction, found.method) == ("higher", "Wilson")


def test_that_nothing_scored_is_no_number() -> None:
    for metric in ("accuracy", "mean", "median", "std", "any", "all"):
        found = aggregate(metric, Scores([None, None]))
        assert (found.value, found.n, found.coverage, found.low) == (None, 0, 0.0, None)
    assert aggregate("accuracy", Scores([None, None])).bound_high == 1.0
    assert aggregate("accuracy", Scores([])).total == 0
    assert aggregate("failure_rate", Scores([])).value is None


def test_that_repeats_of_a_sample_widen_the_interval() -> None:
    once = aggregate("accuracy", Scores([True, False] * 20, samples=[str(n) for n in range(40)]))
    repeated = aggregate(
        "accuracy",
        Scores(
            [value for value in [True, False] * 20 for _ in range(10)], [str(n // 10) for n in range(400)]
        ),
    )
    naive = aggregate("accuracy", Scores([True, False] * 200))
    assert repeated.method == "clustered"
    assert once.value == repeated.value == 0.5
    assert repeated.high is not None
    assert naive.high is not None
    assert repeated.high - 0.5 > 3 * (naive.high - 0.5)
    assert repeated.high == pytest.approx(once.high, abs=0.02)


def test_that_metrics_of_numbers_have_values_intervals_and_bounds() -> None:
    grades = Scores([7, 8, 9, None, 10.0], scale=(1, 10))
    found = aggregate("mean", grades)
    expected = stats.t.interval(0.95, 3, loc=8.5, scale=stats.sem([7, 8, 9, 10]))
    assert (found.value, found.low) == pytest.approx((8.5, expected[0]))
    assert found.high == 10  # cut to the scale
    assert (found.bound_low, found.bound_high) == ((34 + 1) / 5, (34 + 10) / 5)
    assert aggregate("mean", Scores([7, None])).bound_low is None
    assert aggregate("median", grades).value == 8.5
    assert aggregate("std", grades).value == pytest.approx(np.std([7, 8, 9, 10], ddof=1))
    assert aggregate("mae", Scores([True, False, None], errors=[0.0, 3.0, None])).value == 1.5
    assert aggregate("mae", Scores([True], errors=[0.0])).direction == "lower"
    assert aggregate("mean", Scores([1]), "lower").direction == "lower"


def test_that_any_and_all_have_bounds() -> None:
    assert aggregate("any", Scores([False, True])).value == 1.0
    some = aggregate("all", Scores([True, True, None]))
    assert (some.value, some.bound_low, some.bound_high) == (1.0, 0.0, 1.0)


def test_that_failure_rate_counts_errored_and_unscored() -> None:
    found = aggregate("failure_rate", Scores([True, None, None], total=10))
    assert (found.value, found.n, found.direction) == (0.9, 10, "lower")


def test_that_a_median_lies_between_its_ranks_as_often_as_it_should() -> None:
    assert median_ranks(5) is None
    assert median_ranks(6) == (0, 5)
    for n in (6, 20, 101, 1000):
        low, high = median_ranks(n) or (0, 0)
        assert stats.binom.cdf(low, n, 0.5) <= 0.025
        assert stats.binom.cdf(low + 1, n, 0.5) > 0.025
        assert high == n - 1 - low
    low, high = median_ranks(1001) or (0, 0)
    assert abs(low - stats.binom.ppf(0.025, 1001, 0.5)) <= 2


def test_that_precision_and_recall_of_classes_are_those_of_the_textbook() -> None:
    expected = ["a", "a", "a", "b", "b", "c", None, "c"]
    labels = ["a", "a", "b", "b", "zzz", "a", "a", None]
    table = confusion(labels, expected)
    assert table.labels == ("a", "b", "c")
    assert table.counts == ((2, 1, 0, 0), (0, 1, 0, 1), (1, 0, 0, 0))
    assert table.n == 6
    by_name = {one.label: one for one in table.classes}
    assert (by_name["a"].precision, by_name["a"].recall, by_name["a"].support) == (2 / 3, 2 / 3, 3)
    assert (by_name["b"].precision, by_name["b"].recall, by_name["b"].f1) == (0.5, 0.5, 0.5)
    assert (by_name["c"].precision, by_name["c"].recall, by_name["c"].f1) == (None, 0.0, 0.0)
    scores = Scores([True] * 8, labels=labels, expected_labels=expected)
    assert aggregate("f1", scores).value == pytest.approx((2 / 3 + 0.5) / 3)
    assert aggregate("precision", scores).value == pytest.approx((2 / 3 + 0.5) / 3)
    found = aggregate("recall", scores)
    assert found.n == 6
    assert found.low is not None
    assert found.high is not None
    assert found.low < (2 / 3 + 0.5) / 3 < found.high
    assert aggregate("f1", Scores([None], labels=[None], expected_labels=["a"])).value is None


def test_that_repeats_are_averaged_within_their_sample() -> None:
    samples = ["a"] * 4 + ["b"] * 4 + ["c"]
    values = [True, False, False, False, True, True, True, None, True]
    assert aggregate("pass_at_1", Scores(values, samples)).value == pytest.approx((0.25 + 1 + 1) / 3)
    two = aggregate("pass_at_2", Scores(values, samples))
    assert (two.value, two.n, two.total) == (pytest.approx((0.5 + 1) / 2), 2, 3)
    same = aggregate("consistency", Scores(values, samples))
    assert (same.value, same.n) == (pytest.approx((0.5 + 1) / 2), 2)
    by_label = Scores([False] * 3, ["a"] * 3, labels=["x", "x", "y"])
    assert aggregate("consistency", by_label).value == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    ("metric", "scores", "sentence"),
    [
        ("acuracy", Scores([True]), "no metric 'acuracy'. Use one of accuracy, mean"),
        ("pass_at_0", Scores([True]), "no metric"),
        ("pass_at_k", Scores([True]), "no metric"),
        ("accuracy", Scores([7]), "use mean"),
        ("mean", Scores(["good"]), "is the text 'good'"),
        ("f1", Scores([True]), "tells classes"),
        ("mae", Scores([True]), "numeric_match"),
        ("pass_at_2", Scores([True]), "name no samples"),
    ],
)
def test_that_a_metric_that_cannot_be_computed_is_refused(metric: str, scores: Scores, sentence: str) -> None:
    with pytest.raises(EvaluationError, match=sentence):
        aggregate(metric, scores)
    assert find_metric("pass_at_10").direction == "higher"


@given(VALUES, st.integers(0, 10))
def test_that_bounds_hold_whatever_the_missing_ones_would_have_been(
    values: list[bool | None], errored: int
) -> None:
    scores = Scores(values, total=len(values) + errored)
    found = aggregate("accuracy", scores)
    for end in (False, True):
        filled = [end if value is None else value for value in values] + [end] * errored
        if filled:
            value = aggregate("accuracy", Scores(filled)).value
            assert value == pytest.approx(found.bound_high if end else found.bound_low)
    if found.value is not None and found.low is not None and found.high is not None:
        assert 0 <= found.low <= found.value <= found.high <= 1


@given(VALUES)
def test_that_a_live_aggregate_comes_to_the_same(values: list[bool | None]) -> None:
    live = LiveAggregate("accuracy")
    for value in values:
        live.add(value)
    found, expected = live.snapshot(), aggregate("accuracy", Scores(values))
    assert found.n == expected.n
    assert found.value == (None if expected.value is None else pytest.approx(expected.value))
    if found.n:
        assert (found.low, found.high) == pytest.approx((expected.low, expected.high))
        assert (found.bound_low, found.bound_high) == pytest.approx((expected.bound_low, expected.bound_high))


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=50))
def test_that_a_live_mean_of_numbers_comes_to_the_same(values: list[float]) -> None:
    live = LiveAggregate("mean")
    for value in values:
        live.add(value)
    found, expected = live.snapshot(), aggregate("mean", Scores(values))
    assert found.value == pytest.approx(expected.value, abs=1e-6)
    assert found.low == pytest.approx(expected.low, rel=1e-6, abs=1e-3)
    assert live.failure_rate == 0


@given(
    st.lists(st.tuples(st.sampled_from([0.0, 0.25, 1.0, 3.5]), st.integers(1, 40)), min_size=1, max_size=6)
)
def test_that_equal_scores_can_be_counted_at_once(groups: list[tuple[float, int]]) -> None:
    one_by_one, at_once = LiveAggregate("mean"), LiveAggregate("mean")
    for number, count in groups:
        at_once.add_many(number, count)
        for _ in range(count):
            one_by_one.add(number)
    expected, found = one_by_one.snapshot(), at_once.snapshot()
    assert found.n == expected.n
    assert found.value == pytest.approx(expected.value)
    assert (found.low, found.high) == (pytest.approx(expected.low), pytest.approx(expected.high))
