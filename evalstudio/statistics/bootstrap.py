"""The bootstrap: intervals from resampling the samples, percentile method.

B. Efron and R. J. Tibshirani, "An Introduction to the Bootstrap" (1993), chapter 13.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from evalstudio.statistics.intervals import LEVEL, Interval, same_values_interval

if TYPE_CHECKING:
    import numpy as np

RESAMPLES = 10_000
DISTINCT = 64
"""Up to so many distinct values a resample is drawn as counts of each: the same law, at a fixed cost."""
CHUNK = 2_000_000


def bootstrap_mean(
    values: "np.ndarray",
    clusters: "np.ndarray | None" = None,
    *,
    level: float = LEVEL,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Interval | None:
    """The interval of a mean; None for fewer than two values or clusters. Equal values: `same_values_interval`.

    Args:
        values: shape (n,).
        clusters: which cluster each value is in, shape (n,): clusters are then drawn, not values.
    """
    import numpy as np

    values = np.asarray(values, dtype=float)
    sums, counts = values, np.ones(len(values))
    if clusters is not None:
        _, place = np.unique(clusters, return_inverse=True)
        sums, counts = np.bincount(place, weights=values), np.bincount(place).astype(float)
    if len(sums) < 2:
        return None
    if np.ptp(sums / counts) == 0:  # no resample would differ
        return same_values_interval(float(sums[0] / counts[0]), len(sums), level)
    pairs, frequency = np.unique(np.stack([sums, counts], axis=1), axis=0, return_counts=True)
    if len(pairs) <= DISTINCT:
        return bootstrap_counts(
            frequency,
            lambda drawn: (drawn @ pairs[:, 0]) / (drawn @ pairs[:, 1]),
            level=level,
            resamples=resamples,
            seed=seed,
        )
    draw = np.random.default_rng(seed)
    means = np.empty(resamples)
    step = max(1, CHUNK // len(sums))
    for start in range(0, resamples, step):
        size = min(step, resamples - start)
        picked = draw.integers(0, len(sums), size=(size, len(sums)))
        means[start : start + size] = sums[picked].sum(axis=1) / counts[picked].sum(axis=1)
    return _percentiles(means, level)


def bootstrap_counts(
    counts: "np.ndarray",
    statistic: "Callable[[np.ndarray], np.ndarray]",
    *,
    level: float = LEVEL,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Interval:
    """The interval of a statistic of counts, as of the cells of a confusion matrix.

    Args:
        counts: how many samples are of each kind, shape (kinds,).
        statistic: from resampled counts, shape (resamples, kinds), to values, shape (resamples,).
    """
    import numpy as np

    total = int(counts.sum())
    drawn = np.random.default_rng(seed).multinomial(total, counts / total, size=resamples)
    return _percentiles(statistic(drawn.astype(float)), level)


def _percentiles(values: "np.ndarray", level: float) -> Interval:
    import numpy as np

    low, high = np.quantile(values, [(1 - level) / 2, (1 + level) / 2])
    return Interval(float(low), float(high))
