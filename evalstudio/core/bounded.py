"""Bounded calls: functions that run in a process of their own, which the system ends beyond its memory and time.

What a stranger's file describes (a template that sets variables, a pattern with counted repeats) can need any memory and
any time, and a list of what must not be in it is never complete. So it runs where only that process is lost.
"""

import atexit
import contextlib
import io
import os
import pickle
import signal
import struct
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Hashable
from enum import StrEnum
from typing import Any

import msgspec

from evalstudio.core.errors import EvaluationError

MEMORY = 500_000_000
"""Bytes that one call may need, beside what the process has already."""
MOST_S = 5.0
"""Seconds of processor time for one call."""
MOST_ENDED = 3
"""Calls under one key that may end the process; further ones are refused without a try."""
WAIT_S = 60.0
"""Seconds after which a call is given up where the system knows no limit of processor time."""
MODULE = "evalstudio.core.bounded_main"
PLAIN = {
    ("builtins", "set"), ("builtins", "frozenset"), ("builtins", "complex"), ("builtins", "bytearray"),
    ("builtins", "range"), ("builtins", "slice"), ("datetime", "date"), ("datetime", "datetime"), ("datetime", "time"),
    ("datetime", "timedelta"), ("datetime", "timezone"), ("decimal", "Decimal"), ("uuid", "UUID"),
}  # fmt: skip
"""Types that a value may be of, beside those that pickle has codes for."""
LENGTH = struct.Struct(">I")


class Kind(StrEnum):
    """What an answer of the process is."""

    VALUE = "value"
    MISTAKE = "mistake"
    UNSENDABLE = "unsendable"
    DEFECT = "defect"


class Answer(msgspec.Struct, frozen=True):
    """The process's answer: a pickled value, or why there is none."""

    kind: Kind
    value: bytes = b""
    why: str = ""


class EndedError(EvaluationError):
    """The process was ended: the call took more time or memory than it may. `reason` completes "it ..."."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"It {reason}.")
        self.reason = reason


def call_bounded(
    function: str, *arguments: Any, key: Hashable = None, seconds: float = MOST_S, memory: int = MEMORY
) -> Any:
    """Calls a function of this program in the bounded process, and returns its value. Blocking; any thread may call it.

    Args:
        function: As in "evalstudio.templating.templates:rendered".
        arguments: Picklable.
        key: What the call is about, so that the same is not tried for ever.
        seconds: Of processor time.
        memory: Bytes that it may need.

    Raises:
        EndedError: It took too much time or memory.
        EvaluationError: Raised by the function.
        RuntimeError: The function raised anything else.
        pickle.PickleError, TypeError, AttributeError: An argument can't be pickled, or the value is of no plain type.

    Example:
        >>> call_bounded("evalstudio.core.format:byte_size", 2_000)
        '2 kB'
    """
    return _process.call(
        pickle.dumps((function, arguments, seconds, memory), pickle.HIGHEST_PROTOCOL), key, seconds
    )


class _Plain(pickle.Unpickler):
    """Reads values of Python's own plain types: the process has read what strangers wrote."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in PLAIN:
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"{module}.{name} is no plain type")


class _Process:
    """The process, started at the first call and again after it was ended. It has one call at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._owner = 0
        self._ended: Counter[Hashable] = Counter()

    def call(self, body: bytes, key: Hashable, seconds: float) -> Any:
        if self._ended[key] >= MOST_ENDED:
            raise EndedError(f"took too much time or memory {MOST_ENDED} times, and is not tried again")
        with self._lock:
            child = self._running()
            answer = _answer(child, body)
            if answer is None:
                self.end()
                self._ended[key] += key is not None
                raise EndedError(_why(child.returncode, seconds))
        match answer.kind:
            case Kind.MISTAKE:
                raise EvaluationError(answer.why)
            case Kind.UNSENDABLE:
                raise pickle.PicklingError(answer.why)
            case Kind.DEFECT:
                raise RuntimeError(answer.why)
        return _Plain(io.BytesIO(answer.value)).load()

    def end(self) -> None:
        """Ends the process, if there is one of this process's own."""
        child, self._child = self._child, None
        if child is None or self._owner != os.getpid():
            return
        child.kill()
        child.wait()
        for stream in (child.stdin, child.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):  # a part of a call that was not taken
                    stream.close()

    def after_fork(self) -> None:
        """A fork has neither the lock's holder nor a process of its own."""
        self._lock, self._child = threading.Lock(), None

    def _running(self) -> "subprocess.Popen[bytes]":
        if self._child is None or self._child.poll() is not None:
            self.end()
            self._owner = os.getpid()
            self._child = subprocess.Popen(
                [sys.executable, "-m", MODULE],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
                process_group=None if sys.platform == "win32" else 0,  # Ctrl-C is the parent's business
            )
        return self._child


def _answer(child: "subprocess.Popen[bytes]", body: bytes) -> Answer | None:
    """The answer, or None where the process has ended."""
    assert child.stdin is not None
    assert child.stdout is not None
    timer = threading.Timer(WAIT_S, child.kill) if sys.platform == "win32" else None
    if timer is not None:
        timer.start()
    try:
        child.stdin.write(LENGTH.pack(len(body)) + body)
        child.stdin.flush()
        head = child.stdout.read(LENGTH.size)
        length = LENGTH.unpack(head)[0] if len(head) == LENGTH.size else 0
        answer = child.stdout.read(length)
        return msgspec.msgpack.decode(answer, type=Answer) if length and len(answer) == length else None
    except OSError:
        return None
    finally:
        if timer is not None:
            timer.cancel()


def _why(status: int | None, seconds: float) -> str:
    if sys.platform != "win32" and status == -signal.SIGPROF:
        return f"takes more than {seconds:g} s"
    return "takes more memory or time than it may have"


_process = _Process()
atexit.register(_process.end)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_process.after_fork)
