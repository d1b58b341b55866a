"""The gate all calls of an endpoint pass: shut while the endpoint wants to be left alone.

Shared by every worker, so nobody sleeps in a slot and no herd of private back-offs hits the endpoint at once.
"""

_FIRST_WAIT = 0.5
_LONGEST_WAIT = 60.0
_LONGEST_HINT = 120.0
_REOPENING = 1.5  # seconds after opening in which calls start one by one ...
_SPACING = 0.06  # ... so that a server that still rejects does so to one or two calls, not to all


class BackoffGate:
    """Shut until `until`; then calls start one by one for a moment."""

    def __init__(self) -> None:
        self.until = 0.0
        self._careful_until = 0.0
        self._next_start = 0.0

    def shut(self, until: float) -> None:
        """Keeps the gate shut at least until then (clock time)."""
        if until > self.until:
            self.until = until
            self._careful_until = until + _REOPENING

    def wait(self, now: float) -> float | None:
        """When to ask again, None when a call may start now."""
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
    """How long the gate is shut after a throttled attempt: the endpoint's hint, else doubling from half a second."""

    def __init__(self) -> None:
        self._episodes_without_answer = 0

    def answered(self) -> None:
        self._episodes_without_answer = 0

    def wait(self, hint: float | None, *, new_episode: bool, rate_known: bool) -> float:
        """Seconds to keep the gate shut.

        Where no rate is known yet, a hint below a second is stretched to one: such hints are the time to the next
        single permit, and all waiting calls would come for it.
        """
        if hint is not None:
            return min(_LONGEST_HINT, hint if rate_known else max(hint, 1.0))
        if new_episode:
            self._episodes_without_answer += 1
        return min(_LONGEST_WAIT, _FIRST_WAIT * 2.0 ** min(self._episodes_without_answer - 1, 10))
