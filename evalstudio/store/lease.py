"""Run lease: which engine a run belongs to, told by its process, its machine and a lock on a file.

A process id says something only where it was given: under the same boot of the kernel and in the same namespace of
process ids. Containers that share a workspace often have one host name, and each has a process 7. The holder of a lease
in another namespace or on another machine is alive while its heartbeat is recent; and whatever the row says, a run is
only taken with a lock that the kernel takes back when its holder ends.
"""

import functools
import os
import socket
import sqlite3
import threading
import time
from pathlib import Path

from evalstudio.core.errors import RunError

STALE_S = 30.0  # an engine elsewhere whose heartbeat is older than this is considered dead
LOCKS = "evalstudio.lock"

try:
    import fcntl
except ImportError:  # Windows: no containers share a workspace there
    fcntl = None  # type: ignore[assignment]


def lease_is_alive(pid: int | None, started: float | None, host: str | None, heartbeat: float | None) -> bool:
    """Returns whether the process that holds a lease is still alive, and not another process with the same id.

    Args:
        pid: Its process id.
        started: When it started, as `process_started` tells it.
        host: Its `this_host()`.
        heartbeat: The epoch second at which it was last heard of.
    """
    if pid is None or host is None:
        return False
    if host not in (this_host(), socket.gethostname()):  # the name alone: written by an older version
        return heartbeat is not None and time.time() - heartbeat < STALE_S
    return started is not None and process_started(pid) == started


@functools.cache
def this_host() -> str:
    """Returns where this process's id means something: host name, boot of the kernel and namespace of process ids."""
    parts = [socket.gethostname()]
    try:
        parts.append(Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip())
        parts.append(Path("/proc/self/ns/pid").readlink().name.strip("pid:[]"))
    except OSError:
        return parts[0]  # not Linux, or a /proc that is closed
    return " ".join(parts)


def host_name(host: str | None) -> str:
    """Returns the host name in what `this_host` returned."""
    return (host or "").partition(" ")[0]


def process_started(pid: int) -> float | None:
    """Returns when a process started: on Linux in seconds since boot, elsewhere since the epoch."""
    import psutil  # imported late: the window's first paint needs no leases

    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return None
        started: float = _since_boot(pid) or process.create_time()
    except psutil.NoSuchProcess:
        return None
    return started


def lock_run(connection: sqlite3.Connection, run_id: int) -> None:
    """Locks a run for this process, until `unlock_run` or the end of the process. Raises RunError if it is locked."""
    path = _lock_file(connection)
    if path is not None and not _locks.take(path, run_id):
        raise RunError(
            f"Run {run_id} is being run by another EvalStudio, maybe in another container or on another machine; "
            "stop it there first, or use another experiment name."
        )


def unlock_run(connection: sqlite3.Connection, run_id: int) -> None:
    """Gives a run free for other processes."""
    path = _lock_file(connection)
    if path is not None:
        _locks.release(path, run_id)


def _lock_file(connection: sqlite3.Connection) -> Path | None:
    database = next(row[2] for row in connection.execute("PRAGMA database_list") if row[1] == "main")
    return Path(database).with_name(LOCKS) if database and fcntl is not None else None  # none: in memory


class _Locks:
    """Locks of this process: one file for each database, with one byte for each run.

    Such a lock belongs to the process and not to its forks, and is lost as soon as the process closes the file, however
    often it has it open: so each is opened once, and closed when none of its runs is locked.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._files: dict[tuple[int, int], tuple[int, set[int]]] = {}  # descriptors and locked runs

    def take(self, path: Path, run_id: int) -> bool:
        """Locks a run; False if another process has locked it. True on a file system without locks, too."""
        with self._lock:
            try:
                key, descriptor, runs = self._open(path)
            except OSError:
                return True  # process and heartbeat decide
            try:
                fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, run_id)
            except OSError as error:
                self._close_idle(key)
                return not isinstance(error, BlockingIOError)
            runs.add(run_id)
            return True

    def release(self, path: Path, run_id: int) -> None:
        """Unlocks a run, if it is locked by this process."""
        with self._lock:
            try:
                key = _key(path.stat())
            except OSError:
                return  # it is gone, and nobody can take the lock there
            descriptor, runs = self._files.get(key, (-1, set[int]()))
            if run_id in runs:
                fcntl.lockf(descriptor, fcntl.LOCK_UN, 1, run_id)
                runs.discard(run_id)
                self._close_idle(key)

    def _open(self, path: Path) -> tuple[tuple[int, int], int, set[int]]:
        if path.exists() and (key := _key(path.stat())) in self._files:
            return (key, *self._files[key])
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        key = _key(os.fstat(descriptor))
        self._files[key] = descriptor, set()
        return (key, *self._files[key])

    def _close_idle(self, key: tuple[int, int]) -> None:
        descriptor, runs = self._files[key]
        if not runs:
            del self._files[key]
            os.close(descriptor)


def _key(status: os.stat_result) -> tuple[int, int]:
    return status.st_dev, status.st_ino


def _since_boot(pid: int) -> float | None:
    """Reads the kernel's start time: the time since the epoch is derived from it and moves when the clock is set."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
    except OSError:
        return None
    return int(fields[19]) / os.sysconf("SC_CLK_TCK")


_locks = _Locks()
