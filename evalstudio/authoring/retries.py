"""`retries=`: a number, or an object of the tenacity library."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from evalstudio.core.errors import LimitError


@dataclass(frozen=True, slots=True)
class Retries:
    """Attempts in all (None: the default), and which exceptions pass (None: network trouble and full servers)."""

    attempts: int | None
    passing: Callable[[BaseException], bool] | None = None


def read_retries(value: Any) -> Retries | None:
    """What `retries=` means. The waits are the engine's own: no sleep holds a slot.

    Raises:
        LimitError: it is neither a number nor such an object.
    """
    if value is None:
        return None
    if isinstance(value, int) and not isinstance(value, bool):
        if not 0 <= value <= 1000:
            raise LimitError(f"retries must be a number from 0 to 1,000; it is {value}.")
        return Retries(value + 1)
    if not (hasattr(value, "stop") and hasattr(value, "retry")):
        raise LimitError(
            f"retries must be a number or an object of tenacity, as in Retrying(...); it is {value!r}."
        )
    attempts = getattr(value.stop, "max_attempt_number", None)
    predicate = getattr(value.retry, "predicate", None)
    return Retries(
        attempts if isinstance(attempts, int) else None, predicate if callable(predicate) else None
    )
