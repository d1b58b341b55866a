"""How often the intervals hold the truth: 500 scenarios of scores whose truth is known."""

from collections.abc import Callable, Iterator
from itertools import product
from typing import NamedTuple

import numpy as np

from evalstudio.statistics import Interval, cluster_interval, mean_interval, wilson
from evalstudio.statistics.paired_means import paired_means
from evalstudio.statistics.paired_shares import paired_share_interval

SHARE = (0.0, 1.0)
DRAWS = 2_000
MORE = 20
"""Times as many draws where an interval is worked out once for all that have the same counts."""


class Scenario(NamedTuple):
    """A group that scenarios are told by, what this one is, and the draws of it: whether each held the truth."""

    group: str
    words: str
    held: Callable[[np.random.Generator], np.ndarray]


def scenarios(draws: int = DRAWS) -> list[Scenario]:
    """All 500, with so many draws each."""
    return [*_shares(draws), *_repeats(draws), *_clusters(draws), *_pairs(draws), *_means(draws)]


def coverage_of(scenario: Scenario, seed: int = 0) -> float:
    """The share of draws whose interval held the truth."""
    return float(scenario.held(np.random.default_rng(seed)).mean())


def _holds(interval: Interval | None, truth: float) -> bool:
    return interval is not None and interval.low <= truth <= interval.high


def _shares(draws: int) -> Iterator[Scenario]:
    sizes = (10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000)
    shares = (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99)
    for n, p in product(sizes, shares):

        def held(draw: np.random.Generator, n: int = n, p: float = p) -> np.ndarray:
            successes, times = np.unique(draw.binomial(n, p, draws * MORE), return_counts=True)
            return np.repeat([_holds(wilson(int(one), n), p) for one in successes], times)

        yield Scenario("a share", f"n {n:,}, p {p:g}", held)


def _repeats(draws: int) -> Iterator[Scenario]:
    for samples, repeats, p, alike in product(
        (10, 30, 100, 1_000), (3, 10), (0.02, 0.1, 0.5, 0.9, 0.99), (0.2, 0.8)
    ):
        sizes = np.full(samples, repeats)
        words = f"{samples:,} samples x {repeats}, p {p:g}, correlation {alike:g}"
        yield Scenario("repeats of samples", words, _clustered(sizes, p, alike, draws))


def _clusters(draws: int) -> Iterator[Scenario]:
    for clusters, size, p, alike in product(
        (10, 30, 100, 500), (4, 20), (0.02, 0.1, 0.5, 0.9, 0.99), (0.05, 0.3)
    ):
        # from half the usual size to one and a half times
        sizes = np.round(np.linspace(0.5, 1.5, clusters) * size).astype(int)
        words = f"{clusters:,} clusters of about {size}, p {p:g}, correlation {alike:g}"
        yield Scenario("clusters by a column", words, _clustered(sizes, p, alike, draws))


def _clustered(
    sizes: np.ndarray, p: float, alike: float, draws: int
) -> Callable[[np.random.Generator], np.ndarray]:
    """Answers right with a chance of each cluster's own, from a beta distribution."""
    counts, n = sizes.astype(float), int(sizes.sum())
    strength = 1 / alike - 1

    def held(draw: np.random.Generator) -> np.ndarray:
        chances = draw.beta(p * strength, (1 - p) * strength, size=(draws, len(sizes)))
        found = []
        for sums in draw.binomial(sizes, chances).astype(float):
            share = float(sums.sum()) / n
            least = share * (1 - share) / (n - 1)
            found.append(_holds(cluster_interval(sums, counts, scale=SHARE, least=least), p))
        return np.array(found)

    return held


def _pairs(draws: int) -> Iterator[Scenario]:
    for n, first, difference, agreeing in product(
        (10, 20, 50, 100, 500, 1_000, 10_000), (0.1, 0.5, 0.9), (0.0, 0.05, -0.05), (0.0, 0.6)
    ):
        second = first + difference
        # both right: between what independence gives and the most there can be
        both = first * second + agreeing * (min(first, second) - first * second)
        chances = [second - both, first - both, 1 - first - second + 2 * both]

        def held(
            draw: np.random.Generator, n: int = n, chances: list[float] = chances, truth: float = difference
        ) -> np.ndarray:
            flips, times = np.unique(
                draw.multinomial(n, chances, draws * MORE)[:, :2], axis=0, return_counts=True
            )
            found = [_holds(paired_share_interval(int(up), int(down), n), truth) for up, down in flips]
            return np.repeat(found, times)

        group = (
            "a difference of paired shares, none there"
            if difference == 0
            else "a difference of paired shares"
        )
        yield Scenario(group, f"n {n:,}, {first:g} and {second:g}, agreement {agreeing:g}", held)


def _means(draws: int) -> Iterator[Scenario]:
    kinds: dict[str, tuple[Callable[[np.random.Generator, tuple[int, int]], np.ndarray], float]] = {
        "normal": (lambda draw, shape: draw.normal(5, 2, shape), 5.0),
        "even from 0 to 1": (lambda draw, shape: draw.random(shape), 0.5),
        "grades 1 to 5": (lambda draw, shape: draw.binomial(4, 0.7, shape) + 1.0, 3.8),
        "grades near the top": (lambda draw, shape: draw.binomial(4, 0.95, shape) + 1.0, 4.8),
        "skewed shares": (lambda draw, shape: draw.beta(5, 1, shape), 5 / 6),
        "long tail": (lambda draw, shape: draw.gamma(2, 1, shape), 2.0),
    }
    for n, (words, (make, mean)) in product((10, 20, 50, 100, 300, 1_000, 3_000), kinds.items()):

        def held(
            draw: np.random.Generator,
            n: int = n,
            make: Callable[[np.random.Generator, tuple[int, int]], np.ndarray] = make,
            mean: float = mean,
        ) -> np.ndarray:
            values = [make(draw, (1, n))[0] for _ in range(draws)]
            found = [
                mean_interval(
                    float(one.mean()), float(one.var(ddof=1)), n, scale=(1, 5) if mean > 3 else SHARE
                )
                for one in values
            ]
            return np.array([_holds(one, mean) for one in found])

        def paired(
            draw: np.random.Generator,
            n: int = n,
            make: Callable[[np.random.Generator, tuple[int, int]], np.ndarray] = make,
        ) -> np.ndarray:
            found = []
            for _ in range(draws):
                first, second = make(draw, (2, n))
                found.append(_holds(paired_means(second - first, 4.0).interval, 0.0))
            return np.array(found)

        yield Scenario("a mean", f"n {n:,}, {words}", held)
        yield Scenario("a difference of paired means", f"n {n:,}, {words}", paired)
