"""A call of a person's own code, contained: whatever it does comes back as a value or as an outcome."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evalstudio.engine.executors.threads import ThreadWorkers
from evalstudio.engine.models.call import CallResult
from evalstudio.keys import redact
from evalstudio.outcome import Outcome

LONGEST_FAILURE = 500
LASTING = (FileNotFoundError, FileExistsError, PermissionError, IsADirectoryError, NotADirectoryError)
"""Errors of the operating system that another try does not mend."""


@dataclass(frozen=True, slots=True)
class Returned:
    """What a call gave back; or how it failed, with the exception that the code raised."""

    value: Any = None
    failure: CallResult | None = None
    error: Exception | None = None


async def call_contained(
    function: Callable[[], Any],
    workers: ThreadWorkers | None,
    longest: float,
    on_returned: Callable[[float, float], None] = lambda wall, processor: None,
) -> Returned:
    """Calls `function` in a worker thread, or awaits what it returns where there are no workers.

    Gives up after `longest` seconds. `on_returned` gets the seconds of wall clock and of processor of a thread's call.
    """
    try:
        async with asyncio.timeout(longest):
            if workers is None:
                return Returned(await _awaited(function()))
            returned = await workers.run(function)
            on_returned(returned.wall, returned.processor)
            return Returned(returned.value)
    except TimeoutError as error:
        said = failure(error) if error.args else f"The function did not return within {longest:.4g} s."
        return Returned(failure=CallResult(Outcome.OVERLOADED, message=said), error=error)
    except Exception as error:  # noqa: BLE001 - a person's code may raise anything: it becomes the record's error
        result = CallResult(_outcome(error), message=failure(error), hint=_hint(error))
        return Returned(failure=result, error=error)


def failure(error: BaseException) -> str:
    """An exception in one sentence, with the line that raised it."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f" ({Path(trace.tb_frame.f_code.co_filename).name}, line {trace.tb_lineno})" if trace else ""
    # without keys before it is cut: half a key would not be found
    text = redact(f"{type(error).__name__}: {error}")
    return f"{text[:LONGEST_FAILURE]}{where}"


async def _awaited(answer: Awaitable[Any]) -> Any:
    """Awaits; what would end the whole program ends this call only."""
    try:
        return await answer
    except (SystemExit, KeyboardInterrupt) as error:
        raise RuntimeError(f"{type(error).__name__}: {error}") from error


def _outcome(error: Exception) -> Outcome:
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


def _hint(error: Exception) -> float | None:
    value = getattr(error, "retry_after", None)
    return float(value) if isinstance(value, (int, float)) else None
