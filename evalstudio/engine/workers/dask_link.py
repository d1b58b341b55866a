"""Cluster connection: runs calls on a Dask cluster, while limits, retries, pacing and the store stay with the run.

When a worker dies, the scheduler runs its calls again on another one. A call past its deadline occupies a thread that
can't be ended, so its worker is restarted, if it has a nanny to do that.
"""

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from evalstudio.advice.presets import measure_machine
from evalstudio.core.errors import EvalStudioError, ModelError, RequirementError
from evalstudio.core.outcome import Outcome
from evalstudio.core.workers import LOCAL, Cluster
from evalstudio.engine.workers.protocol import CallFailed
from evalstudio.engine.workers.target import Target
from evalstudio.protocol import WorkerStatus
from evalstudio.workspace.packaged import how_to_add

MOST_CRASHES = 2  # workers of a local cluster that a call may crash
CONNECT_S = 10.0
CLOSE_S = 10.0
FIRST_WORKER_S = 20.0
SET_UP_S = 600.0
LOOK_S = 0.5

Log = Callable[[str, str], None]


class ClusterLink:
    """The connection of one run to a scheduler; it keeps track of the workers.

    Args:
        cluster: The scheduler's address, or a local cluster.
        log: Called with level and text.
    """

    def __init__(self, cluster: Cluster, log: Log) -> None:
        self._cluster = cluster
        self._log = log
        self._local: Any = None
        self._client: Any = None
        self._watch: asyncio.Task[None] | None = None
        self._codes: list[tuple[Any, Target]] = []
        self._threads: dict[str, int] = {}  # by address, of workers that can call all of our functions
        self._unfit: dict[str, str] = {}
        self._assigned: Mapping[str, int] = {}
        self._gone = False
        self._on_change: list[Callable[[], None]] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing = False
        self._asking = 0

    @property
    def label(self) -> str:
        count = len(self._threads)
        return f"{self._cluster.label}: {count} worker{'' if count == 1 else 's'}, {self.threads} threads"

    @property
    def threads(self) -> int:
        return sum(self._threads.values())

    @property
    def free_threads(self) -> int:
        """Threads that can take calls now; none while the worker of an abandoned call is being looked up."""
        return 0 if self._asking else self.threads

    @property
    def client(self) -> Any:
        return self._client

    def notify_changes(self, on_change: Callable[[], None]) -> None:
        self._on_change.append(on_change)

    async def connect(self) -> None:
        """Connects to the scheduler and waits for the first worker.

        Raises:
            EvalStudioError: No scheduler answers, or it has no worker within `FIRST_WORKER_S` seconds.
        """
        try:
            import distributed as library
        except ImportError:
            raise RequirementError(
                f"A cluster needs the library distributed; {how_to_add('distributed')}."
            ) from None
        distributed: Any = library
        address: Any = self._cluster.address
        if address == LOCAL:
            self._local = address = await local_cluster(self._cluster)
        try:
            self._client = await distributed.Client(
                address, asynchronous=True, set_as_default=False, timeout=CONNECT_S
            )
        except (OSError, ValueError) as error:
            raise ModelError(
                f"No Dask scheduler answers at {self._cluster.address} ({error}); start one with: dask scheduler"
            ) from error
        try:
            await self._client.wait_for_workers(1, timeout=FIRST_WORKER_S)
        except TimeoutError as error:
            raise ModelError(
                f"The Dask scheduler at {self._cluster.address} has no workers; start some with: "
                f"dask worker {self._cluster.address} --nworkers 2 --nthreads 1"
            ) from error

    async def add(self, target: Target) -> tuple[str, tuple[str, ...]]:
        """Distributes a function to all workers.

        Returns:
            The digest of its file, and the function's parameters.

        Raises:
            ModelError: It can't be loaded on a worker.
        """
        from evalstudio.engine.workers.dask_worker_main import Code

        path = Path(target.path)
        try:
            code = await asyncio.to_thread(Code, path)
        except OSError as error:
            raise ModelError(f"The file {path} cannot be read ({error.strerror}); check its path.") from error
        try:
            await self._client.register_plugin(code)
        except Exception as error:
            raise ModelError(
                f"The workers of the cluster {self._cluster.address} can't use evalstudio "
                f"({type(error).__name__}: {error}); install evalstudio[cluster] for the Python that runs them."
            ) from error
        self._codes.append((code, target))
        workers = list(await self._workers())
        abouts = await self._prepare(code.digest, target, workers)
        for address, about in abouts.items():
            if about.problem is not None:
                raise ModelError(
                    f"{path.name} can't be used on the worker {address} of the cluster: {about.problem} The file itself "
                    "is sent there; what it imports has to be installed there."
                )
        if not abouts:
            raise ModelError(f"All workers of the cluster {self._cluster.address} have left.")
        self._log_versions(abouts)
        self._threads = {
            address: count for address, count in (await self._workers()).items() if address in abouts
        }
        if self._watch is None:
            self._watch = asyncio.create_task(self._look())
        return code.digest, next(iter(abouts.values())).parameters

    async def submit(self, digest: str, target: Target, arguments: bytes, key: str) -> Any:
        """Has a worker make a call, and returns its `Done`. Raises CallFailed where the cluster failed."""
        from distributed import KilledWorker
        from distributed.client import FutureCancelledError

        from evalstudio.engine.workers.dask_worker_main import call

        if self._gone:
            raise CallFailed(Outcome.OVERLOADED, f"The cluster {self._cluster.address} does not answer.")
        only = list(self._threads) if self._unfit else None
        future = self._client.submit(call, digest, target, arguments, key=key, pure=False, workers=only)
        try:
            done = await future
        except KilledWorker as error:
            message = f"Its worker died while it was called, {error.allowed_failures + 1} times."
            raise CallFailed(Outcome.CRASHED_WORKER, message) from None
        except FutureCancelledError:
            raise self._lost() from None
        except asyncio.CancelledError:
            self._free(future)
            raise
        future.release()
        return done

    def worker_status(self) -> tuple[WorkerStatus, ...]:
        return tuple(
            WorkerStatus(address, threads, min(threads, count), max(0, count - threads))
            for address, threads in self._threads.items()
            for count in (self._assigned.get(address, 0),)
        )

    def close(self) -> None:
        """Notes that the run has ended: from now on, abandoned calls don't get their worker restarted."""
        self._closing = True

    async def aclose(self) -> None:
        """Disconnects from the cluster; a local one is shut down."""
        self.close()
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.gather(self._watch, return_exceptions=True)
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=CONNECT_S)
        for close in (self._client, self._local):
            if close is not None:
                with contextlib.suppress(OSError, TimeoutError):
                    async with asyncio.timeout(CLOSE_S):
                        await close.close()
        self._client = self._local = None

    # Workers come and go -----------------------------------------------------------------------------------------

    async def _workers(self) -> dict[str, int]:
        """The number of threads of each running worker, by address."""
        known = await self._client.scheduler.identity(n_workers=-1)
        return {
            address: one["nthreads"]
            for address, one in known["workers"].items()
            if one["status"] == "running" and address not in self._unfit
        }

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(LOOK_S)
            try:
                async with asyncio.timeout(CONNECT_S):
                    there = await self._workers()
                    assigned = await self._client.processing()
            except (OSError, TimeoutError, EvalStudioError) as error:
                self._lost_scheduler(error)
                continue
            if self._gone:
                self._gone = False
                self._log("info", f"The cluster {self._cluster.address} answers again.")
            self._assigned = {address: len(keys) for address, keys in assigned.items()}
            await self._compare(there)

    async def _compare(self, there: dict[str, int]) -> None:
        left, joined = self._threads.keys() - there.keys(), there.keys() - self._threads.keys()
        for address in left:
            self._log(
                "warning", f"The worker {address} left the cluster; calls that it had run again elsewhere."
            )
        fit = await self._fit(list(joined)) if joined else set()
        for address in fit:
            self._log("info", f"The worker {address} joined the cluster with {there[address]} threads.")
        self._threads = {
            address: count for address, count in there.items() if address not in joined or address in fit
        }
        if left or fit:
            self._notify()

    async def _fit(self, joined: list[str]) -> set[str]:
        """The new workers that can call all of our functions."""
        fit = set(joined)
        for code, target in self._codes:
            abouts = await self._prepare(code.digest, target, list(fit))
            for address in list(fit):
                about = abouts.get(address)
                if about is None:
                    fit.discard(address)  # gone already, or to be prepared again
                elif about.problem is not None:
                    fit.discard(address)
                    self._unfit[address] = about.problem
                    self._log("warning", f"The worker {address} that joined gets no calls: {about.problem}")
            self._log_versions({address: abouts[address] for address in fit})
        return fit

    async def _prepare(self, digest: str, target: Target, workers: list[str]) -> dict[str, Any]:
        from evalstudio.engine.workers.dask_worker_main import About, prepare

        if not workers:
            return {}
        async with asyncio.timeout(SET_UP_S):
            found = await self._client.run(prepare, digest, target, workers=workers, on_error="return")
        return {
            address: about
            if isinstance(about, About)
            else About({}, problem=f"{type(about).__name__}: {about}.")
            for address, about in found.items()
        }

    def _log_versions(self, abouts: Mapping[str, Any]) -> None:
        from evalstudio.engine.workers.dask_worker_main import versions

        ours = versions()
        for address, about in abouts.items():
            if others := [
                f"{name} {about.versions.get(name, 'missing')} (here {version})"
                for name, version in ours.items()
                if about.versions.get(name) != version
            ]:
                self._log("warning", f"The worker {address} has other versions: {', '.join(others)}.")

    def _notify(self) -> None:
        for on_change in self._on_change:
            on_change()

    def _lost(self) -> CallFailed:
        return CallFailed(
            Outcome.OVERLOADED, f"The cluster {self._cluster.address} lost the call; it is made again."
        )

    def _lost_scheduler(self, error: Exception) -> None:
        if not self._gone:
            self._gone = True
            why = str(error) or type(error).__name__
            self._log("error", f"The cluster {self._cluster.address} does not answer: {why}.")

    def _free(self, future: Any) -> None:
        """Abandons a call: at once if no worker has it, else by restarting the worker that it occupies."""
        self._asking += 1
        task = asyncio.create_task(self._give_up(future))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _give_up(self, future: Any) -> None:
        held: list[str] = []
        try:
            assigned = await self._client.processing()
            await self._client.cancel([future], force=True)
            if not self._closing:  # else its result is dropped: other users of the cluster keep their worker
                held = [address for address, keys in assigned.items() if future.key in keys]
        except (OSError, TimeoutError) as error:
            self._lost_scheduler(error)
        finally:
            self._asking -= 1
        for address in held:
            self._unfit[address] = "a call of it did not come back"
            self._threads.pop(address, None)
        self._notify()
        for address in held:
            await self._restart(address)

    async def _restart(self, address: str) -> None:
        try:
            with contextlib.suppress(OSError, TimeoutError):
                await self._client.restart_workers([address], timeout=CONNECT_S, raise_for_error=False)
            self._log("warning", f"The worker {address} is restarted: {self._unfit[address]}.")
        except (ValueError, KeyError):
            self._log(
                "warning",
                f"The worker {address} gets no more calls: {self._unfit[address]}, and it has no nanny to restart it.",
            )


async def local_cluster(cluster: Cluster) -> Any:
    """Starts a scheduler and workers of this run alone.

    Who reaches a scheduler runs code as its owner, and other users of this machine reach all of its ports: so it takes
    nobody without a certificate that is made for this run, and tells nothing by HTTP.
    """
    import dask
    import distributed as library

    distributed: Any = library
    try:
        security = distributed.Security.temporary()
    except ImportError:
        raise RequirementError(
            f"The cluster local needs the library cryptography, for its keys; {how_to_add('cryptography')}."
        ) from None
    config = {
        "distributed.scheduler.allowed-failures": MOST_CRASHES - 1,
        "distributed.scheduler.http.routes": [],
        "distributed.worker.http.routes": [],
        "distributed.nanny.http.routes": [],
    }
    with dask.config.set(config):
        return await distributed.LocalCluster(
            n_workers=cluster.processes or measure_machine().cores,
            threads_per_worker=cluster.threads_per_process or 1,
            processes=True,
            host="127.0.0.1",
            dashboard_address="127.0.0.1:0",  # else it takes a port that may be in use
            asynchronous=True,
            security=security,
            scheduler_kwargs={"dashboard": False},
        )
