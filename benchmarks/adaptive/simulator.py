"""An endpoint and a client in virtual time, driving the limits that ship. Same seed, same trace.

The server: rate limits, then a bound on calls at once, then a first-in-first-out queue, then `slots` calls served
together. A call needs `work` steps; with b calls in service a step takes `base + each * b` seconds, longer above
`cache` calls. So all calls in service advance equally, and one virtual service clock orders their ends.
"""

import heapq
import itertools
import math
import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Protocol

from benchmarks.adaptive.baselines import Fixed, Paced
from evalstudio.core.outcome import Outcome
from evalstudio.engine.limits.endpoint import EndpointController
from evalstudio.engine.limits.rate_limit_headers import RateHeaders
from evalstudio.engine.limits.retry import Retry, RetryPolicy
from evalstudio.engine.limits.vocabulary import AttemptResult, work_of

WALL = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Profile:
    """An endpoint and its traffic. Rates a minute, times in seconds, lengths in tokens."""

    name: str
    kind: str = "hosted"
    # traffic
    output: float = 150
    spread: float = 0.8  # sigma of the lognormal output length
    longest: float = 8000
    prompt: float = 400
    noise: float = 0.08
    # service
    slots: float = math.inf
    base: float = 0.020
    each: float = 0.0
    cache: float = math.inf
    thrash: float = 0.0
    # limits
    requests: float | None = None
    burst: float = 1
    tokens: float | None = None
    headers: bool = False
    retry_after: bool = False
    fixed_minute: bool = False  # the whole budget returns at each full minute
    quantum: float = 0.0  # the rate is enforced in intervals of so many seconds
    at_once: float = math.inf  # 429 above it
    queue_limit: float = math.inf  # 503 above so many queued
    timeout: float = math.inf
    crash_above: float = math.inf  # calls in service or queued that bring it down
    down: float = 20.0
    flaky: float = 0.0  # share of calls that fail for no reason
    rejection: float = 0.08
    stream: bool = False
    usage: str = "tokens"  # or "characters", or "" when an answer's size is unknown
    changes: tuple[tuple[float, str, float], ...] = ()  # (time, field, value)
    neighbour: tuple[float, float, float] | None = None  # period, share of it, slots taken


class Controller(Protocol):
    """What the client asks; the baselines implement it too."""

    limit: int

    def may_start(self, now: float, tokens: int) -> float | bool: ...
    def start(self, now: float, tokens: int) -> object: ...
    def finish(self, now: float, ticket: object, result: AttemptResult, seconds: float) -> None: ...
    def tick(self, now: float) -> None: ...


class Shipped:
    """The controller that ships, behind the client's questions."""

    def __init__(self, controller: EndpointController, *, adaptive: bool = True) -> None:
        self.controller = controller
        self.adaptive = adaptive

    @property
    def limit(self) -> int:
        return self.controller.limit

    @property
    def expected_output(self) -> float:
        return self.controller.expected_output

    def may_start(self, now: float, tokens: int) -> float | bool:
        wait = self.controller.check(now, tokens, adaptive=self.adaptive)
        if wait is None:
            return True
        return False if wait.until is None else wait.until

    def start(self, now: float, tokens: int) -> object:
        return self.controller.start(now, tokens, adaptive=self.adaptive)

    def finish(self, now: float, ticket: object, result: AttemptResult, seconds: float) -> None:
        self.controller.finish(now, ticket, result)  # type: ignore[arg-type]

    def streamed(self, now: float, ticket: object, parts: int) -> None:
        self.controller.streamed(now, ticket, parts)  # type: ignore[arg-type]

    def tick(self, now: float) -> None:
        self.controller.tick(now)


@dataclass(slots=True)
class Call:
    sample: int
    attempt: int
    work: float  # steps it needs
    output: int
    tokens: int
    reserved: int
    started: float = 0.0
    queued: bool = False
    begun: float = 0.0
    ticket: object = None
    gone: bool = False
    rates: RateHeaders | None = None
    written: int = 0  # tokens of its answer that the client has


@dataclass
class Trace:
    """What happened in one simulated run."""

    seconds: float = 0.0
    answered: int = 0
    failures: dict[str, int] = field(default_factory=dict)
    given_up: int = 0
    latencies: list[float] = field(default_factory=list)
    ends: list[float] = field(default_factory=list)  # times of answers, in order
    works: list[float] = field(default_factory=list)
    limits: list[tuple[float, int]] = field(default_factory=list)
    crashes: int = 0
    in_flight_max: int = 0

    @property
    def wasted(self) -> int:
        return sum(self.failures.values())

    @property
    def p95(self) -> float:
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, math.ceil(0.95 * len(ordered)) - 1)] if ordered else math.nan


class Server:
    """The endpoint. `schedule(at, action)` is the simulation's clock."""

    def __init__(self, profile: Profile, simulation: "Simulation") -> None:
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
        for at, name, value in profile.changes:
            simulation.schedule(at, lambda change={name: value}: self._change(change))
        if profile.neighbour is not None:
            simulation.schedule(profile.neighbour[0], lambda: self._neighbour(True))

    # -- arriving ---------------------------------------------------------------------------------------------------

    def arrive(self, call: Call) -> None:
        now, p = self._simulation.now, self.profile
        if now < self._down_until:
            self._reject(call, Outcome.OVERLOADED, "connection refused")
            return
        if p.flaky and self._random.random() < p.flaky:
            self._reject(call, Outcome.OVERLOADED, "503 upstream error")
            return
        if not self._within_rates(call, now):
            return
        if self._active + len(self._queue) + 1 > p.at_once:
            self._reject(call, Outcome.THROTTLED, "too many requests")
            return
        if self._active >= self._slots and len(self._queue) >= p.queue_limit:
            self._reject(call, Outcome.OVERLOADED, "503 queue is full")
            return
        call.queued = True
        self._queue.append(call)
        if self._active + len(self._queue) > p.crash_above:
            self._crash(now)
            return
        if p.timeout < math.inf:
            self._simulation.schedule(now + p.timeout, lambda: self._time_out(call))
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
                hint = float(math.ceil(hint))
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

    def _step(self) -> float:
        p, b = self.profile, self._active
        step = p.base + p.each * b
        if b > p.cache:
            step *= 1 + p.thrash * (b / p.cache - 1)
        return step

    def _advance(self) -> None:
        now = self._simulation.now
        if self._active:
            self._clock += (now - self._clock_at) / self._step()
        self._clock_at = now

    def _fill(self) -> None:
        self._advance()
        while self._queue and self._active < self._slots:
            call = self._queue.popleft()
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
        at = self._clock_at + max(0.0, self._serving[0][0] - self._clock) * self._step()
        self._simulation.schedule(at, lambda: self._end(version))

    def _end(self, version: int) -> None:
        if version != self._version:
            return
        self._advance()
        _, _, call = heapq.heappop(self._serving)
        self._active -= 1
        call.gone = True
        self._simulation.answered(call)
        self._fill()

    def written(self) -> list[tuple[Call, int]]:
        """The answers that are being written, and how many tokens of each came since the last time."""
        self._advance()
        news = []
        for end, _, call in self._serving:
            done = call.work - (end - self._clock) - (self.profile.prompt / 20 + 10)
            new = min(call.output, int(done)) - call.written
            if new > 0 and not call.gone:
                call.written += new
                news.append((call, new))
        return news

    # -- failing ----------------------------------------------------------------------------------------------------

    def _reject(self, call: Call, outcome: Outcome, message: str, hint: float | None = None) -> None:
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
        self._simulation.schedule(at, lambda: self._simulation.failed(call, outcome, message, hint, rates))

    def _time_out(self, call: Call) -> None:
        if call.gone:
            return
        call.gone = True
        self._advance()
        if call.begun or call in [entry[2] for entry in self._serving]:
            self._active -= 1
            self._serving = [entry for entry in self._serving if entry[2] is not call]
            heapq.heapify(self._serving)
        self._simulation.failed(call, Outcome.OVERLOADED, "timed out", None, None)
        self._fill()

    def _crash(self, now: float) -> None:
        self._simulation.trace.crashes += 1
        self._down_until = now + self.profile.down
        self._advance()
        victims = [entry[2] for entry in self._serving if not entry[2].gone] + [
            c for c in self._queue if not c.gone
        ]
        self._serving.clear()
        self._queue.clear()
        self._active = 0
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


class Simulation:
    """One run of `samples` samples against one profile, as the run loop would drive it."""

    def __init__(
        self, profile: Profile, samples: int, seed: int, make: Callable[[float], Controller]
    ) -> None:
        self.now = 0.0
        self.seed = seed
        self.profile = profile
        self.trace = Trace()
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()
        lengths = random.Random(f"lengths {seed}")
        self.lengths = [self._length(lengths) for _ in range(samples)]
        self._random = random.Random(f"noise {seed}")
        self._waiting: deque[tuple[int, int]] = deque((i, 1) for i in range(samples))
        self._left = samples
        self._out = 0
        self._policy = RetryPolicy(seed=seed, longest=math.inf, max_attempts=50)
        self._wake: float | None = None
        self.controller = make(0.0)
        self.server = Server(profile, self)

    def run(self) -> Trace:
        self.schedule(0.0, self._tick)
        self._dispatch()
        while self._left and self._events:
            self.now, _, action = heapq.heappop(self._events)
            action()
            if self.now > 1e6:
                break
        self.trace.seconds = self.now
        return self.trace

    def schedule(self, at: float, action: Callable[[], None]) -> None:
        heapq.heappush(self._events, (at, next(self._order), action))

    # -- the client -------------------------------------------------------------------------------------------------

    def _length(self, source: random.Random) -> int:
        p = self.profile
        mean = math.log(p.output) - p.spread**2 / 2
        return max(1, round(min(p.longest, source.lognormvariate(mean, p.spread))))

    def _tick(self) -> None:
        if self.profile.stream and isinstance(self.controller, Shipped):
            for call, tokens in self.server.written():
                self.controller.streamed(self.now, call.ticket, tokens)
        self.controller.tick(self.now)
        self._note()
        self.schedule(self.now + 0.25, self._tick)
        self._dispatch()

    def _dispatch(self) -> None:
        expected = getattr(self.controller, "expected_output", 256.0)
        while self._waiting:
            tokens = round(self.profile.prompt + expected)
            if isinstance(self.controller, Paced):  # it knows everything
                tokens = round(self.profile.prompt) + self.lengths[self._waiting[0][0]]
            allowed = self.controller.may_start(self.now, tokens)
            if allowed is True:
                self._start(tokens)
                continue
            if allowed is not False and (
                self._wake is None or allowed < self._wake or self._wake <= self.now
            ):
                self._wake = float(allowed)
                self.schedule(self._wake, self._dispatch)
            break

    def _start(self, reserved: int) -> None:
        sample, attempt = self._waiting.popleft()
        p, output = self.profile, self.lengths[sample]
        work = output + p.prompt / 20 + 10
        if p.noise:
            work *= self._random.lognormvariate(-(p.noise**2) / 2, p.noise)
        call = Call(sample, attempt, work, output, round(p.prompt) + output, reserved, started=self.now)
        call.ticket = self.controller.start(self.now, reserved)
        self._out += 1
        self.trace.in_flight_max = max(self.trace.in_flight_max, self._out)
        self.server.arrive(call)

    def answered(self, call: Call) -> None:
        seconds = self.now - call.started
        self._out -= 1
        self._left -= 1
        self.trace.answered += 1
        self.trace.latencies.append(seconds)
        self.trace.ends.append(self.now)
        self.trace.works.append(call.output + self.profile.prompt / 20 + 10)
        usage = self.profile.usage
        first = None
        if self.profile.stream:
            first = call.begun - call.started + (self.profile.prompt / 20 + 10) * self.server._step()
            first = min(first, seconds)
            if isinstance(self.controller, Shipped) and call.output > call.written:
                self.controller.streamed(self.now, call.ticket, call.output - call.written)
        result = AttemptResult(
            Outcome.OK,
            work=self._work(call),
            tokens=call.tokens if usage == "tokens" else None,
            output_tokens=call.output if usage == "tokens" else None,
            first_token=first,
            rates=call.rates,
        )
        self.controller.finish(self.now, call.ticket, result, seconds)
        self._note()
        self._dispatch()

    def _work(self, call: Call) -> float | None:
        if self.profile.usage == "tokens":
            return work_of(call.output, self.profile.prompt)
        if not self.profile.usage:
            return None
        # languages and code differ in characters a token
        characters = round(call.output * self._random.uniform(2.5, 5.0))
        return work_of(None, 0.8 * self.profile.prompt, characters)

    def failed(
        self, call: Call, outcome: Outcome, message: str, hint: float | None, rates: RateHeaders | None
    ) -> None:
        self._out -= 1
        self.trace.failures[outcome.value] = self.trace.failures.get(outcome.value, 0) + 1
        self.controller.finish(
            self.now,
            call.ticket,
            AttemptResult(outcome, hint=hint, rates=rates, message=message),
            self.now - call.started,
        )
        again = (call.sample, call.attempt + 1)
        if isinstance(self.controller, Fixed):
            self._retry_as_others(again, hint)
            return
        verdict = self._policy.after(outcome, attempts=call.attempt, elapsed=0.0, hint=hint)
        if not isinstance(verdict, Retry):
            self._left -= 1
            self.trace.given_up += 1
        elif outcome is Outcome.THROTTLED:
            self._waiting.appendleft(again)  # the gate holds it, for all
        else:
            self.schedule(self.now + verdict.delay, lambda: self._again(again))
        self._note()
        self._dispatch()

    def _again(self, sample: tuple[int, int]) -> None:
        self._waiting.appendleft(sample)
        self._dispatch()

    def _retry_as_others(self, sample: tuple[int, int], hint: float | None) -> None:
        controller = self.controller
        assert isinstance(controller, Fixed)
        if sample[1] > 60:
            self._left -= 1
            self.trace.given_up += 1
            self._dispatch()
            return
        controller.sleeping += controller.holds_slot

        def again() -> None:
            controller.sleeping -= controller.holds_slot
            self._again(sample)

        self.schedule(self.now + controller.retry_delay(sample[1] - 1, hint), again)
        self._note()
        self._dispatch()

    def _note(self) -> None:
        limit = self.controller.limit
        if not self.trace.limits or self.trace.limits[-1][1] != limit:
            self.trace.limits.append((self.now, limit))
