"""Worker settings for synchronous functions: threads of the engine, processes with threads, or a cluster.

The most specific place that sets workers decides: an option, then the evaluation, then the settings.
"""

from typing import Protocol

import msgspec

from evalstudio.core.errors import LimitError
from evalstudio.core.strategy import MAXIMUM, check_count

LOCAL = "local"
MOST_PROCESSES = 1_000


class Threads(msgspec.Struct, frozen=True, tag="threads"):
    """Threads in the engine's own process."""

    threads: int = 8

    @property
    def capacity(self) -> int:
        return self.threads

    @property
    def label(self) -> str:
        return _counted(self.threads, "thread", "threads")


class Processes(msgspec.Struct, frozen=True, tag="processes"):
    """Separate processes with some threads each; together they run processes x threads calls at once."""

    processes: int = 1
    threads_per_process: int = 1

    def __post_init__(self) -> None:
        check_count("processes", self.processes)
        check_count("threads_per_process", self.threads_per_process)
        if self.processes > MOST_PROCESSES:
            raise LimitError(f"processes must be at most {MOST_PROCESSES:,}; it is {self.processes:,}.")
        if self.capacity > MAXIMUM:
            raise LimitError(
                f"processes x threads_per_process must be at most {MAXIMUM:,}; it is {self.capacity:,}."
            )

    @property
    def capacity(self) -> int:
        return self.processes * self.threads_per_process

    @property
    def label(self) -> str:
        processes = _counted(self.processes, "process", "processes")
        return f"{processes} x {_counted(self.threads_per_process, 'thread', 'threads')}"


class Cluster(msgspec.Struct, frozen=True, tag="cluster"):
    """Workers of a Dask scheduler: at an address, or `local` ones that a run starts itself.

    `processes` and `threads_per_process` apply to a local cluster; None means one process per core with one thread each.
    """

    address: str
    processes: int | None = None
    threads_per_process: int | None = None

    def __post_init__(self) -> None:
        own = self.processes is not None or self.threads_per_process is not None
        if self.address == LOCAL:
            Processes(self.processes or 1, self.threads_per_process or 1)
        elif "://" not in self.address:
            raise LimitError(
                f"cluster must be the address of a Dask scheduler, as in tcp://host:8786, or local; it is "
                f"'{self.address}'."
            )
        elif own:
            raise LimitError(
                f"The workers of the cluster {self.address} have the processes and threads they were started with; "
                "leave processes and threads_per_process out, or use the cluster local."
            )

    @property
    def capacity(self) -> int:
        """Returns the assumed number of concurrent calls, before the cluster has reported its own."""
        return 1

    @property
    def label(self) -> str:
        return f"cluster {self.address}"


WorkerKind = Threads | Processes | Cluster


class Asked(Protocol):
    """Worker fields of command line options and evaluations."""

    @property
    def workers(self) -> int | None: ...
    @property
    def processes(self) -> int | None: ...
    @property
    def threads_per_process(self) -> int | None: ...
    @property
    def cluster(self) -> str | None: ...


class Chosen(Protocol):
    """Worker fields of the settings, which always set a number of threads."""

    @property
    def workers(self) -> int: ...
    @property
    def processes(self) -> int: ...
    @property
    def threads_per_process(self) -> int: ...
    @property
    def cluster(self) -> str: ...


def choose_workers(asked: tuple[Asked, ...], settings: Chosen, *, thread_safe: bool = True) -> WorkerKind:
    """Returns the workers in force; a function that is not thread-safe gets one thread per process.

    Raises:
        LimitError: a number is invalid, or one place asks for two kinds of workers.
    """
    found: WorkerKind | None = None
    for one in asked:
        found = found or _asked_for(one)
    found = found or default_workers(settings)
    if thread_safe:
        return found
    match found:
        case Threads():
            return Threads(1)
        case Processes(processes=processes):
            return Processes(processes)
    return found


def is_asked_for(asked: tuple[Asked, ...]) -> bool:
    """Returns whether any of them sets workers; otherwise the settings decide."""
    return any(_asked_for(one) is not None for one in asked)


def default_workers(settings: Chosen) -> WorkerKind:
    """Returns the workers chosen in the settings."""
    if settings.cluster == LOCAL:
        return Cluster(LOCAL, settings.processes or None, settings.threads_per_process)
    if settings.cluster:
        return Cluster(settings.cluster)
    if settings.processes:
        return Processes(settings.processes, settings.threads_per_process)
    return Threads(check_count("workers", settings.workers))


def _asked_for(asked: Asked) -> WorkerKind | None:
    processes, threads = asked.processes, asked.threads_per_process
    if asked.workers is not None and (processes is not None or threads is not None):
        raise LimitError(
            "workers are threads of the engine; give either workers, or processes and threads_per_process."
        )
    if asked.cluster:
        return Cluster(asked.cluster, processes, threads)
    if processes is not None or threads is not None:
        return Processes(1 if processes is None else processes, 1 if threads is None else threads)
    return None if asked.workers is None else Threads(check_count("workers", asked.workers))


def _counted(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"
