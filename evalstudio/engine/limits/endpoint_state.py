"""Endpoint state: the parts of one endpoint's limits, and what follows from all of them together."""

import math
from collections import deque

from evalstudio.engine.limits.backoff_gate import BackoffGate
from evalstudio.engine.limits.changes import Rates, add_change, rate_changes
from evalstudio.engine.limits.client_load import ClientLoad
from evalstudio.engine.limits.latency_bound import LatencyBound
from evalstudio.engine.limits.learner import Learner, Phase
from evalstudio.engine.limits.overload import Overload
from evalstudio.engine.limits.priors import PATIENCE, Kind, first_windows
from evalstudio.engine.limits.rate_limiter import RateLimiter
from evalstudio.engine.limits.streaming import StreamRate
from evalstudio.engine.limits.throttle_episodes import ThrottleEpisodes
from evalstudio.engine.limits.vocabulary import Binding, LimitMove, Ticket
from evalstudio.store.endpoint_memory import Prior


class EndpointState:
    """The limits of one endpoint, for the classes that apply them and learn from calls. Times are monotonic seconds."""

    def __init__(
        self, now: float, kind: Kind, minimum: int, maximum: int, start: int | None, prior: Prior | None
    ) -> None:
        self.changes: list[LimitMove] = []
        self.in_flight = 0
        self.gate_cause = ""
        self.kind: Kind = kind
        self.minimum, self.maximum = minimum, maximum
        self.pin: int | None = None
        self.useful = math.inf  # concurrent calls that this machine can make use of
        self.adaptive_in_flight = 0
        self.area, self.area_at = 0.0, now
        self.accepted_at = now  # when the endpoint last took a call
        self.has_taken = False  # any call
        self.disturbed_at = -math.inf  # when gate or rate limiter last held a call back
        self.seconds: float | None = None  # mean of an answered attempt
        self.gate = BackoffGate()
        self.rate_limiter = RateLimiter(now)
        self.stream = StreamRate()
        self.throttles = ThrottleEpisodes()
        self.cap = self.throttles.cap
        self.overload = Overload(PATIENCE[kind], prior.crashed_at if prior is not None else None)
        self.breaker, self.load = self.overload.breaker, self.overload.load
        self.client = ClientLoad()
        self.latency = LatencyBound()
        self.young: deque[Ticket] = deque()  # in flight, and neither accepted nor refused for all we know
        self.cause = Binding.PROBING
        if prior is not None and prior.concurrency_cap is not None:
            self.cap.hit(prior.concurrency_cap)
        first, blind, recalled = first_windows(kind, start, prior)
        first = min(max(first, minimum), self.top)
        blind = min(max(first, blind), self.top)
        self.learner = Learner(now, start=first, blind=blind, moved=self.window_moved)
        if recalled:
            self.learner.end_ramp(now)  # this run holds the window that earlier runs settled at
        if prior is not None:
            self.rate_limiter.recall(now, prior)

    @property
    def limit(self) -> int:
        """Calls that adaptive runs may have in flight now."""
        if self.pin is not None:
            return self.pin
        # a bound that was learned is tested by a call or more above it
        extra = max(self.cap.extra, self.load.ceiling.extra)
        return max(self.minimum, min(self.learner.window + extra, int(self.maximum), self.top + extra))

    @property
    def away(self) -> Binding:
        """Why nothing is called while the breaker is open."""
        return Binding.LOADING if self.kind == "local" and self.seconds is None else Binding.OVERLOAD

    @property
    def top(self) -> int:
        """The largest window that all bounds allow."""
        bounds = (self.maximum, self.useful, self.cap.value, self.load.value, self.latency.value)
        return int(max(self.minimum, min(bounds)))

    def window_binding(self) -> Binding:
        """The limit that the window stands at."""
        limit = self.limit
        if self.pin is not None or limit >= self.maximum:
            return Binding.MAXIMUM
        if limit >= self.useful:
            return Binding.CLIENT
        if limit >= self.latency.value:
            return Binding.LATENCY
        if limit >= self.cap.value - 1:
            return Binding.CAP
        if limit >= self.load.value - 1:
            return Binding.OVERLOAD
        if self.client.busy:
            return Binding.CLIENT
        return Binding.PLATEAU if self.learner.phase is Phase.HOLD else Binding.PROBING

    def advance(self, now: float) -> None:
        """Integrates the adaptive calls in flight up to now."""
        self.area += self.adaptive_in_flight * max(0.0, now - self.area_at)
        self.area_at = now

    def window_moved(self, now: float, old: int, new: int, sentence: str) -> None:
        """Records a move of the learned window."""
        if self.pin is not None:
            return
        settled = self.cause is Binding.PROBING and self.learner.phase is Phase.HOLD
        self.change(now, old, new, Binding.PLATEAU if settled else self.cause, sentence)

    def report_rates(self, now: float, old: Rates, sentence: str) -> None:
        """Records how the rates differ from `old`."""
        self.changes += rate_changes(now, old, self.rates, sentence)

    @property
    def rates(self) -> Rates:
        """Requests and tokens a minute in force."""
        return self.rate_limiter.requests_per_minute, self.rate_limiter.tokens_per_minute

    def change(self, now: float, old: int, new: int, cause: Binding, sentence: str) -> None:
        """Records a change of the window."""
        add_change(self.changes, LimitMove(now, "window", old, new, cause, sentence))
