"""Messages to the person at the window, with what can be done about them."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Offer:
    """A button beside a message."""

    text: str
    act: Callable[[], object]


@dataclass(frozen=True, slots=True)
class Notice:
    """A message. `level` is info, warning or error; a later one with the same `key` takes its place."""

    text: str
    level: str = "info"
    offers: tuple[Offer, ...] = ()
    key: str = ""
