"""Hidden rate: how many requests an endpoint accepts in a minute, learned from rejections alone.

Between two rejections the endpoint's own bucket went from empty to empty, so the requests accepted in between, divided
by the time, are its refill rate. The first rejection only gives a first guess. An endpoint that accepts nothing for
longer than a bucket of that rate stays empty was away, for whatever reason: that says nothing about a rate, and the one
that held before is in force again.
"""

import math
from collections import deque

_FIRST_PROBE = 15.0  # seconds that a learned rate holds calls back before a higher one is tried
_NEXT_PROBE = 5.0  # after one that was let through
_DOUBTED = 2.0  # seconds that a guess or a remembered rate holds calls back before a higher one is tried
_GUESS_STEP = 0.17
_RECALLED_FOR, _TRIED = (
    1.0,
    4.0,
)  # seconds until a remembered rate is doubled, for as long as nothing is rejected
_FIRST_STEP = 0.06
_LARGEST_STEP, _LARGEST_GUESS_STEP, _LARGEST_FIRST_STEP = 0.5, 0.25, 1.0
_SHARE = 20.0  # a probe may cost a twentieth of the time
_LONG_WAIT = 5.0  # seconds
_PROBED, _GUESSED, _SOONEST = (
    150,
    20,
    1 / 8,
)  # accepted requests in place of those seconds; share of them, at least
_LOOK_BACK = 10.0  # seconds of starts that the first guess looks at
_FEW = 8  # requests that a first guess needs
_SOME = 4  # accepted requests that tell something
_MANY = 12  # accepted requests that measure a rate
_FULL = 4.0  # requests that a bucket has room for again, yet nothing is accepted: the endpoint was away
_START = 2  # requests that a bucket which begins empty lets through later
_CUT = 0.7
_CUTS, _HOLDS, _MOST_CUTS = 0.8, 0.9, 4  # of the last rate: a cut, no cut; so many in a row are no limit
_IGNORED, _LONGEST_IGNORED = 20.0, 160.0  # seconds for which rejections then teach nothing
_BINDS = 0.7  # of what the rate would let through must be accepted for that to be a measure
_TRUSTED = 1.25  # times the rate at which a rejection came
_HIGHER, _ABOVE = 1.1, 8  # times a rate that was refused, and requests accepted at it that refute it
_MOMENT = 0.1  # seconds
_MOST_ACCEPTED = 2  # for each rejected request of one moment
_OPENING = 0.5  # seconds between the steps of a rate that is doubted
_SPAN, _LESS = 8, 0.6  # accepted between two rejections, and the share of others that is far fewer
_ALIKE = 0.15  # in logarithms: two estimates that confirm each other
_LOWEST = 1 / 60


class HiddenRate:
    """Rate estimator for an endpoint that rejects requests without stating its limit.

    Attributes:
        rate: Requests a second; None: no limit is known.
        learned: Whether `rate` was measured, not guessed.
    """

    def __init__(self) -> None:
        self.rate: float | None = None
        self.learned = False
        self._starts: deque[float] = deque(maxlen=4096)
        self._measured_from: float | None = None  # since when starts are counted; no clock begins at 0
        self._rejected_before = False  # the count began with a rejection
        self._accepted = 0
        self._closed_at: float | None = None  # when the endpoint began to accept nothing
        self._rejected_starts: deque[float] = deque(maxlen=64)  # of the requests that it rejected
        self._before: tuple[float | None, bool] = (None, False)  # the rate until then
        self._cuts = 0  # in a row, each of them deep
        self._ignores_until, self._ignores_for = -math.inf, _IGNORED
        self._guessed_at = 0.0  # when the request started whose rejection led to it
        self._beside = [0, 0]  # of the moment of the first guess: accepted, rejected
        self._opens = False  # the rate is doubted, and raised quickly
        self._recalled: float | None = None  # until the first rejection
        self._forgotten: tuple[float, bool] | None = None
        self._held = False  # and many requests were accepted at it
        self._measured = False
        self._best_span = 0.0  # requests a second accepted between two rejections, at most
        self._last_start = 0.0
        self._refused = 0.0  # the rate at which the last rejection came
        self._above = 0  # requests accepted at a higher one since
        self._doubtful = False  # many were: what was refused was no limit
        self._met = 0.0  # the rate after the last rejection
        self._estimate = _LOWEST  # the last one
        self._probed = False
        self._passed: deque[float] = deque(maxlen=2)  # the rates before the last probes
        self._probe_interval, self._probe_step = _FIRST_PROBE, _FIRST_STEP
        self._guess_interval, self._guess_step = _DOUBTED, _GUESS_STEP
        self._waited = 0.0  # seconds of a long wait before the count began
        self._granted, self._granted_at = 0.0, 0.0  # requests that the rate would have let through
        self._bound_for = 0.0
        self._last_seen = 0.0

    @property
    def expects_rejections(self) -> bool:
        """Whether a rejection is no surprise: the rate is a first guess, or a higher one is being tried."""
        if self._doubtful or self._spans_differ():
            return False
        return bool(self._passed) or (self.rate is not None and not self._measured)

    def _spans_differ(self) -> bool:
        """Whether far fewer were accepted since the last rejection than between others: a bucket gives the same."""
        return self._accepted > _FEW and self._span_rate() < _LESS * self._best_span

    def _span_rate(self) -> float:
        begun = self._measured_from
        if begun is None or not self._rejected_before or self._last_start <= begun:
            return math.inf
        return self._accepted / (self._last_start - begun)

    @property
    def sustained(self) -> float:
        """Requests a second that calls in flight should be enough for; 0: no limit was met."""
        return min(self.rate or 0.0, _TRUSTED * self._met)

    def recall(self, rate: float) -> None:
        """Starts with the rate that an earlier run learned, in requests a second: a hint, which is doubted at once."""
        self.rate, self.learned, self._measured = rate, False, True
        self._recalled = rate

    def started(self, now: float) -> None:
        """Notes that a request started."""
        if self._measured_from is None:
            self._measured_from = now
        self._accepted += 1
        self._last_start = now
        if self.rate is not None and self.rate > _HIGHER * self._refused > 0:
            self._above += 1
            self._doubtful = self._doubtful or self._above >= _ABOVE
        self._starts.append(now)
        while self._starts and now - self._starts[0] > _LOOK_BACK:
            self._starts.popleft()

    def rejected(self, now: float, resumes: float, started: float | None = None) -> None:
        """Sets `rate` after the endpoint began to reject requests.

        Args:
            now: Monotonic time, in seconds.
            resumes: When requests start again.
            started: When the rejected request started; None: now.
        """
        self._rejected_starts.append(now if started is None else started)
        accepted = max(0, self._accepted - 1)  # without the rejected one
        if self._closed_at is None:
            self._closed_at = now
            self._before, self._held = (self.rate, self.learned), accepted >= _MANY
            self._refused, self._above = self.rate or 0.0, 0
            if accepted >= _SPAN and (span := self._span_rate()) < math.inf:
                self._best_span = max(0.8 * self._best_span, span)
            recalled, self._recalled = self._recalled, None
            if recalled is not None and self.rate is not None and self.rate > recalled:
                self.rate = max(recalled, self.rate / _TRIED)  # it may be higher now
            elif now >= self._ignores_until:
                self._measure(now, accepted)
                self._count_cuts(now)
            self._met = self.rate or 0.0
            cost = resumes - now
            # a failed probe delays the next one; a rejection without a probe means that the limit changed
            interval = min(480.0, 2 * self._probe_interval) if self._probed else _FIRST_PROBE
            self._probe_interval = max(interval, _SHARE * cost)
            self._guess_interval = max(_DOUBTED, cost)
            self._probed, self._probe_step, self._guess_step = False, _FIRST_STEP, _GUESS_STEP
            self._passed.clear()
            self._bound_for, self._opens = 0.0, False
        self._granted, self._granted_at = 0.0, resumes
        # a bucket that refills once a minute granted nothing while all calls waited for it
        self._measured_from = resumes if resumes - now > _LONG_WAIT else now
        self._waited = max(0.0, self._measured_from - now)
        self._rejected_before, self._accepted = True, 0

    def _count_cuts(self, now: float) -> None:
        """Forgets the rate after several cuts in a row: a limit would have been found by then, and held."""
        old, new = self._met, self.rate  # `_met`: before it was raised to try more
        if not old or new is None or self._waited:
            return
        if new < _CUTS * old:
            self._cuts += 1
        elif new > _HOLDS * old:
            self._cuts = 0
        if self._cuts >= _MOST_CUTS:
            self.restore()
            self._closed_at = now
            self._cuts, self._before = 0, (None, False)
            self._ignores_until = now + self._ignores_for
            self._ignores_for = min(_LONGEST_IGNORED, 2 * self._ignores_for)

    def closes(self, now: float) -> None:
        """Notes a rejection with another reason: those that follow before anything is accepted teach no rate."""
        if self._closed_at is None:
            self._closed_at, self._before, self._held = now, (self.rate, self.learned), False

    def rejected_beside(self) -> None:
        """Notes that another request of the same moment was rejected."""
        self._beside[1] += 1

    def accepted(self, started: float = math.inf, *, beside: bool = False) -> bool:
        """Notes that the endpoint accepts requests.

        Args:
            started: When the accepted request started.
            beside: The request started before the last rejection. Where most of those were accepted, a first guess of
                the rate is void.

        Returns:
            True when it had been away, so that the rate from before is in force again.
        """
        if beside:
            self._beside[0] += abs(started - self._guessed_at) < _MOMENT
            guess = self.rate is not None and not self._measured
            if guess and self._beside[0] > _MOST_ACCEPTED * self._beside[1]:
                self.restore()
                return True
            return False
        if self._closed_at is None:
            return False
        empty = [at for at in self._rejected_starts if self._closed_at <= at < started]
        away = max(empty, default=self._closed_at) - self._closed_at
        self._closed_at = None
        if not self._held or self.rate is None or away * self.rate < _FULL:
            return False
        self.rate, self.learned = self._before
        self._met = 0.0
        return True

    def restore(self) -> None:
        """Forgets the rate: the rejections had another reason."""
        self._opens = False
        self.rate, self.learned, self._measured, self._met = None, False, False, 0.0
        self._closed_at = None
        self._passed.clear()

    def doubt(self) -> None:
        """Doubles the rate, and again every half second for as long as nothing speaks against it."""
        if self.rate is None:
            return
        self._forgotten, self._opens = (self.rate, self.learned), True
        self.rate, self.learned, self._bound_for, self._closed_at = 2 * self.rate, False, 0.0, None
        self._passed.clear()

    def remember(self) -> None:
        """Sets the rate again that was doubted: it is a limit after all."""
        if self._opens and self._forgotten is not None:
            self.rate, self.learned = self._forgotten
            self._measured, self._opens = True, False

    def lower(self, rate: float) -> None:
        """Sets a rate, in requests a second, to see whether rejections end."""
        self.rate, self.learned, self._measured, self._opens = rate, True, True, False
        self._bound_for, self._probe_interval = 0.0, _FIRST_PROBE
        self._passed.clear()

    def bound(self, now: float) -> bool:
        """Called while the rate holds calls back.

        Returns:
            True when the rate was raised to probe whether the endpoint accepts more.
        """
        self._bound_for += min(1.0, max(0.0, now - self._last_seen))
        self._last_seen = now
        if self.rate is None:
            return False
        if self._recalled is not None:
            if self._bound_for < _RECALLED_FOR:
                return False
            self._bound_for = 0.0
            self.rate *= 2
            return True
        if self._opens:
            interval = _OPENING
        elif self.learned:  # a fast endpoint shows sooner what it accepts
            interval = self._probe_interval * min(1.0, max(_SOONEST, _PROBED / (self.rate * _FIRST_PROBE)))
        else:
            interval = self._guess_interval * min(1.0, max(_SOONEST, _GUESSED / (self.rate * _DOUBTED)))
        if self._bound_for < interval:
            return False
        self._bound_for = 0.0
        span = min(interval, _LOOK_BACK)
        if sum(now - at <= span for at in self._starts) < _BINDS * self.rate * span:
            return False  # it is not used
        self._grant(now)
        self._passed.append(self.rate)
        if not self.learned:
            self.rate *= 2.0 if self._opens else 1 + self._guess_step
            largest = _LARGEST_GUESS_STEP if self._measured else _LARGEST_FIRST_STEP
            self._guess_step = min(largest, 2 * self._guess_step)
            return True
        if self._probed:  # the last probe was accepted: the limit may be much higher
            self._probe_step = min(_LARGEST_STEP, 2 * self._probe_step)
            self._probe_interval = _NEXT_PROBE
        self._probed = True
        self.rate *= 1 + self._probe_step
        return True

    def _grant(self, now: float) -> float:
        """The requests that the rate would have let through since the last rejection."""
        self._granted += (self.rate or 0.0) * max(0.0, now - self._granted_at)
        self._granted_at = max(now, self._granted_at)
        return self._granted

    def _measure(self, now: float, accepted: int) -> None:
        elapsed = 0.0 if self._measured_from is None else now - self._measured_from
        if self.rate is None and not (self._rejected_before and accepted and elapsed > 0):
            starts = [at for at in self._starts if now - at <= _LOOK_BACK]
            if len(starts) >= _FEW:  # else nothing is known but that it rejects
                self.rate = max(_LOWEST, 0.7 * len(starts) / max(1.0, now - starts[0]))
                self._beside, self._guessed_at = [0, 1], self._rejected_starts[-1]
            return
        self._measured = True
        if self.rate is not None and self._waited and accepted:
            # the bucket filled up in that time, by how much is unknown: what was accepted is between two rates
            least = 0.98 * accepted / (elapsed + self._waited)
            self.rate = min(self.rate, max(1.1 * least, _CUT * self.rate))
        elif self.rate is not None and accepted and accepted + _START < _BINDS * self._grant(now):
            # the rate was not what held calls back: too many came at one moment, which is no measure of a minute
            self.rate = max(0.8 * self.rate, min(self.rate, 0.98 * accepted / elapsed))
        elif accepted >= _MANY and elapsed > 0:
            measured = 0.98 * accepted / elapsed
            if len(self._passed) == 2 and math.log(self._passed[0] / measured) > (
                0.0 if self._probed else _ALIKE
            ):
                # Several probes were accepted: the bucket overflowed before them, so what was accepted is less than
                # its refill rate. The probe before the last is a closer estimate; if it is too high, the next
                # rejection gives the exact rate.
                measured = self._passed[0]
                self.learned = self._probed or abs(math.log(measured / self._estimate)) < _ALIKE
            else:
                self.learned = True
            self.rate = self._estimate = measured
        elif accepted and elapsed > 0:
            measured, before = 0.9 * accepted / elapsed, self.rate or math.inf
            self._measured = accepted >= _SOME
            self.rate = min(
                before, measured if accepted >= _SOME or before == math.inf else max(measured, 0.5 * before)
            )
        else:
            assert self.rate is not None
            self.rate *= 0.8
        self.rate = max(self.rate, _LOWEST)
