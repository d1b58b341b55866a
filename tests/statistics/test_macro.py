"""Macro precision, recall and F1: intervals that know of repeats, and bounds for answers that can't be read."""

import random
from collections.abc import Sequence
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalstudio.statistics.metrics import Scores, aggregate, confusion


def answers(samples: int, repeats: int, seed: int, alike: bool) -> Scores:
    """Labels of three classes: each sample is answered rightly with a chance of its own, always or never if alike."""
    draw = random.Random(seed)
    labels, expected, names = [], [], []
    for sample in range(samples):
        right = draw.choice("abc")
        chance = float(draw.random() < 0.7) if alike else 0.7
        for _ in range(repeats):
            expected.append(right)
            labels.append(right if draw.random() < chance else draw.choice("abc".replace(right, "")))
            names.append(str(sample))
    values = [one == other for one, other in zip(labels, expected, strict=True)]
    return Scores(values, names, labels, expected)


@pytest.mark.parametrize("metric", ["f1", "precision", "recall"])
def test_that_repeats_of_a_sample_are_drawn_together(metric: str) -> None:
    """Twenty answers that are all the same say no more than one; independent ones twenty times as much."""
    single = aggregate(metric, answers(200, 1, 0, alike=True))
    same = aggregate(metric, answers(200, 20, 0, alike=True))
    apart = aggregate(metric, answers(200, 20, 0, alike=False))
    widths = [
        one.high - one.low for one in (single, same, apart) if one.high is not None and one.low is not None
    ]
    assert widths[1] == pytest.approx(widths[0], rel=0.25)
    assert widths[2] < widths[0] / 3
    assert (single.method, same.method) == ("bootstrap", "clustered bootstrap")


def test_that_the_interval_of_a_run_with_repeats_holds_the_truth_as_often_as_it_says() -> None:
    held = 0
    for seed in range(200):
        found = aggregate("recall", answers(150, 4, seed, alike=True))
        held += found.low <= 0.7 <= found.high  # type: ignore[operator]
    assert 180 <= held <= 199  # by record 134


@pytest.mark.parametrize(
    ("labels", "expected", "bounds"),
    [
        (["a", "b"], ["a", "b"], (1.0, 1.0)),
        (["a", "b", None], ["a", "b", "a"], (0.75, 1.0)),
        (["a", "b", None, None], ["a", "b", "a", "b"], (0.5, 1.0)),
        (["b", "a", None, None], ["a", "b", "a", "b"], (0.0, 0.5)),
        (["a", "b", None], ["a", "b", None], (None, None)),  # no class to be right about
        (["a", "b", None], ["a", "b", "c"], (None, None)),  # a class of which nothing is known
    ],
)
def test_that_bounds_of_recall_count_missing_answers_as_wrong_and_as_right(
    labels: list[str | None], expected: list[str | None], bounds: tuple[float | None, float | None]
) -> None:
    values = [None if one is None else one == other for one, other in zip(labels, expected, strict=True)]
    found = aggregate("recall", Scores(values, None, labels, expected))
    assert (found.bound_low, found.bound_high) == bounds


ANSWERED = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abcx")), min_size=3, max_size=8)


@pytest.mark.parametrize("metric", ["f1", "precision", "recall"])
@settings(max_examples=25)
@given(ANSWERED, st.lists(st.sampled_from("abc"), max_size=3))
def test_that_bounds_hold_whatever_was_answered(
    metric: str, answered: list[tuple[str, str]], missing: list[str]
) -> None:
    expected = [right for right, _ in answered] + missing
    labels: list[str | None] = [label for _, label in answered]
    found = aggregate(metric, Scores([None] * len(expected), None, labels + [None] * len(missing), expected))
    if found.bound_low is None or found.bound_high is None:
        assert not set(missing) <= {right for right, _ in answered}
        return
    values = [
        macro_mean(labels + list(others), expected, metric) for others in product("abcx", repeat=len(missing))
    ]
    assert found.bound_low - 1e-12 <= min(values)
    assert found.bound_high == pytest.approx(max(values))
    if len(set(expected)) <= 2 or metric == "recall":
        assert found.bound_low == pytest.approx(min(values))


def macro_mean(labels: Sequence[str | None], expected: Sequence[str], metric: str) -> float:
    classes = confusion(labels, expected).classes
    return sum(getattr(one, metric) or 0.0 for one in classes) / len(classes)


def test_that_errored_answers_leave_no_bounds() -> None:
    found = aggregate("f1", Scores([True, True], None, ["a", "b"], ["a", "b"], total=3))
    assert (found.bound_low, found.bound_high) == (None, None)
    assert found.coverage == pytest.approx(2 / 3)


def test_that_clusters_of_one_kind_are_the_same_as_each_alone() -> None:
    scores = answers(60, 3, 3, alike=False)
    order = np.random.default_rng(0).permutation(180)
    assert scores.samples is not None
    assert scores.labels is not None
    assert scores.expected_labels is not None
    mixed = Scores(
        [scores.values[one] for one in order],
        [scores.samples[one] for one in order],
        [scores.labels[one] for one in order],
        [scores.expected_labels[one] for one in order],
    )
    one, other = aggregate("f1", scores), aggregate("f1", mixed)
    assert (one.value, one.n) == (other.value, other.n)
    assert one.low == pytest.approx(other.low, abs=0.01)
