"""Exception classifier: maps an exception of user code to an outcome and a retry hint."""

from evalstudio.core.outcome import Outcome

LASTING = (FileNotFoundError, FileExistsError, PermissionError, IsADirectoryError, NotADirectoryError)
"""Errors of the operating system that a retry does not fix."""


def outcome_of(error: BaseException) -> Outcome:
    """Returns the outcome of a call that raised: one that is retried where the exception looks transient.

    Example:
        >>> outcome_of(ConnectionResetError()).value
        'overloaded'
    """
    status = getattr(error, "status_code", None) or getattr(
        getattr(error, "response", None), "status_code", None
    )
    name = type(error).__name__
    if status == 429 or "RateLimit" in name:
        return Outcome.THROTTLED
    if isinstance(error, OSError):
        return Outcome.CLIENT_ERROR if isinstance(error, LASTING) else Outcome.OVERLOADED
    if (isinstance(status, int) and status >= 500) or "Timeout" in name or "Connect" in name:
        return Outcome.OVERLOADED
    return Outcome.CLIENT_ERROR


def hint_of(error: BaseException) -> float | None:
    """Returns the seconds that an exception asks to wait (`retry_after`); None where it does not."""
    value = getattr(error, "retry_after", None)
    return float(value) if isinstance(value, (int, float)) else None
