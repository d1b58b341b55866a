"""Steps of async user code: driven one by one, each timed, noted and, once its call is over, not driven any more."""

import asyncio
import ctypes
import os
import time
from collections.abc import Awaitable, Callable, Generator
from typing import Any

from evalstudio.engine.user_code.forks import end_fork
from evalstudio.engine.user_code.under_way import UnderWay, calls, holder

HELD_S = 0.1  # for which a step may block the loop before it is reported
GRACE_S = 0.5  # for which code may still clean up after it was cancelled


class Stepwise:
    """Awaits what it wraps, and reports each step, from one await to the next, that took `HELD_S` or more.

    Code that swallows its cancellation is driven for `GRACE_S` more, so that it can clean up, and then no further:
    where it stands is where it stays.
    """

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
        end: _End | None = None
        try:
            while True:
                if end is None and any(call.over for call in own):
                    cancelled = yield from _cancellation()
                    end = _End(cancelled)
                    step, given = steps.throw, (cancelled,)
                began = time.perf_counter()
                _begin(own)
                try:
                    waits_for = step(*given)
                except StopIteration as returned:
                    return returned.value
                finally:
                    end_fork(self._process)
                    _end(own)
                    if (seconds := time.perf_counter() - began) >= HELD_S:
                        self._on_held(seconds)
                try:
                    sent = yield waits_for
                    step, given = (steps.__next__, ()) if sent is None else (steps.send, (sent,))
                except asyncio.CancelledError as cancelled:
                    if end is not None and end.is_due:
                        end.take_back()
                        _keep_for_ever(steps)
                        raise end.cause from None
                    end = end or _End(cancelled)
                    step, given = steps.throw, (cancelled,)
                except BaseException as error:  # noqa: BLE001 - it belongs to the wrapped code
                    step, given = steps.throw, (error,)
        finally:
            if end is not None:
                end.forget()


class _End:
    """The end of a cancelled call: `GRACE_S` later its task is cancelled once more."""

    def __init__(self, cause: asyncio.CancelledError) -> None:
        self.cause = cause
        self.is_due = False
        task = asyncio.current_task()
        assert task is not None
        self._task = task
        self._timer = asyncio.get_running_loop().call_later(GRACE_S, self._again)

    def _again(self) -> None:
        self.is_due = True
        self._task.cancel()

    def take_back(self) -> None:
        """The second cancellation was for this wrapper alone: others count only the first."""
        self._task.uncancel()

    def forget(self) -> None:
        self._timer.cancel()


def _cancellation() -> Generator[Any, Any, asyncio.CancelledError]:
    """Cancels the task of code whose run is over, before a further step of it holds up the loop."""
    task = asyncio.current_task()
    assert task is not None
    task.cancel()
    try:
        yield
    except asyncio.CancelledError as cancelled:
        return cancelled
    raise AssertionError("a cancelled task is cancelled at its next step")


def _keep_for_ever(steps: Any) -> None:
    """Keeps code that would not end: closing or deleting it, also at the program's exit, would run it once more."""
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(steps))


def _begin(own: tuple[UnderWay, ...]) -> None:
    holder.calls = own
    for call in own:
        call.step_began()


def _end(own: tuple[UnderWay, ...]) -> None:
    holder.calls = ()
    for call in own:
        call.step_ended()
