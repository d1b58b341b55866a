"""When to try again: bounded back-off with full jitter, bounded sums, and a budget of retries per endpoint.

Throttled attempts wait for the endpoint's shared gate and pacer, so their own wait is the endpoint's hint alone.
The jitter is "full jitter" (M. Brooker, "Exponential Backoff And Jitter", 2015); the budget is the token bucket of
Finagle's RetryBudget.
"""

import random
from dataclasses import dataclass

from evalstudio.core.outcome import Outcome
from evalstudio.evaluations.spec import TimeOuts

LONGEST_HINT = 120.0
"""Seconds. An endpoint that asks for more does so because a long quota is used up: the run pauses instead."""

_LONGEST_BACKOFF = 30.0
_RETRIED = (Outcome.THROTTLED, Outcome.OVERLOADED, Outcome.BAD_ANSWER)


@dataclass(frozen=True, slots=True)
class Retry:
    """Try again in `delay` seconds."""

    delay: float


@dataclass(frozen=True, slots=True)
class GiveUp:
    """No further attempt; `sentence` says why."""

    sentence: str


@dataclass(frozen=True, slots=True)
class Pause:
    """The endpoint wants to be left alone for `seconds`, longer than a run should wait unseen."""

    seconds: float
    sentence: str


class RetryPolicy:
    """Decides after each failed attempt of a sample. Deterministic for one seed and order of calls."""

    def __init__(self, *, seed: int, max_attempts: int = 8, longest: float = 900.0) -> None:
        self.max_attempts = max_attempts
        self.longest = longest
        self._random = random.Random(seed)

    def apply_timeouts(self, timeouts: TimeOuts) -> None:
        """Other bounds from now on."""
        self.max_attempts, self.longest = timeouts.attempts, timeouts.sample

    def after(
        self,
        outcome: Outcome,
        *,
        attempts: int,
        elapsed: float,
        hint: float | None = None,
        unreadable: int | None = None,
    ) -> Retry | GiveUp | Pause:
        """What to do after attempt number `attempts` (from 1) ended as `outcome`.

        `elapsed` is the time since the sample's first attempt started: no retry starts later than `longest` seconds
        after it. `hint` is the endpoint's own wish in seconds. `unreadable`: how many of the attempts brought
        an answer that could not be read; None: all of them.
        """
        if outcome not in _RETRIED:
            return GiveUp(f"not tried again: {outcome.value}")
        if outcome is Outcome.BAD_ANSWER and (attempts if unreadable is None else unreadable) >= 2:
            return GiveUp("the answer could not be read, twice")
        if attempts >= self.max_attempts:
            return GiveUp(f"{attempts} attempts failed, the last one: {outcome.value}")
        if hint is not None and hint > LONGEST_HINT:
            return Pause(hint, f"the endpoint asks to wait {_minutes(hint)}")
        if outcome is Outcome.OVERLOADED:
            delay = max(hint or 0.0, self._random.uniform(0.0, min(_LONGEST_BACKOFF, 2.0 ** (attempts - 1))))
        else:
            delay = hint or 0.0
        if elapsed + delay > self.longest:
            return GiveUp(f"no answer within {self.longest:g} s, the last attempt: {outcome.value}")
        return Retry(delay)


class RetryBudget:
    """Keeps retries of one endpoint to a tenth of its calls, so that they can't feed an overload.

    Nothing fails for want of budget: a sample without it goes to the end of the queue.
    """

    def __init__(self, *, start: float = 10.0, share: float = 0.1, largest: float = 100.0) -> None:
        self._tokens = start
        self._share = share
        self._largest = largest

    @property
    def tokens(self) -> float:
        return self._tokens

    def first_attempt(self) -> None:
        """Every first attempt of a sample earns a share of a retry."""
        self._tokens = min(self._largest, self._tokens + self._share)

    def spend(self, outcome: Outcome, *, timed_out: bool = False) -> bool:
        """Takes what a retry after `outcome` costs; False when too little is left.

        A throttled attempt costs nothing: the gate already holds it back. A time-out costs two.
        """
        if outcome is Outcome.THROTTLED:
            return True
        cost = 2.0 if timed_out else 1.0
        if self._tokens < cost:
            return False
        self._tokens -= cost
        return True


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:.0f} minutes" if seconds < 7200 else f"{seconds / 3600:.1f} hours"
