"""Bounded process: carries out the calls of `core.bounded`, one after the other, until its stdin ends."""

import importlib
import os
import pickle
import signal
import sys
from typing import Any, BinaryIO

import msgspec

from evalstudio.core.bounded import LENGTH, Answer, Kind
from evalstudio.core.errors import EvaluationError


def main() -> int:
    """Reads calls from stdin and writes answers to stdout; nothing else can write there."""
    calls, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    while (body := _read(calls)) is not None:
        answer = msgspec.msgpack.encode(_carry_out(body))
        answers.write(LENGTH.pack(len(answer)) + answer)
        answers.flush()
    return 0


def _carry_out(body: bytes) -> Answer:
    function, arguments, seconds, memory = pickle.loads(body)
    module, _, name = function.partition(":")
    call: Any = getattr(importlib.import_module(module), name)
    _set_bounds(seconds, memory)
    try:
        value = call(*arguments)
    except EvaluationError as error:
        return Answer(Kind.MISTAKE, why=str(error))
    except MemoryError:
        os._exit(1)  # what is left of it is in no known state
    except Exception as error:  # noqa: BLE001 - told where the call was made
        return Answer(Kind.DEFECT, why=f"{type(error).__name__}: {error}")
    try:
        return Answer(Kind.VALUE, pickle.dumps(value, pickle.HIGHEST_PROTOCOL))
    except (pickle.PickleError, TypeError, AttributeError, RecursionError) as error:
        return Answer(Kind.UNSENDABLE, why=str(error))
    except MemoryError:
        os._exit(1)
    finally:
        _set_bounds(0, None)


def _set_bounds(seconds: float, memory: int | None) -> None:
    """The system ends this process after so many seconds of processor time, also amid a function in C.

    `memory`: bytes beyond those that it has; None: any.
    """
    if sys.platform == "win32":
        return
    signal.setitimer(signal.ITIMER_PROF, seconds)
    if sys.platform == "linux":
        import resource

        most = resource.getrlimit(resource.RLIMIT_AS)[1]
        if memory is None:
            resource.setrlimit(resource.RLIMIT_AS, (most, most))
            return
        with open("/proc/self/statm", "rb") as file:  # noqa: PTH123 - before each call
            used = int(file.read().split()[0]) * resource.getpagesize()
        resource.setrlimit(
            resource.RLIMIT_AS, (used + memory if most < 0 else min(most, used + memory), most)
        )


def _read(calls: BinaryIO) -> bytes | None:
    head = calls.read(LENGTH.size)
    return calls.read(LENGTH.unpack(head)[0]) if len(head) == LENGTH.size else None


if __name__ == "__main__":
    sys.exit(main())
