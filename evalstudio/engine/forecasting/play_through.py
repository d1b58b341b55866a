"""Discrete-event simulation: forecasts the time and cost of a run, as bands, from a few answers or earlier runs.

The run is simulated in virtual time with the same limits that it will have, against an endpoint whose speed and number
of slots come from a basis. Pure and deterministic.
"""

import heapq
import math
import random
import statistics
from collections.abc import Sequence

import msgspec

from evalstudio.core.outcome import Outcome
from evalstudio.core.strategy import Adaptive, Sequential, SlidingWindow, Strategy
from evalstudio.engine.limits.endpoint import EndpointController
from evalstudio.engine.limits.priors import Kind
from evalstudio.engine.limits.vocabulary import AttemptResult, Ticket
from evalstudio.statistics import t_quantile
from evalstudio.store.endpoint_memory import Prior

SMALLEST_ERROR = 0.05  # relative, of a mean latency, however well it is known
PRIOR_ERROR = 0.15
FEWEST_QUIET = 3
SLOWER = 1.5  # a concurrent call that takes this many times as long as one alone waits for a slot
MOST_PLAYED = 2_000  # calls that are simulated; the rest is extrapolated from the last half of them
TICK_S = 0.25


class Basis(msgspec.Struct, frozen=True):
    """What is known about an endpoint. Times are in seconds of a call alone, costs in US dollars a sample.

    `slots` is the number of calls that it processes at once, while others wait; None: more than `seen`, the highest
    concurrency that was tried.
    """

    seconds: float
    spread: float  # standard deviation of the seconds
    error: float  # half of the 95 % confidence interval of their mean, relative to it
    slots: int | None
    seen: int
    cost: float | None = None
    cost_error: float = 0.0
    kind: Kind = "hosted"
    requests_per_minute: float | None = None
    prior: Prior | None = None


class Band(msgspec.Struct, frozen=True):
    """A 95 % interval from `low` to `high`, as far as the basis is right."""

    low: float
    likely: float
    high: float


class Forecast(msgspec.Struct, frozen=True):
    """The forecast of a run: seconds, and US dollars where prices are known."""

    strategy: Strategy
    seconds: Band
    cost: Band | None


def forecast(
    samples: int, basis: Basis, strategy: Strategy, *, ceiling: int = 256, turns: int = 1
) -> Forecast:
    """Forecasts a run.

    Args:
        samples: The number of samples.
        basis: What is known about the endpoint.
        strategy: The strategy of the run.
        ceiling: Calls in flight, at most.
        turns: Calls of each sample, one after the other.
    """
    if samples < 1:
        nothing = Band(0.0, 0.0, 0.0)
        return Forecast(strategy, nothing, nothing)
    calls = samples * turns
    slower, faster = 1 + basis.error, max(0.1, 1 - basis.error)
    slots = basis.slots
    worst_slots = basis.seen if slots is None else slots
    low = play(calls, basis, strategy, basis.seconds * faster, slots, ceiling)
    likely = play(calls, basis, strategy, basis.seconds, slots, ceiling)
    high = play(calls, basis, strategy, basis.seconds * slower, worst_slots, ceiling)
    if slots is None and basis.kind == "local":
        # a local server has its limit between what was tried and where Adaptive would go: the geometric mean
        likely = math.sqrt(likely * play(calls, basis, strategy, basis.seconds, worst_slots, ceiling))
    low, likely, high = sorted((low, likely, high))
    return Forecast(strategy, Band(low, likely, high), _cost(samples, basis))


def from_pilot(
    alone: Sequence[float],
    together: Sequence[float],
    window: int,
    costs: Sequence[float | None],
    *,
    kind: Kind,
    requests_per_minute: float | None = None,
) -> Basis:
    """Returns a basis from the latencies of a pilot, in seconds.

    Args:
        alone: Of calls made one at a time.
        together: Of calls made `window` at a time.
        window: Concurrency of these.
        costs: Of samples, in US dollars; used only if all are known.
        kind: The kind of endpoint.
        requests_per_minute: Its rate limit.
    """
    mean = statistics.fmean(alone)
    slots: int | None = None
    if together and (ratio := statistics.fmean(together) / mean) > SLOWER:
        slots = max(1, round(window / ratio))
    # where calls did not wait for each other, all of them measure the time of a call alone
    calls = [*alone, *together] if slots is None else list(alone)
    spread = statistics.stdev(calls) if len(calls) > 1 else 0.0
    mean = statistics.fmean(calls)
    known = [cost for cost in costs if cost is not None]
    priced = known if len(known) == len(costs) else []
    return Basis(
        mean,
        spread,
        max(SMALLEST_ERROR, _error(calls)),
        slots,
        window if together else 1,
        statistics.fmean(priced) if priced else None,
        _error(priced),
        kind,
        requests_per_minute,
    )


def from_prior(prior: Prior, cost: float | None, *, kind: Kind, quiet: Sequence[float] = ()) -> Basis | None:
    """Returns a basis from what earlier runs learned; None where that is too little.

    `quiet` are the latencies, in seconds, of calls with few others in flight. The latency that Adaptive stores was
    measured under load, where a server takes longer for each call; without quiet calls, a call alone is assumed to take
    as long.
    """
    if prior.window is None or prior.throughput is None or prior.seconds is None:
        return None
    mean, error = prior.seconds, PRIOR_ERROR
    if len(quiet) >= FEWEST_QUIET:
        mean = min(mean, statistics.fmean(quiet))
        error = max(error, _error(quiet))
    slots = max(1, round(prior.throughput * mean))
    alone = min(mean, slots / prior.throughput)
    return Basis(
        alone, 0.5 * alone, error, slots, prior.window, cost, 0.5, kind, prior.requests_per_minute, prior
    )  # fmt: skip


def play(
    samples: int, basis: Basis, strategy: Strategy, seconds: float, slots: int | None, ceiling: int
) -> float:
    """Simulates a run; each call needs `seconds` on average. Returns the seconds until its end."""
    played = min(samples, MOST_PLAYED)
    ends = _Play(played, basis, strategy, seconds, slots, ceiling).run()
    half = ends[len(ends) // 2]
    rest = (ends[-1] - half) / max(1, len(ends) - 1 - len(ends) // 2) * (samples - played)
    return ends[-1] + rest


class _Play:
    """The simulation of one run, in virtual time from 0."""

    def __init__(
        self, samples: int, basis: Basis, strategy: Strategy, seconds: float, slots: int | None, ceiling: int
    ) -> None:
        self._samples = samples
        self._slots = slots
        self._adaptive = isinstance(strategy, Adaptive)
        self._window = ceiling
        minimum, maximum, start = 1, ceiling, None
        match strategy:
            case Sequential():
                self._window = 1
            case SlidingWindow(max_concurrency=size):
                self._window = min(size, ceiling)
            case Adaptive():
                maximum = min(strategy.max or ceiling, ceiling)
                minimum, start = min(strategy.min, maximum), strategy.initial
        self._controller = EndpointController(
            now=0.0, kind=basis.kind, minimum=minimum, maximum=maximum, start=start, prior=basis.prior,
            requests_per_minute=basis.requests_per_minute,
        )  # fmt: skip
        self._random = random.Random(samples)
        self._mean = seconds
        share = basis.spread / basis.seconds if basis.seconds else 0.0
        self._sigma = math.sqrt(math.log(1 + share * share))

    def run(self) -> list[float]:
        """Returns the times at which calls ended, in order."""
        controller, now, started = self._controller, 0.0, 0
        ends: list[float] = []
        flying: list[tuple[float, int, Ticket]] = []
        free: list[float] = []  # when each busy slot is free again
        next_tick = TICK_S
        while len(ends) < self._samples:
            wake = next_tick
            while started < self._samples and len(flying) < self._window:
                wait = controller.check(now, adaptive=self._adaptive)
                if wait is not None:
                    if wait.until is not None:
                        wake = min(wake, max(wait.until, now + 0.001))
                    break
                ticket = controller.start(now, adaptive=self._adaptive)
                heapq.heappush(flying, (self._served(now, free), started, ticket))
                started += 1
            if flying and flying[0][0] <= wake:
                now, _, ticket = heapq.heappop(flying)
                controller.finish(now, ticket, AttemptResult(Outcome.OK))
                ends.append(now)
            else:
                now = wake
            if now >= next_tick:
                next_tick = now + TICK_S
                controller.tick(now)
        return ends

    def _served(self, now: float, free: list[float]) -> float:
        """The time at which a call that starts now is answered: first come, first served; times are lognormal."""
        takes = self._mean
        if self._sigma > 0:
            takes *= self._random.lognormvariate(-(self._sigma**2) / 2, self._sigma)
        if self._slots is None:
            return now + takes
        begins = now if len(free) < self._slots else max(now, heapq.heappop(free))
        heapq.heappush(free, begins + takes)
        return begins + takes


def _cost(samples: int, basis: Basis) -> Band | None:
    if basis.cost is None:
        return None
    likely = samples * basis.cost
    return Band(max(0.0, likely * (1 - basis.cost_error)), likely, likely * (1 + basis.cost_error))


def _error(values: Sequence[float]) -> float:
    """Half of the 95 % confidence interval of a mean (Student's t), relative to it."""
    if len(values) < 2 or (mean := statistics.fmean(values)) <= 0:
        return 0.0
    half = t_quantile(0.975, len(values) - 1) * statistics.stdev(values) / math.sqrt(len(values))
    return half / mean
