"""Retry option `retries=`: a number of attempts, or an object of the tenacity library."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from evalstudio.core.errors import LimitError


@dataclass(frozen=True, slots=True)
class Retries:
    """Total attempts (None: the default), and the transient exceptions (None: network errors and overloaded servers)."""

    attempts: int | None
    passing: Callable[[BaseException], bool] | None = None


def read_retries(value: Any) -> Retries | None:
    """Parses `retries=`. The engine schedules the waits itself, so no sleep occupies a slot.

    Raises:
        LimitError: it is neither a number nor a tenacity object.
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
