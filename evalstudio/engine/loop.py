"""Event loop of an engine: uvloop where it is available, else asyncio's own.

A loop ends within seconds, whatever a person's code has left on it: tasks that swallow their cancellation, threads that
never return. What is left is told by `is_anything_left`, and a program then ends without waiting for it.
"""

import asyncio
import contextlib
import sys
import threading
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")

END_S = 2.0  # for which tasks and threads may end when their loop does
THREADS = "evalstudio-loop"

_left: "list[asyncio.Task[Any]]" = []


def run(main: Coroutine[Any, Any, T]) -> T:
    """Runs a coroutine to completion on the fastest available loop."""
    runner = LoopRunner()
    try:
        return runner.run(main)
    finally:
        runner.close()


class LoopRunner:
    """`asyncio.Runner` that closes within seconds."""

    def __init__(self) -> None:
        self._runner = asyncio.Runner(loop_factory=loop_factory())
        self._executor = ThreadPoolExecutor(thread_name_prefix=THREADS)
        self.get_loop().set_default_executor(self._executor)

    def get_loop(self) -> asyncio.AbstractEventLoop:
        return self._runner.get_loop()

    def run(self, main: Coroutine[Any, Any, T]) -> T:
        """Runs a coroutine to completion; the loop can be used again."""
        return self._runner.run(main)

    def close(self) -> None:
        """Ends the loop and what is left on it."""
        loop = self.get_loop()
        with contextlib.suppress(RuntimeError):  # a person's code has stopped the loop: it is closed as it is
            loop.run_until_complete(_end_tasks())
        self._executor.shutdown(wait=False, cancel_futures=True)
        if _left:
            loop.close()  # the runner would wait for the tasks
            asyncio.set_event_loop(None)
        else:
            loop.set_default_executor(
                ThreadPoolExecutor(1)
            )  # an idle one, for which the runner need not wait
            self._runner.close()


def loop_factory() -> Any:
    """Returns the loop factory for `asyncio.Runner`; None: asyncio's default."""
    if sys.platform == "win32":
        return None
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop


def is_anything_left() -> bool:
    """Whether code that can't be ended is left in this process, for which its exit would wait."""
    deadline = END_S
    for thread in threading.enumerate():
        if thread.name.startswith(THREADS):
            thread.join(deadline)
            if thread.is_alive():
                return True
    return bool(_left)


async def _end_tasks() -> None:
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    if tasks:
        _, pending = await asyncio.wait(tasks, timeout=END_S)
        _left.extend(pending)
