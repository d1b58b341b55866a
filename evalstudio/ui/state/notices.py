"""Notices: messages to the person at the window, with the actions offered for them."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Offer:
    """A button next to a message."""

    text: str
    act: Callable[[], object]


@dataclass(frozen=True, slots=True)
class Notice:
    """A message. `level` is info, warning or error; a later one with the same `key` replaces it."""

    text: str
    level: str = "info"
    offers: tuple[Offer, ...] = ()
    key: str = ""
