"""Own-death watch: notes whether this process died by itself, in a file that outlives it.

A person's function that ends the engine (a fatal signal from C code, `os._exit`, `os.kill` of its own process) leaves a
note; a kill from outside, SIGTERM or SIGKILL, and a power cut leave none.
"""

import contextlib
import faulthandler
import os
import signal
import sys
import threading
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, BinaryIO

SUFFIX = ".died"
BY_ITSELF = b"ended by its own code\n"


class OwnDeath:
    """The note of this process; there is one watch at a time, for handlers belong to the process."""

    def __init__(self) -> None:
        self._users = 0
        self._lock = threading.Lock()
        self._file: BinaryIO | None = None
        self._path: Path | None = None
        self._process = 0
        self._enabled_before = False
        self._originals: list[tuple[Any, str, Callable[..., Any]]] = []

    def watch(self, folder: Path) -> None:
        """Begins, where no other run has begun before; `folder` is where the note of this process lies."""
        with self._lock:
            self._users += 1
            if self._users > 1:
                return
            self._process = os.getpid()
            self._path = folder / f"{self._process}{SUFFIX}"
            self._file = self._path.open("wb", buffering=0)
            self._enabled_before = faulthandler.is_enabled()
            faulthandler.enable(self._file, all_threads=False)
            for place, name in _ends():
                self._replace(place, name)

    def end(self) -> None:
        """Ends with the last run: handlers and functions are as they were, and the note is gone."""
        with self._lock:
            self._users -= 1
            if self._users:
                return
            for place, name, original in self._originals:
                setattr(place, name, original)
            self._originals.clear()
            faulthandler.disable()
            if self._enabled_before and sys.__stderr__ is not None:
                with contextlib.suppress(OSError, ValueError):  # a stream without a descriptor
                    faulthandler.enable(sys.__stderr__)
            assert self._file is not None
            assert self._path is not None
            self._file.close()
            self._path.unlink(missing_ok=True)

    def _replace(self, place: Any, name: str) -> None:
        original = getattr(place, name)

        @wraps(original)
        def noted(*arguments: Any, **named: Any) -> Any:
            # a fork has the file, too, and its end is not the engine's
            if os.getpid() != self._process or self._file is None or self._file.closed:
                return original(*arguments, **named)
            self._file.write(BY_ITSELF)
            try:
                return original(*arguments, **named)
            finally:  # it came back: another process was meant, or the signal is handled
                os.ftruncate(self._file.fileno(), 0)
                self._file.seek(0)

        self._originals.append((place, name, original))
        setattr(place, name, noted)


def died_by_itself(folder: Path, process: int) -> bool:
    """Whether this process left a note of its own death."""
    with contextlib.suppress(OSError):
        return (folder / f"{process}{SUFFIX}").stat().st_size > 0
    return False


def _ends() -> list[tuple[Any, str]]:
    """The functions with which code ends its own process past the interpreter."""
    names = [
        (os, "_exit"), (os, "kill"), (os, "killpg"), (signal, "raise_signal"), (signal, "pthread_kill"),
        (os, "execv"), (os, "execve"),
    ]  # fmt: skip
    return [(place, name) for place, name in names if hasattr(place, name)]


own_death = OwnDeath()
