"""Level measurement: throughput with its interval, latency, time to first token and errors at one concurrency."""

import asyncio
import itertools
import math
import statistics
from collections.abc import Callable
from dataclasses import dataclass, field

from evalstudio.core.outcome import Outcome
from evalstudio.engine.models.call import CallResult
from evalstudio.engine.run.histogram import LatencyHistogram
from evalstudio.engine.run.sample_queue import SampleTask
from evalstudio.protocol import Level
from evalstudio.statistics import t_quantile

FEWEST = 16  # answers of a level, at least
ROUNDS = 4  # answers, as a multiple of the level, at least
MOST_BATCHES = 8
ENOUGH_TO_COUNT = 6  # answers that are enough where samples or time run out
FEW_FAILURES = 8  # failures that are verdict enough


def answers_for(level: int) -> tuple[int, int]:
    """Returns the answers that a level needs: for its warm-up, and for its measurement.

    Example:
        >>> answers_for(8)
        (8, 32)
    """
    return level, max(FEWEST, ROUNDS * level)


@dataclass
class Measurement:
    """The measurement of one level. Pass each attempt to `on_attempt_ended`; `done` is set when there are enough."""

    level: int
    clock: Callable[[], float]
    has_more: Callable[[], bool]  # whether samples are left to keep the level full
    done: asyncio.Event = field(default_factory=asyncio.Event)
    ran_out: bool = False
    _started: float = 0.0
    _warm_up: int = 0
    _from: float = 0.0  # when measuring began
    _ends: list[float] = field(default_factory=list)
    _failed: int = 0
    _latency: LatencyHistogram = field(default_factory=LatencyHistogram)
    _first: LatencyHistogram = field(default_factory=LatencyHistogram)

    def __post_init__(self) -> None:
        self._started = self._from = self.clock()

    def on_attempt_ended(self, item: SampleTask, result: CallResult, latency: float) -> None:
        """Adds an attempt; `latency` is in seconds."""
        if (
            self.done.is_set() or item.started < self._started
        ):  # it started under the load of the level before
            return
        now = self.clock()
        if not self.has_more():  # fewer than the level are in flight from now on
            self.ran_out = True
            self.done.set()
            return
        if result.outcome is not Outcome.OK:
            self._failed += 1
            if self._fails:
                self.done.set()
            return
        warm_up, wanted = answers_for(self.level)
        if self._warm_up < warm_up:
            self._warm_up += 1
            self._from = now
            return
        self._ends.append(now)
        self._latency.add(latency)
        if result.first_token is not None:
            self._first.add(result.first_token)
        if len(self._ends) >= wanted:
            self.done.set()

    @property
    def _fails(self) -> bool:
        """Whether failures alone are a sufficient verdict."""
        return self._failed >= FEW_FAILURES and self._failed > len(self._ends)

    def result(self, run_id: int) -> Level | None:
        """Returns the measured level; None where there are too few answers."""
        answers = len(self._ends)
        if answers < ENOUGH_TO_COUNT and not self._fails:
            return None
        seconds = (self._ends[-1] if self._ends else self.clock()) - self._from
        rate = answers / seconds if seconds > 0 else 0.0
        half = rate * relative_half_width(self._from, self._ends, self.level)
        return Level(
            run_id, self.level, answers, self._failed, seconds, rate, max(0.0, rate - half), rate + half,
            self._latency.percentiles(), self._first.percentiles(),
        )  # fmt: skip


def relative_half_width(start: float, ends: list[float], level: int) -> float:
    """Returns half of the 95 % confidence interval of a rate, relative to it, by the method of batch means.

    Calls of equal length end together, so a batch is at least one round of the level. (A. M. Law, "Simulation Modeling
    and Analysis", section 9.5.)

    Args:
        start: When the measurement began, in seconds.
        ends: When answers arrived, in seconds.
        level: Concurrency.
    """
    batches = min(MOST_BATCHES, len(ends) // max(2, level))
    if batches < 2:
        return 1.0
    size = len(ends) // batches
    edges = [start, *(ends[number * size - 1] for number in range(1, batches + 1))]
    spans = [later - earlier for earlier, later in itertools.pairwise(edges)]
    mean = statistics.fmean(spans)
    if mean <= 0:
        return 1.0
    error = statistics.stdev(spans) / mean / math.sqrt(batches)
    return min(1.0, max(0.01, t_quantile(0.975, batches - 1) * error))
