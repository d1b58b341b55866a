"""Main loop of the benchmark host: one request a line of JSON on stdin, one reply a line on stdout.

A task's own code may print, hang or crash: what it prints goes to stderr, and the engine ends a host that does not
reply in time. The host ends with its parent.
"""

import contextlib
import ctypes
import json
import os
import signal
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

from evalstudio.benchmarks.host.sentences import explain


def main() -> None:
    """Serves requests until stdin ends."""
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a task's code prints is no reply
    _end_with_parent()
    handlers = _handlers()
    for line in sys.stdin.buffer:
        request = json.loads(line)
        number, verb = request.pop("id"), request.pop("verb")
        try:
            reply = {"id": number, "value": handlers[verb](**request)}
        except Exception as error:  # noqa: BLE001 - a task's own code may raise anything; the engine is told
            reply = {"id": number, "error": explain(error), "missing": _missing(error)}
        except SystemExit as error:
            reply = {"id": number, "error": f"The task's code ended the process (exit status {error.code})."}
        replies.write(json.dumps(reply, default=str).encode() + b"\n")
        replies.flush()


def _handlers() -> dict[str, Callable[..., Any]]:
    opened: list[Any] = []

    def open_tasks(**options: Any) -> Any:
        from evalstudio.benchmarks.host.tasks import OpenTasks

        opened[:] = [OpenTasks(**options)]
        return opened[0].describe()

    def of_opened(verb: str, **options: Any) -> Any:
        return getattr(opened[0], verb)(**options)

    def index(**options: Any) -> Any:
        from evalstudio.benchmarks.host.index import index_file

        return index_file(**options)

    return {
        "index": index,
        "open": open_tasks,
        "score": partial(of_opened, "score"),
        "finish": partial(of_opened, "finish"),
        "groups": partial(of_opened, "groups"),
    }


def _missing(error: BaseException) -> str | None:
    """The package that an import lacks."""
    return (error.name or "").partition(".")[0] if isinstance(error, ModuleNotFoundError) else None


def _end_with_parent() -> None:
    """Has Linux kill this process when the engine ends; elsewhere the end of stdin does it."""
    if sys.platform.startswith("linux"):
        parent = os.getppid()
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None, use_errno=True).prctl(1, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)


if __name__ == "__main__":
    main()
