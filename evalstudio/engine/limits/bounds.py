"""Validation of the limits that a user sets."""

import math

from evalstudio.core.errors import LimitError


def check_bounds(minimum: int, maximum: int, start: int | None = None, pin: int | None = None) -> None:
    """Checks bounds on calls in flight.

    Raises:
        LimitError: A bound is no positive whole number, or they contradict each other; it says which.
    """
    named = (("minimum", minimum), ("maximum", maximum), ("start", start), ("pinned window", pin))
    for name, value in named:
        if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < 1):
            raise LimitError(
                f"The {name} of calls in flight must be a whole number of at least 1, not {value!r}."
            )
    if minimum > maximum:
        raise LimitError(f"The minimum of calls in flight ({minimum}) is above the maximum ({maximum}).")
    if start is not None and not minimum <= start <= maximum:
        raise LimitError(f"The first window ({start}) must lie between {minimum} and {maximum}.")


def check_rates(*rates: float | None) -> None:
    """Checks rates, in requests or tokens per minute; None: no limit.

    Raises:
        LimitError: A rate is not a positive, finite number.
    """
    for rate in rates:
        if rate is not None and not (math.isfinite(rate) and rate > 0):
            raise LimitError(f"A rate limit must be a positive number a minute, not {rate}.")
