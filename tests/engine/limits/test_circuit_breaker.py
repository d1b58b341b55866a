"""The brake and an endpoint that fails at random: no overload, whatever the share of failures that still lets most through."""

import random

import pytest

from evalstudio.engine.limits.circuit_breaker import CircuitBreaker, RecentFailure


def episodes(share: float, seed: int, attempts: int = 1000) -> int:
    chance, brake, found = random.Random(seed), CircuitBreaker(), 0
    for number in range(attempts):
        now = number * 0.05
        if chance.random() >= share:
            brake.answered(now)
        elif brake.failed(now, brake.generation, 8) is RecentFailure.EPISODE:
            found += 1
    return found


@pytest.mark.parametrize("share", [0.05, 0.1, 0.2, 0.25])
def test_that_stray_failures_hardly_ever_look_like_an_overload(share: float) -> None:
    assert sum(episodes(share, seed) for seed in range(10)) <= 10 * 10 * share


def test_that_an_endpoint_that_fails_most_calls_is_overloaded_within_a_few() -> None:
    brake = CircuitBreaker()
    for number in range(16):
        brake.answered(number * 0.05)
    ends = [brake.failed(1 + number * 0.05, brake.generation, 8) for number in range(12)]
    assert RecentFailure.EPISODE in ends
