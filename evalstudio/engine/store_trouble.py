"""Store trouble: runs pause while the store can't be written, and end where nobody is there to see to it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

from evalstudio.core.errors import StoreError
from evalstudio.engine.run.run import Run
from evalstudio.store.writer import RETRY_S

T = TypeVar("T")

PATIENCE_S = 15.0
"""Seconds for which runs that nobody attends wait for a full disk or a locked database."""
PERSIST_S = 5.0
"""Seconds for which an engine that leaves waits for the store."""


class StoreTrouble:
    """What an engine does while its store can't be written. Nothing that was answered is dropped meanwhile."""

    def __init__(
        self,
        runs: Mapping[int, Run],
        execute: Callable[[Callable[[Any], Any]], Awaitable[Any]],
        log: Callable[[str, str], None],
        *,
        attended: bool,
    ) -> None:
        self._runs = runs
        self._execute = execute
        self._log = log
        self._attended = attended
        self._sentence: str | None = None
        self._patience: asyncio.TimerHandle | None = None
        self._leaving = asyncio.Event()

    def report(self, sentence: str | None, *, lost: bool = False) -> None:
        """The writer's word: a sentence when a commit can't be made, None when it went through after all.

        `lost`: the database is gone, so that waiting is of no use.
        """
        if sentence == self._sentence:
            return
        if sentence is not None and lost:
            self._sentence = sentence
            self._log("error", sentence)
            self.leave(sentence)
            return
        self._sentence, before = sentence, self._sentence
        self._wait_no_longer()
        if sentence is not None:
            self._log("error", sentence)
            for run in self._runs.values():
                if before is not None and run.reason == before:
                    run.reason = sentence  # another trouble on top: it goes on when the last is over
                run.pause(sentence)
            if not self._attended:
                reason = f"{sentence} What is saved is kept; the same command goes on from there."
                self._patience = asyncio.get_running_loop().call_later(PATIENCE_S, self.leave, reason)
        else:
            self._log("info", "The store can be written again.")
            for run in self._runs.values():
                if run.reason == before:
                    run.unpause()

    def leave(self, reason: str) -> None:
        """Stops all runs; from now on the store is waited for no longer than `PERSIST_S`."""
        self._wait_no_longer()
        self._leaving.set()
        for run in list(self._runs.values()):
            run.stop(reason)

    async def persist(self, work: Callable[[Any], Any]) -> None:
        """Changes the store, again and again while it can't be written: until it can, or the engine leaves.

        What could not be written then is lost with the lease of this process: the run is interrupted, and can be
        resumed.
        """
        while True:
            try:
                await self._until_left(self._execute(work))
                return
            except TimeoutError:
                return
            except StoreError as error:
                self._log("error", str(error))
                if self._leaving.is_set():
                    return
            await asyncio.sleep(RETRY_S)

    async def _until_left(self, work: Awaitable[T]) -> T:
        """The result of work. Raises TimeoutError where it is not there `PERSIST_S` after the engine leaves."""
        task = asyncio.ensure_future(work)
        leaving = asyncio.ensure_future(self._leaving.wait())
        try:
            await asyncio.wait({task, leaving}, return_when=asyncio.FIRST_COMPLETED)
            async with asyncio.timeout(None if task.done() else PERSIST_S):
                return await task
        finally:
            leaving.cancel()

    def _wait_no_longer(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None
