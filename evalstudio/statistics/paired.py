"""Tests for two runs on the same samples, and the correction for many tests."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

RESAMPLES = 10_000
EXACT_PAIRS = 16
"""Up to so many pairs that differ, every assignment of signs is looked at."""
DISTINCT = 64
LARGE = 5_000
"""Beyond so many pairs of many distinct differences the sum is normal for every purpose."""


def mcnemar_exact(up: int, down: int) -> float:
    """The two-sided exact p-value for flips: `up` from wrong to right, `down` the other way.

    Under no difference each flip goes either way with probability one half. Q. McNemar, "Note on the
    sampling error of the difference between correlated proportions", Psychometrika 12 (1947).
    """
    if up < 0 or down < 0:
        raise ValueError(f"{up} and {down} flips")
    flips, fewer = up + down, min(up, down)
    if flips <= 5000:
        ways = term = 1
        for step in range(1, fewer + 1):
            term = term * (flips - step + 1) // step
            ways += term
        return min(1.0, float(2 * ways / 2**flips))
    # Beside the largest term, the log of a binomial coefficient is exact to about 1e-9.
    log_term = math.lgamma(flips + 1) - math.lgamma(fewer + 1) - math.lgamma(flips - fewer + 1)
    tail = ratio = 1.0
    for step in range(fewer, 0, -1):
        ratio *= step / (flips - step + 1)
        tail += ratio
        if ratio < tail * 1e-17:
            break
    return min(1.0, 2 * tail * math.exp(log_term - flips * math.log(2)))


def permutation_test(differences: "np.ndarray", *, resamples: int = RESAMPLES, seed: int = 0) -> float:
    """The two-sided p-value for paired differences: how often random signs give so large a mean.

    All assignments of signs for few pairs that differ, else random ones, with the observed one among them:
    B. Phipson and G. K. Smyth, "Permutation p-values should never be zero", SAGMB 9 (2010). For very many
    pairs of many distinct differences, the normal limit.

    Args:
        differences: b - a of each pair, shape (n,).
    """
    import numpy as np

    sizes = np.abs(np.asarray(differences, dtype=float))
    observed = abs(float(np.sum(differences)))
    sizes = sizes[sizes > 0]
    if len(sizes) == 0:
        return 1.0
    # Sums of the same numbers in another order differ in their last bits.
    reached = observed * (1 - 1e-12) - 1e-300
    if len(sizes) <= EXACT_PAIRS:
        flipped = (np.arange(2 ** len(sizes))[:, None] >> np.arange(len(sizes))) & 1
        return float(np.mean(np.abs((1 - 2 * flipped) @ sizes) >= reached))
    distinct, frequency = np.unique(sizes, return_counts=True)
    draw = np.random.default_rng(seed)
    if len(distinct) <= DISTINCT:
        # Of m equal sizes, how many are positive is binomial: no need to draw each sign.
        positive = draw.binomial(frequency, 0.5, size=(resamples, len(distinct)))
        sums = np.abs((2 * positive - frequency) @ distinct)
    elif len(sizes) > LARGE:
        return math.erfc(observed / math.sqrt(2 * float(np.sum(sizes * sizes))))
    else:
        sums = np.empty(resamples)
        step = max(1, 2_000_000 // len(sizes))
        for start in range(0, resamples, step):
            size = min(step, resamples - start)
            signs = 2.0 * draw.integers(0, 2, size=(size, len(sizes)), dtype=np.int8) - 1
            sums[start : start + size] = np.abs(signs @ sizes)
    return float((1 + np.sum(sums >= reached)) / (1 + resamples))


def holm(p_values: Sequence[float]) -> list[float]:
    """The p-values corrected for their number, in the same order.

    S. Holm, "A simple sequentially rejective multiple test procedure", Scand. J. Statist. 6 (1979).
    """
    order = sorted(range(len(p_values)), key=lambda place: p_values[place])
    corrected = [0.0] * len(p_values)
    largest = 0.0
    for rank, place in enumerate(order):
        largest = max(largest, min(1.0, (len(p_values) - rank) * p_values[place]))
        corrected[place] = largest
    return corrected
