"""Percentiles of many seconds together, against the values themselves."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from evalstudio.protocol import Percentiles, SecondBucket
from evalstudio.statistics.percentile_mix import mix
from evalstudio.ui.state.run_series import Series

SHARES = (0.5, 0.95, 0.99)
Values = NDArray[np.float64]


def percentiles(values: Values) -> list[float]:
    ordered = np.sort(values)
    return [float(ordered[math.ceil(len(ordered) * share) - 1]) for share in SHARES]


RNG = np.random.default_rng(7)
LATENCIES: dict[str, Callable[[int, int], Values]] = {
    "steady": lambda second, n: RNG.lognormal(0, 0.4, n),
    "slower and slower": lambda second, n: RNG.lognormal(second / 3000, 0.3, n),
    "a floor and a tail": lambda second, n: 0.2 + RNG.exponential(1, n),
    "some ten times as slow": lambda second, n: np.where(
        RNG.random(n) < 0.9, RNG.lognormal(-1, 0.1, n), RNG.lognormal(1.3, 0.2, n)
    ),
    "two halves": lambda second, n: RNG.lognormal(0 if second < 1500 else 1.2, 0.2, n),
    "seconds of hiccup": lambda second, n: RNG.lognormal(1.5 if second % 20 == 0 else 0, 0.2, n),
}


@pytest.mark.parametrize("name", LATENCIES)
@pytest.mark.parametrize("rate", [5, 20, 200])
def test_that_a_long_runs_percentiles_are_those_of_its_answers(name: str, rate: int) -> None:
    """The maximum of each ten seconds overstated p95 by half at two hours."""
    series, everything = Series(), []
    for second in range(3_000):
        values = LATENCIES[name](second, rate)
        everything.append(values)
        bucket = SecondBucket(second, rate, rate, Percentiles(rate, *percentiles(values)))
        series.add([bucket])
    width = series.column("width")
    assert width.max() == 10
    for share, column, most in zip(SHARES, ("p50", "p95", "p99"), (0.16, 0.22, 0.25), strict=True):
        errors = []
        for place in np.flatnonzero(width == 10)[::7]:
            first = int(series.column("second")[place])
            truth = percentiles(np.concatenate(everything[first : first + 10]))[SHARES.index(share)]
            errors.append(series.column(column)[place] / truth - 1)
        assert abs(float(np.median(errors))) < most, (column, np.median(errors))


def test_that_nothing_mixes_to_nothing_and_one_span_to_itself() -> None:
    assert mix([], SHARES) is None
    assert mix([(0, (1.0, 1.0, 1.0)), (5, (math.nan, math.nan, math.nan))], SHARES) is None
    found = mix([(1_000, (0.5, 1.5, 4.0))], SHARES)
    assert found == pytest.approx([0.5, 1.5, 4.0], rel=0.02)
    assert mix([(1, (2.0, 2.0, 2.0))] * 3, SHARES) == pytest.approx([2.0] * 3, rel=0.03)
