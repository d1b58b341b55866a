"""Contained user call: calls user code and returns whatever it does as a value or an outcome."""

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
from evalstudio.engine.user_code.under_way import UnderWay, calls, holder
from evalstudio.engine.workers.protocol import CallFailed, Workers

HELD_S = 0.1  # for which a step may block the loop before it is reported


@dataclass(frozen=True, slots=True)
class UserCallResult:
    """The value that a call returned, or its failure with the exception that the code raised."""

    value: Any = None
    failure: CallResult | None = None
    error: Exception | None = None
    seconds: float | None = None  # of the call itself, measured by a worker


async def call_contained(
    function: Callable[..., Any] | None,
    arguments: Callable[[], Mapping[str, Any]],
    workers: Workers | None,
    longest: float,
    on_returned: Callable[[Spent], None] = lambda spent: None,
    on_held: Callable[[float], None] = lambda seconds: None,
) -> UserCallResult:
    """Calls user code and never raises, except for cancellation.

    Args:
        function: The function; None: the workers have loaded it.
        arguments: Makes the keyword arguments.
        workers: Make the call; None: `function` is async and awaited here.
        longest: Seconds after which the call is abandoned.
        on_returned: Called with how a worker's call spent its time.
        on_held: Called with the seconds for which async code blocked the loop, at each step of `HELD_S` or more.
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
    except Exception as error:  # noqa: BLE001 - user code may raise anything: it becomes the record's error
        result = CallResult(outcome_of(error), message=sentence_of(error), hint=hint_of(error))
        return UserCallResult(failure=result, error=error)


class _Stepwise:
    """Awaits what it wraps, and reports each step, from one await to the next, that took `HELD_S` or more."""

    __slots__ = ("_on_held", "_process", "_wrapped")

    def __init__(self, wrapped: Awaitable[Any], on_held: Callable[[float], None]) -> None:
        self._wrapped = wrapped
        self._on_held = on_held
        self._process = os.getpid()

    def __await__(self) -> Generator[Any, Any, Any]:
        steps: Any = self._wrapped.__await__()
        step: Callable[..., Any] = steps.__next__
        given: tuple[Any, ...] = ()
        own = calls.get()
        while True:
            began = time.perf_counter()
            _begin(own)
            try:
                waits_for = step(*given)
            except StopIteration as end:
                return end.value
            finally:
                end_fork(self._process)
                _end(own)
                if (seconds := time.perf_counter() - began) >= HELD_S:
                    self._on_held(seconds)
            try:
                sent = yield waits_for
                step, given = (steps.__next__, ()) if sent is None else (steps.send, (sent,))
            except BaseException as error:  # noqa: BLE001 - usually a cancellation: it belongs to the wrapped code
                step, given = steps.throw, (error,)


def _begin(own: tuple[UnderWay, ...]) -> None:
    holder.calls = own
    for call in own:
        call.step_began()


def _end(own: tuple[UnderWay, ...]) -> None:
    holder.calls = ()
    for call in own:
        call.step_ended()


async def _awaited(answer: Awaitable[Any]) -> Any:
    """Awaits; an exception that would end the program, or poses as our own cancellation, ends only this call."""
    try:
        return await answer
    except (Exception, GeneratorExit):
        raise
    except BaseException as error:
        task = asyncio.current_task()
        if isinstance(error, asyncio.CancelledError) and task is not None and task.cancelling():
            raise  # our own cancellation: a time-out or a stop
        raise RuntimeError(f"{type(error).__name__}: {error}") from error
