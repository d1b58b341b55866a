"""Client load monitor: notices when this process itself is the bottleneck.

A busy client receives answers late, so a window must not grow on such measurements.
"""

_BUSY_LAG = 0.05  # seconds that the loop is late
_LATE_LAG = 0.2
_BUSY_CPU = 0.9  # of one core
_REPORTS = 2  # in a row


class ClientLoad:
    """The load of this process, reported about once a second.

    Attributes:
        busy: No window may grow.
        late: The event loop lags so much that fewer concurrent calls would help.
    """

    def __init__(self) -> None:
        self.busy = self.late = False
        self._in_a_row = 0

    def report(self, lag: float, cpu: float) -> None:
        """Adds a measurement: `lag` of the event loop in seconds, `cpu` as a share of one core."""
        self._in_a_row = self._in_a_row + 1 if lag > _BUSY_LAG or cpu > _BUSY_CPU else 0
        self.busy = self._in_a_row >= _REPORTS
        self.late = self.busy and lag > _LATE_LAG
