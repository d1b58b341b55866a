"""Failure breaker: pauses a run for a person to look at it, instead of letting sample after sample fail."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from evalstudio.core.outcome import Outcome
from evalstudio.protocol import ErrorClass

SPAN = 20  # last finished samples that count; the run pauses when more than half of them errored
SILENT_S, SILENT_FAILURES = 15.0, 3  # an endpoint that never answered: this long and with this many failures
LOADING_S = (
    600.0  # for which a server of one's own is waited for that answers with errors: it may load its model
)
ABSENT_S = 300.0  # for which one is waited for that is not there yet


@dataclass(slots=True)
class PauseRule:
    """Decides when to pause. `finished` and `silent` return the sentence to pause with, or None.

    `private`: the endpoint is on this machine or network.
    """

    private: bool = False
    taken: bool = False  # whether it has taken a call: it was there
    responded: bool = False  # whether it has sent an error, at least
    answered: bool = False  # whether the endpoint has answered since this start
    _recent: deque[bool] = field(default_factory=lambda: deque(maxlen=SPAN))

    def reset(self) -> None:
        """Forgets past failures, after a person has fixed the cause."""
        self._recent.clear()

    def finished(self, errors: Sequence[ErrorClass] | None) -> str | None:
        """Counts a finished sample.

        Args:
            errors: None for an answered sample; for an errored one, the error classes of the run so far.
        """
        self._recent.append(errors is not None)
        failed = sum(self._recent)
        if errors is None or len(self._recent) < SPAN or failed <= SPAN // 2:
            return None
        worst = max(errors, key=lambda error: error.records)
        return (
            f"{failed} of the last {SPAN} samples errored ({worst.name}): {worst.example} "
            "See to the cause, then continue."
        )

    def silent(self, going: float, errors: Sequence[ErrorClass]) -> str | None:
        """Checks for an endpoint that has never answered.

        Args:
            going: Seconds since the run was started or continued.
            errors: The error classes of the run so far.
        """
        failed = sum(error.attempts for error in errors)
        if self.answered or failed < SILENT_FAILURES or going < self._patience(errors):
            return None
        most = max(errors, key=lambda error: error.attempts)
        return (
            f"None of {failed} calls in {going:.0f} s has succeeded ({most.name}): {most.example} "
            "See to the cause, then continue."
        )

    def _patience(self, errors: Sequence[ErrorClass]) -> float:
        """Seconds to wait for the first answer: the circuit breaker's, where the endpoint may come up by itself."""
        waited_for = (
            {Outcome.THROTTLED, Outcome.OVERLOADED} if self.private or self.taken else {Outcome.THROTTLED}
        )
        if any(error.name not in waited_for for error in errors):
            return SILENT_S
        return LOADING_S if self.responded else ABSENT_S
