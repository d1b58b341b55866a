"""The shipped limits against simulated endpoints, in virtual time: the same figures on every machine.

The bounds lie a few points below what was measured, so that a change that costs throughput, waste or latency fails.
"""

from dataclasses import replace

import pytest

from benchmarks.adaptive.measure import after_change, mean, prior_of, run, score, shipped
from benchmarks.adaptive.profile import Profile
from benchmarks.adaptive.profiles import AWKWARD, CHANGING, CRASHING, USUAL, generated
from benchmarks.adaptive.simulator import Trace

NAMES = {profile.name.split()[0]: profile for profile in (*USUAL, *AWKWARD, *CRASHING, *CHANGING)}


def median_limit(trace: Trace, begin: float) -> int:
    """The median over time of the window, from `begin` seconds on."""
    ends = [at for at, _ in trace.limits[1:]] + [trace.seconds]
    spans = sorted(
        (limit, end - max(at, begin))
        for (at, limit), end in zip(trace.limits, ends, strict=True)
        if end > begin
    )
    total, so_far = sum(span for _, span in spans), 0.0
    for limit, span in spans:
        so_far += span
        if so_far >= total / 2:
            return limit
    raise AssertionError("the run was shorter than that")


def test_that_the_usual_endpoints_are_used_almost_fully_with_little_waste() -> None:
    names = ("A2", "A3", "A5", "B1", "B2", "B3", "B4", "C1")
    found = [score(NAMES[name], 2000, seed=1) for name in names]
    assert mean(one.efficiency for one in found) >= 0.945
    assert min(one.efficiency for one in found) >= 0.87
    assert mean(one.waste for one in found) <= 0.01
    assert mean(one.inflation for one in found) <= 1.35


def test_that_short_runs_are_almost_as_efficient_as_long_ones() -> None:
    found = [score(profile, 500, seed=2) for profile in USUAL]
    assert mean(one.efficiency for one in found) >= 0.885
    assert mean(one.waste for one in found) <= 0.02
    assert mean(one.inflation for one in found) <= 1.5


@pytest.mark.parametrize("name", ["G1", "G2", "G3"])
def test_that_an_endpoint_crashes_once_and_never_again(name: str) -> None:
    found = score(NAMES[name], 2000, seed=3)
    assert found.crashes == 1
    assert found.efficiency >= 0.78
    assert found.waste <= 0.03


@pytest.mark.parametrize("name", ["H1", "H2", "H3", "H4", "H6", "H7"])
def test_that_it_finds_the_new_best_after_a_change(name: str) -> None:
    assert after_change(NAMES[name], seed=1) >= 0.9


def test_that_a_cache_that_halves_is_found_within_the_same_time() -> None:
    assert mean(after_change(NAMES["H5"], seed) for seed in range(3)) >= 0.86


def test_that_what_a_run_learned_helps_the_next_one() -> None:
    found = [
        score(profile, 500, 4, shipped(profile, prior_of(profile, 2000, 104)))
        for profile in (replace(profile, changes=()) for profile in USUAL)
    ]
    assert mean(one.efficiency for one in found) >= 0.95
    crash = NAMES["G1"]
    assert score(crash, 500, 4, shipped(crash, prior_of(crash, 2000, 104))).crashes == 0


@pytest.mark.parametrize("slots", [4, 8, 32])
@pytest.mark.parametrize(("spread", "usage"), [(0.0, ""), (0.5, "tokens")])
def test_that_it_settles_near_the_slots_of_a_server_that_never_complains(
    slots: int, spread: float, usage: str
) -> None:
    profile = Profile(
        "slots", slots=slots, output=10, prompt=0, base=0.005, spread=spread, noise=0.05, usage=usage
    )
    trace = run(profile, slots * 10 * 80, 0, shipped(profile))
    assert 0.75 * slots <= median_limit(trace, 30.0) <= 1.65 * slots


def test_that_the_window_settles_at_eight_where_a_server_refuses_more() -> None:
    profile = Profile("refuses", at_once=8, output=50)
    trace = run(profile, 400, 0, shipped(profile))
    assert 6 <= trace.limits[-1][1] <= 10
    assert trace.answered == 400
    assert trace.given_up == 0


@pytest.mark.parametrize("maximum", [1, 3, 20])
def test_that_no_more_are_in_flight_than_the_maximum(maximum: int) -> None:
    for name in ("B1", "A2", "E6", "G1"):
        assert run(NAMES[name], 300, 0, shipped(NAMES[name], maximum=maximum)).in_flight_max <= maximum


def test_that_the_same_seed_gives_the_same_run() -> None:
    for name in ("A3", "B4", "E9", "G2"):
        first, second = (run(NAMES[name], 400, 7, shipped(NAMES[name])) for _ in range(2))
        assert first == second
        assert run(NAMES[name], 400, 8, shipped(NAMES[name])).seconds != first.seconds


def test_that_generated_endpoints_are_all_served() -> None:
    for seed in range(100, 112):
        profile = generated(seed)
        trace = run(profile, 300, seed, shipped(profile))
        assert trace.answered == 300, profile
