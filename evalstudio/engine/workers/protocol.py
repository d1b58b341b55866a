"""What the engine asks of workers of any kind."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from evalstudio.core.outcome import Outcome
from evalstudio.engine.user_code.stopwatch import Spent
from evalstudio.protocol import WorkerStatus


@dataclass(frozen=True, slots=True)
class WorkerResult:
    """What a call gave back, and how it spent its time."""

    value: Any
    spent: Spent


class CallFailed(Exception):
    """A call in another process failed: what it came to, in a sentence, and the exception where it could be sent."""

    def __init__(
        self, outcome: Outcome, message: str, hint: float | None = None, error: Exception | None = None
    ) -> None:
        super().__init__(message)
        self.outcome = outcome
        self.message = message
        self.hint = hint
        self.error = error


class Workers(Protocol):
    """Runs one synchronous function, many calls at a time; one queue for all of them."""

    def tell_changes(self, heard: Callable[[], None]) -> None:
        """Has `heard` called when `size` or `capacity` has changed by itself."""

    @property
    def size(self) -> int:
        """Calls that run at once when all workers are there."""

    @property
    def capacity(self) -> int:
        """Calls that can run at once now: workers that are being started don't count."""

    @property
    def label(self) -> str:
        """In words: 8 threads, 2 processes x 2 threads."""

    @property
    def waiting(self) -> int:
        """Calls that no worker has yet."""

    async def run(
        self,
        function: Callable[..., Any] | None,
        arguments: Mapping[str, Any],
        longest: float | None = None,
    ) -> WorkerResult:
        """Calls the function. Cancelling the wait gives the call up.

        `function` is for workers in this process; others have loaded it themselves. A call that takes more than
        `longest` seconds from its beginning is given up, too. Raises what it raises, TimeoutError, or CallFailed.
        """

    def resize(self, size: int) -> None:
        """Changes how many calls run at once; those under way end first."""

    def worker_status(self) -> tuple[WorkerStatus, ...]:
        """Each worker as it is now."""

    def close(self) -> None:
        """No further call starts, and what can be ended is."""

    async def aclose(self) -> None:
        """Waits until all is ended that can be."""
