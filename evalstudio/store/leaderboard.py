"""Leaderboard: several runs ranked by one evaluator, with the significance of each difference and the speed.

Each run is tested against one baseline on the samples that both have scored. The p-values are corrected for the
number of tests (Holm): among many runs, one looks better by chance.
"""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from evalstudio.statistics import Comparison, by_sample, compare, holm
from evalstudio.statistics.compare import SIGNIFICANT
from evalstudio.statistics.metrics import Aggregate
from evalstudio.store.comparison import Side, Speed, known_score, side_of, speed_of
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
    same_samples: bool  # as the baseline's; otherwise nothing is paired

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


def rank_runs(
    reader: Reader, run_ids: Sequence[int], evaluator: str | None = None, baseline: int | None = None
) -> Leaderboard:
    """Ranks runs by an evaluator (None: the first that they share) against a baseline (None: the first run).

    Reads every score once. Raises RunError if a run does not exist.
    """
    rows = [reader.run(run_id) for run_id in run_ids]
    base = next((row for row in rows if row.id == baseline), rows[0])
    found = [reader.evaluators(row.id) for row in rows]
    names = tuple(sorted(set().union(*found)))
    if evaluator not in names:
        shared = [name for name in names if all(name in one for one in found)]
        evaluator = next(iter((*shared, *names)), None)
    sides = {row.id: _read(reader, row, evaluator) for row in rows} if evaluator is not None else {}
    speeds = {row.id: speed_of(reader, row) for row in rows}
    tested = [row for row in rows if row.id != base.id and row.dataset_hash == base.dataset_hash]
    compared = {
        row.id: comparison
        for row in tested
        if (comparison := _compare(sides.get(base.id), sides.get(row.id), base, row)) is not None
        and comparison.n
    }
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
            row.dataset_hash == base.dataset_hash,
        )
        for row in rows
    ]
    return Leaderboard(evaluator, names, base.id, tuple(sorted(standings, key=_order)), len(compared))


def speed_up(base: Speed, other: Speed) -> float | None:
    """Returns how many times as fast as the first the second was, per record."""
    if not base.rate or not other.rate:
        return None
    return other.rate / base.rate


def _read(reader: Reader, row: RunRow, evaluator: str) -> Side:
    known = known_score(row, evaluator)
    return side_of(reader, row, evaluator, known.metric if known is not None else "")


def _compare(a: Side | None, b: Side | None, base: RunRow, row: RunRow) -> Comparison | None:
    if a is None or b is None or a.aggregate is None or b.aggregate is None:
        return None
    direction: Literal["higher", "lower"] = "lower" if b.aggregate.direction == "lower" else "higher"
    return compare(
        by_sample(a.samples, a.values), by_sample(b.samples, b.values),
        name_a=f"run {base.id}", name_b=f"run {row.id}", direction=direction,
    )  # fmt: skip


def _order(one: RankedRun) -> tuple[bool, float, int]:
    """Sort key: the best score first, runs without a score last."""
    if one.score is None or one.score.value is None:
        return True, 0.0, one.row.id
    return False, one.score.value if one.score.direction == "lower" else -one.score.value, one.row.id
