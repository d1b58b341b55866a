"""Warm-up: notices that the first calls waited for the endpoint itself, while it loaded a model or woke up."""

import math

_FASTER = 3.0  # times, for each token of an answer
_ENOUGH = 2  # answers


class WarmUp:
    """Compares calls that started before the first answer with those that started after it."""

    def __init__(self) -> None:
        self._first_answer = math.inf
        self._early = 0.0  # least seconds for each unit of work
        self._faster = 0
        self._over = False

    def answered(self, now: float, started: float, seconds: float, work: float) -> bool:
        """Adds an answer. Returns True, once, when the first ones turn out to be no measure of the endpoint."""
        if self._over:
            return False
        pace = seconds / max(1.0, work)
        if started < self._first_answer:
            self._first_answer = min(self._first_answer, now)
            self._early = min(self._early or pace, pace)
            return False
        self._faster = self._faster + 1 if _FASTER * pace < self._early else 0
        self._over = self._faster >= _ENOUGH or pace > self._early
        return self._faster >= _ENOUGH
