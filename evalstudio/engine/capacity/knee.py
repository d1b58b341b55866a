"""Knee search: chooses the levels of concurrency to measure, and finds the knee of the throughput curve. Pure.

Levels double until more concurrent calls bring no more throughput, twice, or only waiting, or errors; then two more
levels are measured around the best. The knee is the smallest level with at least 95 % of the best rate, or with a rate
that is not significantly lower.
"""

import math
from enum import StrEnum

from evalstudio.core.format import milliseconds
from evalstudio.protocol import Level

GAIN = 0.05  # smallest gain in throughput that counts, and only beyond 1.65 standard errors (one-sided 95 %)
CERTAIN = 1.65
NEAR = 0.95  # of the best rate counts as equal ...
NEARLY = 0.88  # ... and so does this, where the difference may be chance
FAILING = 0.1  # share of failed attempts above which a level does not work
EXPLODES = 3.0  # times the p95 latency of the level before: only waiting is added


class End(StrEnum):
    """Why no higher level is measured."""

    FLAT = "more only adds waiting"
    ERRORS = "more brings errors"
    SLOW = "more takes too long"
    MOST = "no more was asked for, and more may bring more"
    SAMPLES = "the samples ran out before it was clear whether more helps"


class Search:
    """Chooses levels up to `most`: call `next`, measure the level, `add` it, until `next` returns None.

    `p95` and `first_token_p95`, in seconds: levels that take longer do not count; None: any time does.
    """

    def __init__(self, most: int, p95: float | None = None, first_token_p95: float | None = None) -> None:
        self._bounds = p95, first_token_p95
        self.levels: list[Level] = []
        self.end: End | None = None
        self._most = most
        self._refined: list[int] | None = None

    def next(self) -> int | None:
        """Returns the level to measure now; None when the verdict is clear."""
        if not self.levels:
            return 1
        if self._refined is None:
            self.end = self._end()
            if self.end is None:
                return min(2 * self.levels[-1].concurrency, self._most)
            self._refined = self._around()
        return self._refined.pop(0) if self._refined else None

    def add(self, level: Level) -> None:
        """Adds a measured level."""
        self.levels.append(level)

    def run_out(self) -> None:
        """Ends the search: no samples are left."""
        if self.end is None:
            self.end = End.SAMPLES
        self._refined = []

    @property
    def best(self) -> Level | None:
        """The knee; None where no level worked."""
        working = [
            level
            for level in self.levels
            if level.failed_share <= FAILING and level.answers and self._in_time(level)
        ]
        if not working:
            return None
        top = _best_rate(working)
        return min((level for level in working if _as_good(level, top)), key=lambda level: level.concurrency)

    @property
    def sentence(self) -> str:
        """The verdict in words."""
        best = self.best
        if best is None:
            if self.levels and all(level.answers and not self._in_time(level) for level in self.levels):
                return f"No level keeps to the bound on latency, not even {self.levels[0].concurrency} in flight."
            if self.levels and self.end is not End.SAMPLES:
                level = self.levels[-1]
                return f"No level worked: {level.failed} of {level.answers + level.failed} attempts failed."
            return "Too few samples to measure anything; give it more."
        p95 = f", p95 {milliseconds(best.latency.p95)}" if best.latency else ""
        higher = any(level.concurrency > best.concurrency for level in self.levels)
        end = self.end or End.SAMPLES
        if end is End.MOST and higher:
            end = End.FLAT
        if any(self._bounds):
            return (
                f"The most within the bound: {best.concurrency} in flight, {best.rate:.3g} samples/s{p95}; "
                f"{end.value}."
            )
        return f"Best: {best.concurrency} in flight, {best.rate:.3g} samples/s{p95}; {end.value}."

    def _in_time(self, level: Level) -> bool:
        for bound, measured in zip(self._bounds, (level.latency, level.first_token), strict=True):
            if bound is not None and measured is not None and measured.p95 > bound:
                return False
        return True

    def _end(self) -> End | None:
        last = self.levels[-1]
        if not self._in_time(last):
            return End.SLOW
        if last.failed_share > FAILING:
            return End.ERRORS
        before = self.levels[:-1]
        if before and not _gains(last, _best_rate(before)):
            now, then = last.latency, before[-1].latency
            if now is not None and then is not None and now.p95 > EXPLODES * then.p95:
                return End.FLAT
            if len(before) >= 2 and not _gains(before[-1], _best_rate(before[:-1])):
                return End.FLAT
        return End.MOST if last.concurrency >= self._most else None

    def _around(self) -> list[int]:
        """The levels halfway to the neighbours of the best."""
        best = self.best
        if best is None:
            return []
        known = sorted(level.concurrency for level in self.levels)
        place = known.index(best.concurrency)
        neighbours = known[max(0, place - 1) : place] + known[place + 1 : place + 2]
        halves = [round((best.concurrency + other) / 2) for other in neighbours]
        return [half for half in halves if half not in known]


def _as_good(level: Level, top: Level) -> bool:
    """Whether a rate is near the top one, or not significantly lower: the best of several is too high by chance."""
    near = level.rate >= NEAR * top.rate
    return near or (level.rate >= NEARLY * top.rate and not _gains(top, level))


def _best_rate(levels: list[Level]) -> Level:
    return max(levels, key=lambda level: level.rate)


def _gains(level: Level, than: Level) -> bool:
    """Whether a level's rate is significantly higher."""
    if level.rate <= 0 or than.rate <= 0:
        return level.rate > than.rate
    error = math.hypot(_error(level), _error(than))
    return math.log(level.rate / than.rate) > max(GAIN, CERTAIN * error)


def _error(level: Level) -> float:
    """The relative standard error, from the 95 % interval."""
    return (level.high - level.low) / 2 / 1.96 / level.rate
