"""What an exception of a person's own code comes to: an outcome, a sentence, a hint."""

from pathlib import Path

from evalstudio.keys import redact
from evalstudio.outcome import Outcome

LONGEST_FAILURE = 500
LASTING = (FileNotFoundError, FileExistsError, PermissionError, IsADirectoryError, NotADirectoryError)
"""Errors of the operating system that another try does not mend."""


def sentence_of(error: BaseException) -> str:
    """An exception in one sentence, with the line that raised it."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f" ({Path(trace.tb_frame.f_code.co_filename).name}, line {trace.tb_lineno})" if trace else ""
    # without keys before it is cut: half a key would not be found
    text = redact(f"{type(error).__name__}: {error}")
    return f"{text[:LONGEST_FAILURE]}{where}"


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
