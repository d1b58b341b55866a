"""Call log: counters of the demo server, and a log of calls from which concurrency can be checked."""

import time
from collections import Counter, deque
from typing import Any

import msgspec

RESET = 0  # the status of a call whose connection the server reset
CLIENT_GONE = 499


class ServedCall(msgspec.Struct):
    """One chat call; times in seconds since the server started."""

    start: float
    served: float | None = None  # when it got its slot; None: never
    end: float = 0.0
    status: int | None = None  # the HTTP status, RESET or CLIENT_GONE


class Calls:
    """Counts calls and keeps the last 200,000."""

    def __init__(self) -> None:
        self.started = 0
        self.in_flight = 0
        self.max_in_flight = 0
        self.failures: Counter[str] = Counter()  # refused or corrupted, by cause
        self.statuses: Counter[int | None] = Counter()
        self._zero = time.monotonic()
        self._log: deque[ServedCall] = deque(maxlen=200_000)

    def start(self) -> ServedCall:
        """Notes that a call has arrived."""
        self.started += 1
        self.in_flight += 1
        self.max_in_flight = max(self.max_in_flight, self.in_flight)
        return ServedCall(self._time())

    def serve(self, call: ServedCall) -> None:
        """Notes that a call got its slot."""
        call.served = self._time()

    def finish(self, call: ServedCall) -> None:
        """Notes that a call has ended with `call.status`."""
        call.end = self._time()
        self.in_flight -= 1
        self.statuses[call.status] += 1
        self._log.append(call)

    def counters(self) -> dict[str, Any]:
        """Returns all counters, for GET /stats."""
        return {
            "started": self.started,
            "finished": self.started - self.in_flight,
            "in_flight": self.in_flight,
            "max_in_flight": self.max_in_flight,
            "failures": dict(self.failures),
            "statuses": {str(status): count for status, count in self.statuses.items()},
            "seconds": self._time(),
        }

    def log(self) -> bytes:
        """Returns the log as JSON, in the order in which the calls ended."""
        return msgspec.json.encode(list(self._log))

    def _time(self) -> float:
        return round(time.monotonic() - self._zero, 6)
