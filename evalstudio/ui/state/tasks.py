"""Background tasks: coroutines started from slots, kept alive until done; their failures are reported."""

import asyncio
import sys
from collections.abc import Coroutine
from typing import Any

_tasks: set[asyncio.Task[Any]] = set()


def spawn(coroutine: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
    """Runs a coroutine on the window's event loop. Its errors go to the crash dialog, as from any slot."""
    task = asyncio.get_running_loop().create_task(coroutine)
    _tasks.add(task)
    task.add_done_callback(_finished)
    return task


async def cancel_all() -> None:
    """Cancels all running tasks, at the end of the program."""
    tasks = [task for task in _tasks if task is not asyncio.current_task()]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _finished(task: asyncio.Task[Any]) -> None:
    _tasks.discard(task)
    if not task.cancelled() and (error := task.exception()) is not None:
        sys.excepthook(type(error), error, error.__traceback__)
