"""What the soak calls growth: a leak, and neither noise nor a step within what is allowed."""

import random

import pytest

from benchmarks.soak import Measure, line_through


def test_that_a_line_is_the_one_of_least_squares() -> None:
    line = line_through([1.0, 3.0, 5.0, 7.0])
    assert line.rise == pytest.approx(6.0)
    assert line.error == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize(
    ("slope", "noise", "grows"),
    [(0.0, 5.0, False), (0.05, 0.5, True), (0.05, 40.0, False), (-0.1, 0.5, False)],
)
def test_that_a_leak_is_told_from_noise(slope: float, noise: float, grows: bool) -> None:
    chance = random.Random(3)
    values = [200 + slope * number + chance.gauss(0, noise) for number in range(500)]
    text, found = Measure("memory", "MB", 8.0, values).row()
    assert found is grows
    assert ("**grows**" in text) is grows
