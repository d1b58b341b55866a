"""Adaptive concurrency limit: learns from answers alone how many calls an endpoint can take at once.

The window starts small and ramps up while more calls bring more throughput (`Ramp`), then holds a base (`_hold`) and
probes a little more or less from time to time (`_probe`). Growing needs a significant gain, shrinking only the absence
of a significant loss: a server that queues without limit never rejects, so "no worse" is no reason to grow.
Every rule that moves the window calls `_move` with the evidence as a sentence.
"""

import math
from collections.abc import Callable
from enum import StrEnum

from evalstudio.engine.limits.drift import Drift
from evalstudio.engine.limits.estimators import Lived, LoadLevel, QueueShare
from evalstudio.engine.limits.ramp import Ramp, Step, compare
from evalstudio.engine.limits.streaming import Streams

STEP = math.sqrt(2)

_BLIND_EVERY = 0.25  # seconds between the steps before the first answer

# Probes: the thresholds for a change, in logarithms of throughput, for each unit of the logarithm of the step. Doubling
# the calls in flight must gain more than adding a tenth, because every call waits longer for it.
_GAIN = 0.087  # smallest gain worth growing for: 3 % for half an octave
_LOSS = 0.058  # largest loss a smaller window may have: 2 % ...
_QUEUE_LOSS = 0.17  # ... when a queue was seen: 6 %
_CLEAR = 0.08  # decides early
_CERTAIN = 1.6  # standard errors
_VERY_CERTAIN = 2.0
_VAGUE = 0.06  # with a larger error a step down waits for more answers
_HEADROOM = 1.12  # above an accepted smaller window: long answers leave gaps

# How often to probe, as factors on the evidence a base needs first
_SHORTEST_HOLD = 1.0  # seconds: a fast endpoint gives evidence for ten probes a second
_LARGEST_GAP = 8.0
_LARGEST_UP_GAP = 3.0  # a server that became larger shows it only when asked
_DOUBT, _MOST_DOUBT = 1.5, 4.0  # factor on the noise after growth that was taken back
_NEAR = 1.15  # times the base: windows in between are not worth a probe
_CLIFF = 0.2  # ... and one that lost so much went far beyond the best window
_COSTLY = 0.05  # a probe that lost more throughput than this is repeated rarely

# The queue share
_QUEUES = 0.3  # share above which a smaller window is tried
_QUEUE_SMALLEST = 0.6  # calls queued that are worth it
_QUEUE_FREE = 0.25  # share above which no larger window is tried
_QUEUE_MARGIN = 1.35  # the share is overestimated


class Phase(StrEnum):
    """The state of the learner."""

    RAMP = "ramp"
    HOLD = "hold"
    PROBE_UP = "probe up"
    PROBE_DOWN = "probe down"


class Learner:
    """The window of one endpoint: how many calls may be in flight.

    Args:
        now: Monotonic time, in seconds.
        start: The first window.
        blind: The bound to which it grows before the first answer.
        moved: Called with `(now, old, new, sentence)` at every change.
    """

    def __init__(
        self, now: float, *, start: int, blind: int, moved: Callable[[float, int, int, str], None]
    ) -> None:
        self.phase = Phase.RAMP
        self.window = start
        self._moved = moved
        self._blind = blind
        self._blind_size = float(start)
        self._blind_next = now + _BLIND_EVERY
        self._answers = 0
        self._mean_work = self._seconds = 0.0
        self._sized = False  # whether the sizes of answers are known and differ
        self._ramp = Ramp()
        self.queue = QueueShare()
        self._base = start
        self._base_level = LoadLevel()
        self._anchor = 0.0  # best throughput accepted: bounds the sum of many small losses
        self._gap_up = 1.0
        self._gap_down = 1.0
        self._queue_gap = 1.0
        self._doubt = 1.0  # factor on the noise that answers show: other load on the machine varies
        self._raised_from: int | None = None  # the base before it last grew
        self._too_many: int | None = None  # a larger window that brought less
        self._too_few = 0  # a smaller window that brought less
        self._next_queue_check = 0
        self._probe_level = LoadLevel()
        self._probe_from_queue = False
        self._count_from = self._held_since = now
        self._drift = Drift()

    # -- called by the endpoint ----------------------------------------------------------------------------------

    def tick(self, now: float, *, full: bool, top: int) -> None:
        """Blind growth: before the first answer a full window grows slowly to a small bound."""
        if self._answers or self.phase is not Phase.RAMP or now < self._blind_next:
            return
        self._blind_next = now + _BLIND_EVERY
        if not full:
            return
        self._blind_size = min(self._blind, top, 1.15 * self._blind_size + 0.2)
        if int(self._blind_size) > self.window:
            self._move(now, int(self._blind_size), "no answer yet: a few more to start with")

    def streamed(self, now: float, streams: Streams, *, top: int) -> None:
        """Advances the ramp by the streams at the window in force, before their answers are complete."""
        self._climb(now, self._ramp.streamed(self.window, streams, top))

    def answered(
        self,
        now: float,
        attempt: Lived,
        *,
        in_flight: int,
        top: int,
        frozen: bool,
        carried: int | None = None,
        by_answers: bool = True,
    ) -> None:
        """Learns from an answered attempt.

        Args:
            now: Monotonic time, in seconds.
            attempt: The attempt.
            in_flight: Calls still in flight.
            top: The highest window allowed.
            frozen: The window may not grow now.
            carried: Concurrent calls that the endpoint's stated limits sustain; None: it states none.
            by_answers: Whole answers drive the ramp; False: streams do.
        """
        self._answers += 1
        self._sized = self._sized or (self._answers > 1 and abs(attempt.work - self._mean_work) > 1e-9)
        self._seconds += (attempt.seconds - self._seconds) / min(self._answers, 50)
        self._mean_work += (attempt.work - self._mean_work) / self._answers
        if not attempt.in_use:
            self._base_level.interrupt()
            self._probe_level.interrupt()
            return
        self.queue.lived(attempt)
        if self.phase is Phase.RAMP:
            if carried is not None and not frozen:
                self._climb(now, self._ramp.stated(self.window, carried, top))
            self._ramp.lived(attempt)
            if by_answers:
                step = self._ramp.answered(self.window, top, sized=self._sized, frozen=frozen)
                self._climb(now, step)
        elif self.phase is Phase.HOLD:
            self._hold(now, attempt, in_flight, top, frozen)
        else:
            self._probe(now, attempt, in_flight, top)

    def cut(self, now: float, window: int, sentence: str) -> None:
        """Continues from a smaller window, after the endpoint rejected calls."""
        self._settle(now, window, sentence)
        self._gap_up = 1.0

    def end_ramp(self, now: float) -> None:
        """Ends the ramp where it is, because of a rejection or because an earlier run settled here."""
        if self.phase is Phase.RAMP:
            self._settle(now, self.window, "")

    def climb_anew(self, seconds: float) -> None:
        """Forgets what was measured so far: the endpoint was not ready. `seconds` is what an answer takes now."""
        self._ramp, self.queue, self._seconds = Ramp(), QueueShare(), seconds

    def climb_on(self, now: float) -> None:
        """Goes on with a ramp that was interrupted, from the present window."""
        self._settle(now, self.base, "")
        self.phase = Phase.RAMP

    def raise_to(self, now: float, window: int, sentence: str) -> None:
        """Holds at a larger window, of which a call has just shown that the endpoint takes so many."""
        self._settle(now, window, sentence)

    def limit_to(self, now: float, lowest: int, top: int, sentence: str) -> None:
        """Applies new bounds."""
        bounded = min(max(self.window, lowest), top)
        if bounded != self.window:
            self._settle(now, bounded, sentence)
        self._base = min(max(self._base, lowest), top)

    @property
    def base(self) -> int:
        """The window without the step of a probe that is under way."""
        return self.window if self.phase is Phase.RAMP else self._base

    @property
    def proven(self) -> bool:
        """Whether the base rests on answers, not on its starting value."""
        return (
            self._answers >= 3 * self._base
            if self.phase is not Phase.RAMP
            else self._answers >= 2 * self.window
        )

    @property
    def throughput(self) -> float | None:
        """Answers/s at the base; None while unknown."""
        estimate = self._base_level.throughput()
        return estimate.value / self._mean_work if estimate and self._mean_work > 0 else None

    # -- ramp: grow while more calls in flight bring more ------------------------------------------------------------

    def _climb(self, now: float, step: Step | None) -> None:
        if step is not None and step.ends:
            self._settle(now, step.window, step.sentence)
        elif step is not None:
            self._move(now, step.window, step.sentence)

    # -- hold: measure the base, decide when to try something else ----------------------------------------------------

    def _hold(self, now: float, attempt: Lived, in_flight: int, top: int, frozen: bool) -> None:
        level = self._base_level
        if now >= self._count_from and in_flight < self.window + 1:
            level.completed(now, attempt.work)
        if not self._lived_here(attempt):
            return
        level.lived(attempt)
        changed = self._drift.lived(attempt)
        if changed:
            self._probe_change(now, changed, top, frozen)
        elif now < self._held_since + _SHORTEST_HOLD:
            return
        elif level.count >= self._next_queue_check and (target := self._without_queue(level)) is not None:
            share = self.queue.share() or 0.0
            self._probe_from_queue = True
            reason = f"{share:.0%} of the time is waiting in the server's queue"
            self._begin_probe(now, Phase.PROBE_DOWN, target, f"{reason}: trying {target}")
        elif self._base < top and not frozen and self._ready_for_more(now, level):
            new = self._above(top)
            self._begin_probe(now, Phase.PROBE_UP, new, f"trying whether {new} bring more")
        elif self._ready_for_fewer(now, level):
            new = self._below()
            self._begin_probe(now, Phase.PROBE_DOWN, new, f"trying whether {new} are enough")

    def _probe_change(self, now: float, changed: int, top: int, frozen: bool) -> None:
        """Probes after the endpoint became faster (1) or slower (-1): all that was measured is void."""
        self._anchor = 0.0
        self._gap_up = self._gap_down = self._queue_gap = 1.0
        self._raised_from, self._too_many, self._too_few = None, None, 0
        self._base_level = self._drift.newest
        self._drift = Drift()
        if changed > 0 and self._base < top and not frozen:
            new = self._above(top)
            self._begin_probe(now, Phase.PROBE_UP, new, f"calls became faster: trying {new}")
        elif changed < 0 and self._base > 1:
            new = max(1, self._base // 2)  # the usual change halves the slots or the cache
            self._begin_probe(now, Phase.PROBE_DOWN, new, f"calls became slower: trying {new}")

    def _without_queue(self, level: LoadLevel) -> int | None:
        """The window that avoids most of the server's queue; None when there is no queue worth avoiding."""
        base = self._base
        self._next_queue_check = level.count + max(12, base // 4)
        share = self.queue.share()
        if share is None or share * base <= max(_QUEUE_SMALLEST, _QUEUES * base):
            return None
        if level.count < 12 * self._queue_gap:
            return None
        target = max(1, round(max(base / 2, _QUEUE_MARGIN * base * (1 - share))))
        if self._too_few:
            target = max(target, round(math.sqrt(base * self._too_few)))
        return target if target < base else None

    def _ready_for_more(self, now: float, level: LoadLevel) -> bool:
        """Whether the base is known precisely enough to compare a larger window with it, and hardly any call queues."""
        if now < self._held_since + _SHORTEST_HOLD * self._gap_up:
            return False
        if level.count < max(16, 1.5 * self._base) * self._gap_up:
            rate = level.throughput()
            precise = level.count >= 16 and rate is not None and rate.error <= 0.025
            if self._gap_up > 1.0 or not precise:
                return False
        share = self.queue.share()
        return share is None or share <= _QUEUE_FREE

    def _ready_for_fewer(self, now: float, level: LoadLevel) -> bool:
        """Whether it is time to probe a smaller window without any sign of a queue."""
        long_enough = now >= self._held_since + _SHORTEST_HOLD * self._gap_down
        return self._base > 1 and long_enough and level.count >= max(48, 4 * self._base) * self._gap_down

    def _above(self, top: int) -> int:
        step = self._base * STEP
        if self._too_many is not None:  # the best is between the two
            step = min(step, math.sqrt(self._base * self._too_many))
        return min(top, max(self._base + 1, round(step)))

    def _below(self) -> int:
        step = self._base / STEP
        if self._too_few:
            step = max(step, math.sqrt(self._base * self._too_few))
        return max(1, min(self._base - 1, round(step)))

    # -- probe: compare a step with the base -------------------------------------------------------------------------

    def _begin_probe(self, now: float, phase: Phase, window: int, sentence: str) -> None:
        self.phase = phase
        self._probe_level = LoadLevel()
        self._base_level.interrupt()
        self.queue.forget()
        self._count_from = now + 0.7 * self._seconds if phase is Phase.PROBE_UP else now
        self._move(now, window, sentence)

    def _probe(self, now: float, attempt: Lived, in_flight: int, top: int) -> None:
        probe, window = self._probe_level, self.window
        if now >= self._count_from and in_flight <= window:
            probe.completed(now, attempt.work)
        if self._lived_here(attempt):
            probe.lived(attempt)
        base_rate, probe_rate = self._base_level.throughput(), probe.throughput()
        if base_rate is None:
            self._settle(now, self._base, "")
            return
        if probe_rate is None or probe.count < max(8, 0.15 * window):
            return
        gain = math.log(probe_rate.value / base_rate.value)
        error = self._doubt * math.hypot(probe_rate.error, base_rate.error)
        if self.phase is Phase.PROBE_UP:
            verdict = self._verdict_up(gain, error, probe.count)
        else:
            verdict = self._verdict_down(gain, error, probe.count, probe_rate.value)
        if verdict is None:
            return
        evidence = compare(self._base_level, base_rate, probe, probe_rate)
        if verdict:
            self._accept(now, evidence, probe_rate.value, top)
        else:
            self._reject(now, evidence, gain)

    def _verdict_up(self, gain: float, error: float, count: int) -> bool | None:
        window = self.window
        pays = _GAIN * math.log(window / self._base)
        if gain + _VERY_CERTAIN * error < -pays:
            return False
        if gain - _VERY_CERTAIN * error > _CLEAR:
            return True
        if count < max(12, 0.75 * window):
            return None
        if gain > pays and gain > _CERTAIN * error:
            return True
        if gain > pays and count < 1.5 * window:
            return None
        return False

    def _verdict_down(self, gain: float, error: float, count: int, rate: float) -> bool | None:
        if gain + _VERY_CERTAIN * error < -_CLEAR:
            return False
        enough = max(12, 0.75 * self.window)
        step = math.log(self._base / self.window)
        if count < enough or (error > _VAGUE and count < 4 * enough):
            return None
        if error > 2 * _VAGUE:
            return False
        if self._probe_from_queue:
            return gain > -_QUEUE_LOSS * step
        return gain > -_LOSS * step and rate >= 0.97 * self._anchor

    def _accept(self, now: float, evidence: str, rate: float, top: int) -> None:
        old, new, up = self._base, self.window, self.phase is Phase.PROBE_UP
        self._anchor = max(0.99 * self._anchor, rate)
        self._gap_up = self._queue_gap = 1.0
        self._gap_down = 2.0 if up else 1.0
        if up:
            self._raised_from = old
            level = self._probe_level
            self._settle(now, new, "")
            self._moved(now, new, new, f"{evidence}: more bring more; staying at {new}")
            self._base_level = level
            level.count = 0
            return
        window = round(_HEADROOM * new)
        window = min(top, window if window < old else new)
        if self._raised_from is not None and new <= self._raised_from:
            self._doubt = min(_MOST_DOUBT, _DOUBT * self._doubt)
            self._raised_from = None
        self._settle(now, window, f"{evidence}: {window} are enough")

    def _reject(self, now: float, evidence: str, gain: float) -> None:
        up, base = self.phase is Phase.PROBE_UP, self._base
        if up:
            self._gap_up = min(_LARGEST_GAP if gain < -_COSTLY else _LARGEST_UP_GAP, 2 * self._gap_up)
            between = self._too_many is not None  # for one probe only: the server may have become larger
            self._too_many = self.window if gain < -_CLIFF and not between else None
        elif self._probe_from_queue:
            self._queue_gap = min(_LARGEST_GAP, 2 * self._queue_gap)
            self._too_few = self.window if self.window < base / _NEAR else 0
        else:
            self._too_few = self.window if gain < -_COSTLY and self.window < base / _NEAR else 0
            self._gap_down = min(_LARGEST_GAP, (4 if gain < -_CLEAR else 2) * self._gap_down)
        drift = self._drift
        reason = "the server is the limit; back to" if up else "fewer cost throughput; back to"
        self._settle(now, base, f"{evidence}: {reason} {base}")
        self._drift = drift

    # -- common --------------------------------------------------------------------------------------------------------

    def _lived_here(self, attempt: Lived) -> bool:
        return attempt.limit == self.window and abs(attempt.in_flight - self.window) <= max(
            1.0, 0.15 * self.window
        )

    def _settle(self, now: float, window: int, sentence: str) -> None:
        """Holds at `window`, with no evidence about it yet."""
        self.phase = Phase.HOLD
        self._ramp = Ramp()
        self._base = window
        self._base_level = LoadLevel()
        self._held_since = now
        self._count_from = now + 0.7 * self._seconds
        self._probe_from_queue = False
        self._next_queue_check = 12
        self._drift = Drift()
        self.queue.forget()
        self._move(now, window, sentence)

    def _move(self, now: float, window: int, sentence: str) -> None:
        old, self.window = self.window, window
        if old != window:
            self._moved(now, old, window, sentence)
