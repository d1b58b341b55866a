"""Other controllers, written from their published rules, behind the same questions as the one that ships.

All of them retry the way tools commonly do: the call keeps its slot while it waits, for the endpoint's hint or else
with exponential back-off and full jitter.
"""

import math
import random
from collections import deque

from evalstudio.core.outcome import Outcome
from evalstudio.engine.limits.vocabulary import AttemptResult


class Fixed:
    """A semaphore of N."""

    holds_slot = True

    def __init__(self, window: int) -> None:
        self.limit = window
        self.in_flight = 0
        self.sleeping = 0
        self._random = random.Random(window)

    def may_start(self, now: float, tokens: int) -> float | bool:
        return self.in_flight + self.sleeping < self.limit

    def start(self, now: float, tokens: int) -> object:
        self.in_flight += 1
        return None

    def finish(self, now: float, ticket: object, result: AttemptResult, seconds: float) -> None:
        self.in_flight -= 1
        self.learn(now, result, seconds)

    def learn(self, now: float, result: AttemptResult, seconds: float) -> None:
        """Moves the limit; a fixed one does not."""

    def tick(self, now: float) -> None:
        pass

    def retry_delay(self, attempt: int, hint: float | None) -> float:
        if hint is not None:
            return hint
        return self._random.uniform(0, min(60.0, 2.0**attempt))


class Paced(Fixed):
    """Knows the endpoint's rates and bursts and starts each call at the first moment at which it is let through."""

    def __init__(self, window: int, requests: float | None, burst: float, tokens: float | None) -> None:
        super().__init__(window)
        self._rates = ((requests or 0.0) / 60, (tokens or 0.0) / 60)
        self._caps = (burst, tokens or 0.0)
        self._levels = list(self._caps)
        self._at = 0.0

    def may_start(self, now: float, tokens: int) -> float | bool:
        if not super().may_start(now, tokens):
            return False
        wait = 0.0
        for index, (rate, cap, amount) in enumerate(zip(self._rates, self._caps, (1, tokens), strict=True)):
            if rate > 0:
                self._levels[index] = min(cap, self._levels[index] + rate * (now - self._at))
                wait = max(wait, (min(amount, cap) - self._levels[index]) / rate)
        self._at = now
        return True if wait <= 1e-9 else now + wait + 1e-9

    def start(self, now: float, tokens: int) -> object:
        for index, (rate, amount) in enumerate(zip(self._rates, (1, tokens), strict=True)):
            self._levels[index] -= amount if rate > 0 else 0
        return super().start(now, tokens)


class Inspect(Fixed):
    """Inspect's adaptive connections: doubles each clean round until the first 429, then +5 %; 429 cuts to 80 %.

    A round is `limit` answers with the window at least 80 % full; 15 s pass between cuts. 5xx only spoil the round.
    Retries wait 3, 6, 12, ... seconds in their slot.
    """

    def __init__(self, start: int = 20, lowest: int = 10, highest: int = 100) -> None:
        super().__init__(start)
        self.lowest, self.highest = lowest, highest
        self._slow_start = True
        self._round = 0
        self._cooldown_until = -1.0

    def learn(self, now: float, result: AttemptResult, seconds: float) -> None:
        if result.outcome is Outcome.THROTTLED:
            self._round = 0
            self._slow_start = False
            if now >= self._cooldown_until:
                self.limit = max(self.lowest, math.floor(0.8 * self.limit))
                self._cooldown_until = now + 15.0
        elif result.outcome is not Outcome.OK:
            self._round = 0
        elif self.in_flight + 1 >= 0.8 * self.limit and now >= self._cooldown_until:
            self._round += 1
            if self._round >= self.limit:
                self._round = 0
                grown = (
                    2 * self.limit if self._slow_start else max(self.limit + 1, math.floor(1.05 * self.limit))
                )
                self.limit = min(self.highest, grown)

    def retry_delay(self, attempt: int, hint: float | None) -> float:
        return min(1800.0, 3 * 2.0 ** (attempt - 1))


class Dotevals(Fixed):
    """dotevals 0.24: every 2 s the throughput of the last 20 ends; after three, above 98 % of the last: grow; below 90 %: x0.8.

    It counts a failed call as an end like any other, because it never sees failures.
    """

    holds_slot = False

    def __init__(self) -> None:
        super().__init__(5)
        self._ends: deque[float] = deque(maxlen=20)
        self._next = 2.0
        self._last: float | None = None
        self._measured = 0

    def learn(self, now: float, result: AttemptResult, seconds: float) -> None:
        self._ends.append(now)
        if now < self._next or len(self._ends) < 2:
            return
        self._next = now + 2.0
        rate = (len(self._ends) - 1) / max(1e-9, self._ends[-1] - self._ends[0])
        self._measured += 1
        if self._last is not None and self._measured >= 3:
            if rate > 0.98 * self._last:
                grown = (
                    self.limit + 2 if self.limit < 10 else int(self.limit * (1.2 if self.limit < 50 else 1.1))
                )
                self.limit = min(100, grown)
                self._measured = 0
            elif rate < 0.90 * self._last:
                self.limit = max(1, int(0.8 * self.limit))
                self._measured = 0
        self._last = rate


class Gradient2(Fixed):
    """Netflix's Gradient2: long against short mean latency, tolerance 1.5, smoothing 0.2, queue 4; failures x0.9."""

    def __init__(self) -> None:
        super().__init__(20)
        self._size = 20.0
        self._long = 0.0
        self._n = 0

    def learn(self, now: float, result: AttemptResult, seconds: float) -> None:
        if result.outcome in (Outcome.THROTTLED, Outcome.OVERLOADED):
            self._size = max(1.0, 0.9 * self._size)
            self.limit = max(1, int(self._size))
            return
        self._n += 1
        if self._n <= 10:
            self._long += (seconds - self._long) / self._n
        else:
            self._long += (seconds - self._long) * 2 / 601
        if self._long / seconds > 2:
            self._long *= 0.95
        if self.in_flight + 1 < self._size / 2:
            return
        gradient = max(0.5, min(1.0, 1.5 * self._long / seconds))
        self._size = max(1.0, min(256.0, 0.8 * self._size + 0.2 * (self._size * gradient + 4)))
        self.limit = int(self._size)
