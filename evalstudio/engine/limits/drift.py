"""Drift detector: notices that an endpoint became faster or slower while the window stayed the same."""

import math

from evalstudio.engine.limits.estimators import Lived, LoadLevel

_BLOCK = 16  # attempts
_BLOCKS = 3  # to compare the newest with
_CHANGE = 0.2  # in logarithms of throughput
_CERTAIN = 2.5  # standard errors


class Drift:
    """Compares each block of attempts at an unchanged window with the blocks before it."""

    def __init__(self) -> None:
        self.newest = LoadLevel()
        self._before: list[LoadLevel] = []
        self._last = 0

    def lived(self, attempt: Lived) -> int:
        """Adds an attempt.

        Returns:
            1 when calls became faster in two blocks in a row, -1 when they became slower, else 0.
        """
        self.newest.lived(attempt)
        if self.newest.count < _BLOCK:
            return 0
        block, before = self.newest, self._before
        now = block.throughput()
        then = [x for level in before if (x := level.throughput()) is not None]
        if now is not None and len(then) == _BLOCKS:
            change = math.log(now.value / (sum(x.value for x in then) / _BLOCKS))
            error = math.sqrt(now.error**2 + sum(x.error**2 for x in then) / _BLOCKS**2)
            if abs(change) > max(_CHANGE, _CERTAIN * error):
                direction = 1 if change > 0 else -1
                twice, self._last = direction == self._last, direction
                if twice:
                    return direction  # `newest` is the new baseline
                self.newest = LoadLevel()
                return 0
            self._last = 0
        self._before = [*before[1 - _BLOCKS :], block]
        self.newest = LoadLevel()
        return 0
