"""Cluster workers: one function on the workers of a Dask cluster."""

import asyncio
import itertools
import os
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from evalstudio.core.outcome import Outcome
from evalstudio.engine.workers.dask_link import ClusterLink, Log
from evalstudio.engine.workers.pickling import pickled, read_done
from evalstudio.engine.workers.protocol import CallFailed, WorkerResult
from evalstudio.engine.workers.target import Target
from evalstudio.protocol import WorkerStatus

QUEUED_PER_THREAD = 1  # calls queued on a worker for each of its threads, where the run's window allows


class ClusterWorkers:
    """Runs one function on the workers of a cluster; implements `Workers`."""

    def __init__(self, link: ClusterLink, target: Target, digest: str, log: Log) -> None:
        self._link = link
        self._target = target
        self._digest = digest
        self._log = log
        self._run = f"evalstudio-{os.getpid()}-{uuid.uuid4().hex[:12]}"
        self._numbers = itertools.count()
        self._closed = False

    @property
    def size(self) -> int:
        return max(1, self._link.threads)

    @property
    def capacity(self) -> int:
        # with a window wider than the threads, the next call is already queued on its worker
        return (1 + QUEUED_PER_THREAD) * self._link.free_threads

    @property
    def label(self) -> str:
        return self._link.label

    @property
    def waiting(self) -> int:
        return 0

    def notify_changes(self, on_change: Callable[[], None]) -> None:
        self._link.notify_changes(on_change)

    async def run(
        self,
        function: Callable[..., Any] | None,
        arguments: Mapping[str, Any],
        longest: float | None = None,
    ) -> WorkerResult:
        """Has a worker call its function; see `Workers`."""
        if self._closed:
            raise CallFailed(Outcome.CANCELLED, "The run has left the cluster.")
        key = f"{self._run}-{next(self._numbers)}"
        async with asyncio.timeout(
            longest
        ):  # includes the time in the worker's queue, since workers don't report when a call begins
            return read_done(await self._link.submit(self._digest, self._target, pickled(arguments), key))

    def resize(self, size: int) -> None:
        """Has no effect: the owner of the cluster starts and stops its workers."""
        if size != self.size:
            self._log("info", f"The workers of the {self.label} are started and ended there, not here.")

    def worker_status(self) -> tuple[WorkerStatus, ...]:
        return self._link.worker_status()

    def close(self) -> None:
        self._closed = True
        self._link.close()

    async def aclose(self) -> None:
        self.close()
        await self._link.aclose()  # nothing else in the run needs it now
