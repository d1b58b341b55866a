"""This process's own load: a busy client makes answers late, and growing on such evidence would be wrong."""

_BUSY_LAG = 0.05  # seconds that the loop is late
_LATE_LAG = 0.2
_BUSY_CPU = 0.9  # of one core
_REPORTS = 2  # in a row


class ClientLoad:
    """Told about once a second. `busy`: nothing may grow; `late`: fewer calls at once would do it good."""

    def __init__(self) -> None:
        self.busy = self.late = False
        self._in_a_row = 0

    def report(self, lag: float, cpu: float) -> None:
        """`lag` of the event loop in seconds, `cpu` as a share of one core."""
        self._in_a_row = self._in_a_row + 1 if lag > _BUSY_LAG or cpu > _BUSY_CPU else 0
        self.busy = self._in_a_row >= _REPORTS
        self.late = self.busy and lag > _LATE_LAG
