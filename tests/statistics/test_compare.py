"""Two runs on the same samples: the sentence a person reads, and whether it may be believed."""

import math
from typing import Any

import numpy as np
import pytest
from scipy import stats

from evalstudio.statistics import agreement, by_sample, cohen_kappa, compare, compare_many, mcnemar_exact


def outcomes(*counts: int) -> tuple[dict[str, bool], dict[str, bool]]:
    """Both right, both wrong, flipped up, flipped down: so many of each."""
    pairs = [(True, True)] * counts[0] + [(False, False)] * counts[1]
    pairs += [(False, True)] * counts[2] + [(True, False)] * counts[3]
    return {str(n): a for n, (a, _) in enumerate(pairs)}, {str(n): b for n, (_, b) in enumerate(pairs)}


def test_that_a_clear_difference_is_told_in_words() -> None:
    a, b = outcomes(500, 243, 41, 16)
    found = compare(a, b)
    assert found.difference == pytest.approx(25 / 800)
    assert (found.n, found.up, found.down, found.binary) == (800, 41, 16, True)
    assert found.p == mcnemar_exact(41, 16)
    assert found.significant
    assert found.low is not None
    assert found.high is not None
    assert 0 < found.low < 25 / 800 < found.high
    assert found.sentence.startswith("B is better: +3.1 points, 95% ")
    assert found.sentence.endswith("; 41 flips up, 16 down.")
    back = compare(b, a, name_a="new", name_b="old")
    assert back.sentence.startswith("old is worse: −3.1 points, 95% −")
    assert compare(a, b, direction="lower").sentence.startswith("B is worse: +3.1")
    assert compare(a, b) == found


def test_that_the_interval_is_that_of_paired_proportions() -> None:
    a, b = outcomes(500, 243, 41, 16)
    found = compare(a, b)
    error = math.sqrt(41 + 16 - 25**2 / 800) / 800
    assert found.low == pytest.approx(25 / 800 - 1.96 * error, abs=0.002)
    assert found.high == pytest.approx(25 / 800 + 1.96 * error, abs=0.002)


def test_that_no_clear_difference_is_told_from_none_and_from_nothing_to_compare() -> None:
    close = compare(*outcomes(50, 40, 6, 4))
    assert close.sentence.startswith(
        "No clear difference: +2.0 points, 95% −4.8 to 9.2 (p = 0.75); 6 flips up"
    )
    assert (
        compare(*outcomes(5, 5, 0, 0)).sentence
        == "No difference: A and B score the same on each of 10 samples."
    )
    empty = compare({"x": None, "y": True}, {"x": True, "z": False})
    assert (empty.n, empty.unpaired, empty.difference, empty.p) == (0, 3, None, 1.0)
    assert "no scored samples in common" in empty.sentence
    single = compare({"x": 1}, {"x": 0})
    assert (single.n, single.difference, single.low) == (1, -1.0, None)


def test_that_unscored_samples_are_left_out_and_zero_is_not() -> None:
    found = compare({"a": 0, "b": None, "c": False, "d": True}, {"a": 1, "b": 1, "c": None, "d": True})
    assert (found.n, found.unpaired, found.mean_a, found.mean_b) == (2, 2, 0.5, 1.0)


def test_that_graded_scores_are_tested_by_paired_t() -> None:
    draw = np.random.default_rng(1)
    first = {str(n): float(value) for n, value in enumerate(draw.normal(5, 1, 300))}
    second = {key: value + 0.3 for key, value in first.items()}
    noisy = {key: value + float(draw.normal(0, 1)) for key, value in first.items()}
    found = compare(first, second)
    assert (found.method, found.binary, found.up) == ("paired t", False, 300)
    assert found.p < 0.001
    # how far a sample may move is as far as any two scores are apart
    assert found.sentence.startswith("B is better: +0.300, 95% 0.222 to 0.371; 300 samples up")
    expected = stats.ttest_rel(list(noisy.values()), list(first.values()))
    assert compare(first, noisy).p == pytest.approx(expected.pvalue)
    assert compare(first, noisy).p == compare(first, noisy).p


def test_that_a_true_null_is_rejected_about_as_often_as_it_may_be() -> None:
    draw = np.random.default_rng(2)
    rejected = 0
    for _ in range(300):
        a, b = draw.random(60) < 0.6, draw.random(60) < 0.6
        rejected += mcnemar_exact(int((b & ~a).sum()), int((a & ~b).sum())) < 0.05
    assert rejected <= 300 * 0.05 + 2 * math.sqrt(300 * 0.05 * 0.95)


def test_that_several_runs_are_corrected_for_their_number() -> None:
    a, b = outcomes(50, 30, 16, 4)
    same = dict(a)
    together = compare_many(a, {"one": b, "two": same, "three": same})
    alone = compare(a, b)
    assert alone.p < 0.05
    assert together["one"][1] == pytest.approx(3 * alone.p)
    assert together["two"][1] == 1.0
    assert together["one"][0].sentence.startswith("one is better")


def test_that_repeats_are_compared_by_their_mean() -> None:
    values = by_sample(["a", "b", "a", "c", "a"], [True, None, False, 0, None])
    assert values == {"a": 0.5, "b": None, "c": 0.0}


def test_that_the_agreement_of_a_judge_with_a_person_counts_what_both_scored() -> None:
    judge = {"a": True, "b": False, "c": True, "d": None, "e": True}
    person = {"a": True, "b": False, "c": False, "d": True}
    found = agreement(judge, person)
    assert (found.n, found.share) == (3, pytest.approx(2 / 3))
    assert found.kappa == pytest.approx(cohen_kappa([True, False, True], [True, False, False]))
    grades = agreement({"a": 1, "b": 5, "c": 9}, {"a": 2, "b": 5, "c": 9})
    assert grades.kappa is not None
    assert grades.alpha is not None
    assert grades.share == pytest.approx(2 / 3)
    assert grades.kappa == pytest.approx(6 / 7)
    assert grades.alpha > 0.9
    assert agreement({"a": None}, {"a": 1}).kappa is None


@pytest.mark.parametrize(
    ("first", "second", "n", "share"),
    [
        ([True, False, True], ["yes", "no", "no"], 3, 2 / 3),
        ([1.0, 0.0, 1.0], ["true", "False", "TRUE"], 3, 1),
        (["Ja", "nein"], ["yes", "no"], 2, 1),
        (["y", "n"], [1, 0], 2, 1),
        (["4,5", "3"], [4.5, 3], 2, 1),
        (["n/a", "3", "-"], [1, 3, 2], 1, 1),
        (["Good", "bad"], ["good", "bad"], 2, 1),
        (["good", "bad"], ["bad", "good"], 2, 0),
        (["yes"], ["good"], 1, 0),
        (["", None], ["yes", "no"], 0, None),
    ],
)
def test_that_ratings_agree_however_they_are_written(
    first: list[Any], second: list[Any], n: int, share: float | None
) -> None:
    found = agreement(dict(enumerate(first)), dict(enumerate(second)))
    assert found.n == n
    assert found.share == (None if share is None else pytest.approx(share))


def test_that_words_for_yes_and_no_are_weighed_as_truth_values() -> None:
    machine = [True, False, True, True]
    person = ["yes", "no", "no", "yes"]
    words = agreement(dict(enumerate(machine)), dict(enumerate(person)))
    truth = agreement(dict(enumerate(machine)), dict(enumerate([True, False, False, True])))
    assert words == truth
