"""Failure breaker: when a run had better wait for a person than go on failing."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from evalstudio.protocol import ErrorClass

SPAN = 20  # finished samples that it looks at; it opens when more than half of them are errored
SILENT_S, SILENT_FAILURES = 15.0, 3  # an endpoint that has failed so often and never answered for so long


@dataclass(slots=True)
class PauseRule:
    """Each method that looks gives the sentence with which the run should pause, or None."""

    answered: bool = False  # anything, since this start
    _recent: deque[bool] = field(default_factory=lambda: deque(maxlen=SPAN))

    def reset(self) -> None:
        """A person has seen to the cause."""
        self._recent.clear()

    def finished(self, errors: Sequence[ErrorClass] | None) -> str | None:
        """A sample got its answer, or is errored: then `errors` are those of the run so far."""
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
        """An endpoint that has never answered is not asked for ever. `going`: seconds since the run began."""
        failed = sum(error.attempts for error in errors)
        if self.answered or failed < SILENT_FAILURES or going < SILENT_S:
            return None
        last = max(errors, key=lambda error: error.attempts)
        return f"No answer in {going:.0f} s: {last.example} See to the cause, then continue."
