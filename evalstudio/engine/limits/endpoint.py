"""Endpoint controller: back-off gate, circuit breaker, rate limiter and adaptive window of one endpoint together.

There is one for each endpoint, key and model, shared by all runs and judges that call it. It learns from attempts, not
from samples. It does no I/O and has no clock of its own: `now` is always monotonic time in seconds.

A call starts when gate, breaker, rate limiter and window all allow it (`check`). `finish` passes the result of an
attempt to the part that learns from it: answers to the window, throttling to the rate limiter or the concurrency cap,
overload to the circuit breaker. Other outcomes are no evidence about limits.
"""

import math

from evalstudio.core.outcome import Outcome
from evalstudio.engine.limits.bounds import check_bounds, check_rates
from evalstudio.engine.limits.endpoint_state import EndpointState
from evalstudio.engine.limits.estimators import Lived
from evalstudio.engine.limits.latency_bound import LatencyBound, LatencyTarget
from evalstudio.engine.limits.learner import Phase
from evalstudio.engine.limits.priors import Kind
from evalstudio.engine.limits.rate_limit_headers import RateHeaders
from evalstudio.engine.limits.refusals import Refusals
from evalstudio.engine.limits.reservation import Reservation
from evalstudio.engine.limits.retry import RetryBudget
from evalstudio.engine.limits.vocabulary import AttemptResult, Binding, LimitMove, Ticket, Wait
from evalstudio.engine.limits.warm_up import WarmUp
from evalstudio.store.endpoint_memory import Prior

_APART = 0.5  # of the mean time between two calls


class EndpointController:
    """The limits of one endpoint.

    `changes` collects what changed, for the owner to drain; `reservation` estimates the tokens of a call; `gate_cause` says why calls are held back. Raises LimitError for bad bounds or rates.
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
        self._state = EndpointState(now, kind, minimum, maximum, start, prior)
        self._refusals = Refusals(self._state)
        self.reservation = Reservation(prior.expected_output if prior else None)
        self.retries = RetryBudget()  # of all who call it
        self._warm_up = WarmUp()
        self._started = (0, 0)  # requests and tokens so far
        self._next_growth_start = 0.0
        self._last_start = -math.inf
        self._before_latency = 0  # the largest window that a bound on latency has cut
        self._state.rate_limiter.set_rates(now, requests_per_minute, tokens_per_minute)

    # -- before an attempt ---------------------------------------------------------------------------------------------

    def check(self, now: float, tokens: int = 0, *, adaptive: bool = True) -> Wait | None:
        """Checks whether a call may start now.

        Args:
            now: Monotonic time, in seconds.
            tokens: Tokens of the prompt plus the output it reserves (`reservation`).
            adaptive: False for a run with a window of its own: gate and rate limiter apply, the learned window does
                not.

        Returns:
            None when it may start, else what it waits for.
        """
        if (until := self._state.gate.wait(now)) is not None:
            self._state.disturbed_at = now
            return Wait(self._state.away if self._state.breaker.open else Binding.BACKOFF, until)
        if self._state.overload.holds_back():
            self._state.disturbed_at = now
            return Wait(self._state.away, None)
        if adaptive and self._state.adaptive_in_flight >= self._state.limit:
            return Wait(self._state.window_binding(), None)
        if (until := self._state.rate_limiter.check(now, tokens)) is not None:
            self._state.disturbed_at = now
            return Wait(Binding.TOKENS if self._state.rate_limiter.blocks_tokens else Binding.REQUESTS, until)
        if adaptive and now < (start := self._next_test()):
            return Wait(Binding.PROBING, start)
        return None

    def _next_test(self) -> float:
        """When one more call may start than there were: not at the same moment as another.

        What a call that is refused shows would not be clear: that there are too many, or too many at that moment.
        """
        state = self._state
        if state.adaptive_in_flight < state.learner.window or state.seconds is None:
            return self._next_growth_start
        return max(self._next_growth_start, self._last_start + _APART * state.seconds / state.limit)

    def start(self, now: float, tokens: int = 0, *, adaptive: bool = True) -> Ticket:
        """Starts a call. `finish` has to be called once for each ticket, whatever happens."""
        self._state.advance(now)
        self._state.in_flight += 1
        self._state.adaptive_in_flight += adaptive
        self._state.gate.started(now)
        self._state.rate_limiter.started(now, tokens)
        before = self._started
        self._started = (before[0] + 1, before[1] + tokens)
        self._last_start = now
        growing = self._state.pin is None and self._state.learner.phase in (Phase.RAMP, Phase.PROBE_UP)
        if adaptive and growing and self._state.seconds is not None:
            spacing = min(0.05, self._state.seconds / (3 * self._state.limit))
            self._next_growth_start = now + spacing if spacing > 0.002 else 0.0
        ticket = Ticket(
            started=now,
            tokens=tokens,
            before=before,
            adaptive=adaptive,
            generation=self._state.throttles.generation,
            breaker_generation=self._state.breaker.generation,
            in_flight=self._state.in_flight,
            limit=self._state.limit,
            at_record=self._state.throttles.started(now, self._state.in_flight, self._state.seconds),
            area=self._state.area,
        )
        if adaptive:
            self._state.stream.started(now, ticket, self._state.learner.window)
        self._state.overload.started(ticket)
        self._state.young.append(ticket)
        return ticket

    def streamed(self, now: float, ticket: Ticket, parts: int) -> None:
        """Notes that `parts` of an answer arrived while it is still being streamed."""
        if ticket.adaptive:
            self._state.stream.came(now, ticket, parts)
        ticket.streams = True
        self._refusals.accept(now, ticket)

    # -- after an attempt ----------------------------------------------------------------------------------------------

    def finish(self, now: float, ticket: Ticket, result: AttemptResult) -> None:
        """Ends an attempt, and learns from its outcome. Raises ValueError where it has ended already."""
        if ticket.ended:
            raise ValueError("an attempt ends once")
        ticket.ended = True
        self._state.advance(now)
        before = self._state.in_flight
        self._state.in_flight -= 1
        self._state.adaptive_in_flight -= ticket.adaptive
        if ticket.adaptive:
            self._state.stream.ended(now, ticket)
        self._state.overload.ended(ticket)
        if result.rates is not None:
            self._take_headers(now, ticket, result.rates)
        if result.tokens is not None:
            self._state.rate_limiter.refund(now, ticket.tokens - result.tokens)
        elif result.outcome in (Outcome.THROTTLED, Outcome.OVERLOADED):
            self._state.rate_limiter.refund(now, ticket.tokens)
        if result.outcome is Outcome.OK:
            self._answered(now, ticket, result)
        elif result.outcome is Outcome.THROTTLED:
            self._refusals.throttled(now, ticket, result)
        elif result.outcome is Outcome.OVERLOADED:
            self._refusals.overloaded(now, ticket, result, before)

    def tick(self, now: float) -> None:
        """Advances time-driven rules; to be called about four times a second."""
        while self._state.young and (
            self._state.young[0].ended or now - self._state.young[0].started > self._state.throttles.grace
        ):
            if not (ticket := self._state.young.popleft()).ended:
                self._refusals.accept(now, ticket)
        full = self._state.adaptive_in_flight >= self._state.limit
        self._state.cause = Binding.PROBING
        if not self._state.client.busy:
            self._state.learner.tick(now, full=full, top=self._state.top)
            if self._state.learner.phase is Phase.RAMP:
                undisturbed = full and now - self._state.disturbed_at > 0.5
                streams = self._state.stream.measure(now, full=undisturbed)
                if streams is not None and self._state.stream.is_sooner:
                    self._state.learner.streamed(now, streams, top=self._state.top)
        old = self._state.rates
        if self._state.rate_limiter.tick(now):
            self._state.report_rates(now, old, "it held for a while: trying a little more")
            self._refusals.suffice(now)
        at_top = (
            self._state.adaptive_in_flight >= self._state.top  # without the calls that a test lets in
            and self._state.pin is None
            and self._state.learner.window >= self._state.top
            and not self._state.breaker.open
        )
        seconds = self._state.seconds or 1.0
        self._state.cap.tick(
            now, binds=at_top and self._state.cap.value <= self._state.load.value, seconds=seconds
        )
        self._state.load.ceiling.tick(
            now, binds=at_top and self._state.load.value < self._state.cap.value, seconds=seconds
        )

    def client_load(self, now: float, loop_lag: float, cpu: float) -> None:
        """Reports this process's load, about once a second: loop lag in seconds, CPU as a share of one core."""
        self._state.client.report(loop_lag, cpu)
        if self._state.client.late and self._state.learner.window > self._state.minimum:
            self._state.cause = Binding.CLIENT
            smaller = max(self._state.minimum, math.floor(0.9 * self._state.learner.window))
            self._state.learner.cut(
                now, smaller, f"this program is {loop_lag * 1000:.0f} ms late: fewer calls at once"
            )

    # -- settings and state --------------------------------------------------------------------------------------------

    def set_bounds(self, now: float, minimum: int, maximum: int, pin: int | None = None) -> None:
        """Sets the user's bounds on calls in flight, or pins the window. Raises LimitError when they can't work."""
        check_bounds(minimum, maximum, pin=pin)
        old = self._state.limit
        self._state.minimum, self._state.maximum, self._state.pin = minimum, maximum, pin
        self._state.cause = Binding.MAXIMUM
        self._state.learner.limit_to(now, minimum, self._state.top, f"bounds set to {minimum} to {maximum}")
        if pin is not None and pin != old:
            self._state.change(now, old, pin, Binding.MAXIMUM, f"pinned to {pin}")

    def set_latency(self, target: LatencyTarget) -> None:
        """Sets how long nearly all answers may take; what was measured for another target is forgotten."""
        if target != self._state.latency.target:
            self._state.latency = LatencyBound(target)

    def set_rates(
        self, now: float, requests_per_minute: float | None, tokens_per_minute: float | None
    ) -> None:
        """Sets the user's rate limits per minute; None: no limit. Raises LimitError for what is not positive."""
        check_rates(requests_per_minute, tokens_per_minute)
        old = self._state.rates
        self._state.rate_limiter.set_rates(now, requests_per_minute, tokens_per_minute)
        self._state.report_rates(now, old, "set by you")

    def set_useful(self, now: float, most: int | None, sentence: str) -> None:
        """Bounds the window by the concurrency that this machine can use; `sentence` says why. None: no bound."""
        useful = math.inf if most is None else most
        if useful == self._state.useful:
            return
        self._state.useful, self._state.cause = useful, Binding.CLIENT
        self._state.learner.limit_to(now, self._state.minimum, self._state.top, sentence)

    @property
    def changes(self) -> list[LimitMove]:
        """What changed since the owner last drained it."""
        return self._state.changes

    @changes.setter
    def changes(self, changes: list[LimitMove]) -> None:
        self._state.changes = changes

    @property
    def in_flight(self) -> int:
        return self._state.in_flight

    @property
    def gate_cause(self) -> str:
        """Why calls are held back."""
        return self._state.gate_cause

    @property
    def accepted_at(self) -> float:
        """When the endpoint last took a call; before the first one, when the limits were made."""
        return self._state.accepted_at

    @property
    def has_taken(self) -> bool:
        """Whether the endpoint has taken a call, answered or not."""
        return self._state.has_taken

    @property
    def limit(self) -> int:
        """Calls that adaptive runs may have in flight now."""
        return self._state.limit

    @property
    def requests_per_minute(self) -> float | None:
        """The request rate in force, whether set, stated or learned; None when none is known."""
        return self._state.rate_limiter.requests_per_minute

    @property
    def tokens_per_minute(self) -> float | None:
        return self._state.rate_limiter.tokens_per_minute

    @property
    def rates_set(self) -> tuple[float | None, float | None]:
        """Requests and tokens per minute that the user has set; None where there is no setting."""
        return self._state.rate_limiter.settings

    @property
    def phase(self) -> str:
        return self._state.learner.phase.value

    @property
    def throughput(self) -> float | None:
        """Answers/s at the learned window; None before that is known."""
        return self._state.learner.throughput

    def gate_until(self, now: float) -> float | None:
        """Returns the time at which calls start again; None: they may start now. `gate_cause` says why they wait."""
        return self._state.gate.until if self._state.gate.is_shut(now) else None

    def broken(self, now: float) -> str | None:
        """Returns a sentence when the endpoint has been down for so long that a run should pause, else None."""
        if not self._state.breaker.broken(now):
            return None
        down = now - self._state.breaker.opened_at
        calls = self._state.breaker.failed_canaries
        return f"the endpoint did not recover in {down:.0f} s, in which it was asked {calls} times: {self._state.gate_cause}"

    def reset_breaker(self, now: float) -> None:
        """Lets canary calls start again in full number, after a person has fixed the cause."""
        self._state.gate.open()
        self._state.breaker.reset_breaker(now)

    def binding(self, now: float, waiting: int) -> Binding | None:
        """Returns the limit that keeps `waiting` samples from starting; None when it is none of these."""
        if waiting <= 0:
            return Binding.DATASET
        if self._state.gate.is_shut(now):
            return self._state.away if self._state.breaker.open else Binding.BACKOFF
        if self._state.breaker.open:
            return self._state.away
        if now - self._state.rate_limiter.blocked_at < 0.5:
            return Binding.TOKENS if self._state.rate_limiter.blocks_tokens else Binding.REQUESTS
        if self._state.adaptive_in_flight >= self._state.limit:
            return self._state.window_binding()
        return None

    def prior(self) -> Prior:
        """Returns what to store for the next run."""
        hidden = self._state.rate_limiter.hidden
        return Prior(
            window=self._state.learner.base if self._state.learner.proven else None,
            throughput=self._state.learner.throughput,
            seconds=self._state.seconds,
            requests_per_minute=hidden.rate * 60 if hidden.learned and hidden.rate is not None else None,
            concurrency_cap=int(self._state.cap.value) if math.isfinite(self._state.cap.value) else None,
            crashed_at=self._state.load.crashed_at if self._state.load.is_sure else None,
            expected_output=self.reservation.output,
            stated_requests_per_minute=self._state.rate_limiter.stated_rates[0],
            stated_tokens_per_minute=self._state.rate_limiter.stated_rates[1],
        )

    # -- learning from each outcome ----------------------------------------------------------------------------------

    def _answered(self, now: float, ticket: Ticket, result: AttemptResult) -> None:
        seconds = max(1e-9, now - ticket.started)
        self._state.seconds = (
            seconds if self._state.seconds is None else 0.9 * self._state.seconds + 0.1 * seconds
        )
        if self._warm_up.answered(now, ticket.started, seconds, result.work or 1.0):
            self._state.seconds = seconds
            self._state.learner.climb_anew(seconds)
        self._state.stream.whole(self._state.seconds)
        if result.output_tokens is not None:
            self.reservation.output_was(result.output_tokens)
        self._refusals.accept(now, ticket)
        if self._state.overload.answered(now, ticket):
            self._state.gate_cause = ""
        if not ticket.adaptive or self._state.pin is not None or self._state.breaker.open:
            return
        lived_with = (self._state.area - ticket.area) / seconds
        attempt = Lived(
            started=ticket.started,
            seconds=seconds,
            work=result.work if result.work is not None else 1.0,
            in_flight=lived_with,
            met=ticket.in_flight,
            first_token=result.first_token,
            limit=ticket.limit,
            # the mean, not the present value: calls of equal length end together and empty the window for a moment
            in_use=lived_with >= 0.85 * min(ticket.limit, self._state.limit)
            and now - self._state.disturbed_at > 0.5,
        )
        self._bound_latency(now, attempt)
        self._state.cause = Binding.PROBING
        self._state.learner.answered(
            now, attempt,
            in_flight=self._state.adaptive_in_flight, top=self._state.top, frozen=self._state.client.busy,
            carried=self._carried(now), by_answers=not self._state.stream.is_sooner,
        )  # fmt: skip

    def _bound_latency(self, now: float, attempt: Lived) -> None:
        """Moves the bound that a latency target sets, and the window with it."""
        state, old = self._state, self._state.top
        if not state.latency.answered(attempt.in_flight, attempt.seconds, attempt.first_token):
            return
        state.cause = Binding.LATENCY
        held = state.learner.phase is Phase.HOLD and state.learner.window >= old
        if state.top < state.learner.window:
            self._before_latency = max(self._before_latency, state.learner.window)
            sentence = f"answers would take too long: at most {state.top}"
            state.learner.limit_to(now, state.minimum, state.top, sentence)
        elif held and old < (window := min(state.top, self._before_latency)):
            state.learner.raise_to(now, window, f"answers are in time: up to {window}")

    def _carried(self, now: float) -> int | None:
        """Concurrent calls, of the mean size so far, that the endpoint's stated rates sustain; None: it states none."""
        requests, tokens = self._started
        return self._state.rate_limiter.carries(
            now, self._state.in_flight, self._state.seconds or 0.0, tokens / max(1, requests)
        )

    def _take_headers(self, now: float, ticket: Ticket, rates: RateHeaders) -> None:
        old = self._state.rates
        later = (self._started[0] - ticket.before[0] - 1, self._started[1] - ticket.before[1] - ticket.tokens)
        self._state.rate_limiter.headers(now, rates, *later)
        self._state.report_rates(now, old, "stated by the endpoint")
