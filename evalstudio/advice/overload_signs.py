"""Overload signs: errors, lost connections, rate limits, and this machine's own limits.

Pure: gets ended attempts and this machine's load passed in, with the time in seconds of the run.
"""

import math
from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum

import msgspec

SPAN_S = 30  # the period that shares refer to
CPU, LAG_S, MEMORY, FILES = 0.9, 0.05, 0.9, 0.8


class Trouble(StrEnum):
    """Subject of a sign."""

    ERRORS = "errors"
    CONNECTIONS = "timeouts and connections"
    RATE_LIMITS = "rate limits"
    MACHINE = "this machine"


THRESHOLDS = {
    Trouble.ERRORS: 0.05,
    Trouble.CONNECTIONS: 0.02,
    Trouble.RATE_LIMITS: 0.01,
    Trouble.MACHINE: 1.0,  # of the load at which this machine delays calls
}
FEWEST = {Trouble.ERRORS: 3, Trouble.CONNECTIONS: 2, Trouble.RATE_LIMITS: 1}


class Sign(msgspec.Struct, frozen=True):
    """One sign. `value` and `threshold` are shares of the attempts of the last 30 s, or of this machine's capacity.

    `since` is the second of the run at which it was first seen, `samples` the number of samples that showed it;
    `proposed` is the suggested number of calls in flight, None if nothing needs to be done.
    """

    name: str
    active: bool
    value: float
    threshold: float
    since: float | None
    samples: int
    sentence: str = ""
    action: str = ""
    proposed: int | None = None


@dataclass(frozen=True, slots=True)
class Load:
    """Load of this machine: `cpu` of one core, event loop `lag` in seconds, `memory` and open `files` as shares in use."""

    cpu: float = 0.0
    lag: float = 0.0
    memory: float = 0.0
    files: float = 0.0


@dataclass(frozen=True, slots=True)
class LoadNow:
    """Limits in force. `latency` is the median in seconds, `requests` the endpoint's limit per minute."""

    limit: int
    adaptive: bool
    latency: float | None = None
    requests: float | None = None


@dataclass(slots=True)
class _Second:
    number: int
    ended: int = 0
    shown: dict[Trouble, int] = field(default_factory=dict)


class SignWatch:
    """Detector of the signs in one run."""

    def __init__(self) -> None:
        self._seconds: deque[_Second] = deque()
        self._samples = dict.fromkeys(Trouble, 0)
        self._since: dict[Trouble, float] = {}
        self._load_since: float | None = None

    def ended(self, at: float, trouble: Trouble | None, *, again: bool = False) -> None:
        """Counts an ended attempt, with or without trouble; `again`: its sample has shown the same trouble before."""
        second = int(at)
        if not self._seconds or self._seconds[-1].number != second:
            self._seconds.append(_Second(second))
        last = self._seconds[-1]
        last.ended += 1
        if trouble is not None:
            last.shown[trouble] = last.shown.get(trouble, 0) + 1
            self._samples[trouble] += not again
        if Trouble.MACHINE in self._since:
            self._samples[Trouble.MACHINE] += not again

    def look(self, at: float, standing: LoadNow, load: Load) -> tuple[Sign, ...]:
        """Returns the current state of the four signs."""
        while self._seconds and self._seconds[0].number < at - SPAN_S:
            self._seconds.popleft()
        ended = sum(second.ended for second in self._seconds)
        signs = [
            self._of_attempts(at, trouble, ended, standing)
            for trouble in (Trouble.ERRORS, Trouble.CONNECTIONS, Trouble.RATE_LIMITS)
        ]
        return (*signs, self._of_machine(at, load, standing))

    def _of_attempts(self, at: float, trouble: Trouble, ended: int, standing: LoadNow) -> Sign:
        shown = sum(second.shown.get(trouble, 0) for second in self._seconds)
        share = shown / ended if ended else 0.0
        threshold = THRESHOLDS[trouble]
        if share < threshold or shown < FEWEST[trouble]:
            return Sign(trouble, False, share, threshold, self._since.get(trouble), self._samples[trouble])
        since = self._since.setdefault(trouble, at)
        proposed = _fewer(standing, share, rate_limited=trouble is Trouble.RATE_LIMITS)
        sentence = f"{shown:,} of {ended:,} attempts of the last {SPAN_S} s {_WHAT[trouble]}"
        return Sign(
            trouble, True, share, threshold, since, self._samples[trouble],
            f"{sentence} ({share:.0%}; the sign's threshold is {threshold:.0%}).", _action(standing, proposed), proposed,
        )  # fmt: skip

    def _of_machine(self, at: float, load: Load, standing: LoadNow) -> Sign:
        shares = {
            f"the processor is {load.cpu:.0%} busy (of one core)": load.cpu / CPU,
            f"the event loop is {load.lag * 1000:.0f} ms late": load.lag / LAG_S,
            f"{load.memory:.0%} of the memory is in use": load.memory / MEMORY,
            f"{load.files:.0%} of the files that may be open are": load.files / FILES,
        }
        worst = max(shares, key=lambda what: shares[what])
        value = shares[worst]
        trouble = Trouble.MACHINE
        if value < 1.0:
            self._load_since = None
        elif self._load_since is None:
            self._load_since = at
        lasting = self._load_since is not None and at - self._load_since >= 2.0  # a short peak is not a sign
        if not lasting:
            return Sign(trouble, False, value, 1.0, self._since.get(trouble), self._samples[trouble])
        since = self._since.setdefault(trouble, at)
        proposed = _fewer(standing, 0.25, rate_limited=False)
        return Sign(
            trouble, True, value, 1.0, since, self._samples[trouble], f"This machine is the limit: {worst}.",
            _action(standing, proposed), proposed,
        )  # fmt: skip


_WHAT = {
    Trouble.ERRORS: "failed",
    Trouble.CONNECTIONS: "timed out or lost their connection",
    Trouble.RATE_LIMITS: "were refused for their rate (429)",
}


def _fewer(standing: LoadNow, lost: float, *, rate_limited: bool) -> int | None:
    """Proposes the calls in flight that succeed, or that a known rate allows; None if Adaptive does that itself."""
    if standing.adaptive or standing.limit <= 1:
        return None
    if rate_limited and standing.requests is not None and standing.latency is not None:
        return min(standing.limit - 1, max(1, math.floor(standing.requests / 60 * standing.latency)))
    return max(1, min(standing.limit - 1, math.floor(standing.limit * (1 - lost))))


def _action(standing: LoadNow, proposed: int | None) -> str:
    if standing.adaptive:
        return "Adaptive lowers the window itself."
    if proposed is None:
        return "One call at a time is the least; see to the endpoint."
    return f"Lower concurrency from {standing.limit} to {proposed}, or switch to Adaptive."
