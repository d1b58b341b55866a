"""What the capacity finder tells: its plan, each level, the verdict."""

from evalstudio.protocol.events import Event
from evalstudio.protocol.snapshot import Percentiles


class CapacityPlan(Event, tag="capacity-plan", frozen=True):
    """What finding the capacity takes at most; `cost` in US dollars, None where no price is known."""

    experiment: str
    calls: int
    cost: float | None


class Level(Event, tag="level", frozen=True):
    """What was measured with so many calls in flight; rates in samples a second, `low` to `high` the 95 % interval."""

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
    """The verdict: the knee among `levels`, or None where nothing could be measured."""

    run_id: int
    best: int | None
    levels: tuple[Level, ...]
    sentence: str
