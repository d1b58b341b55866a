"""Server: an endpoint in virtual time.

Storms and outages come first, then rate limits, then a bound on calls at once, then a queue, then `slots` calls served
together. A call needs `work` steps; with b calls in service a step takes `base + each * b` seconds, longer above
`cache` calls. So all calls in service advance equally, and one virtual service clock orders their ends.
"""

import heapq
import itertools
import math
import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from benchmarks.adaptive.profile import Profile
from evalstudio.core.outcome import Outcome
from evalstudio.engine.limits.rate_limit_headers import RateHeaders


class Caller(Protocol):
    """The client that a call belongs to."""

    def answered(self, call: "Call") -> None: ...
    def failed(
        self, call: "Call", outcome: Outcome, message: str, hint: float | None, rates: RateHeaders | None
    ) -> None: ...


class Clock(Protocol):
    """The simulation, as the server sees it."""

    now: float
    seed: int

    def schedule(self, at: float, action: Callable[[], None]) -> None: ...


@dataclass(slots=True)
class Call:
    caller: Caller
    sample: int
    attempt: int
    work: float  # steps it needs
    output: int
    prompt: int
    reserved: int
    started: float = 0.0
    queued: bool = False
    begun: float = 0.0
    ticket: object = None
    gone: bool = False
    rates: RateHeaders | None = None
    written: int = 0  # tokens of its answer that the client has

    @property
    def tokens(self) -> int:
        return self.prompt + self.output


class Server:
    """The endpoint of a profile."""

    def __init__(self, profile: Profile, simulation: Clock) -> None:
        self.profile = profile
        self._simulation = simulation
        self._random = random.Random(f"server {simulation.seed}")
        self._serving: list[tuple[float, int, Call]] = []  # by service clock at the end
        self._active = 0
        self._queue: deque[Call] = deque()
        self._clock, self._clock_at = 0.0, 0.0
        self._version = 0
        self._level = profile.burst
        self._token_level = profile.tokens or 0.0
        self._level_at = 0.0
        self._down_until = -1.0
        self._order = itertools.count()
        self._taken = 0.0
        self._served = 0
        self._inside = 0  # accepted, and not over yet
        self._held: list[Call] = []  # before they queue
        self._prompts_until = 0.0  # when the last prompt is read
        self.crashes = 0
        self.refused_at = -math.inf  # when a call was last refused, or failed
        for at, name, value in profile.changes:
            simulation.schedule(at, lambda change={name: value}: self._change(change))
        for at, seconds in profile.outages:
            simulation.schedule(at, lambda seconds=seconds: self._crash(seconds))
        if profile.neighbour is not None:
            simulation.schedule(profile.neighbour[0], lambda: self._neighbour(True))

    # -- arriving ---------------------------------------------------------------------------------------------------

    def arrive(self, call: Call) -> None:
        now, p = self._simulation.now, self.profile
        if now < self._down_until or (now < p.loading and p.loads_by == "refused"):
            self._reject(call, Outcome.OVERLOADED, "connection refused")
            return
        if now < p.loading and p.loads_by == "503":
            self._reject(call, Outcome.OVERLOADED, "503 loading model")
            return
        if p.storm is not None and now >= p.storm[0] and (now - p.storm[0]) % p.storm[1] < p.storm[2]:
            self._reject(call, Outcome.THROTTLED, "too many requests", p.hint)
            return
        if p.stray and self._random.random() < p.stray:
            self._reject(call, Outcome.THROTTLED, "too many requests", p.hint)
            return
        if p.flaky and self._random.random() < p.flaky:
            self._reject(call, Outcome.OVERLOADED, "503 upstream error")
            return
        if not self._within_rates(call, now):
            return
        if self._inside + 1 > p.at_once:
            by = {"429": "too many requests", "503": "503 too busy", "reset": "connection reset"}
            outcome = Outcome.THROTTLED if p.refuses_by == "429" else Outcome.OVERLOADED
            self._reject(call, outcome, by[p.refuses_by], p.hint)
            return
        if self._active >= self._slots and len(self._queue) >= p.queue_limit:
            self._reject(call, Outcome.OVERLOADED, "503 queue is full")
            return
        if p.timeout < math.inf:
            self._simulation.schedule(now + p.timeout, lambda: self._time_out(call))
        if p.hangs and self._random.random() < p.hangs:
            return
        self._inside += 1
        if self._inside > p.crash_above:
            self._crash(p.down)
            self._reject(call, Outcome.OVERLOADED, "connection reset")
            return
        ready = now
        if p.prefill:
            ready = self._prompts_until = max(now, self._prompts_until) + p.prefill * call.prompt
        if now < p.loading:  # the call is held until then
            ready = max(ready, p.loading)
        if ready > now:
            self._held.append(call)
            self._simulation.schedule(ready, lambda: self._queue_up(call))
        else:
            self._queue_up(call)

    def _queue_up(self, call: Call) -> None:
        if call in self._held:
            self._held.remove(call)
        if call.gone:
            return
        call.queued = True
        self._queue.append(call)
        self._fill()

    @property
    def _slots(self) -> float:
        return max(1.0, self.profile.slots - self._taken)

    def _within_rates(self, call: Call, now: float) -> bool:
        p = self.profile
        if p.requests is None and p.tokens is None:
            return True
        self._refill(now)
        short_requests = p.requests is not None and self._level < 1
        short_tokens = p.tokens is not None and self._token_level < call.tokens
        if short_requests or short_tokens:
            hint = None
            if p.retry_after or p.headers:
                if p.fixed_minute:
                    hint = 60 - now % 60
                elif short_requests:
                    hint = (1 - self._level) / (p.requests / 60)  # type: ignore[operator]
                else:
                    hint = (call.tokens - self._token_level) / (p.tokens / 60)  # type: ignore[operator]
                hint = float(math.ceil(hint)) if p.hint is None else p.hint
            self._reject(call, Outcome.THROTTLED, "rate limit", hint)
            return False
        if p.requests is not None:
            self._level -= 1
        if p.tokens is not None:
            self._token_level -= call.tokens
        if p.headers:
            call.rates = RateHeaders(
                p.requests,
                math.floor(self._level) if p.requests else None,
                None,
                p.tokens,
                math.floor(self._token_level) if p.tokens else None,
                None,
            )
        return True

    def _refill(self, now: float) -> None:
        p = self.profile
        if p.fixed_minute:
            if math.floor(now / 60) > math.floor(self._level_at / 60):
                self._level, self._token_level = p.requests or 0.0, p.tokens or 0.0
                self._level_at = now
            return
        if p.quantum:  # whole intervals only, nothing saved up
            if math.floor(now / p.quantum) > math.floor(self._level_at / p.quantum):
                self._level = (p.requests or 0) / 60 * p.quantum
                self._token_level = (p.tokens or 0) / 60 * p.quantum
                self._level_at = now
            return
        passed = now - self._level_at
        self._level = min(p.burst, self._level + passed * (p.requests or 0) / 60)
        self._token_level = min(p.tokens or 0.0, self._token_level + passed * (p.tokens or 0) / 60)
        self._level_at = now

    # -- serving ----------------------------------------------------------------------------------------------------

    @property
    def step(self) -> float:
        """Seconds that a step takes now."""
        return self._step_of(self._active)

    def throughput(self, in_flight: int, work: float) -> float:
        """Calls a second that it answers now with so many in flight, of `work` steps each."""
        active = min(in_flight, self._slots, self.profile.at_once)
        replicas = self.profile.speeds
        slower = sum(1 / speed for speed in replicas) / len(replicas)
        found = active / (work * slower * self._step_of(active))
        if self.profile.prefill:
            found = min(found, 1 / (self.profile.prefill * self.profile.prompt))
        limited = self.profile.requests is not None and not self.profile.fixed_minute and self._level < 1
        return min(found, (self.profile.requests or 0.0) / 60) if limited else found

    def _step_of(self, b: float) -> float:
        p = self.profile
        step = p.base + p.each * b
        if b > p.cache:
            step *= 1 + p.thrash * (b / p.cache - 1)
        slower, served = p.warms
        if self._served < served:
            step *= slower + (1 - slower) * self._served / served
        return step

    def _advance(self) -> None:
        now = self._simulation.now
        if self._active:
            self._clock += (now - self._clock_at) / self.step
        self._clock_at = now

    def _fill(self) -> None:
        self._advance()
        while self._queue and self._active < self._slots:
            call = self._queue.pop() if self.profile.newest_first else self._queue.popleft()
            if call.gone:
                continue
            call.begun = self._simulation.now
            self._active += 1
            heapq.heappush(self._serving, (self._clock + call.work, next(self._order), call))
        self._next_end()

    def _next_end(self) -> None:
        self._version += 1
        while self._serving and self._serving[0][2].gone:
            heapq.heappop(self._serving)
        if not self._serving:
            return
        version = self._version
        at = self._clock_at + max(0.0, self._serving[0][0] - self._clock) * self.step
        self._simulation.schedule(at, lambda: self._end(version))

    def _end(self, version: int) -> None:
        if version != self._version:
            return
        self._advance()
        _, _, call = heapq.heappop(self._serving)
        self._active -= 1
        self._inside -= 1
        self._served += 1
        call.gone = True
        call.caller.answered(call)
        self._fill()

    def written(self) -> list[tuple[Call, int]]:
        """The answers that are being written, and how many tokens of each came since the last time."""
        self._advance()
        news = []
        for end, _, call in self._serving:
            done = call.work - (end - self._clock) - (call.prompt / 20 + 10)
            new = min(call.output, int(done)) - call.written
            if new > 0 and not call.gone:
                call.written += new
                news.append((call, new))
        return news

    # -- failing ----------------------------------------------------------------------------------------------------

    def _reject(self, call: Call, outcome: Outcome, message: str, hint: float | None = None) -> None:
        self.refused_at = self._simulation.now
        call.gone = True
        at = self._simulation.now + self.profile.rejection
        rates = None
        p = self.profile
        if p.headers:
            rates = RateHeaders(
                p.requests,
                max(0, math.floor(self._level)) if p.requests else None,
                None,
                p.tokens,
                max(0, math.floor(self._token_level)) if p.tokens else None,
                None,
            )
        self._simulation.schedule(at, lambda: call.caller.failed(call, outcome, message, hint, rates))

    def _time_out(self, call: Call) -> None:
        if call.gone:
            return
        call.gone = True
        self._advance()
        if any(entry[2] is call for entry in self._serving):
            self._active -= 1
            self._serving = [entry for entry in self._serving if entry[2] is not call]
            heapq.heapify(self._serving)
        if call.queued or call in self._held:
            self._inside -= 1
        self.refused_at = self._simulation.now
        call.caller.failed(call, Outcome.OVERLOADED, "timed out", None, None)
        self._fill()

    def _crash(self, down: float) -> None:
        self.crashes += 1
        self._down_until = self._simulation.now + down
        self._advance()
        victims = [
            one for one in (*(entry[2] for entry in self._serving), *self._queue, *self._held) if not one.gone
        ]
        self._serving.clear()
        self._queue.clear()
        self._active = self._inside = 0
        self._version += 1
        for call in victims:
            self._reject(call, Outcome.OVERLOADED, "connection reset")

    # -- changing ---------------------------------------------------------------------------------------------------

    def _change(self, fields: dict[str, float]) -> None:
        self._advance()
        self.profile = replace(self.profile, **fields)  # type: ignore[arg-type]
        self._fill()

    def _neighbour(self, arrives: bool) -> None:
        period, share, slots = self.profile.neighbour or (1.0, 0.0, 0.0)
        self._advance()
        self._taken = slots if arrives else 0.0
        self._fill()
        wait = period * share if arrives else period * (1 - share)
        self._simulation.schedule(self._simulation.now + wait, lambda: self._neighbour(not arrives))
