"""Warm start: the first window of a run, from what earlier runs learned about the endpoint, else by its kind."""

from typing import Literal

from evalstudio.store.endpoint_memory import Prior

Kind = Literal["function", "local", "hosted"]
PATIENCE: dict[Kind, float] = {"function": 120.0, "local": 600.0, "hosted": 120.0}
"""Seconds for which a run waits for an endpoint that is down: a server of one's own may be loading a model."""

_SHARE = 0.85  # of the stored window: a run starts close below what held before
_START: dict[Kind, tuple[int, int]] = {"function": (4, 7), "local": (4, 8), "hosted": (12, 24)}


def first_windows(kind: Kind, start: int | None, prior: Prior | None) -> tuple[int, int, bool]:
    """Chooses the first window.

    Args:
        kind: The kind of endpoint.
        start: The window that the user asks for; it takes precedence over the prior.
        prior: What earlier runs learned.

    Returns:
        The first window, the bound to which it grows before the first answer, and whether earlier runs settled at it.

    Example:
        >>> first_windows("hosted", None, None)
        (12, 24, False)
    """
    first, blind = _START[kind]
    if start is not None:
        return start, max(start, min(2 * start, blind)) if start < blind else start, False
    if prior is not None and prior.window is not None:
        return max(1, round(_SHARE * prior.window)), prior.window, True
    return first, blind, False
