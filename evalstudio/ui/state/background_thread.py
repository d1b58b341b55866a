"""Background thread for short work that must not block the window, such as reading a file's first rows."""

import asyncio
import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any, TypeVar

Result = TypeVar("Result")
PATIENCE_S = 2.0


class BackgroundThread:
    """Daemon thread that runs one job after the other; a job that never ends (a template can loop) does not block exit."""

    def __init__(self, name: str) -> None:
        self._queue: SimpleQueue[tuple[Callable[[], Any], asyncio.Future[Any], Any] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._closed = False

    async def do(self, work: Callable[[], Result]) -> Result:
        """Runs `work` and returns its result or raises its error. Raises CancelledError once the thread is closed."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Result] = loop.create_future()
        if self._closed:
            raise asyncio.CancelledError
        if not self._thread.is_alive():
            self._thread.start()
        self._queue.put((work, future, loop))
        return await future

    def close(self) -> None:
        self._closed = True
        if self._thread.is_alive():
            self._queue.put(None)
            self._thread.join(PATIENCE_S)

    def _work(self) -> None:
        while (item := self._queue.get()) is not None:
            work, future, loop = item
            if future.cancelled() or self._closed:
                continue
            try:
                result, error = work(), None
            except Exception as raised:  # noqa: BLE001 - it is raised again where it is awaited
                result, error = None, raised
            if not self._closed:
                loop.call_soon_threadsafe(_settle, future, result, error)


def _settle(future: "asyncio.Future[Any]", result: Any, error: Exception | None) -> None:
    if future.done():
        return
    if error is not None:
        future.set_exception(error)
    else:
        future.set_result(result)
