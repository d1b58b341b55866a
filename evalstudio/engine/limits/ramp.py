"""Ramp-up (slow start): grows a small window while more calls in flight bring more throughput.

Three signals drive it; the quickest one available is used: the limits that an endpoint states, answers that are being
streamed, and whole answers.
"""

import math
from dataclasses import dataclass, replace

from evalstudio.engine.limits.estimators import Estimate, Lived, LoadLevel
from evalstudio.engine.limits.streaming import Streams

_GROWTH = 0.25  # of the window with each answer, at least two calls
_OVERSHOOT = 2.5  # times the highest measured level: the window grows no further
_SHARED_OVERSHOOT = 1.7
_FEW = 3  # answers measure a level, if they agree ...
_AGREE = 0.2  # ... to this relative error
_MOST = (
    0.5  # where sizes are unknown, this share of a level's calls must be answered: short answers arrive first
)
_FULL_PIPE = 0.35  # doubling must pay 2**0.35 - 1 = 27 %, else the ramp ends
_SHARED_PIPE = 0.2
_AS_GOOD = 0.96  # of the best throughput: the ramp ends at the smallest window that reaches it

_ENOUGH = 8  # answers for a trend
_BETTER = 0.9  # times the residual of the other explanation

_ANSWERED = 0.75  # of the first measured window must be answered, else the others are queued


@dataclass(frozen=True, slots=True)
class Step:
    """The next step of the ramp.

    Attributes:
        window: Calls in flight from now on.
        sentence: The evidence for the step; "" without a change.
        ends: The ramp stops here.
    """

    window: int
    sentence: str
    ends: bool = False


class Ramp:
    """Measures levels of concurrency as the window grows, and proposes the next step."""

    def __init__(self) -> None:
        self._levels: dict[int, LoadLevel] = {}  # by half-octaves of the number in flight
        self._beside: dict[int, LoadLevel] = {}  # by those of the mean number while a call ran
        self._trend, self._queued = Trend(), Trend()
        self._streams: tuple[int, Estimate] | None = None  # the last window measured by its streams

    def stated(self, window: int, carried: int, top: int) -> Step | None:
        """Proposes the concurrency that the endpoint's stated limits sustain (`carried`), up to `top`."""
        most = min(carried, top)
        return Step(most, f"its stated limits let {most} run at once") if most > window else None

    def streamed(self, window: int, streams: Streams, top: int) -> Step:
        """Proposes a step from the answers that are being streamed at the window in force."""
        rate, last = streams.rate, self._streams
        if last is None and streams.answered < _ANSWERED * window:
            evidence = f"only {streams.answered} of {window} in flight are being answered"
            return Step(
                streams.answered,
                f"{evidence}: the server is the limit; back to {streams.answered}",
                ends=True,
            )
        if last is not None and window > last[0]:
            low, slower = last
            gain = math.log(rate.value / slower.value)
            if not _pays(gain, math.hypot(rate.error, slower.error), window / low):
                best = low if slower.value >= _AS_GOOD * rate.value else window
                evidence = f"{figure(slower.value)} tokens a second at {low} in flight and {figure(rate.value)} at {window}"
                return Step(best, f"{evidence}: the server is the limit; back to {best}", ends=True)
        self._streams = (window, rate)
        grown = min(top, 2 * window)
        evidence = f"{figure(rate.value)} tokens a second at {window} in flight and still growing with them"
        return Step(grown, evidence) if grown > window else Step(window, "", ends=True)

    def lived(self, attempt: Lived) -> None:
        """Adds an answer, at the level of concurrency that it met when it started.

        Calls that started later did not delay it in a queue, and where they slowed it down, they did so at every level
        equally.
        """
        beside = round(2 * math.log2(max(1.0, attempt.in_flight)))
        self._beside.setdefault(beside, LoadLevel()).lived(attempt)
        self._trend.add(math.log(max(1.0, attempt.in_flight)), math.log(attempt.seconds / attempt.work))
        self._queued.add(math.log(attempt.met), math.log(attempt.seconds / attempt.work))
        attempt = replace(attempt, in_flight=float(attempt.met))
        self._levels.setdefault(round(2 * math.log2(attempt.met)), LoadLevel()).lived(attempt)

    def answered(self, window: int, top: int, *, sized: bool, frozen: bool) -> Step | None:
        """Proposes a step from whole answers.

        Args:
            window: The window in force.
            top: The highest window allowed.
            sized: The sizes of answers are known and differ.
            frozen: The window may not grow now.
        """
        shared = sized and self._trend.residual() < _BETTER * self._queued.residual()
        measured = self._measured(self._beside if shared else self._levels, sized=sized)
        if not measured:
            return None
        if (full := self._full_pipe(measured, _SHARED_PIPE if shared else _FULL_PIPE)) is not None:
            return full
        met = self._measured(
            self._levels, sized=sized
        )  # those that queue were beside many, and ran beside few
        if not met:
            return None
        highest, _ = met[max(met)]
        if not frozen:
            bound = min(top, math.floor(_OVERSHOOT * highest.in_flight))
            if shared:  # too many slow down all that are under way, until they have ended
                beside = max(measured)
                bound = min(bound, math.floor(_SHARED_OVERSHOOT * measured[beside][0].in_flight))
            grown = min(window + max(2, math.floor(_GROWTH * window)), bound)
            if grown > window:
                # no figure: the first answers are the short ones, so calls a second are not known yet
                return Step(grown, f"throughput still grows at {highest.in_flight:.0f} in flight")
        return Step(window, "", ends=True) if window >= top and highest.count >= 1.5 * top else None

    def _measured(
        self, levels: dict[int, LoadLevel], *, sized: bool
    ) -> dict[int, tuple[LoadLevel, Estimate]]:
        return {
            index: (level, rate)
            for index, level in levels.items()
            if level.count >= (_FEW if sized else max(_FEW, _MOST * level.in_flight))
            and (rate := level.throughput()) is not None
            and rate.error <= _AGREE
        }

    def _full_pipe(self, measured: dict[int, tuple[LoadLevel, Estimate]], pays: float) -> Step | None:
        """The end of the ramp, where the highest level brings hardly more than one an octave below."""
        top = max(measured)
        below = [index for index in measured if index <= top - 2]
        if not below:
            return None
        (high, fast), (low, slow) = measured[top], measured[max(below)]
        gain = math.log(fast.value / slow.value)
        if _pays(gain, math.hypot(fast.error, slow.error), high.in_flight / low.in_flight, pays):
            return None
        best = max(rate.value for _, rate in measured.values())
        chosen = min(index for index, (_, rate) in measured.items() if rate.value >= _AS_GOOD * best)
        window = max(1, round(measured[chosen][0].in_flight))
        evidence = compare(low, slow, high, fast)
        return Step(window, f"{evidence}: the server is the limit; back to {window}", ends=True)


class Trend:
    """Linear regression of a call's time for a unit of work on the number in flight beside it, both in logarithms."""

    def __init__(self) -> None:
        self._n = 0
        self._x = self._y = self._xx = self._xy = self._yy = 0.0

    def add(self, x: float, y: float) -> None:
        self._n += 1
        self._x += x
        self._y += y
        self._xx += x * x
        self._xy += x * y
        self._yy += y * y

    def residual(self) -> float:
        """Returns the sum of squares that the regression leaves; infinite with too few values."""
        n = self._n
        if n < _ENOUGH:
            return math.inf
        xx = self._xx - self._x * self._x / n
        xy = self._xy - self._x * self._y / n
        return self._yy - self._y * self._y / n - (xy * xy / xx if xx > 0 else 0.0)


def compare(low: LoadLevel, slow: Estimate, high: LoadLevel, fast: Estimate) -> str:
    """Compares two levels in words: '16 in flight bring 1.9 times what 8 do'.

    No calls a second: the answers at a level are a chance lot of short and long ones, which the ratio is free of.
    """
    times = figure(fast.value / slow.value)
    return f"{high.in_flight:.0f} in flight bring {times} times what {low.in_flight:.0f} do"


def figure(value: float) -> str:
    """Formats a number with two or three significant digits, without an exponent.

    Example:
        >>> figure(1234.5), figure(12.34), figure(1.234)
        ('1234', '12.3', '1.2')
    """
    if value >= 100:
        return f"{value:.0f}"
    return f"{value:.2g}" if value < 10 else f"{value:.1f}"


def _pays(gain: float, error: float, factor: float, least: float = _FULL_PIPE) -> bool:
    """Whether `factor` times as many in flight may bring enough more; `gain` and its error in logarithms."""
    return gain + error >= least * math.log(factor)
