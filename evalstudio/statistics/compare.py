"""Two runs on the same samples: is the difference real, and in which direction."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Literal

import msgspec

from evalstudio.statistics.aggregate import sample_numbers
from evalstudio.statistics.clusters import cluster_names
from evalstudio.statistics.intervals import Interval
from evalstudio.statistics.paired import holm, mcnemar_exact
from evalstudio.statistics.paired_means import PairedTest, paired_means
from evalstudio.statistics.paired_shares import paired_share_interval

if TYPE_CHECKING:
    import numpy as np

SIGNIFICANT = 0.05

Direction = Literal["higher", "lower"]
Values = Mapping[str, bool | int | float | None]


class Comparison(msgspec.Struct, frozen=True):
    """What the paired samples of two runs, a and b, say. `difference` is b - a, with its 95% interval.

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
    scale: tuple[float, float] | None = None,
    clusters: Mapping[str, str] | None = None,
) -> Comparison:
    """Compare two runs on the samples that both have scored.

    Interval and p-value are of one method, so that zero is outside the interval just where p is below 0.05: the exact
    McNemar test with Tango's score interval for right-or-wrong scores, Student's paired t for others, and the same with
    clustered standard errors where samples belong together.

    Args:
        a: value by sample id, None for unscored; repeats of a sample as their mean.
        b: the same of the other run.
        name_a: what the sentence calls the first run.
        name_b: what the sentence calls the second run.
        direction: whether a higher or a lower value is better.
        scale: the smallest and largest possible value; without, those that are there.
        clusters: what each sample belongs to, by its id; a sample without an entry stands alone.
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
    mean = float(differences.mean())
    groups = _groups(both, clusters)
    if binary and groups is None:
        found = PairedTest(_unless_single(up, down, len(both)), mcnemar_exact(up, down), "exact McNemar")
    else:
        found = paired_means(differences, _reach(first, second, scale), groups)
    sentence = _sentence(mean, found, (up, down), len(both), binary, direction, (name_a, name_b))
    low, high = (None, None) if found.interval is None else found.interval
    return Comparison(
        len(both), unpaired, float(first.mean()), float(second.mean()), mean, low, high, found.p, found.method,
        up, down, binary, sentence,
    )  # fmt: skip


def compare_many(
    baseline: Values,
    others: Mapping[str, Values],
    *,
    name: str = "A",
    direction: Direction = "higher",
) -> dict[str, tuple[Comparison, float]]:
    """Compare several runs with one baseline; each with its p-value corrected for their number (Holm)."""
    compared = {
        other: compare(baseline, values, name_a=name, name_b=other, direction=direction)
        for other, values in others.items()
    }
    corrected = holm([comparison.p for comparison in compared.values()])
    return {other: (compared[other], p) for other, p in zip(compared, corrected, strict=True)}


def _unless_single(up: int, down: int, n: int) -> Interval | None:
    return paired_share_interval(up, down, n) if n > 1 else None


def _reach(first: "np.ndarray", second: "np.ndarray", scale: tuple[float, float] | None) -> float:
    """How far apart two values of a sample can be: by the scale, else as far as any two that are there."""
    import numpy as np

    values = np.concatenate([first, second])
    low, high = float(values.min()), float(values.max())
    if scale is None and low >= 0 and high <= 1:
        scale = (0.0, 1.0)
    low, high = (low, high) if scale is None else (min(low, scale[0]), max(high, scale[1]))
    return high - low


def _groups(samples: Sequence[str], clusters: Mapping[str, str] | None) -> "np.ndarray | None":
    """The number of the cluster that each sample is in; None where each stands alone."""
    if clusters is None:
        return None
    places = sample_numbers(cluster_names(samples, clusters))
    return places if int(places.max()) + 1 < len(places) else None


def _sentence(
    mean: float,
    found: PairedTest,
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
    factor, digits, unit = (100, 1, " points") if binary else (1, 3, "")
    amount = f"{signed(mean * factor, digits, '+')}{unit}"
    spread = ""
    if found.interval is not None:
        low, high = (signed(end * factor, digits) for end in found.interval)
        spread = f", 95% {low} to {high}"
    moved = f"{up:,} flips up, {down:,} down" if binary else f"{up:,} samples up, {down:,} down"
    if found.p >= SIGNIFICANT:
        return f"No clear difference: {amount}{spread} (p = {p_words(found.p)}); {moved} of {samples}."
    better = (mean > 0) == (direction == "higher")
    return f"{names[1]} is {'better' if better else 'worse'}: {amount}{spread}; {moved}."


def signed(value: float, digits: int, sign: str = "") -> str:
    """A number with a proper minus, and as many digits as it takes not to look like zero where it is not."""
    while value and float(f"{value:.{digits}f}") == 0 and digits < 12:
        digits += 1
    return f"{value:{sign}.{digits}f}".replace("-", "\N{MINUS SIGN}")


def p_words(p: float) -> str:
    """A p-value in two digits, or as many as show on which side of 0.05 it lies."""
    digits = 2
    while p != SIGNIFICANT and float(f"{p:.{digits}g}") == SIGNIFICANT and digits < 12:
        digits += 1
    return f"{p:.{digits}g}"
