"""Estimators: an endpoint's throughput at one level of concurrency, and the time that calls queue there.

Work `w` is what an attempt cost in token equivalents, `R` its time in seconds, N the mean number of calls in flight
during that time. Raw latency is no signal, because output lengths have heavy tails; both estimators are invariant to
lengths.
"""

import math
from dataclasses import dataclass

_ENOUGH = 12  # attempts for a regression
_SPREAD = (
    0.15**2
)  # squared coefficient of variation of work below which lengths are too equal for a regression
_EDGES = 0.6  # least squared coefficient of variation, for chance at the edges of a span
_ALIKE = 0.25**2  # squared coefficient of variation of times below which a single one represents all


@dataclass(frozen=True, slots=True)
class Lived:
    """One answered attempt, as the learner sees it. Times are in seconds, `work` in token equivalents."""

    started: float
    seconds: float
    work: float
    in_flight: float  # mean during the attempt
    met: int  # in flight when it started, itself included
    first_token: float | None
    limit: int  # in force when it started
    in_use: bool  # the window was full meanwhile, and no other limit held calls back


@dataclass(frozen=True, slots=True)
class Estimate:
    """A throughput, in work a second, with its relative standard error."""

    value: float
    error: float


class LoadLevel:
    """Throughput at one level of concurrency, from two estimators with different weaknesses.

    The first, N * sum(w) / sum(R), is a ratio estimator (Little's law): exact where calls don't slow each other down
    (hosted APIs, batching GPUs), noisy where they queue. The second, completed work over time, is exact where a queue
    is the bottleneck. They are combined by inverse-variance weighting.
    """

    __slots__ = (
        "_edge",
        "_n",
        "_nr",
        "_r",
        "_rr",
        "_span",
        "_span_n",
        "_span_w",
        "_w",
        "_wr",
        "_ww",
        "count",
    )

    def __init__(self) -> None:
        self.count = 0  # attempts at this level since it began
        self._n = self._w = self._r = self._ww = self._wr = self._rr = self._nr = 0.0
        self._span = self._span_w = self._span_n = 0.0
        self._edge: float | None = None

    def lived(self, attempt: Lived) -> None:
        """Adds an attempt that started and ended at this level."""
        w, r = attempt.work, attempt.seconds
        self.count += 1
        self._n += 1
        self._w += w
        self._r += r
        self._ww += w * w
        self._wr += w * r
        self._rr += r * r
        self._nr += attempt.in_flight * r

    def completed(self, now: float, work: float) -> None:
        """Adds an attempt that ended while this level was in force, at whichever level it started."""
        if self._edge is not None:
            self._span += now - self._edge
            self._span_w += work
            self._span_n += 1
        self._edge = now

    def interrupt(self) -> None:
        """Marks a gap: the next completion is not continuous with the last one."""
        self._edge = None

    @property
    def in_flight(self) -> float:
        return self._nr / self._r if self._r > 0 else 0.0

    @property
    def mean_work(self) -> float:
        return self._w / self._n if self._n > 0 else 1.0

    def throughput(self) -> Estimate | None:
        """Returns the combined estimate; None before two attempts."""
        if self._n < 2 or self._r <= 0 or self._w <= 0:
            return None
        n, rate = self._n, self._w / self._r
        residual = max(0.0, self._ww - 2 * rate * self._wr + rate * rate * self._rr)
        x1 = self.in_flight * rate
        error1 = max(0.01, math.sqrt(n / (n - 1) * residual) / self._w)
        if self._span_n < 2 or self._span <= 0:
            return Estimate(x1, error1)
        spread = max(n * self._ww / (self._w * self._w) - 1, 0.0)
        if spread < 1e-4:  # work is unknown: the spread of times replaces it
            spread = max(n * self._rr / (self._r * self._r) - 1, 0.0)
        spread = max(spread, _EDGES)
        m = self._span_n
        x2 = self._span_w / self._span
        error2 = max(0.02, 0.6 * math.sqrt(spread * min(max(1.0, self.in_flight), m)) / m)
        weight1, weight2 = error1**-2, error2**-2
        return Estimate((weight1 * x1 + weight2 * x2) / (weight1 + weight2), (weight1 + weight2) ** -0.5)


class QueueShare:
    """The share of an attempt's time that it spends in the endpoint's queue.

    A linear regression R = a + b * w over recent attempts separates the wait a from the service time, whatever the
    lengths; the smallest a ever seen is what an unloaded call needs. With streaming, the time to the first token
    replaces a. Where all answers cost the same, nothing separates the two, and all time above the shortest seen
    counts as waiting. So the estimate is good enough to propose a smaller window, not to decide on it.
    """

    def __init__(self) -> None:
        self.count = 0  # attempts since the last `forget`
        self._seconds, self._first = _Recent(), _Recent()
        self._w = self._ww = self._wr = 0.0
        self._least_wait = math.inf

    def lived(self, attempt: Lived) -> None:
        """Adds an attempt; older ones fade exponentially."""
        keep = 1 - 1 / max(24.0, attempt.in_flight)
        self.count += 1
        self._seconds.add(attempt.seconds, keep)
        if attempt.first_token is not None:
            self._first.add(attempt.first_token, keep)
        self._w = self._w * keep + attempt.work
        self._ww = self._ww * keep + attempt.work**2
        self._wr = self._wr * keep + attempt.work * attempt.seconds
        if self.count % _ENOUGH == 0 and (wait := self._regression()) is not None:
            self._least_wait = min(self._least_wait, wait)

    def forget(self) -> None:
        """Drops all attempts: the level has changed, and they are no evidence about the new one."""
        self.count = 0
        self._seconds.forget()
        self._first.forget()
        self._w = self._ww = self._wr = 0.0

    def share(self) -> float | None:
        """Returns the share, 0 to 1; None with too few attempts."""
        if self.count < _ENOUGH:
            return None
        seconds = self._seconds.mean
        if self._first.n > 0.5 * self._seconds.n:
            wait = self._first.above_least()
        elif (a := self._regression()) is not None:
            wait = a - min(a, self._least_wait)
        else:
            wait = self._seconds.above_least()
        return min(1.0, wait / seconds) if seconds > 0 else None

    def _regression(self) -> float | None:
        """The intercept a, in seconds; None where the lengths are too equal."""
        n, r = self._seconds.n, self._seconds.total
        spread = self._ww - self._w * self._w / n
        if spread <= _SPREAD * self._w * self._w / n:
            return None
        slope = (self._wr - self._w * r / n) / spread
        return max(0.0, (r - slope * self._w) / n)


class _Recent:
    """Exponentially faded mean and spread of times, and the shortest ever seen."""

    __slots__ = ("_count", "_least_mean", "_shortest", "_squares", "n", "total")

    def __init__(self) -> None:
        self._shortest = self._least_mean = math.inf
        self.forget()

    def forget(self) -> None:
        self.n = self.total = self._squares = 0.0
        self._count = 0

    def add(self, seconds: float, keep: float) -> None:
        self._count += 1
        self.n = self.n * keep + 1
        self.total = self.total * keep + seconds
        self._squares = self._squares * keep + seconds * seconds
        self._shortest = min(self._shortest, seconds)
        if self._count % _ENOUGH == 0:
            self._least_mean = min(self._least_mean, self.mean)

    @property
    def mean(self) -> float:
        return self.total / self.n if self.n else 0.0

    def above_least(self) -> float:
        """How far the mean lies above the least: the shortest time where times hardly vary, else the least mean."""
        mean = self.mean
        alike = self._squares * self.n - self.total**2 < _ALIKE * self.total**2
        return max(0.0, mean - min(mean, self._shortest if alike else self._least_mean))
