"""Endpoint controller: back-off gate, circuit breaker, rate limiter and adaptive window of one endpoint together.

There is one for each endpoint, key and model, shared by all runs and judges that call it. It learns from attempts, not
from samples. It does no I/O and has no clock of its own: `now` is always monotonic time in seconds.

A call starts when gate, breaker, rate limiter and window all allow it (`check`). `finish` passes the result of an
attempt to the part that learns from it: answers to the window, throttling to the rate limiter or the concurrency cap,
overload to the circuit breaker. Other outcomes are no evidence about limits.
"""

import math

from evalstudio.core.outcome import Outcome
from evalstudio.engine.limits.backoff_gate import BackoffGate, ThrottleBackoff
from evalstudio.engine.limits.bounds import check_bounds, check_rates
from evalstudio.engine.limits.changes import Rates, add_change, rate_changes
from evalstudio.engine.limits.circuit_breaker import CircuitBreaker, RecentFailure
from evalstudio.engine.limits.client_load import ClientLoad
from evalstudio.engine.limits.estimators import Lived
from evalstudio.engine.limits.learner import Learner, Phase
from evalstudio.engine.limits.priors import Kind, first_windows
from evalstudio.engine.limits.rate_limit_headers import RateHeaders
from evalstudio.engine.limits.rate_limiter import RateLimiter
from evalstudio.engine.limits.retry import RetryBudget
from evalstudio.engine.limits.safe_load import SafeLoad
from evalstudio.engine.limits.streaming import StreamRate
from evalstudio.engine.limits.throttle_episodes import ThrottleEpisodes
from evalstudio.engine.limits.vocabulary import AttemptResult, Binding, LimitMove, Ticket, Wait
from evalstudio.store.endpoint_memory import Prior


class EndpointController:
    """The limits of one endpoint.

    `changes` collects what changed, for the owner to drain; `expected_output` is the number of tokens to reserve for an
    answer of unknown length; `gate_cause` says why calls are held back. Raises LimitError for bad bounds or rates.
    """

    def __init__(
        self,
        *,
        now: float,
        kind: Kind = "hosted",
        minimum: int = 1,
        start: int | None = None,
        maximum: int = 256,
        prior: Prior | None = None,
        requests_per_minute: float | None = None,
        tokens_per_minute: float | None = None,
    ) -> None:
        check_bounds(minimum, maximum, start)
        check_rates(requests_per_minute, tokens_per_minute)
        self.changes: list[LimitMove] = []
        self.in_flight = 0
        self.expected_output = prior.expected_output if prior and prior.expected_output else 256.0
        self.gate_cause = ""
        self.retries = RetryBudget()  # of all who call it
        self._minimum, self._maximum = minimum, maximum
        self._pin: int | None = None
        self._useful = math.inf  # concurrent calls that this machine can make use of
        self._adaptive_in_flight = 0
        self._area, self._area_at = 0.0, now
        self._gate, self._backoff = BackoffGate(), ThrottleBackoff()
        self._rate_limiter = RateLimiter(now)
        self._stream = StreamRate()
        self._breaker = CircuitBreaker()
        self._throttles = ThrottleEpisodes()
        self._cap = self._throttles.cap
        self._load = SafeLoad(prior.crashed_at if prior is not None else None)
        self._client = ClientLoad()
        self._canary: Ticket | None = None
        self._started = (0, 0)  # requests and tokens so far
        self._disturbed_at = -math.inf  # when gate or rate limiter last held a call back
        self._next_growth_start = 0.0
        self._seconds: float | None = None  # mean of an answered attempt
        if prior is not None and prior.concurrency_cap is not None:
            self._cap.hit(prior.concurrency_cap)
        first, blind, recalled = first_windows(kind, start, prior)
        first = min(max(first, minimum), self._top)
        self._cause = Binding.PROBING
        self._learner = Learner(
            now, start=first, blind=min(max(first, blind), self._top), moved=self._window_moved
        )
        if recalled:
            self._learner.end_ramp(now)  # this run holds the window that earlier runs settled at
        if prior is not None and prior.requests_per_minute is not None:
            self._rate_limiter.hidden.recall(prior.requests_per_minute / 60)
        self._rate_limiter.set_rates(now, requests_per_minute, tokens_per_minute)

    # -- before an attempt ---------------------------------------------------------------------------------------------

    def check(self, now: float, tokens: int = 0, *, adaptive: bool = True) -> Wait | None:
        """Checks whether a call may start now.

        Args:
            now: Monotonic time, in seconds.
            tokens: Tokens of the prompt plus the output it reserves (`max_tokens`, else `expected_output`).
            adaptive: False for a run with a window of its own: gate and rate limiter apply, the learned window does
                not.

        Returns:
            None when it may start, else what it waits for.
        """
        if (until := self._gate.wait(now)) is not None:
            self._disturbed_at = now
            return Wait(Binding.OVERLOAD if self._breaker.open else Binding.BACKOFF, until)
        if self._breaker.open and self._canary is not None:
            self._disturbed_at = now
            return Wait(Binding.OVERLOAD, None)
        if adaptive and self._adaptive_in_flight >= self.limit:
            return Wait(self._window_binding(), None)
        if (until := self._rate_limiter.check(now, tokens)) is not None:
            self._disturbed_at = now
            return Wait(Binding.TOKENS if self._rate_limiter.blocks_tokens else Binding.REQUESTS, until)
        if adaptive and now < self._next_growth_start:
            return Wait(Binding.PROBING, self._next_growth_start)
        return None

    def start(self, now: float, tokens: int = 0, *, adaptive: bool = True) -> Ticket:
        """Starts a call. `finish` has to be called once for each ticket, whatever happens."""
        self._advance(now)
        self.in_flight += 1
        self._adaptive_in_flight += adaptive
        self._gate.started(now)
        self._rate_limiter.started(now, tokens)
        before = self._started
        self._started = (before[0] + 1, before[1] + tokens)
        growing = self._pin is None and self._learner.phase in (Phase.RAMP, Phase.PROBE_UP)
        if adaptive and growing and self._seconds is not None:
            spacing = min(0.05, self._seconds / (3 * self.limit))
            self._next_growth_start = now + spacing if spacing > 0.002 else 0.0
        ticket = Ticket(
            started=now,
            tokens=tokens,
            before=before,
            adaptive=adaptive,
            generation=self._throttles.generation,
            breaker_generation=self._breaker.generation,
            in_flight=self.in_flight,
            limit=self.limit,
            at_record=self._throttles.started(self.in_flight),
            area=self._area,
        )
        if adaptive:
            self._stream.started(now, ticket, self._learner.window)
        if self._breaker.open:
            self._canary = ticket
        return ticket

    def streamed(self, now: float, ticket: Ticket, parts: int) -> None:
        """Notes that `parts` of an answer arrived while it is still being streamed."""
        if ticket.adaptive:
            self._stream.came(now, ticket, parts)
        ticket.streams = True

    # -- after an attempt ----------------------------------------------------------------------------------------------

    def finish(self, now: float, ticket: Ticket, result: AttemptResult) -> None:
        """Ends an attempt, and learns from its outcome. Raises ValueError where it has ended already."""
        if ticket.ended:
            raise ValueError("an attempt ends once")
        ticket.ended = True
        self._advance(now)
        before = self.in_flight
        self.in_flight -= 1
        self._adaptive_in_flight -= ticket.adaptive
        if ticket.adaptive:
            self._stream.ended(now, ticket)
        if ticket is self._canary:
            self._canary = None
        if result.rates is not None:
            self._take_headers(now, ticket, result.rates)
        if result.tokens is not None:
            self._rate_limiter.refund(now, ticket.tokens - result.tokens)
        elif result.outcome in (Outcome.THROTTLED, Outcome.OVERLOADED):
            self._rate_limiter.refund(now, ticket.tokens)
        if result.outcome is Outcome.OK:
            self._answered(now, ticket, result)
        elif result.outcome is Outcome.THROTTLED:
            self._throttled(now, ticket, result)
        elif result.outcome is Outcome.OVERLOADED:
            self._overloaded(now, ticket, result, before)

    def tick(self, now: float) -> None:
        """Advances time-driven rules; to be called about four times a second."""
        full = self._adaptive_in_flight >= self.limit
        self._cause = Binding.PROBING
        if not self._client.busy:
            self._learner.tick(now, full=full, top=self._top)
            if self._learner.phase is Phase.RAMP:
                undisturbed = full and now - self._disturbed_at > 0.5
                streams = self._stream.measure(now, full=undisturbed)
                if streams is not None and self._stream.is_sooner:
                    self._learner.streamed(now, streams, top=self._top)
        old = self._rates
        if self._rate_limiter.tick(now):
            self._report_rates(now, old, "it held for a while: trying a little more")
        at_top = full and self._learner.window >= self._top
        if self._cap.tick(now, binds=at_top and self._cap.value <= self._load.value):
            self._cause = Binding.CAP
        self._load.tick(now, binds=at_top and self._load.value < self._cap.value)

    def client_load(self, now: float, loop_lag: float, cpu: float) -> None:
        """Reports this process's load, about once a second: loop lag in seconds, CPU as a share of one core."""
        self._client.report(loop_lag, cpu)
        if self._client.late and self._learner.window > self._minimum:
            self._cause = Binding.CLIENT
            smaller = max(self._minimum, math.floor(0.9 * self._learner.window))
            self._learner.cut(
                now, smaller, f"this program is {loop_lag * 1000:.0f} ms late: fewer calls at once"
            )

    # -- settings and state --------------------------------------------------------------------------------------------

    def set_bounds(self, now: float, minimum: int, maximum: int, pin: int | None = None) -> None:
        """Sets the user's bounds on calls in flight, or pins the window. Raises LimitError when they can't work."""
        check_bounds(minimum, maximum, pin=pin)
        old = self.limit
        self._minimum, self._maximum, self._pin = minimum, maximum, pin
        self._cause = Binding.MAXIMUM
        self._learner.limit_to(now, minimum, self._top, f"bounds set to {minimum} to {maximum}")
        if pin is not None and pin != old:
            self._change(now, old, pin, Binding.MAXIMUM, f"pinned to {pin}")

    def set_rates(
        self, now: float, requests_per_minute: float | None, tokens_per_minute: float | None
    ) -> None:
        """Sets the user's rate limits per minute; None: no limit. Raises LimitError for what is not positive."""
        check_rates(requests_per_minute, tokens_per_minute)
        old = self._rates
        self._rate_limiter.set_rates(now, requests_per_minute, tokens_per_minute)
        self._report_rates(now, old, "set by you")

    def set_useful(self, now: float, most: int | None, sentence: str) -> None:
        """Bounds the window by the concurrency that this machine can use; `sentence` says why. None: no bound."""
        useful = math.inf if most is None else most
        if useful == self._useful:
            return
        self._useful, self._cause = useful, Binding.CLIENT
        self._learner.limit_to(now, self._minimum, self._top, sentence)

    @property
    def limit(self) -> int:
        """Calls that adaptive runs may have in flight now."""
        if self._pin is not None:
            return self._pin
        return max(self._minimum, min(self._learner.window, self._top))

    @property
    def requests_per_minute(self) -> float | None:
        """The request rate in force, whether set, stated or learned; None when none is known."""
        return self._rate_limiter.requests_per_minute

    @property
    def tokens_per_minute(self) -> float | None:
        return self._rate_limiter.tokens_per_minute

    @property
    def rates_set(self) -> tuple[float | None, float | None]:
        """Requests and tokens per minute that the user has set; None where there is no setting."""
        return self._rate_limiter.settings

    @property
    def phase(self) -> str:
        return self._learner.phase.value

    @property
    def throughput(self) -> float | None:
        """Answers/s at the learned window; None before that is known."""
        return self._learner.throughput

    def gate_until(self, now: float) -> float | None:
        """Returns the time at which calls start again; None: they may start now. `gate_cause` says why they wait."""
        return self._gate.until if self._gate.is_shut(now) else None

    def broken(self, now: float) -> str | None:
        """Returns a sentence when the endpoint has been down for so long that a run should pause, else None."""
        if not self._breaker.broken(now):
            return None
        return f"the endpoint did not recover in {self._breaker.failed_canaries} careful calls: {self.gate_cause}"

    def reset_breaker(self, now: float) -> None:
        """Lets canary calls start again in full number, after a person has fixed the cause."""
        self._breaker.reset_breaker(now)

    def binding(self, now: float, waiting: int) -> Binding | None:
        """Returns the limit that keeps `waiting` samples from starting; None when it is none of these."""
        if waiting <= 0:
            return Binding.DATASET
        if self._gate.is_shut(now):
            return Binding.OVERLOAD if self._breaker.open else Binding.BACKOFF
        if self._breaker.open:
            return Binding.OVERLOAD
        if now - self._rate_limiter.blocked_at < 0.5:
            return Binding.TOKENS if self._rate_limiter.blocks_tokens else Binding.REQUESTS
        if self._adaptive_in_flight >= self.limit:
            return self._window_binding()
        return None

    def prior(self) -> Prior:
        """Returns what to store for the next run."""
        hidden = self._rate_limiter.hidden
        return Prior(
            window=self._learner.base if self._learner.proven else None,
            throughput=self._learner.throughput,
            seconds=self._seconds,
            requests_per_minute=hidden.rate * 60 if hidden.learned and hidden.rate is not None else None,
            concurrency_cap=int(self._cap.value) if math.isfinite(self._cap.value) else None,
            crashed_at=self._load.crashed_at,
            expected_output=self.expected_output,
        )

    # -- learning from each outcome ----------------------------------------------------------------------------------

    def _answered(self, now: float, ticket: Ticket, result: AttemptResult) -> None:
        seconds = max(1e-9, now - ticket.started)
        self._seconds = seconds if self._seconds is None else 0.9 * self._seconds + 0.1 * seconds
        self._stream.whole(self._seconds)
        if result.output_tokens is not None:
            # a step-wise 70th percentile: a reservation that is too small gets a request rejected
            step = 0.05 * self.expected_output + 1
            self.expected_output += 0.7 * step if result.output_tokens > self.expected_output else -0.3 * step
        self._backoff.answered()
        if self._breaker.answered(now):
            self.gate_cause = ""
            if ticket.breaker_generation == self._breaker.generation:
                self._load.recovered()
        if not ticket.adaptive or self._pin is not None or self._breaker.open:
            return
        lived_with = (self._area - ticket.area) / seconds
        attempt = Lived(
            started=ticket.started,
            seconds=seconds,
            work=result.work if result.work is not None else 1.0,
            in_flight=lived_with,
            met=ticket.in_flight,
            first_token=result.first_token,
            limit=ticket.limit,
            # the mean, not the present value: calls of equal length end together and empty the window for a moment
            in_use=lived_with >= 0.85 * min(ticket.limit, self.limit) and now - self._disturbed_at > 0.5,
        )
        self._cause = Binding.PROBING
        self._learner.answered(
            now, attempt,
            in_flight=self._adaptive_in_flight, top=self._top, frozen=self._client.busy,
            carried=self._carried(now), by_answers=not self._stream.is_sooner,
        )  # fmt: skip

    def _carried(self, now: float) -> int | None:
        """Concurrent calls, of the mean size so far, that the endpoint's stated rates sustain; None: it states none."""
        requests, tokens = self._started
        return self._rate_limiter.carries(
            now, self.in_flight, self._seconds or 0.0, tokens / max(1, requests)
        )

    def _throttled(self, now: float, ticket: Ticket, result: AttemptResult) -> None:
        throttle = self._throttles.judge(
            now, ticket, result,
            rate_known=self._rate_limiter.stated or self._rate_limiter.hidden.rate is not None, seconds=self._seconds,
        )  # fmt: skip
        new = throttle.new_episode
        old = self._rates
        learn = new and not throttle.at_once and not self._rate_limiter.stated
        wait = 0.0
        if throttle.pauses:
            wait = self._backoff.wait(result.hint, new_episode=new, rate_known=self._rate_limiter.rate_known)
            self._gate.shut(now + wait)
        self._rate_limiter.throttled(now, now + wait, new_episode=new, learn=learn)
        self.gate_cause = result.message or "the endpoint asks for fewer requests"
        if new and not self._rate_limiter.stated:
            self._learner.end_ramp(now)
        if throttle.at_once:
            self._keep_below(now, ticket.in_flight)
        elif learn:
            self._report_rates(now, old, "calls were rejected: this is what the endpoint let through")
        if new:
            self._throttles.begin_anew(self.in_flight)

    def _keep_below(self, now: float, rejected: int) -> None:
        """Caps the window below the number of calls in flight that was rejected."""
        cap = max(self._minimum, rejected - 1)
        self._cap.hit(cap)
        self._cause = Binding.CAP
        sentence = f"a call was rejected with {rejected} in flight: at most {cap}"
        self._learner.limit_to(now, self._minimum, self._top, sentence)

    def _overloaded(self, now: float, ticket: Ticket, result: AttemptResult, before: int) -> None:
        verdict = self._breaker.failed(now, ticket.breaker_generation, before)
        if result.hint is not None:
            self._gate.shut(now + min(120.0, result.hint))
        if verdict is RecentFailure.KNOWN:
            self._load.lost_another()
        elif verdict is RecentFailure.CANARY:
            self._gate.shut(now + self._breaker.wait())
        elif verdict is RecentFailure.EPISODE:
            self.gate_cause = result.message or "the endpoint is overloaded"
            top = max(self._throttles.most, before)
            self._gate.shut(now + self._breaker.wait())
            self._load.broke_down(top)
            self._cause = Binding.OVERLOAD
            window = max(self._minimum, min(self._learner.window, top // 2, self._top))
            self._learner.cut(
                now, window, f"calls failed with {top} in flight ({self.gate_cause}): down to {window}"
            )
            self._throttles.begin_anew(0)

    def _take_headers(self, now: float, ticket: Ticket, rates: RateHeaders) -> None:
        old = self._rates
        later = (self._started[0] - ticket.before[0] - 1, self._started[1] - ticket.before[1] - ticket.tokens)
        self._rate_limiter.headers(now, rates, *later)
        self._report_rates(now, old, "stated by the endpoint")

    # -- common --------------------------------------------------------------------------------------------------------

    @property
    def _top(self) -> int:
        return int(max(self._minimum, min(self._maximum, self._useful, self._cap.value, self._load.value)))

    def _window_binding(self) -> Binding:
        limit = self.limit
        if self._pin is not None or limit >= self._maximum:
            return Binding.MAXIMUM
        if limit >= self._useful:
            return Binding.CLIENT
        if limit >= self._cap.value - 1:
            return Binding.CAP
        if limit >= self._load.value - 1:
            return Binding.OVERLOAD
        if self._client.busy:
            return Binding.CLIENT
        return Binding.PLATEAU if self._learner.phase is Phase.HOLD else Binding.PROBING

    def _advance(self, now: float) -> None:
        self._area += self._adaptive_in_flight * max(0.0, now - self._area_at)
        self._area_at = now

    def _window_moved(self, now: float, old: int, new: int, sentence: str) -> None:
        if self._pin is not None:
            return
        settled = self._cause is Binding.PROBING and self._learner.phase is Phase.HOLD
        self._change(now, old, new, Binding.PLATEAU if settled else self._cause, sentence)

    def _report_rates(self, now: float, old: Rates, sentence: str) -> None:
        self.changes += rate_changes(now, old, self._rates, sentence)

    @property
    def _rates(self) -> Rates:
        return self._rate_limiter.requests_per_minute, self._rate_limiter.tokens_per_minute

    def _change(self, now: float, old: int, new: int, cause: Binding, sentence: str) -> None:
        add_change(self.changes, LimitMove(now, "window", old, new, cause, sentence))
