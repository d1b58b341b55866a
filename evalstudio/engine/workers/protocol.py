"""Worker pool protocol: the interface of threads, processes and clusters to the engine."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from evalstudio.core.outcome import Outcome
from evalstudio.engine.user_code.stopwatch import Spent
from evalstudio.protocol import WorkerStatus


@dataclass(frozen=True, slots=True)
class WorkerResult:
    """The value that a call returned, and how it spent its time."""

    value: Any
    spent: Spent


class CallFailed(Exception):
    """A call in another process failed.

    Attributes:
        outcome: What became of it.
        message: One sentence.
        hint: Seconds that the exception asks to wait.
        fatal: Every other call would fail, too: a wrong key, no such model.
        error: The exception itself, where it could be pickled.
    """

    def __init__(
        self,
        outcome: Outcome,
        message: str,
        hint: float | None = None,
        error: Exception | None = None,
        *,
        fatal: bool = False,
    ) -> None:
        super().__init__(message)
        self.outcome = outcome
        self.message = message
        self.hint = hint
        self.error = error
        self.fatal = fatal


class Workers(Protocol):
    """A pool that runs one synchronous function, many calls at a time, from one queue."""

    def notify_changes(self, on_change: Callable[[], None]) -> None:
        """Has `on_change` called whenever `size` or `capacity` changes by itself."""

    @property
    def size(self) -> int:
        """Calls that run at once when all workers are up."""

    @property
    def capacity(self) -> int:
        """Calls that can run at once now: workers that are still starting don't count."""

    @property
    def label(self) -> str:
        """The pool in words, such as '8 threads' or '2 processes x 2 threads'."""

    @property
    def waiting(self) -> int:
        """Calls in the queue."""

    async def run(
        self,
        function: Callable[..., Any] | None,
        arguments: Mapping[str, Any],
        longest: float | None = None,
    ) -> WorkerResult:
        """Calls the function. Cancelling the wait abandons the call.

        Args:
            function: The function, for workers in this process; others have loaded it themselves.
            arguments: Keyword arguments.
            longest: Seconds from the beginning of the call after which it is abandoned; None: no limit.

        Raises:
            TimeoutError: The call took longer than `longest`.
            CallFailed: The call failed in another process.
            Exception: Whatever a function in this process raises.
        """

    def resize(self, size: int) -> None:
        """Changes the number of calls that run at once; running calls end first."""

    def worker_status(self) -> tuple[WorkerStatus, ...]:
        """Returns the present state of each worker."""

    def close(self) -> None:
        """Starts no further call, and ends all calls that can be ended."""

    async def aclose(self) -> None:
        """Closes, and waits until all workers that can be ended have ended."""
