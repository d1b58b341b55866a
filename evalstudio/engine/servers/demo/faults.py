"""Fault injection: draws which attempts fail, from the request and its attempt number, not from arrival order."""

from typing import Literal

from evalstudio.engine.servers.demo.draws import uniform
from evalstudio.engine.servers.demo.profiles import Profile

Fault = Literal["overloaded", "server_error", "reset", "slow", "broken", "odd"]
_KINDS: tuple[Fault, ...] = ("overloaded", "server_error", "reset", "slow", "broken", "odd")


class Faults:
    """Draws a fault for each attempt. It remembers only requests whose last attempt failed."""

    def __init__(self) -> None:
        self._failed: dict[bytes, int] = {}

    def attempts(self, key: bytes) -> int:
        """Returns the number of attempts of the request `key` that have failed, the last one included."""
        return self._failed.get(key, 0)

    def draw(self, profile: Profile, key: bytes) -> Fault | None:
        """Returns the fault of the next attempt of the request `key`; None when it succeeds."""
        attempt = self._failed.get(key, 0)
        point = uniform(key, f"fault {attempt}")
        for kind in _KINDS:
            point -= getattr(profile, kind)
            if point < 0:
                if kind != "slow":  # a slow answer is an answer
                    self._failed[key] = attempt + 1
                return kind
        self._failed.pop(key, None)
        return None
