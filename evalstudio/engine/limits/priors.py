"""Where the window starts: at what earlier runs learned about the endpoint, so that the next one need not start cold, or else by its kind."""

from typing import Literal

from evalstudio.store.endpoint_memory import Prior

Kind = Literal["function", "local", "hosted"]
_SHARE = 0.85  # of the window kept: what held once is nearly reached before the first answer
_START: dict[Kind, tuple[int, int]] = {"function": (4, 7), "local": (2, 4), "hosted": (8, 16)}


def first_windows(kind: Kind, start: int | None, prior: Prior | None) -> tuple[int, int, bool]:
    """The first window, how far it grows before the first answer, and whether it is one that earlier runs settled at.

    `start`: what the user wants; it comes before what earlier runs learned.
    """
    first, blind = _START[kind]
    if start is not None:
        return start, max(start, min(2 * start, blind)) if start < blind else start, False
    if prior is not None and prior.window is not None:
        return max(1, round(_SHARE * prior.window)), prior.window, True
    return first, blind, False
