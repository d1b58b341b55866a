"""Processor-sharing queue: the performance model of the demo server, a batch that shares one processor behind a FIFO.

A virtual clock counts steps: every answer in progress advances with the clock, and a step takes longer the more answers
there are. An event costs O(log n).
"""

import asyncio
import heapq
import time
from collections import deque
from collections.abc import Callable

from evalstudio.engine.servers.demo.profiles import Profile

_EPSILON = 1e-9


class Batch:
    """The answers in progress. `slots` and step times come from the profile, which may change at any time."""

    def __init__(self, profile: Profile, now: Callable[[], float] = time.monotonic) -> None:
        self.profile = profile
        self.active = 0
        self._now = now
        self._queue: deque[asyncio.Future[None]] = deque()
        self._steps = 0.0  # the virtual clock
        self._last = now()
        self._marks: list[tuple[float, int, asyncio.Future[None]]] = []
        self._count = 0
        self._timer: asyncio.TimerHandle | None = None

    @property
    def queued(self) -> int:
        """The number of requests that wait for a slot."""
        return sum(1 for waiter in self._queue if not waiter.done())

    def change(self, profile: Profile) -> None:
        """Applies a new profile. Answers in progress keep their slots; fewer slots affect only new ones."""
        self._advance()
        self.profile = profile
        self._fill()
        self._arm()

    async def enter(self) -> None:
        """Waits for a slot, first come, first served. `leave` has to be called once afterwards."""
        if self._free() and not self._queue:
            self._advance()
            self.active += 1
            self._arm()
            return
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queue.append(waiter)
        try:
            await waiter
        except asyncio.CancelledError:
            if waiter.done() and not waiter.cancelled():
                self.leave()  # the slot was already handed over
            raise

    def leave(self) -> None:
        """Releases the slot to the next request in the queue."""
        self._advance()
        self.active -= 1
        self._fill()
        self._arm()

    async def work(self, steps: float, total: float) -> None:
        """Waits until the batch has advanced by `steps` of an answer's `total` steps."""
        profile = self.profile
        if profile.fixed_seconds is not None:
            await asyncio.sleep(profile.fixed_seconds * steps / total)
            return
        if profile.step_base == 0 and profile.step_per_call == 0:
            return
        self._advance()
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._count += 1
        heapq.heappush(self._marks, (self._steps + steps, self._count, done))
        self._arm()
        await done

    def _free(self) -> bool:
        return self.profile.slots is None or self.active < self.profile.slots

    def _fill(self) -> None:
        while self._queue and self._free():
            waiter = self._queue.popleft()
            if not waiter.done():
                self.active += 1
                waiter.set_result(None)

    def _advance(self) -> None:
        now = self._now()
        seconds = self.profile.step_seconds(self.active)
        if seconds > 0:
            self._steps += (now - self._last) / seconds
        self._last = now

    def _arm(self) -> None:
        """Completes what is due and sets the timer for the next mark."""
        marks = self._marks
        free = self.profile.step_seconds(self.active) == 0  # a change of parameters took all delay away
        while marks and (free or marks[0][2].done() or marks[0][0] <= self._steps + _EPSILON):
            done = heapq.heappop(marks)[2]
            if not done.done():
                done.set_result(None)
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if marks:
            wait = (marks[0][0] - self._steps) * self.profile.step_seconds(self.active)
            self._timer = asyncio.get_running_loop().call_later(wait, self._ring)

    def _ring(self) -> None:
        self._timer = None
        self._advance()
        self._arm()
