"""Run time series: the seconds of a run as columns for charts, in constant memory however long it runs.

The newest quarter of an hour is kept second by second. Older seconds are merged by ten, those older than three
hours by sixty; when even these are too many, pairs of the oldest are merged again.
"""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from evalstudio.core.outcome import Outcome
from evalstudio.protocol import SecondBucket
from evalstudio.statistics.percentile_mix import mix

ERRORS = tuple(outcome.value for outcome in Outcome if outcome is not Outcome.OK)
_PLAIN = ("second", "width", "saved", "answered", "p50", "p95", "p99", "first50", "first95", "limit", "in_flight",
          "tokens_in", "tokens_out")  # fmt: skip
COLUMNS = {name: index for index, name in enumerate((*_PLAIN, *ERRORS))}
SUMMED = [COLUMNS[name] for name in ("width", "saved", "answered", "tokens_in", "tokens_out", *ERRORS)]
LARGEST = [COLUMNS[name] for name in ("limit", "in_flight")]
PERCENTILES = {(0.5, 0.95, 0.99): ("p50", "p95", "p99"), (0.5, 0.95): ("first50", "first95")}

Array = npt.NDArray[np.float64]


class Tier(NamedTuple):
    """Resolution tier: how many rows of one width are kept, and into what further ones are merged."""

    width: int
    most: int
    into: int


TIERS = (Tier(1, 900, 10), Tier(10, 1_080, 60), Tier(60, 1_440, 120))
_SLACK = 240  # rows above the finest tier's size before they are merged, so that merging is rare
CAPACITY = sum(tier.most for tier in TIERS) + 2 * _SLACK


class Series:
    """Columns over time. Seconds count from the run's first start."""

    def __init__(self) -> None:
        self._rows = np.full((CAPACITY, len(COLUMNS)), np.nan)
        self._size = 0
        self._fine = 0  # number of rows of the finest tier
        self.last_second = -1

    def __len__(self) -> int:
        return self._size

    def add(self, buckets: Iterable[SecondBucket]) -> bool:
        """Appends closed seconds, skipping known ones; returns whether anything was new."""
        before = self.last_second
        for bucket in buckets:
            if bucket.second > self.last_second:
                self._append(bucket)
        return self.last_second != before

    def column(self, name: str) -> Array:
        """Returns the values of a column, oldest first, as a view that is valid until the next `add`."""
        return self._rows[: self._size, COLUMNS[name]]

    def per_second(self, name: str) -> Array:
        """Returns a counted column as a rate per second."""
        return self.column(name) / self.column("width")

    @property
    def times(self) -> Array:
        """Returns the middle of each row's span, in seconds since the start."""
        return self.column("second") + self.column("width") / 2

    def _append(self, bucket: SecondBucket) -> None:
        row = self._rows[self._size]
        row[:] = np.nan
        for name in ("second", "saved", "answered", "limit", "in_flight", "tokens_in", "tokens_out"):
            row[COLUMNS[name]] = getattr(bucket, name)
        row[COLUMNS["width"]] = 1
        if bucket.latency is not None:
            row[COLUMNS["p50"]] = bucket.latency.p50
            row[COLUMNS["p95"]] = bucket.latency.p95
            row[COLUMNS["p99"]] = bucket.latency.p99
        if bucket.first_token is not None:
            row[COLUMNS["first50"]] = bucket.first_token.p50
            row[COLUMNS["first95"]] = bucket.first_token.p95
        for name in ERRORS:
            row[COLUMNS[name]] = bucket.errors.get(name, 0)
        self._size += 1
        self._fine += 1
        self.last_second = bucket.second
        if self._fine >= TIERS[0].most + _SLACK:
            self._shrink()

    def _shrink(self) -> None:
        rows = self._rows[: self._size]
        widths = rows[:, COLUMNS["width"]]
        parts: list[Array] = []
        carried = np.empty((0, rows.shape[1]))
        # From the finest tier to the coarsest, excess rows are merged into the next tier.
        for tier in TIERS:
            low = tier.width
            chosen = (widths >= low) & (widths < tier.into) if tier is not TIERS[-1] else widths >= low
            mine = np.concatenate([rows[chosen], carried])
            extra = max(0, len(mine) - tier.most)
            factor = tier.into // tier.width
            extra -= extra % factor
            carried = _merge(mine[:extra], factor)
            parts.append(mine[extra:])
        parts.append(carried)
        kept = np.concatenate(parts[::-1])
        self._size = len(kept)
        self._rows[: self._size] = kept
        self._fine = int((kept[:, COLUMNS["width"]] == 1).sum())


def _merge(rows: Array, factor: int) -> Array:
    """Merges each `factor` rows: counts are summed, percentiles are those of all answers together."""
    if not len(rows):
        return rows
    groups = rows.reshape(-1, factor, rows.shape[1])
    merged = groups[:, 0].copy()
    merged[:, SUMMED] = groups[:, :, SUMMED].sum(axis=1)
    filled = np.where(np.isnan(groups[:, :, LARGEST]), -np.inf, groups[:, :, LARGEST]).max(axis=1)
    merged[:, LARGEST] = np.where(np.isinf(filled), np.nan, filled)
    for shares, names in PERCENTILES.items():
        places = [COLUMNS[name] for name in names]
        for row, group in zip(merged, groups, strict=True):
            spans = ((line[COLUMNS["answered"]], line[places].tolist()) for line in group)
            row[places] = mix(spans, shares) or [np.nan] * len(places)
    return merged
