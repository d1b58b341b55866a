"""Own statistics against scipy and statsmodels, to 1e-9 where they are exact."""

import math

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.inter_rater import cohens_kappa
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

from evalstudio.statistics import (
    bootstrap_mean,
    cluster_interval,
    cohen_kappa,
    holm,
    krippendorff_alpha,
    mcnemar_exact,
    mean_interval,
    permutation_test,
    t_quantile,
    wilson,
)

EXACT = 1e-9


@pytest.mark.parametrize("n", [1, 2, 7, 20, 850, 1000, 10**6])
def test_that_wilson_intervals_are_those_of_statsmodels(n: int) -> None:
    for successes in {0, 1, n // 3, n // 2, n - 1, n}:
        for level in (0.9, 0.95, 0.99):
            expected = proportion_confint(successes, n, 1 - level, method="wilson")
            assert wilson(successes, n, level) == pytest.approx(expected, abs=EXACT)


def test_that_wilson_refuses_what_is_no_share() -> None:
    for successes, n in ((1, 0), (3, 2), (-1, 2)):
        with pytest.raises(ValueError, match="successes of"):
            wilson(successes, n)


@pytest.mark.parametrize("df", [*range(1, 30), 99, 100, 199, 200, 201, 500, 1000, 10**6])
def test_that_student_quantiles_are_those_of_scipy(df: int) -> None:
    for probability in (0.9, 0.95, 0.975, 0.995):
        assert t_quantile(probability, df) == pytest.approx(stats.t.ppf(probability, df), rel=EXACT)


def test_that_the_interval_of_a_mean_is_that_of_scipy() -> None:
    values = np.random.default_rng(1).normal(size=17)
    expected = stats.t.interval(0.95, 16, loc=values.mean(), scale=stats.sem(values))
    assert mean_interval(values.mean(), values.var(ddof=1), 17) == pytest.approx(expected, abs=EXACT)
    assert mean_interval(1.0, 0.0, 1) is None


def test_that_cluster_interval_of_single_values_is_students_and_of_copies_too() -> None:
    values = np.random.default_rng(2).normal(size=23)
    expected = stats.t.interval(0.95, 22, loc=values.mean(), scale=stats.sem(values))
    assert cluster_interval(values, np.ones(23)) == pytest.approx(expected, abs=EXACT)
    assert cluster_interval(values * 5, np.full(23, 5.0)) == pytest.approx(expected, abs=EXACT)
    assert cluster_interval(values[:1], np.ones(1)) is None


@pytest.mark.parametrize(("up", "down"), [(0, 0), (1, 0), (0, 5), (5, 5), (16, 41), (300, 260), (2000, 2105)])
def test_that_the_exact_mcnemar_test_is_that_of_statsmodels(up: int, down: int) -> None:
    expected = mcnemar([[10, up], [down, 10]], exact=True).pvalue if up + down else 1.0
    assert mcnemar_exact(up, down) == pytest.approx(expected, rel=EXACT)
    assert mcnemar_exact(down, up) == mcnemar_exact(up, down)


@pytest.mark.parametrize(("up", "down"), [(2400, 2650), (50_000, 50_500), (499_000, 501_000), (3, 9000)])
def test_that_the_mcnemar_test_of_very_many_flips_stays_exact(up: int, down: int) -> None:
    expected = stats.binomtest(min(up, down), up + down).pvalue
    assert mcnemar_exact(up, down) == pytest.approx(expected, rel=1e-7)


def test_that_permutation_of_few_pairs_is_exact() -> None:
    draw = np.random.default_rng(3)
    for n in (2, 4, 9, 12):
        differences = draw.normal(0.4, 1, n).round(2)
        expected = stats.permutation_test(
            (differences,), np.mean, permutation_type="samples", n_resamples=np.inf, vectorized=True
        ).pvalue
        assert permutation_test(differences) == pytest.approx(expected, abs=EXACT)
    assert permutation_test(np.zeros(5)) == 1.0


def test_that_permutation_of_many_pairs_is_near_the_exact_law() -> None:
    flips = np.repeat([1.0, -1.0, 0.0], [60, 40, 500])
    assert permutation_test(flips) == pytest.approx(mcnemar_exact(60, 40), abs=0.01)
    assert permutation_test(np.full(200, 0.5)) == permutation_test(np.arange(1.0, 200)) == 1 / 10_001
    normal = np.random.default_rng(4).normal(0.05, 1, 1000)
    exact = stats.ttest_1samp(normal, 0).pvalue
    assert permutation_test(normal) == pytest.approx(exact, abs=0.02)
    assert permutation_test(normal, seed=1) == permutation_test(normal, seed=1)
    many = np.random.default_rng(5).normal(0.005, 1, 30_000)
    assert permutation_test(many) == pytest.approx(stats.ttest_1samp(many, 0).pvalue, abs=0.001)


def test_that_the_bootstrap_is_near_scipys_and_repeatable() -> None:
    values = np.random.default_rng(6).exponential(size=120)
    expected = stats.bootstrap(
        (values,), np.mean, method="percentile", n_resamples=10_000, rng=np.random.default_rng(1)
    ).confidence_interval
    assert bootstrap_mean(values) == pytest.approx(tuple(expected), abs=0.02)
    assert bootstrap_mean(values, seed=3) == bootstrap_mean(values, seed=3)
    grades = np.random.default_rng(7).integers(1, 11, 400).astype(float)
    by_counts, half = bootstrap_mean(grades), 1.96 * grades.std(ddof=1) / 20
    assert by_counts == pytest.approx((grades.mean() - half, grades.mean() + half), abs=0.03)
    assert bootstrap_mean(values[:1]) is None


def test_that_clustered_bootstrap_is_as_wide_as_its_clusters_are_few() -> None:
    values = np.random.default_rng(8).normal(size=50)
    alone = bootstrap_mean(values)
    copies = bootstrap_mean(np.repeat(values, 20), np.repeat(np.arange(50), 20))
    naive = bootstrap_mean(np.repeat(values, 20))
    assert alone is not None
    assert copies is not None
    assert naive is not None
    assert copies == pytest.approx(alone, abs=0.03)
    assert naive.high - naive.low < 0.3 * (copies.high - copies.low)


def test_that_holms_correction_is_that_of_statsmodels() -> None:
    p_values = [0.01, 0.04, 0.03, 0.005, 0.9, 0.04]
    assert holm(p_values) == pytest.approx(multipletests(p_values, method="holm")[1], abs=EXACT)
    assert holm([]) == []


def test_that_kappa_is_that_of_statsmodels() -> None:
    draw = np.random.default_rng(9)
    first = draw.integers(0, 4, 200)
    second = np.where(draw.random(200) < 0.6, first, draw.integers(0, 4, 200))
    table = np.zeros((4, 4))
    np.add.at(table, (first, second), 1)
    plain = cohens_kappa(table)
    assert cohen_kappa(first.tolist(), second.tolist()) == pytest.approx(plain.kappa, abs=EXACT)
    for weights, name in (("linear", "linear"), ("quadratic", "quadratic")):
        expected = cohens_kappa(table, wt=name).kappa
        assert cohen_kappa(first.tolist(), second.tolist(), weights) == pytest.approx(expected, abs=EXACT)  # type: ignore[arg-type]
    assert cohen_kappa(["a", "a"], ["a", "a"]) is None
    assert cohen_kappa([1, "a"], [1, "a"]) == 1.0
    with pytest.raises(ValueError, match="2 and 1 ratings"):
        cohen_kappa([1, 2], [1])


def test_that_alpha_is_krippendorffs_on_his_own_example() -> None:
    # Krippendorff, "Computing Krippendorff's alpha-reliability" (2011): four observers, twelve units.
    rows = [
        "1 2 3 3 2 1 4 1 2 . . .",
        "1 2 3 3 2 2 4 1 2 5 . 3",
        ". 3 3 3 2 3 4 2 2 5 1 .",
        "1 2 3 3 2 4 4 1 2 5 1 .",
    ]
    units = list(
        zip(*[[None if cell == "." else int(cell) for cell in row.split()] for row in rows], strict=True)
    )
    assert krippendorff_alpha(units) == pytest.approx(0.743, abs=5e-4)
    assert krippendorff_alpha(units, "ordinal") == pytest.approx(0.815, abs=5e-4)
    assert krippendorff_alpha(units, "interval") == pytest.approx(0.849, abs=5e-4)
    assert krippendorff_alpha([[1, 1], [2, 2]]) == 1.0
    assert krippendorff_alpha([[1, 1], [1, 1]]) is None
    assert krippendorff_alpha([[1, None], [2]]) is None


def test_that_alpha_of_two_raters_nears_kappa() -> None:
    draw = np.random.default_rng(10)
    first = draw.integers(0, 3, 3000)
    second = np.where(draw.random(3000) < 0.7, first, draw.integers(0, 3, 3000))
    alpha = krippendorff_alpha(np.stack([first, second], axis=1).tolist())
    kappa = cohen_kappa(first.tolist(), second.tolist())
    assert alpha is not None
    assert kappa is not None
    assert math.isclose(alpha, kappa, abs_tol=0.001)
