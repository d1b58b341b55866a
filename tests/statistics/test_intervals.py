"""Intervals are never of width zero, agree with the test beside them, and are those of the references."""

from itertools import pairwise

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from evalstudio.errors import EvaluationError
from evalstudio.statistics import (
    Comparison,
    bootstrap_mean,
    cluster_interval,
    compare,
    mcnemar_exact,
    mean_interval,
    paired_share_interval,
    same_values_interval,
    t_p_value,
    t_quantile,
    tango,
    wilson,
)
from evalstudio.statistics.compare import p_words, signed
from evalstudio.statistics.metrics import Scores, aggregate
from evalstudio.statistics.paired_means import paired_means

FLIPS = st.integers(0, 60)
GRADES = st.integers(0, 8).map(lambda number: number / 4)


def table(right: int, wrong: int, up: int, down: int) -> tuple[dict[str, bool], dict[str, bool]]:
    pairs = [(True, True)] * right + [(False, False)] * wrong + [(False, True)] * up + [(True, False)] * down
    first = {str(n): a for n, (a, _) in enumerate(pairs)}
    return first, {str(n): b for n, (_, b) in enumerate(pairs)}


def assert_one_voice(found: Comparison) -> None:
    """The p-value, the interval and the sentence say the same."""
    assert found.difference is not None
    if found.low is None or found.high is None:
        assert found.p == 1.0
        return
    assert found.low <= found.difference <= found.high
    is_outside = found.low > 0 or found.high < 0
    assert (found.p < 0.05) == is_outside
    assert (" is better" in found.sentence or " is worse" in found.sentence) == is_outside
    if found.difference != 0:
        assert found.low < found.high
        shown = (
            found.sentence.partition("95% ")[2]
            .replace("−", "-")
            .replace(" to ", " ")
            .replace(";", " ")
            .split()
        )
        low, high = float(shown[0]), float(shown[1])
        assert (low > 0 or high < 0) == is_outside


@given(st.integers(0, 200), FLIPS, FLIPS)
@settings(max_examples=400, deadline=None)
def test_that_sentence_interval_and_p_of_flips_agree(same: int, up: int, down: int) -> None:
    if same + up + down > 1:
        assert_one_voice(compare(*table(same // 2, same - same // 2, up, down)))


def test_that_sentence_interval_and_p_agree_in_every_small_table() -> None:
    tried = 0
    for n in (6, 10, 20, 50):
        for up in range(min(n, 21)):
            for down in range(min(n - up, 12)):
                tried += 1
                assert_one_voice(compare(*table(n - up - down, 0, up, down)))
    assert tried > 330


@given(st.lists(st.tuples(GRADES, GRADES), min_size=2, max_size=40), st.integers(1, 6))
@settings(max_examples=300, deadline=None)
def test_that_sentence_interval_and_p_of_grades_agree_with_and_without_clusters(
    pairs: list[tuple[float, float]], width: int
) -> None:
    first = {str(n): a for n, (a, _) in enumerate(pairs)}
    second = {str(n): b for n, (_, b) in enumerate(pairs)}
    assert_one_voice(compare(first, second))
    clusters = {str(n): f"document {n // width}" for n in range(len(pairs))}
    assert_one_voice(compare(first, second, clusters=clusters))


@pytest.mark.parametrize(
    ("up", "down", "n", "expected"),
    [
        # T. Tango (1998); M. W. Fagerland, S. Lydersen and P. Laake, Statistics in Medicine 33 (2014), table IV
        (1, 7, 21, (-0.517, -0.026)),
        (7, 1, 21, (0.026, 0.517)),
        (0, 0, 20, (-0.161, 0.161)),  # z^2 / (n + z^2)
        (0, 0, 1, (-0.793, 0.793)),
    ],
)
def test_that_tangos_interval_is_that_of_the_literature(
    up: int, down: int, n: int, expected: tuple[float, float]
) -> None:
    assert tango(up, down, n) == pytest.approx(expected, abs=0.0006)


@pytest.mark.parametrize(("up", "down", "n"), [(2, 1, 2), (-1, 0, 5), (0, 0, 0), (0, -1, 3)])
def test_that_tangos_interval_refuses_what_are_no_flips(up: int, down: int, n: int) -> None:
    with pytest.raises(ValueError, match="flips of"):
        tango(up, down, n)


@pytest.mark.parametrize("up", range(12))
def test_that_an_interval_reaches_to_zero_just_where_the_exact_test_does_not_reject(up: int) -> None:
    low, high = paired_share_interval(up, 1, 40)
    assert (low > 0 or high < 0) == (mcnemar_exact(up, 1) < 0.05)
    plain = tango(up, 1, 40)
    assert low <= plain.low
    assert high >= plain.high


@pytest.mark.parametrize("df", [1, 2, 3, 9, 50, 199, 200, 201, 1000, 100_000])
def test_that_students_p_value_is_scipys_and_belongs_to_the_quantile(df: int) -> None:
    for t in (0.0, 0.3, 1.0, 1.96, 2.5, 4.0):
        assert t_p_value(t, df) == pytest.approx(2 * stats.t.sf(t, df), rel=1e-6)
        assert t_p_value(-t, df) == t_p_value(t, df)
    edge = t_quantile(0.975, df)
    assert t_p_value(edge * 1.000001, df) < 0.05 < t_p_value(edge / 1.000001, df)
    assert t_p_value(1e6, df) > 0


@pytest.mark.parametrize("n", [1, 2, 5, 10, 20, 100, 1000])
def test_that_equal_values_get_the_exact_interval_of_none_that_differ(n: int) -> None:
    low, high = proportion_confint(0, n, 0.05, method="beta")
    assert same_values_interval(0.0, n) == pytest.approx((low, high))
    assert same_values_interval(1.0, n) == pytest.approx((1 - high, 1.0))
    assert same_values_interval(3.0, n, scale=(1, 5)) == pytest.approx((3 - 2 * high, 3 + 2 * high))
    assert same_values_interval(3.0, n) == pytest.approx((3 - 3 * high, 3 + 3 * high))
    assert same_values_interval(-3.0, n) == pytest.approx((-3 - 3 * high, -3 + 3 * high))


def scored(values: list[float], repeats: int, scale: tuple[float, float] | None = None) -> Scores:
    samples = [str(n // repeats) for n in range(len(values))]
    return Scores(values, samples, scale=scale)


@pytest.mark.parametrize("value", [0, 1, True, False, 0.0, 0.25, 0.5, 1.0])
@pytest.mark.parametrize("repeats", [1, 2, 5])
@pytest.mark.parametrize("metric", ["accuracy", "mean"])
def test_that_equal_scores_have_an_interval_of_some_width(value: float, repeats: int, metric: str) -> None:
    few, many = (aggregate(metric, scored([value] * n, repeats)) for n in (20, 200))
    widths = []
    for found in (few, many):
        assert found.low is not None
        assert found.high is not None
        assert 0 <= found.low <= value <= found.high <= 1
        widths.append(found.high - found.low)
    assert widths[0] > 3 * widths[1] > 0


def test_that_clusters_that_agree_by_chance_have_an_interval_as_wide_as_single_answers() -> None:
    found = aggregate("accuracy", scored([True, False] * 20, 2))  # every sample once right and once wrong
    low, high = wilson(20, 40)
    assert found.low is not None
    assert found.high is not None
    assert found.low <= low
    assert found.high >= high


def test_that_equal_scores_on_a_scale_use_it_and_without_one_their_own_size() -> None:
    found = aggregate("mean", scored([4.0] * 20, 1, (1, 5)))
    assert (found.low, found.high) == pytest.approx(same_values_interval(4.0, 20, scale=(1, 5)))
    repeated = aggregate("mean", scored([4.0] * 40, 2, (1, 5)))
    assert (repeated.low, repeated.high) == pytest.approx((found.low, found.high))
    unknown = aggregate("mean", scored([4.0] * 20, 1))
    assert (unknown.low, unknown.high) == pytest.approx(same_values_interval(4.0, 20))
    assert mean_interval(12.0, 0.0, 9) == same_values_interval(12.0, 9)
    assert mean_interval(12.0, 0.0, 1) is None


def test_that_deviations_classes_and_the_bootstrap_have_no_interval_of_width_zero() -> None:
    flat = aggregate("std", Scores([3.0] * 9))
    assert (flat.value, flat.low) == (0.0, None)
    halves = aggregate("std", Scores([1.0, 2.0] * 9))
    assert halves.low is not None
    assert halves.high is not None
    assert halves.high - halves.low > 0.1
    labels = ["a", "b"] * 10
    for metric, said in (("f1", labels), ("recall", ["b", "a"] * 10)):
        found = aggregate(metric, Scores([True] * 20, labels=said, expected_labels=labels))
        assert found.low is not None
        assert found.high is not None
        assert found.high - found.low > 0.1
    for value in (0.0, 0.5, 1.0):
        interval = bootstrap_mean(np.full(20, value))
        assert interval is not None
        assert interval.high - interval.low > 0.1


@pytest.mark.parametrize("metric", ["pass_at_1", "consistency"])
def test_that_metrics_over_samples_have_an_interval_where_all_samples_are_alike(metric: str) -> None:
    for values in ([True] * 30, [True, False, True] * 10):
        found = aggregate(metric, scored([float(one) for one in values], 3))
        assert found.low is not None
        assert found.high is not None
        assert found.low < found.high


def test_that_cluster_variance_is_that_of_statsmodels() -> None:
    draw = np.random.default_rng(5)
    clusters = draw.integers(0, 12, 90)
    differences = draw.normal(0.2, 1, 90) + draw.normal(0, 1, 12)[clusters]
    model = sm.OLS(differences, np.ones(90)).fit(
        cov_type="cluster", cov_kwds={"groups": clusters}, use_t=True
    )
    found = paired_means(differences, 9.0, clusters)
    assert found.interval == pytest.approx(tuple(model.conf_int()[0]))
    assert found.p == pytest.approx(float(model.pvalues[0]))
    assert found.method == "clustered paired t"
    sums, counts = np.bincount(clusters, weights=differences), np.bincount(clusters).astype(float)
    assert cluster_interval(sums, counts) == pytest.approx(tuple(model.conf_int()[0]))


def test_that_equal_flips_of_clusters_are_the_sign_test() -> None:
    for n in (3, 6, 10):
        assert paired_means(np.ones(n), 1.0).p == pytest.approx(mcnemar_exact(n, 0))
    assert paired_means(np.zeros(9), 1.0).p == 1.0


def test_that_clusters_of_samples_widen_a_comparison() -> None:
    first, second = table(60, 20, 16, 4)
    alone = compare(first, second)
    together = compare(first, second, clusters={str(n): str(n // 10) for n in range(100)})
    assert alone.method == "exact McNemar"
    assert together.method == "clustered paired t"
    assert alone.significant
    assert not together.significant
    assert compare(first, second, clusters={}) == alone
    assert compare(first, second, clusters={str(n): str(n) for n in range(100)}) == alone


def test_that_clusters_by_a_column_widen_an_aggregate() -> None:
    values = [True] * 50 + [False] * 50
    alone = aggregate("accuracy", Scores(values, samples=[str(n) for n in range(100)]))
    together = aggregate(
        "accuracy", Scores(values, [str(n) for n in range(100)], clusters=[str(n // 10) for n in range(100)])
    )
    assert (alone.method, together.method) == ("Wilson", "clustered")
    assert alone.high is not None
    assert together.high is not None
    assert together.high - 0.5 > 2 * (alone.high - 0.5)


@pytest.mark.parametrize("value", [0.5, 2, -1, 0.999, "yes"])
def test_that_pass_at_k_refuses_a_score_that_is_neither_right_nor_wrong(value: float | str) -> None:
    with pytest.raises(EvaluationError, match="right or wrong"):
        aggregate("pass_at_2", Scores([1, 0, value], ["a", "a", "a"]))


@pytest.mark.parametrize("values", [[1, 0, 1], [True, False, None], [1.0, 0.0, 1.0]])
def test_that_pass_at_k_takes_right_and_wrong(values: list[float | None]) -> None:
    assert aggregate("pass_at_1", Scores(values, ["a", "a", "a"])).value is not None


@pytest.mark.parametrize(
    ("value", "digits", "words"),
    [
        (0.04, 1, "0.04"),
        (-0.04, 1, "−0.04"),
        (0.0, 1, "0.0"),
        (3.14, 1, "3.1"),
        (-0.0004, 3, "−0.0004"),
        (12.3456, 3, "12.346"),
    ],
)
def test_that_a_number_is_not_shown_as_zero_where_it_is_not(value: float, digits: int, words: str) -> None:
    assert signed(value, digits) == words


@pytest.mark.parametrize(
    ("p", "words"),
    [(0.0501, "0.0501"), (0.04996, "0.04996"), (0.05, "0.05"), (0.75, "0.75"), (0.0312, "0.031")],
)
def test_that_a_p_value_shows_on_which_side_of_the_level_it_lies(p: float, words: str) -> None:
    assert p_words(p) == words


def test_that_intervals_hold_the_truth_as_often_as_they_say() -> None:
    """A small part of the grid of `python -m benchmarks.scoring_truth --coverage`."""
    draw = np.random.default_rng(3)
    for n, chances in ((20, (0.2, 0.1, 0.7)), (50, (0.3, 0.1, 0.6)), (200, (0.1, 0.05, 0.85))):
        flips, times = np.unique(draw.multinomial(n, chances, 20_000)[:, :2], axis=0, return_counts=True)
        truth = chances[0] - chances[1]
        intervals = [paired_share_interval(int(up), int(down), n) for up, down in flips]
        held = [low <= truth <= high for low, high in intervals]
        assert 0.94 < float(np.average(held, weights=times)) < 0.985


def test_that_a_longer_grid_of_levels_gives_wider_intervals() -> None:
    widths = [high - low for low, high in (tango(9, 3, 50, level) for level in (0.5, 0.8, 0.9, 0.95, 0.99))]
    assert all(one < other for one, other in pairwise(widths))
