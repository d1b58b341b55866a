"""Retry policy: exponential back-off with full jitter, bounded in attempts and time, and a retry budget per endpoint.

Throttled attempts wait for the endpoint's shared back-off gate and rate limiter, so their own wait is the endpoint's
hint alone. The jitter is "full jitter" (M. Brooker, "Exponential Backoff And Jitter", 2015); the budget is the token
bucket of Finagle's RetryBudget.
"""

import random
from dataclasses import dataclass

from evalstudio.core.outcome import Outcome
from evalstudio.evaluations.spec import TimeOuts

LONGEST_HINT = 120.0
"""Seconds. An endpoint that asks to wait longer has an exhausted long-term quota: the run pauses instead."""

_LONGEST_BACKOFF = 30.0
_RETRIED = (Outcome.THROTTLED, Outcome.OVERLOADED, Outcome.BAD_ANSWER)


@dataclass(frozen=True, slots=True)
class Retry:
    """Try again in `delay` seconds."""

    delay: float


@dataclass(frozen=True, slots=True)
class GiveUp:
    """Make no further attempt; `sentence` says why."""

    sentence: str


@dataclass(frozen=True, slots=True)
class Pause:
    """Pause the run: the endpoint asks to wait `seconds`, longer than a run should wait without telling anybody."""

    seconds: float
    sentence: str


class RetryPolicy:
    """Decides what follows a failed attempt. Deterministic for one seed and order of calls.

    Args:
        seed: Of the jitter.
        max_attempts: Attempts of one sample, at most.
        longest: Seconds from a sample's first attempt after which no retry starts.

    Example:
        >>> RetryPolicy(seed=1).after(Outcome.THROTTLED, attempts=1, elapsed=0.0, hint=3.0)
        Retry(delay=3.0)
    """

    def __init__(self, *, seed: int, max_attempts: int = 8, longest: float = 900.0) -> None:
        self.max_attempts = max_attempts
        self.longest = longest
        self._random = random.Random(seed)

    def apply_timeouts(self, timeouts: TimeOuts) -> None:
        """Replaces the bounds on attempts and time, from now on."""
        self.max_attempts, self.longest = timeouts.attempts, timeouts.sample

    def after(
        self,
        outcome: Outcome,
        *,
        attempts: int,
        elapsed: float,
        hint: float | None = None,
        unreadable: int | None = None,
        excused: bool = False,
        unaccepted: float = 0.0,
    ) -> Retry | GiveUp | Pause:
        """Decides what follows a failed attempt.

        Args:
            outcome: How the attempt ended.
            attempts: Its number, from 1; excused ones do not count.
            elapsed: Seconds since the sample's first attempt started.
            hint: Seconds that the endpoint asks to wait.
            unreadable: Attempts with an answer that could not be read; None: all of them.
            excused: The endpoint took no calls, whichever sample it was: the attempt does not count.
            unaccepted: Seconds for which the endpoint has accepted no call at all. That alone ends a sample that is
                throttled or excused.
        """
        if outcome not in _RETRIED:
            return GiveUp(f"not tried again: {outcome.value}")
        if outcome is Outcome.BAD_ANSWER and (attempts if unreadable is None else unreadable) >= 2:
            return GiveUp("the answer could not be read, twice")
        # who allows a single attempt wants none of the others either
        waits = outcome is Outcome.THROTTLED or (excused and self.max_attempts > 1)
        if waits and unaccepted > self.longest:
            return GiveUp(
                f"the endpoint has accepted no call for {_minutes(unaccepted)}, the last one: {outcome.value}"
            )
        if not waits and attempts >= self.max_attempts:
            return GiveUp(f"{attempts} attempts failed, the last one: {outcome.value}")
        if hint is not None and hint > LONGEST_HINT:
            return Pause(hint, f"the endpoint asks to wait {_minutes(hint)}")
        if outcome is Outcome.OVERLOADED:
            delay = max(hint or 0.0, self._random.uniform(0.0, min(_LONGEST_BACKOFF, 2.0 ** (attempts - 1))))
        else:
            delay = hint or 0.0
        if not waits and elapsed + delay > self.longest:
            return GiveUp(f"no answer within {self.longest:g} s, the last attempt: {outcome.value}")
        return Retry(delay)


class RetryBudget:
    """Retry budget: limits the retries of one endpoint to a tenth of its calls, so that they can't feed an overload.

    No sample fails for lack of budget: without it, the sample goes to the end of the queue.

    Args:
        start: Retries available at first.
        share: Retries that each first attempt earns.
        largest: Retries that can be saved up.
    """

    def __init__(self, *, start: float = 10.0, share: float = 0.1, largest: float = 100.0) -> None:
        self._tokens = start
        self._share = share
        self._largest = largest

    @property
    def tokens(self) -> float:
        return self._tokens

    def first_attempt(self) -> None:
        """Earns a share of a retry; to be called for each first attempt of a sample."""
        self._tokens = min(self._largest, self._tokens + self._share)

    def spend(self, outcome: Outcome, *, timed_out: bool = False) -> bool:
        """Takes the price of a retry out of the budget.

        A throttled attempt costs nothing, because the back-off gate already holds it back; a time-out costs two.

        Returns:
            False when too little is left; nothing is then taken.
        """
        if outcome is Outcome.THROTTLED:
            return True
        cost = 2.0 if timed_out else 1.0
        if self._tokens < cost:
            return False
        self._tokens -= cost
        return True


def _minutes(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} minutes" if seconds < 7200 else f"{seconds / 3600:.1f} hours"
