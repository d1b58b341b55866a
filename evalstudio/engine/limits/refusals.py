"""Refusals: what an endpoint's limits learn from calls that are rejected, fail, or are taken after all."""

import math

from evalstudio.engine.limits.backoff_gate import LONGEST_HINT, back_off
from evalstudio.engine.limits.chance import Verdict
from evalstudio.engine.limits.circuit_breaker import RecentFailure
from evalstudio.engine.limits.endpoint_state import EndpointState
from evalstudio.engine.limits.learner import Phase
from evalstudio.engine.limits.throttle_episodes import Reason
from evalstudio.engine.limits.vocabulary import AttemptResult, Binding, Ticket

_MOMENT = 0.1  # seconds
_AS_OLD = 0.7  # of the time after which another call failed
_ROOM = 1.2  # times the calls that a rate keeps in flight on average


class Refusals:
    """Decides what the window, the rate and the ceilings of one endpoint learn from a refusal, and takes it back."""

    def __init__(self, state: EndpointState) -> None:
        self._state = state
        self._before_cap = 0  # the window until a ceiling was found
        self._cap_ended_climb = False
        self._climbing = False  # the ramp was interrupted by rejections

    def accept(self, now: float, ticket: Ticket) -> None:
        """Notes that the endpoint has taken a call: it answered, began to, or has kept it for long enough."""
        state = self._state
        if ticket.accepted:
            return
        ticket.accepted = True
        state.accepted_at, state.has_taken = now, True
        state.gate.accepted(ticket.started)
        state.overload.accepted(ticket.in_flight)
        old = state.rates
        if state.rate_limiter.accepted(now, ticket.started, beside=not state.throttles.opens(ticket)):
            state.report_rates(
                now, old, "it takes calls again, and no limit of its own was the reason: as before"
            )
            state.throttles.reopen()
            self._resume(now)
        if state.throttles.accepted(now, ticket) is Verdict.CHANCE:
            self._by_chance(now)
        before = state.top
        if state.throttles.refutes_cap(ticket.in_flight):
            state.cause = Binding.CAP
            sentence = f"a call was taken with {ticket.in_flight} in flight: too many had come at one moment"
            state.learner.raise_to(now, min(state.top, max(self._before_cap, before + 1)), sentence)
            self._climbing = self._climbing or self._cap_ended_climb
            self._resume(now)
        elif (
            state.cap.accepted(ticket.in_flight) | state.load.accepted(ticket.in_flight)
            and state.top > before
        ):
            state.cause = Binding.CAP if state.cap.value <= state.load.value else Binding.OVERLOAD
            held = state.learner.window >= before
            if state.top >= self._before_cap:  # from here on the window is the learner's again
                state.cap.lift()
                state.load.lift(ticket.in_flight)
                self._climbing = self._climbing or self._cap_ended_climb
            window = min(state.top, max(self._before_cap, before + 1))
            sentence = f"a call was taken with {ticket.in_flight} in flight: up to {window}"
            if held:
                state.learner.raise_to(now, window, sentence)
                self._resume(now)

    def throttled(self, now: float, ticket: Ticket, result: AttemptResult) -> None:
        """Learns from a rejected call."""
        state = self._state
        self._never_was_in(ticket)
        limiter, hidden = state.rate_limiter, state.rate_limiter.hidden
        by_chance = state.throttles.chance.known
        throttle = state.throttles.judge(
            now,
            ticket,
            result,
            expected=hidden.expects_rejections,
            stated=limiter.stated,
            seconds=state.seconds,
        )
        if throttle.verdict is Verdict.CHANCE:
            self._by_chance(now)
        elif throttle.verdict is Verdict.LOWER:
            limiter.lower(now, state.throttles.chance.pace)
        if throttle.reason is Reason.STRAY:
            return
        if by_chance and not state.throttles.chance.known:
            hidden.remember()
        old = state.rates
        new = throttle.reason is not Reason.KNOWN
        learn = throttle.reason is Reason.RATE and not limiter.stated
        wait = 0.0
        if throttle.pauses:
            closed_for = now - (state.throttles.closed_since or now)
            wait = back_off(result.hint, closed_for, rate_known=limiter.rate_known)
            state.gate.shut(now + wait)
        limiter.throttled(now, now + wait, new_episode=new, learn=learn, started=ticket.started)
        state.gate_cause = result.message or "the endpoint asks for fewer requests"
        if new and not limiter.stated:
            self._climbing = self._climbing or state.learner.phase is Phase.RAMP
            state.learner.end_ramp(now)
        if throttle.reason is Reason.AT_ONCE:
            self._keep_below(now, ticket.in_flight, wait)
        elif learn:
            sentence = "calls were rejected: this is what the endpoint let through"
            if state.rates[0] is None:
                sentence = "calls are rejected at every rate: no rate is the limit"
            state.report_rates(now, old, sentence)
            self.suffice(now)
        if new:
            state.throttles.begin_anew(state.in_flight)

    def overloaded(self, now: float, ticket: Ticket, result: AttemptResult, before: int) -> None:
        """Learns from a failed call; `before`: calls in flight when it failed, itself included."""
        state = self._state
        if now - ticket.started < 0.5 * (state.seconds or 0.0):
            self._never_was_in(ticket)
        most = max(state.throttles.accepted_most, self._survives(now, ticket))
        if state.overload.refuses_number(now, ticket, state.seconds, most):
            self._climbing = self._climbing or state.learner.phase is Phase.RAMP
            self._keep_below(now, ticket.in_flight)
            return
        if ticket.in_flight > state.cap.value:
            return  # refused in the same moment, for the same reason
        verdict, top, by_load = state.overload.failed(
            now, ticket, before, self._just_started(now), state.seconds
        )
        if result.hint is not None:
            state.gate.shut(now + min(LONGEST_HINT, result.hint))
        ticket.excused = verdict is RecentFailure.CANARY
        if verdict is RecentFailure.CANARY:
            state.gate.shut(now + state.breaker.wait())
        elif verdict is RecentFailure.EPISODE:
            state.gate_cause = result.message or "the endpoint is overloaded"
            if state.away is Binding.LOADING:
                state.gate_cause = f"The server is not ready yet ({state.gate_cause})"
            state.gate.shut(now + state.breaker.wait())
            state.cause = Binding.OVERLOAD
            if by_load:
                self._before_cap = max(
                    state.learner.base, self._before_cap if state.top < state.maximum else 0
                )
                window = max(state.minimum, min(state.learner.window, state.top))
                sentence = f"calls failed with {top} in flight ({state.gate_cause}): down to {window}"
                state.learner.cut(now, window, sentence)
            state.throttles.begin_anew(0)

    def suffice(self, now: float) -> None:
        """Raises the window to what a rate that was met needs, by Little's law: the window is then not the limit."""
        state = self._state
        needed = math.ceil(_ROOM * state.rate_limiter.hidden.sustained * (state.seconds or 0.0))
        if max(state.learner.base, state.learner.window) < (window := min(needed, state.top)):
            state.cause = Binding.REQUESTS
            climbs = state.learner.phase is Phase.RAMP
            state.learner.raise_to(now, window, f"the endpoint's rate keeps {window} in flight")
            if climbs:
                state.learner.climb_on(now)

    def _by_chance(self, now: float) -> None:
        state = self._state
        old = state.rates
        state.rate_limiter.doubt(now)
        state.report_rates(now, old, "calls are rejected by chance, whatever the rate")
        self._resume(now)

    def _resume(self, now: float) -> None:
        """Goes on as before a disturbance that said nothing about the endpoint's limits."""
        state = self._state
        if self._climbing:
            state.learner.climb_on(now)
            self._climbing = False

    def _keep_below(self, now: float, refused: int, cost: float = 0.0) -> None:
        """Caps the window below the number of calls in flight that was refused."""
        state = self._state
        cap = max(state.minimum, refused - 1)
        if not math.isfinite(state.cap.value):
            self._before_cap = state.learner.base
            self._cap_ended_climb = self._climbing or state.learner.phase is Phase.RAMP
        state.cap.hit(cap, cost)
        if state.throttles.doubtful:
            state.cap.wait_for(0.0)
        state.cause = Binding.CAP
        sentence = f"a call was rejected with {refused} in flight: at most {cap}"
        state.learner.limit_to(now, state.minimum, state.top, sentence)

    def _never_was_in(self, refused: Ticket) -> None:
        """Takes a call that was refused out of the number that later ones met: it was never in the endpoint."""
        state = self._state
        for ticket in reversed(state.young):
            if ticket.started < refused.started or ticket is refused:
                break
            ticket.in_flight -= 1

    def _survives(self, now: float, failed: Ticket) -> int:
        """The number at which a call came that started after a failed one, and is still in flight."""
        age = now - failed.started
        others = (ticket for ticket in self._state.young if not ticket.ended and ticket is not failed)
        survivors = [
            ticket.in_flight
            for ticket in others
            if ticket.started >= failed.started and now - ticket.started >= _AS_OLD * age
        ]
        return max(survivors, default=0)

    def _just_started(self, now: float) -> int:
        """Calls that started a moment ago: they may have come after what made others fail."""
        state = self._state
        return sum(not ticket.ended and now - ticket.started < _MOMENT for ticket in state.young)
