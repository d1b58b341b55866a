"""Telemetry: counts, percentiles and one bucket a second of a run while it is active.

Everything is of constant size but the buckets, which are handed over as soon as they close.
"""

from dataclasses import dataclass, field

from evalstudio.core.outcome import Outcome
from evalstudio.engine.run.histogram import LatencyHistogram
from evalstudio.engine.run.pace import Estimate, Pace
from evalstudio.protocol import ErrorClass, SecondBucket

LONGEST_EXAMPLE = 300


@dataclass(slots=True)
class _Second:
    number: int
    saved: int = 0
    answered: int = 0
    latency: LatencyHistogram = field(default_factory=LatencyHistogram)
    first_token: LatencyHistogram = field(default_factory=LatencyHistogram)
    errors: dict[str, int] = field(default_factory=dict)
    tokens_in: int = 0
    tokens_out: int = 0


@dataclass(slots=True)
class _ErrorCount:
    attempts: int
    records: int
    first_seen: float
    example: str
    answered: int = 0


class Telemetry:
    """The counters of one run. Times are in seconds since its start."""

    def __init__(self) -> None:
        self.latency = LatencyHistogram()
        self.first_token = LatencyHistogram()
        self.tokens_in = 0
        self.tokens_out = 0
        self.cost = 0.0
        self.unpriced = 0
        self._errors: dict[Outcome, _ErrorCount] = {}
        self._second = _Second(0)
        self._uncounted = 0  # tokens of answers beyond the parts that came; below 0 where a part was no token
        self._pace = Pace()

    def streamed(self, parts: int) -> None:
        """Counts parts of an answer in the second in which they come, as a token each."""
        self._second.tokens_out += parts

    def answered(
        self,
        latency: float,
        first_token: float | None,
        tokens_in: int | None,
        tokens_out: int | None,
        streamed: int = 0,
    ) -> None:
        """Counts an answered attempt; `latency` and `first_token` in seconds, `streamed` the parts that were counted."""
        second = self._second
        second.answered += 1
        self.latency.add(latency)
        second.latency.add(latency)
        if first_token is not None:
            self.first_token.add(first_token)
            second.first_token.add(first_token)
        if tokens_in:
            self.tokens_in += tokens_in
            second.tokens_in += tokens_in
        if tokens_out:
            self.tokens_out += tokens_out
            self._uncounted += tokens_out - streamed

    def failed(self, outcome: Outcome, message: str, at: float, *, final: bool) -> None:
        """Counts a failed attempt at time `at`; `final`: its record failed with it."""
        name = outcome.value
        self._second.errors[name] = self._second.errors.get(name, 0) + 1
        count = self._errors.get(outcome)
        if count is None:
            count = self._errors[outcome] = _ErrorCount(0, 0, at, message[:LONGEST_EXAMPLE])
        count.attempts += 1
        count.records += final

    def gave_up(self, outcome: Outcome) -> None:
        """Counts a record that failed with the outcome of an attempt counted before."""
        if (count := self._errors.get(outcome)) is not None:
            count.records += 1

    def answered_after(self, outcome: Outcome) -> None:
        """Notes that the sample of a failed attempt was answered when tried again."""
        if (count := self._errors.get(outcome)) is not None:
            count.answered += 1

    def saved(self, records: int) -> None:
        """Counts committed records."""
        self._second.saved += records

    def spent(self, cost: float | None) -> None:
        """Adds the price of an answer, in US dollars; None: unknown."""
        if cost is None:
            self.unpriced += 1
        else:
            self.cost += cost

    def errors(self) -> tuple[ErrorClass, ...]:
        return tuple(
            ErrorClass(
                outcome, count.attempts, count.records, count.first_seen, count.example, count.answered
            )
            for outcome, count in self._errors.items()
        )

    def close_seconds(
        self, now: float, limit: int, in_flight: int, loop_lag: float, cpu: float
    ) -> list[SecondBucket]:
        """Returns the buckets of the seconds that have passed since the last call, empty ones included."""
        closed: list[SecondBucket] = []
        while self._second.number < int(now):
            second = self._second
            self._pace.closed(second.number, second.saved)
            second.tokens_out, self._uncounted = _settled(second.tokens_out, self._uncounted)
            closed.append(
                SecondBucket(
                    second.number,
                    second.saved,
                    second.answered,
                    second.latency.percentiles(),
                    second.first_token.percentiles(),
                    second.errors,
                    limit,
                    in_flight,
                    second.tokens_in,
                    second.tokens_out,
                    round(loop_lag, 4),
                    round(cpu, 3),
                )
            )
            self._second = _Second(second.number + 1)
        return closed

    def skip_to(self, second: int) -> None:
        """Starts at a later second: a resumed run continues where its charts ended."""
        self._second = _Second(second)
        self._uncounted = 0
        self._pace.restart(second, 0)

    def restart_pace(self, now: float) -> None:
        """Measures the pace anew, after a pause or a change of limits."""
        self._pace.restart(now, self._second.saved)

    def pace(self, now: float) -> Estimate:
        """Returns how many records a second are saved, over the last seconds."""
        return self._pace.estimate(now, self._second.saved)


def _settled(counted: int, uncounted: int) -> tuple[int, int]:
    """Returns a second's tokens with what was not counted, and what the next seconds have to make up for."""
    tokens = max(0, counted + uncounted)
    return tokens, counted + uncounted - tokens
