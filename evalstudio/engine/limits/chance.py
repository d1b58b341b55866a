"""Rejections by chance: some endpoints reject a share of all calls, whatever the rate and however many are in flight.

A rejection among calls that are accepted is put to a trial: nothing is held back, and the fate of the next few calls
tells a limit, which rejects them too, from chance. Where rejections go on, a second trial tells chance from a rate that
is only just too high: at nine tenths of what was accepted a rate limit rejects nothing, chance as much as before.
"""

import math
from enum import StrEnum

_TRIAL = 6  # next calls to watch
_REFUTED, _LIMITED = 2, 0.35  # rejections among the next calls, and their share, that show a limit
_MOST_GAP = 64  # episodes between trials
_FADES = 1 / 30  # weight of a call in the share of rejections
_BY_CHANCE = 0.25  # share of rejections above which they are no chance
_FIRST_CHECK = 4  # rejections until the pace is lowered to see whether they end
_SELDOM = 0.02  # share of rejections below which that is not worth it
_LOWERED = 0.9  # of what was accepted
_EXPECTED = 4.0  # rejections by chance that the lowered pace would have met


class Verdict(StrEnum):
    """What the fate of a call showed."""

    NOTHING = "nothing"
    CHANCE = "chance"  # rejections are no reason to start fewer calls
    LIMIT = "limit"  # the endpoint has a limit after all
    LOWER = "lower"  # the pace is to be `pace` for a while, to find out


class ChanceRejections:
    """Tells rejections by chance from a limit.

    Attributes:
        known: Rejections by chance are known to happen.
        pace: Calls a second to try, after `Verdict.LOWER`.
    """

    def __init__(self) -> None:
        self.known = False
        self.pace = 0.0
        self._share = 0.0  # of rejections, among the last calls
        self._trial_from: int | None = None
        self._fates = self._rejected = 0
        self._gap = 1.0
        self._episodes_until_trial = 0
        self._since, self._accepted, self._strays = 0.0, 0, 0
        self._check_after = _FIRST_CHECK
        self._lowered_for: int | None = None  # calls that have still to be accepted at the lowered pace
        self._lowered_from = 0  # the number of the first of them
        self._started = 0

    def started(self) -> None:
        """Counts a call."""
        self._started += 1

    def accepted(self, now: float, number: int) -> Verdict:
        """Notes that the call with this number was accepted."""
        self._share -= _FADES * self._share
        self._accepted += 1
        if self._trial_from is not None and number > self._trial_from:
            self._fates += 1
            if self._fates >= _TRIAL:
                self._trial_from = None
                if self._share > _BY_CHANCE:
                    self._try_later()
                    return Verdict.NOTHING
                self.known = True
                self._count_from(now)
                return Verdict.CHANCE
        if self._lowered_for is not None and number >= self._lowered_from:
            self._lowered_for -= 1
            if self._lowered_for <= 0:
                self.known, self._lowered_for = False, None
                self._try_later()
                return Verdict.LIMIT
        return Verdict.NOTHING

    def rejected(self, now: float, number: int) -> Verdict:
        """Notes the rejection of the call with this number, in an endpoint that accepted calls just before.

        Returns:
            LIMIT: it was none by chance. Else it is to be ignored; CHANCE: and a lowered pace, too.
        """
        self._share += _FADES * (1 - self._share)
        if self._trial_from is not None:
            return self._in_trial(number)
        if not self.known or self._share > _BY_CHANCE:
            self.known, self._lowered_for = False, None
            self._try_later()
            return Verdict.LIMIT
        self._strays += 1
        if self._lowered_for is not None:
            if number < self._lowered_from:
                return Verdict.NOTHING
            # no rate was the reason
            self._lowered_for = None
            self._check_after = min(1000, 8 * self._check_after)
            self._count_from(now)
            return Verdict.CHANCE
        share = self._strays / (self._strays + self._accepted)
        if self._strays < self._check_after or share < _SELDOM or self._accepted < _EXPECTED:
            return Verdict.NOTHING
        self.pace = _LOWERED * self._accepted / max(0.001, now - self._since)
        self._lowered_for, self._lowered_from = math.ceil(_EXPECTED / share), self._started
        return Verdict.LOWER

    def may_try(self) -> bool:
        """Whether an isolated rejection is put to a trial."""
        if self._trial_from is not None or self.known:
            return True
        self._episodes_until_trial -= 1
        return self._episodes_until_trial <= 0

    def begin_trial(self, number: int) -> None:
        """Begins to watch the calls after a rejected one, unless that is known or under way."""
        if self._trial_from is None and not self.known:
            self._trial_from = number
            self._fates = self._rejected = 0

    @property
    def is_open(self) -> bool:
        """Whether the next rejection is judged by `rejected`."""
        return self.known or self._trial_from is not None

    def end(self) -> None:
        """Ends a trial: the endpoint has a limit, or accepts nothing at all."""
        self._trial_from = self._lowered_for = None

    def _in_trial(self, number: int) -> Verdict:
        assert self._trial_from is not None
        if number <= self._trial_from:
            return Verdict.NOTHING
        self._fates += 1
        self._rejected += 1
        # of those that started until then: what is accepted is known later than what is rejected
        if self._rejected < _REFUTED or self._rejected < _LIMITED * (number - self._trial_from):
            return Verdict.NOTHING
        self._trial_from = None
        self._try_later()
        return Verdict.LIMIT

    def _try_later(self) -> None:
        self._gap = min(_MOST_GAP, 1.5 * self._gap)
        self._episodes_until_trial = math.floor(self._gap)

    def _count_from(self, now: float) -> None:
        self._since, self._accepted, self._strays = now, 0, 0
