"""Leaderboard: several runs ranked by one evaluator, with the significance of each difference and the speed.

Each run is tested against one baseline on the samples that both have scored. The p-values are corrected for the
number of tests (Holm): among many runs, one looks better by chance.
"""

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

from evalstudio.core.coverage import LEAST_COVERAGE
from evalstudio.statistics import Comparison, by_sample, compare, holm
from evalstudio.statistics.compare import SIGNIFICANT
from evalstudio.statistics.metrics import Aggregate
from evalstudio.store.comparison import Side, Speed, known_score, side_of, speed_of
from evalstudio.store.dataset_rows import Clustering, clustering_of
from evalstudio.store.pairing import pairing_of
from evalstudio.store.reader import Reader
from evalstudio.store.runs import RunRow


class RankedRun(NamedTuple):
    """One row of the leaderboard. `comparison` with the baseline and the corrected p-value are None for the baseline.

    `speed_up` is how many times as fast as the baseline it was per record; None if one of them saved nothing.
    """

    row: RunRow
    score: Aggregate | None
    outcomes: tuple[int, int, int]  # scored, unscored, errored
    speed: Speed
    speed_up: float | None
    comparison: Comparison | None
    p: float | None
    same_samples: bool  # as the baseline's, or some that are told to be the same rows; else nothing is paired
    coverage: float  # the share of all its answers that the evaluator has scored
    covered: bool  # whether that is enough to be ranked among the others

    @property
    def verdict(self) -> str:
        """Returns better, worse or not clear, relative to the baseline; empty without a comparison."""
        if self.comparison is None or self.p is None or self.comparison.difference is None:
            return ""
        if self.p >= SIGNIFICANT:
            return "no clear difference"
        lower = self.score is not None and self.score.direction == "lower"
        return "better" if (self.comparison.difference > 0) != lower else "worse"


class Leaderboard(NamedTuple):
    """Runs ranked by one evaluator, the best first. `tests` is the number the p-values are corrected for."""

    evaluator: str | None
    evaluators: tuple[str, ...]
    baseline: int
    standings: tuple[RankedRun, ...]
    tests: int
    least_coverage: float


def rank_runs(
    reader: Reader,
    run_ids: Sequence[int],
    evaluator: str | None = None,
    baseline: int | None = None,
    least_coverage: float = LEAST_COVERAGE,
    clustering: Clustering | None = None,
) -> Leaderboard:
    """Ranks runs by an evaluator (None: the first that they share) against a baseline (None: the first run).

    A run that has scores of too few of its answers comes after those that have enough: what it left out may be what it
    cannot do. `clustering`: what the samples belong to; None: what the runs' evaluation says. Reads every score
    once. Raises RunError where a run is gone.
    """
    rows = [reader.run(run_id) for run_id in run_ids]
    base = next((row for row in rows if row.id == baseline), rows[0])
    found = [reader.evaluators(row.id) for row in rows]
    names = tuple(sorted(set().union(*found)))
    if evaluator not in names:
        shared = [name for name in names if all(name in one for one in found)]
        evaluator = next(iter((*shared, *names)), None)
    clusters = (clustering or clustering_of(rows)).clusters
    sides = {row.id: _read(reader, row, evaluator, clusters) for row in rows} if evaluator is not None else {}
    speeds = {row.id: speed_of(reader, row) for row in rows}
    pairings = {row.id: pairing_of(reader, base, row) for row in rows if row.id != base.id}
    compared = {}
    for row in rows:
        pairing = pairings.get(row.id)
        apart = frozenset() if pairing is None else pairing.changed
        comparison = _compare(sides.get(base.id), sides.get(row.id), (base, row), apart, clusters)
        if row.id != base.id and comparison is not None and comparison.n:
            compared[row.id] = comparison
    corrected = dict(zip(compared, holm([comparison.p for comparison in compared.values()]), strict=True))
    standings = [
        RankedRun(
            row,
            sides[row.id].aggregate if row.id in sides else None,
            sides[row.id].outcomes if row.id in sides else (0, 0, row.errored),
            speeds[row.id],
            speed_up(speeds[base.id], speeds[row.id]),
            compared.get(row.id),
            corrected.get(row.id),
            (pairing := pairings.get(row.id)) is None or pairing.same > 0,
            coverage,
            coverage >= least_coverage,
        )
        for row in rows
        for coverage in [_coverage(row, sides.get(row.id))]
    ]
    return Leaderboard(
        evaluator, names, base.id, tuple(sorted(standings, key=_order)), len(compared), least_coverage
    )


def speed_up(base: Speed, other: Speed) -> float | None:
    """Returns how many times as fast as the first the second was, per record."""
    if not base.rate or not other.rate:
        return None
    return other.rate / base.rate


def _read(reader: Reader, row: RunRow, evaluator: str, clusters: Mapping[str, str] | None) -> Side:
    return side_of(reader, row, evaluator, known_score(row, evaluator), clusters=clusters)


def _compare(
    a: Side | None,
    b: Side | None,
    rows: tuple[RunRow, RunRow],
    apart: frozenset[str],
    clusters: Mapping[str, str] | None,
) -> Comparison | None:
    if a is None or b is None or a.aggregate is None or b.aggregate is None:
        return None
    direction: Literal["higher", "lower"] = "lower" if b.aggregate.direction == "lower" else "higher"
    second = {name: value for name, value in by_sample(b.samples, b.values).items() if name not in apart}
    return compare(
        by_sample(a.samples, a.values), second, name_a=f"run {rows[0].id}", name_b=f"run {rows[1].id}",
        direction=direction, clusters=clusters,
    )  # fmt: skip


def _coverage(row: RunRow, side: Side | None) -> float:
    answers = max(row.total, row.saved)
    return 0.0 if side is None or not answers else min(1.0, side.outcomes[0] / answers)


def _order(one: RankedRun) -> tuple[int, float, int]:
    """The best score first; after those the ones that rest on too few answers, and last those without one."""
    if one.score is None or one.score.value is None:
        return 2, 0.0, one.row.id
    return (
        int(not one.covered),
        one.score.value if one.score.direction == "lower" else -one.score.value,
        one.row.id,
    )
