"""Calls under way: which samples' code the current task runs, and whose step holds the event loop now."""

from contextvars import ContextVar
from dataclasses import dataclass
from typing import Protocol


class UnderWay(Protocol):
    """A call of a person's code; told when a step of it begins on the event loop, and when it ends."""

    label: str

    @property
    def over(self) -> bool:
        """The run is being stopped: no further step is begun."""

    def step_began(self) -> None:
        """The code runs on the event loop from now on."""

    def step_ended(self) -> None:
        """The loop has it back."""


calls: ContextVar[tuple[UnderWay, ...]] = ContextVar("calls", default=())
"""The calls that the code in this context is run for: one, or those of a batch."""


@dataclass(slots=True)
class Holder:
    """The calls whose step has the event loop; another thread may read it at any moment."""

    calls: tuple[UnderWay, ...] = ()

    @property
    def label(self) -> str:
        """The function that has the loop, as in "model.py::answer"; empty where none has."""
        now = self.calls
        return now[0].label if now else ""


holder = Holder()
