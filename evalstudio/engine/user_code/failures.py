"""What an exception of a person's own code comes to: an outcome, and a hint."""

from evalstudio.core.outcome import Outcome

LASTING = (FileNotFoundError, FileExistsError, PermissionError, IsADirectoryError, NotADirectoryError)
"""Errors of the operating system that another try does not mend."""


def outcome_of(error: BaseException) -> Outcome:
    """Whether another try may help, as far as an exception tells."""
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
    """The seconds that an exception asks to wait."""
    value = getattr(error, "retry_after", None)
    return float(value) if isinstance(value, (int, float)) else None
