"""Worker process: loads one function, calls it on the engine's request, and exits when the engine is gone.

Jobs arrive on the original stdin, results leave on the original stdout; each message begins with a header of the job's
number and a length. User code can reach neither: descriptor 0 is empty, and 1 and 2 go to the engine's log. Started by
`process_handle.py` as `python -m evalstudio.engine.workers.process_worker_main`.
"""

import contextlib
import ctypes
import faulthandler
import os
import pickle
import queue
import signal
import struct
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evalstudio.authoring.user_code import parameters_of, sentence_of
from evalstudio.core.errors import EvalStudioError
from evalstudio.engine.workers.target import Place, Target, carry_out
from evalstudio.models.keys import remember_environment

HEADER = struct.Struct("<QQ")  # number of the job, length of the body in bytes
LONGEST = 1 << 32  # bytes of a body
GRACE_S = 2.0  # for a running call once the engine is gone
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, slots=True)
class SetUp:
    """The first message to a worker. `path` is the engine's `sys.path`, `folder` the working directory of calls."""

    target: Target
    threads: int
    path: tuple[str, ...]
    folder: str
    engine: int  # its process id


@dataclass(frozen=True, slots=True)
class Ready:
    """The first message of a worker: its function's parameters, or why it can't load the function."""

    parameters: tuple[str, ...] = ()
    problem: str | None = None


def main() -> int:
    """Serves calls until the engine closes its end of the pipe. Returns the exit status."""
    jobs, results = _move_pipes_away()
    set_up = pickle.loads(_read_frame(jobs)[1])
    leave_with_engine(set_up.engine)
    Place.is_worker = True
    sys.path[:] = set_up.path
    os.chdir(set_up.folder)
    remember_environment()
    send = _sender(results)
    try:
        function = set_up.target.load()
        ready = Ready(parameters_of(function))
    except EvalStudioError as error:
        send(0, Ready(problem=str(error)))
        return 1
    except Exception as error:  # noqa: BLE001 - user code may raise anything while it is set up
        send(0, Ready(problem=f"{Path(set_up.target.path).name}: {sentence_of(error)}"))
        return 1
    send(0, ready)
    _serve(jobs, send, function, set_up.threads)
    return 0


def _serve(jobs: int, send: Callable[[int, Any], None], function: Callable[..., Any], threads: int) -> None:
    """Serves calls in `threads` threads, the main one included: some libraries work in the main thread only."""
    waiting: queue.SimpleQueue[tuple[int, bytes] | None] = queue.SimpleQueue()
    folder = Path.cwd()

    def read() -> None:
        with contextlib.suppress(EOFError, OSError):
            while True:
                waiting.put(_read_frame(jobs))
        for _ in range(threads):
            waiting.put(None)
        timer = threading.Timer(GRACE_S, end_group)
        timer.daemon = True
        timer.start()

    def work() -> None:
        while (job := waiting.get()) is not None:
            number, arguments = job
            done = carry_out(function, arguments)
            with contextlib.suppress(OSError):
                os.chdir(folder)  # each call starts in the same folder
            with contextlib.suppress(OSError, ValueError, AttributeError):  # they may be closed, or None
                sys.stdout.flush()
                sys.stderr.flush()
            send(number, done)

    threading.Thread(target=read, name="jobs", daemon=True).start()
    for _ in range(threads - 1):
        threading.Thread(target=work, name="worker", daemon=True).start()
    work()


def _sender(descriptor: int) -> Callable[[int, Any], None]:
    lock = threading.Lock()

    def send(number: int, message: Any) -> None:
        body = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
        view = memoryview(HEADER.pack(number, len(body)) + body)
        with lock:
            try:
                while view:
                    view = view[os.write(descriptor, view) :]
            except OSError:
                os._exit(1)  # the engine is gone

    return send


def _read_frame(descriptor: int) -> tuple[int, bytes]:
    number, length = HEADER.unpack(_read(descriptor, HEADER.size))
    return number, _read(descriptor, length)


def _read(descriptor: int, length: int) -> bytes:
    parts = bytearray()
    while len(parts) < length:
        part = os.read(descriptor, min(length - len(parts), 1 << 20))
        if not part:
            raise EOFError
        parts += part
    return bytes(parts)


def _move_pipes_away() -> tuple[int, int]:
    """Descriptors for jobs and results that nothing else can reach, not even a fork made by user code."""
    jobs, results = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    # new streams: the old ones have cached the kind of their descriptors
    sys.stdout = open(1, "w", buffering=1, encoding="utf-8", errors="replace", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", buffering=1, encoding="utf-8", errors="replace", closefd=False)  # noqa: SIM115
    faulthandler.enable(sys.stderr)
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=lambda: _close(jobs, results))
    return jobs, results


def _close(*descriptors: int) -> None:
    for descriptor in descriptors:
        os.close(descriptor)


def leave_with_engine(engine: int) -> None:
    """Makes the kernel kill this process when the engine dies, even while C code holds the interpreter lock.

    On systems other than Linux, the end of the job pipe does that.
    """
    if sys.platform != "linux":
        return
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != engine:  # it has died already
        end_group()


def end_group() -> None:
    """Kills this process and whatever it has started."""
    if sys.platform != "win32" and os.getpgrp() == os.getpid():
        os.killpg(os.getpgrp(), signal.SIGKILL)
    os._exit(1)


if __name__ == "__main__":
    # import the module under its own name: the engine unpickles its classes by that name
    from evalstudio.engine.workers.process_worker_main import main as main_under_own_name

    sys.exit(main_under_own_name())
