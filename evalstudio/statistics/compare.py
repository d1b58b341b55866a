"""Two runs on the same samples: is the difference real, and in which direction."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Literal

import msgspec

from evalstudio.statistics.bootstrap import bootstrap_mean
from evalstudio.statistics.intervals import Interval, mean_interval
from evalstudio.statistics.paired import holm, mcnemar_exact, permutation_test

if TYPE_CHECKING:
    import numpy as np

SIGNIFICANT = 0.05
LARGE = 5_000
"""Beyond so many pairs a bootstrap of continuous scores gives Student's interval to all digits shown."""

Direction = Literal["higher", "lower"]
Values = Mapping[str, bool | int | float | None]


class Comparison(msgspec.Struct, frozen=True):
    """What the paired samples of two runs, a and b, say. `difference` is b - a, with its 95 % interval.

    `up` counts samples on which b's value is higher, `down` those on which it is lower. `unpaired` are
    samples that only one of the two runs has a score for: they are no part of the comparison. Without a
    sample in common there are no means, and for a single one there is no interval.
    """

    n: int
    unpaired: int
    mean_a: float | None
    mean_b: float | None
    difference: float | None
    low: float | None
    high: float | None
    p: float
    method: str
    up: int
    down: int
    binary: bool
    sentence: str

    @property
    def significant(self) -> bool:
        return self.p < SIGNIFICANT


def by_sample(samples: Iterable[str], values: Iterable[bool | int | float | None]) -> dict[str, float | None]:
    """The values of a run by sample, as `compare` takes them: the mean of a sample's scored repeats."""
    sums: dict[str, float] = {}
    counts: dict[str, int] = {}
    for sample, value in zip(samples, values, strict=True):
        sums[sample] = sums.get(sample, 0.0) + (0.0 if value is None else value)
        counts[sample] = counts.get(sample, 0) + (value is not None)
    return {sample: sums[sample] / count if count else None for sample, count in counts.items()}


def compare(
    a: Values,
    b: Values,
    *,
    name_a: str = "A",
    name_b: str = "B",
    direction: Direction = "higher",
    seed: int = 0,
) -> Comparison:
    """Compare two runs on the samples that both have scored.

    Right-or-wrong scores are tested by exact McNemar, others by a paired permutation test; the interval is
    the paired bootstrap's.

    Args:
        a: value by sample id, None for unscored; repeats of a sample as their mean.
        b: the same of the other run.
        name_a: what the sentence calls the first run.
        name_b: what the sentence calls the second run.
        direction: whether a higher or a lower value is better.
        seed: for the random parts.
    """
    import numpy as np

    both = [key for key, value in a.items() if value is not None and b.get(key) is not None]
    scored = {key for values in (a, b) for key, value in values.items() if value is not None}
    unpaired = len(scored) - len(both)
    if not both:
        sentence = f"{name_a} and {name_b} have no scored samples in common."
        return Comparison(0, unpaired, None, None, None, None, None, 1.0, "none", 0, 0, False, sentence)
    first = np.array([float(a[key] or 0) for key in both])
    second = np.array([float(b[key] or 0) for key in both])
    differences = second - first
    up, down = int(np.sum(differences > 0)), int(np.sum(differences < 0))
    binary = bool(np.isin(first, (0, 1)).all() and np.isin(second, (0, 1)).all())
    if binary:
        p, method = mcnemar_exact(up, down), "exact McNemar"
    else:
        p, method = permutation_test(differences, seed=seed), "paired permutation"
    mean = float(differences.mean())
    interval = _interval(differences, mean, seed)
    sentence = _sentence(mean, interval, p, (up, down), len(both), binary, direction, (name_a, name_b))
    return Comparison(
        n=len(both),
        unpaired=unpaired,
        mean_a=float(first.mean()),
        mean_b=float(second.mean()),
        difference=mean,
        low=None if interval is None else interval.low,
        high=None if interval is None else interval.high,
        p=p,
        method=method,
        up=up,
        down=down,
        binary=binary,
        sentence=sentence,
    )


def compare_many(
    baseline: Values,
    others: Mapping[str, Values],
    *,
    name: str = "A",
    direction: Direction = "higher",
    seed: int = 0,
) -> dict[str, tuple[Comparison, float]]:
    """Compare several runs with one baseline; each with its p-value corrected for their number (Holm)."""
    compared = {
        other: compare(baseline, values, name_a=name, name_b=other, direction=direction, seed=seed)
        for other, values in others.items()
    }
    corrected = holm([comparison.p for comparison in compared.values()])
    return {other: (compared[other], p) for other, p in zip(compared, corrected, strict=True)}


def _interval(differences: "np.ndarray", mean: float, seed: int) -> Interval | None:
    import numpy as np

    if len(differences) > LARGE and len(np.unique(differences)) > 64:
        return mean_interval(mean, float(differences.var(ddof=1)), len(differences))
    return bootstrap_mean(differences, seed=seed)


def _sentence(
    mean: float,
    interval: Interval | None,
    p: float,
    flips: tuple[int, int],
    n: int,
    binary: bool,
    direction: Direction,
    names: tuple[str, str],
) -> str:
    up, down = flips
    samples = f"{n:,} sample{'' if n == 1 else 's'}"
    if up == down == 0:
        return f"No difference: {names[0]} and {names[1]} score the same on each of {samples}."
    unit = " points" if binary else ""
    factor, digits = (100, 1) if binary else (1, 3)
    amount = f"{mean * factor:+.{digits}f}{unit}".replace("-", "−")
    if interval is None:
        spread = ""
    else:
        low, high = (f"{end * factor:.{digits}f}".replace("-", "−") for end in interval)
        spread = f", 95 % {low} to {high}"
    moved = f"{up:,} flips up, {down:,} down" if binary else f"{up:,} samples up, {down:,} down"
    if p >= SIGNIFICANT:
        return f"No clear difference: {amount}{spread} (p = {p:.2g}); {moved} of {samples}."
    better = (mean > 0) == (direction == "higher")
    return f"{names[1]} is {'better' if better else 'worse'}: {amount}{spread}; {moved}."
