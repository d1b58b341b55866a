"""A call of a person's own code, contained: whatever it does comes back as a value or as an outcome."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from evalstudio.engine.executors.workers import CallFailed, Workers
from evalstudio.engine.models.call import CallResult
from evalstudio.engine.models.failures import hint_of, outcome_of, sentence_of
from evalstudio.outcome import Outcome


@dataclass(frozen=True, slots=True)
class Returned:
    """What a call gave back; or how it failed, with the exception that the code raised."""

    value: Any = None
    failure: CallResult | None = None
    error: Exception | None = None
    seconds: float | None = None  # of the call itself, by a worker


async def call_contained(
    function: Callable[..., Any] | None,
    arguments: Callable[[], Mapping[str, Any]],
    workers: Workers | None,
    longest: float,
    on_returned: Callable[[float, float], None] = lambda wall, processor: None,
) -> Returned:
    """Has workers call `function`, or awaits what it returns where there are none.

    Gives up after `longest` seconds. `on_returned` gets the seconds of wall clock and of processor of a worker's call.
    """
    try:
        async with asyncio.timeout(longest):
            if workers is None:
                assert function is not None
                return Returned(await _awaited(function(**arguments())))
            returned = await workers.run(function, arguments())
            on_returned(returned.wall, returned.processor)
            return Returned(returned.value, seconds=returned.wall)
    except CallFailed as failed:
        result = CallResult(failed.outcome, message=failed.message, hint=failed.hint)
        return Returned(failure=result, error=failed.error)
    except TimeoutError as error:
        said = sentence_of(error) if error.args else f"The function did not return within {longest:.4g} s."
        return Returned(failure=CallResult(Outcome.OVERLOADED, message=said), error=error)
    except Exception as error:  # noqa: BLE001 - a person's code may raise anything: it becomes the record's error
        result = CallResult(outcome_of(error), message=sentence_of(error), hint=hint_of(error))
        return Returned(failure=result, error=error)


async def _awaited(answer: Awaitable[Any]) -> Any:
    """Awaits; what would end the whole program ends this call only."""
    try:
        return await answer
    except (SystemExit, KeyboardInterrupt) as error:
        raise RuntimeError(f"{type(error).__name__}: {error}") from error
