"""Run state appearance: a word, an icon and a colour, never a colour alone."""

from dataclasses import dataclass

from evalstudio.core.run_state import RunState


@dataclass(frozen=True, slots=True)
class Look:
    """Look of a state: an icon's name and the token of its colour."""

    icon: str
    colour: str


LOOKS = {
    RunState.QUEUED: Look("queued", "muted"),
    RunState.RUNNING: Look("running", "accent_text"),
    RunState.PAUSED: Look("pause", "warn"),
    RunState.COMPLETED: Look("done", "good"),
    RunState.COMPLETED_WITH_ERRORS: Look("warning", "warn"),
    RunState.STOPPED: Look("stop", "muted"),
    RunState.INTERRUPTED: Look("interrupted", "bad"),
}
