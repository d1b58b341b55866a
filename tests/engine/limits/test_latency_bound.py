"""The bound on latency: what it allows, that it holds on servers of every kind, and that it costs little."""

import math

import pytest

from benchmarks.adaptive.latency import SERVERS, best_within, bounded, over
from evalstudio.concurrency import Adaptive
from evalstudio.core.strategy import describe, strategy_of
from evalstudio.engine.limits.latency_bound import LatencyBound, LatencyTarget
from evalstudio.errors import LimitError

NAMES = {profile.name[:2]: profile for profile in SERVERS}


def told(target: LatencyTarget, exponent: float, at: list[int], first: float | None = None) -> LatencyBound:
    """A bound that has seen calls of `n ** exponent` seconds at these numbers in flight."""
    bound = LatencyBound(target)
    for n in at:
        bound.answered(n, float(n**exponent), first)
    return bound


@pytest.mark.parametrize("exponent", [0.3, 0.6, 1.0, 1.3])
def test_that_the_bound_is_where_calls_take_as_long_as_they_may(exponent: float) -> None:
    seconds = 12.0**exponent
    bound = told(LatencyTarget(seconds=seconds), exponent, [4, 6, 8, 10, 12, 14] * 12)
    assert 4 <= bound.value <= 14


def test_that_without_a_target_nothing_is_bounded() -> None:
    assert told(LatencyTarget(), 1.0, [1, 2, 4, 8] * 20).value == math.inf


def test_that_it_goes_no_further_than_twice_what_was_seen() -> None:
    assert told(LatencyTarget(seconds=1e6), 0.6, [3, 4, 5] * 20).value <= 10


def test_that_a_bound_that_no_call_keeps_to_leaves_one_at_a_time() -> None:
    assert told(LatencyTarget(seconds=0.001), 0.6, [4, 8] * 20).value == 1


@pytest.mark.parametrize(("first", "within"), [(0.1, True), (5.0, False)])
def test_that_the_first_token_has_a_bound_of_its_own(first: float, within: bool) -> None:
    bound = told(LatencyTarget(first_token=0.5), 0.6, [4, 8, 12] * 20, first)
    assert (bound.value > 8) is within


@pytest.mark.parametrize("name", ["B2", "B4", "D1"])
def test_that_few_calls_are_over_the_bound_and_it_costs_little(name: str) -> None:
    profile, seconds = NAMES[name], {"B2": 34.0, "B4": 26.0, "D1": 72.0}[name]
    trace = bounded(profile, 1, seconds)
    assert over(trace, seconds) <= 0.05
    assert best_within(profile, 1, seconds) / trace.seconds >= 0.85


def test_that_the_options_make_adaptive_with_a_bound() -> None:
    assert strategy_of(None, None, 2.0) == Adaptive(p95=2.0)
    assert strategy_of("adaptive", 8, None, 0.5) == Adaptive(max=8, first_token_p95=0.5)
    assert describe(Adaptive(p95=2.0)) == "Adaptive p95 ≤ 2 s"
    assert strategy_of(None, None) is None


@pytest.mark.parametrize(
    ("name", "p95"), [("sequential", 2.0), ("sliding-window", 1.0), (None, 0.0), (None, -1.0)]
)
def test_that_a_bound_that_cannot_be_kept_is_refused(name: str | None, p95: float) -> None:
    with pytest.raises(LimitError):
        strategy_of(name, None, p95)
