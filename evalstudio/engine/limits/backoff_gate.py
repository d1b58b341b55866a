"""Back-off gate: holds back all calls to an endpoint while it asks to wait or recovers.

All runs on the endpoint share it, so no call sleeps in a slot, and there is no thundering herd of private back-offs.
"""

LONGEST_WAIT = 30.0
LONGEST_HINT = 120.0
_FIRST_WAIT = 0.5
_SHARE = 0.25  # of the time for which the endpoint has accepted nothing
_REOPENING = 1.5  # seconds after opening in which calls start one by one, until one is accepted ...
_SPACING = 0.06  # ... so that a server that still rejects does so to one or two calls, not to all


class BackoffGate:
    """Shut until the time `until`; after that, calls start one by one for a moment. Times are monotonic seconds."""

    def __init__(self) -> None:
        self.until = 0.0
        self._careful_until = 0.0
        self._next_start = 0.0

    def shut(self, until: float) -> None:
        """Keeps the gate shut at least until the time `until`."""
        if until > self.until:
            self.until = until
            self._careful_until = until + _REOPENING

    def open(self) -> None:
        """Opens the gate at once: a person wants it."""
        self.until = 0.0

    def accepted(self, started: float) -> None:
        """Ends the caution: a call that started at this time, after the opening, was accepted."""
        if started >= self.until:
            self._careful_until = 0.0

    def wait(self, now: float) -> float | None:
        """Returns the time at which to check again; None when a call may start now."""
        if now < self.until:
            return self.until
        if now < self._careful_until and now < self._next_start:
            return self._next_start
        return None

    def is_shut(self, now: float) -> bool:
        return now < self.until

    def started(self, now: float) -> None:
        if now < self._careful_until:
            self._next_start = now + _SPACING


def back_off(hint: float | None, closed_for: float, *, rate_known: bool) -> float:
    """Returns the seconds for which to shut the gate after a rejection.

    Args:
        hint: Seconds that the endpoint asks to wait. While no rate is known, a hint below a second is extended to one:
            such a hint is the time to the next single permit, and all waiting calls would compete for it.
        closed_for: Seconds for which the endpoint has accepted nothing. Without a hint the wait grows with it, so that
            few calls are spent on finding out, and the endpoint's return is noticed soon.
        rate_known: The endpoint's request rate was stated or learned.

    Example:
        >>> back_off(None, 10.0, rate_known=False)
        2.5
    """
    if hint is not None:
        return min(LONGEST_HINT, hint if rate_known else max(hint, 1.0))
    return min(LONGEST_WAIT, max(_FIRST_WAIT, _SHARE * closed_for))
