"""Back-off gate: holds back all calls to an endpoint while it asks to wait or recovers.

All runs on the endpoint share it, so no call sleeps in a slot, and there is no thundering herd of private back-offs.
"""

_FIRST_WAIT = 0.5
_LONGEST_WAIT = 60.0
_LONGEST_HINT = 120.0
_REOPENING = 1.5  # seconds after opening in which calls start one by one ...
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


class ThrottleBackoff:
    """Exponential back-off after throttled attempts: the endpoint's hint, else half a second, doubled each episode."""

    def __init__(self) -> None:
        self._episodes_without_answer = 0

    def answered(self) -> None:
        """Resets the back-off: the endpoint has answered."""
        self._episodes_without_answer = 0

    def wait(self, hint: float | None, *, new_episode: bool, rate_known: bool) -> float:
        """Returns the seconds for which to shut the gate.

        Args:
            hint: Seconds that the endpoint asks to wait. While no rate is known, a hint below a second is extended to
                one: such a hint is the time to the next single permit, and all waiting calls would compete for it.
            new_episode: The attempt is the first of its throttle episode.
            rate_known: The endpoint's request rate was stated or learned.
        """
        if hint is not None:
            return min(_LONGEST_HINT, hint if rate_known else max(hint, 1.0))
        if new_episode:
            self._episodes_without_answer += 1
        return min(_LONGEST_WAIT, _FIRST_WAIT * 2.0 ** min(self._episodes_without_answer - 1, 10))
