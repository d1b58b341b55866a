"""What is kept of an endpoint between runs, so that the next one need not start cold; and where one starts for which nothing is kept."""

from typing import Literal

import msgspec

MAX_AGE = 7 * 86_400.0
Kind = Literal["function", "local", "hosted"]
_SHARE = 0.85  # of the window kept: what held once is nearly reached before the first answer
_START: dict[Kind, tuple[int, int]] = {"function": (4, 7), "local": (2, 4), "hosted": (8, 16)}


class Prior(msgspec.Struct, frozen=True, kw_only=True):
    """What earlier runs learned. The store adds when; older than `MAX_AGE` seconds it is not worth much.

    `window` is None when nothing was settled. Rates are a minute and only those learned, never settings.
    """

    window: int | None = None
    throughput: float | None = None  # answers a second at that window
    seconds: float | None = None  # of one attempt, mean
    requests_per_minute: float | None = None
    concurrency_cap: int | None = None  # in flight above which the endpoint rejected calls
    crashed_at: int | None = None  # in flight at which it went down
    expected_output: float | None = None  # tokens


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
