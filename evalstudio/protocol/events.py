"""Events from the engine to the window: notifications, and replies to commands."""

import msgspec


class Event(msgspec.Struct, frozen=True, tag_field="event"):
    """Base of the events that the engine sends."""


class Hello(Event, tag="hello", frozen=True):
    version: int
    evalstudio: str
    python: str
    pid: int
    workspace: str


class Reply(Event, tag="reply", frozen=True):
    """Reply to a command: the answer in `value`, read with `read_answer`, or `error`, a sentence for a person.

    `differs`: it was refused because the experiment has another run, so that a second one can be offered.
    """

    id: int  # of the `Request`
    value: object = None
    error: str | None = None
    differs: bool = False


class LogLine(Event, tag="log", frozen=True):
    """A line for the log pane, from the engine or printed by user code."""

    at: float  # Unix time
    level: str  # info, warning, error or output
    text: str


class Pulse(Event, tag="pulse", frozen=True):
    """A sign of life, each second: of the engine's event loop, or from beside it while a function holds the loop."""

    held_by: str = ""  # the function, as in "model.py::answer"; empty: the loop turns


class Restarting(Event, tag="restarting", frozen=True):
    """Last event of an engine that asks to be restarted, with the runs to resume then."""

    run_ids: tuple[int, ...]
    sentence: str
