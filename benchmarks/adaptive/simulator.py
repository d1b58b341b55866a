"""An endpoint and its clients in virtual time, driving the limits that ship. Same seed, same trace.

A client with the shipped controller follows the rules of the engine's runs: attempts, time-outs, retry budget, and the
rules by which an unattended run ends.
"""

import heapq
import itertools
import math
import random
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from benchmarks.adaptive.baselines import Fixed, Paced
from benchmarks.adaptive.profile import Profile
from benchmarks.adaptive.server import Call, Server
from evalstudio.core.outcome import Outcome
from evalstudio.engine.limits.endpoint import EndpointController
from evalstudio.engine.limits.failure_breaker import PauseRule
from evalstudio.engine.limits.rate_limit_headers import RateHeaders
from evalstudio.engine.limits.retry import GiveUp, Retry, RetryPolicy
from evalstudio.engine.limits.vocabulary import AttemptResult, Ticket, work_of
from evalstudio.protocol import ErrorClass

Make = Callable[[float], "Controller"]


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


class Client:
    """One run of `samples` samples, as the run loop would drive it."""

    def __init__(self, simulation: "Simulation", samples: int, make: Make, name: str = "") -> None:
        self.simulation = simulation
        self.profile = simulation.profile
        self.trace = Trace()
        lengths = random.Random(f"lengths {simulation.seed}{name}")
        self.lengths = [self._length(lengths) for _ in range(samples)]
        prompts = random.Random(f"prompts {simulation.seed}{name}")
        self.prompts = [self._prompt(prompts) for _ in range(samples)]
        self._characters = [round(n * prompts.uniform(3.5, 4.5)) for n in self.prompts]
        self._random = random.Random(f"noise {simulation.seed}{name}")
        self._waiting: deque[tuple[int, int]] = deque((i, 1) for i in range(samples))
        self._later: deque[tuple[int, int]] = deque()  # behind all new samples: no retry budget was left
        self._left = samples
        self._out = 0
        self._since: dict[int, float] = {}  # when the time-out of a sample began
        self._excused: dict[int, int] = {}
        self._errors: dict[Outcome, tuple[int, str]] = {}
        self._policy = RetryPolicy(seed=simulation.seed)
        self._rule = PauseRule(private=simulation.profile.kind == "local")
        self._began = simulation.now
        self._wake: float | None = None
        self.controller = make(simulation.now)

    def start(self) -> None:
        self._tick()

    @property
    def is_over(self) -> bool:
        return not self._left

    @property
    def now(self) -> float:
        return self.simulation.now

    def _length(self, source: random.Random) -> int:
        p = self.profile
        mean = math.log(p.output) - p.spread**2 / 2
        length = source.lognormvariate(mean, p.spread)
        if p.rare[0] and source.random() < p.rare[0]:
            length *= p.rare[1]
        return max(1, round(min(p.longest, length)))

    def _prompt(self, source: random.Random) -> int:
        p = self.profile
        if not p.prompt_spread:
            return round(p.prompt)
        return max(1, round(p.prompt * source.lognormvariate(-(p.prompt_spread**2) / 2, p.prompt_spread)))

    # -- starting ---------------------------------------------------------------------------------------------------

    def _tick(self) -> None:
        if self.is_over:
            return
        if self.profile.stream and isinstance(self.controller, Shipped):
            for call, tokens in self.simulation.server.written():
                if call.caller is self:
                    self.controller.streamed(self.now, call.ticket, tokens)
        self.controller.tick(self.now)
        if isinstance(self.controller, Shipped):
            self._watch(self.controller.controller)
        self._note()
        self.simulation.schedule(self.now + 0.25, self._tick)
        self._dispatch()

    def _watch(self, controller: EndpointController) -> None:
        """The rules by which a run that nobody attends ends."""
        errors = [ErrorClass(o, n, 0, 0.0, text) for o, (n, text) in self._errors.items()]
        self._rule.taken = controller.has_taken
        reason = controller.broken(self.now) or self._rule.silent(self.now - self._began, errors)
        if reason:
            self._stop()

    def _stop(self) -> None:
        self.trace.given_up += self._left
        self._left = 0

    def _dispatch(self) -> None:
        while (self._waiting or self._later) and not self.is_over:
            queue = self._waiting or self._later
            tokens = self._reservation(queue[0][0])
            allowed = self.controller.may_start(self.now, tokens)
            if allowed is True:
                self._start(queue.popleft(), tokens)
                continue
            if allowed is not False and (
                self._wake is None or allowed < self._wake or self._wake <= self.now
            ):
                self._wake = float(allowed)
                self.simulation.schedule(self._wake, self._dispatch)
            break

    def _reservation(self, sample: int) -> int:
        if isinstance(self.controller, Paced):  # it knows everything
            return self.prompts[sample] + self.lengths[sample]
        if isinstance(self.controller, Shipped):
            return self.controller.controller.reservation.tokens(self._characters[sample])
        return self.prompts[sample] + 256

    def _start(self, item: tuple[int, int], reserved: int) -> None:
        sample, attempt = item
        p, output, prompt = self.profile, self.lengths[sample], self.prompts[sample]
        work = output + prompt / 20 + 10
        if p.noise:
            work *= self._random.lognormvariate(-(p.noise**2) / 2, p.noise)
        if len(p.speeds) > 1:
            work /= self._random.choice(p.speeds)
        call = Call(self, sample, attempt, work, output, prompt, reserved, started=self.now)
        self._since.setdefault(sample, self.now)
        if attempt == 1 and isinstance(self.controller, Shipped):
            self.controller.controller.retries.first_attempt()
        call.ticket = self.controller.start(self.now, reserved)
        self._out += 1
        self.trace.in_flight_max = max(self.trace.in_flight_max, self._out)
        self.simulation.server.arrive(call)

    # -- ending -----------------------------------------------------------------------------------------------------

    def answered(self, call: Call) -> None:
        if self.is_over:
            return
        seconds = self.now - call.started
        self._out -= 1
        self._left -= 1
        self._rule.answered = True
        self._rule.finished(None)
        self.trace.answered += 1
        self.trace.latencies.append(seconds)
        self.trace.ends.append(self.now)
        self.trace.works.append(call.output + call.prompt / 20 + 10)
        usage = self.profile.usage
        first = None
        if self.profile.stream:
            first = call.begun - call.started + (call.prompt / 20 + 10) * self.simulation.server.step
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
        if isinstance(self.controller, Shipped) and usage == "tokens":
            self.controller.controller.reservation.prompt_was(self._characters[call.sample], call.prompt)
        self._note()
        self._dispatch()

    def _work(self, call: Call) -> float | None:
        if self.profile.usage == "tokens":
            return work_of(call.output, call.prompt)
        if not self.profile.usage:
            return None
        # languages and code differ in characters a token
        characters = round(call.output * self._random.uniform(2.5, 5.0))
        return work_of(None, 0.8 * call.prompt, characters)

    def failed(
        self, call: Call, outcome: Outcome, message: str, hint: float | None, rates: RateHeaders | None
    ) -> None:
        if self.is_over:
            return
        self._rule.responded = self._rule.responded or message.startswith("503")
        self._out -= 1
        self.trace.failures[outcome.value] = self.trace.failures.get(outcome.value, 0) + 1
        count, _ = self._errors.get(outcome, (0, ""))
        self._errors[outcome] = (count + 1, message)
        self.controller.finish(
            self.now,
            call.ticket,
            AttemptResult(outcome, hint=hint, rates=rates, message=message),
            self.now - call.started,
        )
        if isinstance(self.controller, Shipped):
            self._retry(call, outcome, message, hint, self.controller.controller)
        else:
            assert isinstance(self.controller, Fixed)
            self._retry_as_others(self.controller, (call.sample, call.attempt + 1), hint)
        self._note()
        self._dispatch()

    def _retry(
        self, call: Call, outcome: Outcome, message: str, hint: float | None, controller: EndpointController
    ) -> None:
        sample = call.sample
        elapsed = self.now - self._since.get(sample, self.now)
        ticket = call.ticket
        assert isinstance(ticket, Ticket)
        excused = ticket.excused or outcome is Outcome.THROTTLED
        self._excused[sample] = self._excused.get(sample, 0) + excused
        verdict = self._policy.after(
            outcome,
            attempts=call.attempt - self._excused[sample],
            elapsed=elapsed,
            hint=hint,
            excused=excused,
            unaccepted=self.now - controller.accepted_at,
        )
        if isinstance(verdict, GiveUp):
            self._left -= 1
            self.trace.given_up += 1
            errors = [ErrorClass(o, n, 1, 0.0, text) for o, (n, text) in self._errors.items()]
            if self._rule.finished(errors) is not None:
                self._stop()
            return
        if not isinstance(verdict, Retry):
            self._stop()
            return
        again = (sample, call.attempt + 1)
        paid = controller.retries.spend(outcome, timed_out=message == "timed out")
        if excused or not paid:
            self._since.pop(sample, None)
        if verdict.delay <= 0:
            self._again(again, last=not paid)
        else:
            self.simulation.schedule(self.now + verdict.delay, lambda: self._again(again, last=not paid))

    def _again(self, item: tuple[int, int], *, last: bool = False) -> None:
        if last:
            self._later.append(item)
        else:
            self._waiting.appendleft(item)
        self._dispatch()

    def _retry_as_others(self, controller: Fixed, item: tuple[int, int], hint: float | None) -> None:
        if item[1] > 60:
            self._left -= 1
            self.trace.given_up += 1
            return
        controller.sleeping += controller.holds_slot

        def again() -> None:
            controller.sleeping -= controller.holds_slot
            self._again(item)

        self.simulation.schedule(self.now + controller.retry_delay(item[1] - 1, hint), again)

    def _note(self) -> None:
        limit = self.controller.limit
        if not self.trace.limits or self.trace.limits[-1][1] != limit:
            self.trace.limits.append((self.now, limit))


class Simulation:
    """A run of `samples` samples against one profile, alone or beside others.

    Args:
        profile: The endpoint.
        samples: Of the run that is measured.
        seed: Of everything that is left to chance.
        make: Makes the controller of the run.
        others: Of each other run: when it starts, its samples, and what makes its controller.
    """

    def __init__(
        self,
        profile: Profile,
        samples: int,
        seed: int,
        make: Make,
        others: Sequence[tuple[float, int, Make]] = (),
    ) -> None:
        self.now = 0.0
        self.seed = seed
        self.profile = profile
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self.server = Server(profile, self)
        self.client = Client(self, samples, make)
        self.others: list[Client] = []
        for number, (at, count, make_other) in enumerate(others):
            self.schedule(at, lambda a=count, b=make_other, c=number: self._join(a, b, c))

    def run(self, *, to_the_end: bool = False) -> Trace:
        """Plays until the measured run is over; `to_the_end`: until all are."""
        self.client.start()
        trace = self.client.trace
        while self._events and self.now < 1e6:
            if self.client.is_over:
                trace.seconds = trace.seconds or self.now
                if not to_the_end or all(one.is_over for one in self.others):
                    break
            self.now, _, action = heapq.heappop(self._events)
            action()
            for one in self.others:
                if one.is_over and not one.trace.seconds:
                    one.trace.seconds = self.now
        trace.seconds = trace.seconds or self.now
        trace.crashes = self.server.crashes
        return trace

    def schedule(self, at: float, action: Callable[[], None]) -> None:
        heapq.heappush(self._events, (at, next(self._order), action))

    def _join(self, samples: int, make: Make, number: int) -> None:
        client = Client(self, samples, make, name=f" other {number}")
        self.others.append(client)
        client.start()
