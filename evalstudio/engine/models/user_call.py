"""Contained user call: calls user code and returns whatever it does as a value or an outcome."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from evalstudio.authoring.user_code import sentence_of
from evalstudio.core.outcome import Outcome
from evalstudio.engine.models.call import CallResult
from evalstudio.engine.user_code.steps import GRACE_S, HELD_S, Stepwise
from evalstudio.engine.user_code.stopwatch import Spent
from evalstudio.engine.workers.failures import failure_of
from evalstudio.engine.workers.protocol import CallFailed, Workers

T = TypeVar("T")
LEAVE_S = GRACE_S + 0.1  # after its last chance to clean up, code is not driven any more

__all__ = ["HELD_S", "UserCallResult", "call_contained"]


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
        if workers is None:
            assert function is not None
            return UserCallResult(
                await _within(longest, _awaited(Stepwise(function(**arguments()), on_held)))
            )
        try:
            async with asyncio.timeout(longest) as alarm:
                returned = await workers.run(function, arguments())
        except TimeoutError as error:
            raise (_Late() if alarm.expired() else error) from None
        on_returned(returned.spent)
        return UserCallResult(returned.value, seconds=returned.spent.wall)
    except CallFailed as failed:
        result = CallResult(failed.outcome, message=failed.message, hint=failed.hint, fatal=failed.fatal)
        return UserCallResult(failure=result, error=failed.error)
    except TimeoutError as error:  # ours, or that of a library
        late = isinstance(error, _Late)
        message = f"The function did not return within {longest:.4g} s." if late else sentence_of(error)
        result = CallResult(Outcome.OVERLOADED, message=message, timed_out=late)
        return UserCallResult(failure=result, error=error)
    except Exception as error:  # noqa: BLE001 - user code may raise anything: it becomes the record's error
        known = failure_of(error)
        result = CallResult(known.outcome, message=sentence_of(error), hint=known.hint, fatal=known.fatal)
        return UserCallResult(failure=result, error=error)


class _Late(TimeoutError):
    """The call took longer than it may."""


async def _within(longest: float, answer: Coroutine[Any, Any, T]) -> T:
    """Awaits in a task of its own: code that does not end when it is cancelled is left to itself.

    Raises:
        _Late: `longest` seconds are over, and `GRACE_S` to clean up.
    """
    task = asyncio.create_task(answer)
    try:
        await asyncio.wait((task,), timeout=longest)
        if not task.done():
            task.cancel()
            await asyncio.wait((task,), timeout=LEAVE_S)
    except asyncio.CancelledError:
        task.cancel()
        await asyncio.wait((task,), timeout=LEAVE_S)
        raise
    finally:
        if not task.done():
            task.add_done_callback(_forget)
    if not task.done() or task.cancelled():
        raise _Late
    return task.result()


def _forget(task: "asyncio.Task[Any]") -> None:
    """Looks at what became of code that nobody waits for any more, else asyncio complains."""
    if not task.cancelled():
        task.exception()


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
