"""What the engine tells of itself, and its answers to commands."""

import msgspec


class Event(msgspec.Struct, frozen=True, tag_field="event"):
    """Something the engine tells."""


class Hello(Event, tag="hello", frozen=True):
    version: int
    evalstudio: str
    python: str
    pid: int
    workspace: str


class Reply(Event, tag="reply", frozen=True):
    """The answer to a command, in the `value` that `read_answer` reads; or `error`, a sentence for a person."""

    id: int  # of the `Request`
    value: object = None
    error: str | None = None


class LogLine(Event, tag="log", frozen=True):
    """A line for the log pane: from the engine, or printed by a person's code."""

    at: float  # Unix time
    level: str  # info, warning, error or output
    text: str


class Restarting(Event, tag="restarting", frozen=True):
    """The engine's last word: it wants to be started anew, and these runs to be resumed then."""

    run_ids: tuple[int, ...]
    sentence: str
