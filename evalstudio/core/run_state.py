"""The states of a run."""

from enum import StrEnum


class RunState(StrEnum):
    """Where a run is. Stored: values never change."""

    QUEUED = "queued"
    RUNNING = "running"
    PAUSED = "paused"
    COMPLETED = "completed"
    COMPLETED_WITH_ERRORS = "completed with errors"
    STOPPED = "stopped"
    INTERRUPTED = "interrupted"


ACTIVE = (RunState.QUEUED, RunState.RUNNING, RunState.PAUSED)
