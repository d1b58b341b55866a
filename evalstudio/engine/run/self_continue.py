"""Self-continuation: when a run that paused itself goes on without a person, as `run --wait` asks for."""

from dataclasses import dataclass, field

FIRST_S, LONGEST_S = 10.0, 300.0
"""Seconds until the first look, which double up to the longest while nothing is answered."""


@dataclass(slots=True)
class SelfContinue:
    """The moment at which a paused run goes on. Times in seconds, on any monotonic clock.

    Example:
        >>> again = SelfContinue()
        >>> again.paused(0.0, None), again.is_due(9.0), again.is_due(10.0)
        (10.0, False, True)
    """

    due: float | None = None
    _wait: float = field(default_factory=lambda: FIRST_S)

    def paused(self, now: float, hint: float | None) -> float:
        """Notes a pause; returns the seconds until the run goes on: those asked for, or the next of its own."""
        wait = self._wait if hint is None else hint
        if hint is None:
            self._wait = min(LONGEST_S, 2 * self._wait)
        self.due = now + wait
        return wait

    def answered(self) -> None:
        """Notes an answer: the next pause is short again."""
        self._wait = FIRST_S

    def is_due(self, now: float) -> bool:
        return self.due is not None and now >= self.due
