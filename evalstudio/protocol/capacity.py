"""Capacity finder events: the plan, each measured level, and the verdict."""

from evalstudio.protocol.events import Event
from evalstudio.protocol.snapshot import Percentiles


class CapacityPlan(Event, tag="capacity-plan", frozen=True):
    """Upper bounds of a capacity search; `cost` in US dollars, None without a known price.

    `repeats`: how often each sample may be asked, where the dataset has fewer samples than the search needs.
    """

    experiment: str
    calls: int
    cost: float | None
    repeats: int = 1


class Level(Event, tag="level", frozen=True):
    """Measurement at one number of calls in flight. Rates in samples per second; `low` to `high` is the 95 % interval."""

    run_id: int
    concurrency: int
    answers: int
    failed: int  # attempts
    seconds: float
    rate: float
    low: float
    high: float
    latency: Percentiles | None
    first_token: Percentiles | None = None

    @property
    def failed_share(self) -> float:
        return self.failed / max(1, self.answers + self.failed)


class CapacityFound(Event, tag="capacity-found", frozen=True):
    """Verdict: the knee among `levels`, or None if nothing could be measured."""

    run_id: int
    best: int | None
    levels: tuple[Level, ...]
    sentence: str
