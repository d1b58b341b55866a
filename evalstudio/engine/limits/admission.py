"""Admission control: starts calls in round-robin order among runs, each as soon as every limit allows it.

Limits compose here: the application's ceiling, the endpoint's own (back-off gate, rate limiter, cap, learned window),
and those of the run itself (window, workers, pause). The first limit that refuses a call is the binding one.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Protocol

from evalstudio.core.strategy import check_count
from evalstudio.engine.limits.endpoint import EndpointController
from evalstudio.engine.limits.vocabulary import Binding, Wait


class Member(Protocol):
    """Something that starts calls: a run, or one of its judges."""

    controller: EndpointController
    cap: "Cap"
    blocked: Wait | None  # why the last attempt to start a call failed

    @property
    def adaptive(self) -> bool: ...

    def wants(self) -> bool:
        """Returns whether there is a call to start now."""

    def refuses(self, now: float) -> Wait | None:
        """Returns what the member's own limits make the next call wait for; None: nothing."""

    def tokens_wanted(self) -> int:
        """Returns an estimate of the tokens that the next call takes; 0 where it is unknown."""

    def start_one(self, now: float) -> None:
        """Starts a call; its end has to be reported to `Admission.done`."""


class Cap:
    """Concurrency cap of one endpoint and key, over all runs. `limit` None: there is none."""

    __slots__ = ("in_flight", "limit")

    def __init__(self, limit: int | None = None) -> None:
        self.limit = limit
        self.in_flight = 0


class Admission:
    """The scheduler of all calls in this engine.

    Args:
        ceiling: Calls in flight of all runs together, at most.
        clock: Monotonic time, in seconds.
    """

    def __init__(self, ceiling: int, clock: Callable[[], float]) -> None:
        self._ceiling = check_count("The ceiling", ceiling)
        self._clock = clock
        self._members: deque[Member] = deque()
        self._timer: asyncio.TimerHandle | None = None
        self.in_flight = 0

    @property
    def ceiling(self) -> int:
        return self._ceiling

    def set_ceiling(self, ceiling: int) -> None:
        self._ceiling = check_count("The ceiling", ceiling)
        self.pump()

    def join(self, member: Member) -> None:
        self._members.append(member)
        self.pump()

    def leave(self, member: Member) -> None:
        if member in self._members:
            self._members.remove(member)

    def done(self, member: Member) -> None:
        """Notes that a call of this member has ended, and starts the next one in its place."""
        self.in_flight -= 1
        member.cap.in_flight -= 1
        self.pump()

    def pump(self) -> None:
        """Starts every call that may start now, one for each member in turn."""
        now = self._clock()
        refused = 0
        wake: float | None = None
        while refused < len(self._members):
            member = self._members[0]
            self._members.rotate(-1)
            wait = self._wait(member, now)
            member.blocked = wait
            if wait is None:
                self.in_flight += 1
                member.cap.in_flight += 1
                member.start_one(now)
                refused = 0
            else:
                refused += 1
                if wait.until is not None:
                    wake = wait.until if wake is None else min(wake, wait.until)
        self._wake_at(wake, now)

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _wait(self, member: Member, now: float) -> Wait | None:
        if not member.wants():
            return Wait(Binding.DATASET, None)
        if self.in_flight >= self._ceiling:
            return Wait(Binding.APPLICATION, None)
        if member.cap.limit is not None and member.cap.in_flight >= member.cap.limit:
            return Wait(Binding.CAP, None)
        return member.refuses(now) or member.controller.check(
            now, member.tokens_wanted(), adaptive=member.adaptive
        )

    def _wake_at(self, moment: float | None, now: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if moment is not None:
            self._timer = asyncio.get_running_loop().call_later(max(0.001, moment - now), self.pump)


def cancel_soon(task: "asyncio.Task[None]") -> None:
    """Cancels a task after its first step, in this iteration of the loop or the next.

    A task that is cancelled before its first step never reaches its `finally`, and its slot would be lost for good.
    """
    asyncio.get_running_loop().call_soon(task.cancel)
