"""A call of a person's own code, contained: whatever it does comes back as a value or as an outcome."""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable, Generator, Mapping
from dataclasses import dataclass
from typing import Any

from evalstudio.authoring.user_code import sentence_of
from evalstudio.core.outcome import Outcome
from evalstudio.engine.models.call import CallResult
from evalstudio.engine.user_code.failures import hint_of, outcome_of
from evalstudio.engine.user_code.forks import end_fork
from evalstudio.engine.user_code.stopwatch import Spent
from evalstudio.engine.workers.protocol import CallFailed, Workers

HELD_S = 0.1


@dataclass(frozen=True, slots=True)
class UserCallResult:
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
    on_returned: Callable[[Spent], None] = lambda spent: None,
    on_held: Callable[[float], None] = lambda seconds: None,
) -> UserCallResult:
    """Has workers call `function`, or awaits what it returns where there are none.

    Gives up after `longest` seconds. `on_returned` hears how a worker's call spent its time, `on_held` for how many
    seconds code that should await held up the loop.
    """
    try:
        async with asyncio.timeout(longest):
            if workers is None:
                assert function is not None
                return UserCallResult(await _awaited(_Stepwise(function(**arguments()), on_held)))
            returned = await workers.run(function, arguments())
            on_returned(returned.spent)
            return UserCallResult(returned.value, seconds=returned.spent.wall)
    except CallFailed as failed:
        result = CallResult(failed.outcome, message=failed.message, hint=failed.hint)
        return UserCallResult(failure=result, error=failed.error)
    except TimeoutError as error:
        message = sentence_of(error) if error.args else f"The function did not return within {longest:.4g} s."
        return UserCallResult(failure=CallResult(Outcome.OVERLOADED, message=message), error=error)
    except Exception as error:  # noqa: BLE001 - a person's code may raise anything: it becomes the record's error
        result = CallResult(outcome_of(error), message=sentence_of(error), hint=hint_of(error))
        return UserCallResult(failure=result, error=error)


class _Stepwise:
    """Awaits what it wraps, and tells of each step, from one wait to the next, that took `HELD_S` or more."""

    __slots__ = ("_on_held", "_process", "_wrapped")

    def __init__(self, wrapped: Awaitable[Any], on_held: Callable[[float], None]) -> None:
        self._wrapped = wrapped
        self._on_held = on_held
        self._process = os.getpid()

    def __await__(self) -> Generator[Any, Any, Any]:
        steps: Any = self._wrapped.__await__()
        step: Callable[..., Any] = steps.__next__
        given: tuple[Any, ...] = ()
        while True:
            began = time.perf_counter()
            try:
                waits_for = step(*given)
            except StopIteration as end:
                return end.value
            finally:
                end_fork(self._process)
                if (seconds := time.perf_counter() - began) >= HELD_S:
                    self._on_held(seconds)
            try:
                sent = yield waits_for
                step, given = (steps.__next__, ()) if sent is None else (steps.send, (sent,))
            except BaseException as error:  # noqa: BLE001 - a cancellation, mostly: it is for the wrapped code
                step, given = steps.throw, (error,)


async def _awaited(answer: Awaitable[Any]) -> Any:
    """Awaits; what would end the whole program, or looks like a cancellation of ours, ends this call only."""
    try:
        return await answer
    except (Exception, GeneratorExit):
        raise
    except BaseException as error:
        task = asyncio.current_task()
        if isinstance(error, asyncio.CancelledError) and task is not None and task.cancelling():
            raise  # it is ours: a time-out, a stop
        raise RuntimeError(f"{type(error).__name__}: {error}") from error
