"""Run states."""

from enum import StrEnum


class RunState(StrEnum):
    """State of a run. Stored in the database: values never change."""

    QUEUED = "queued"
    RUNNING = "running"
    PAUSED = "paused"
    COMPLETED = "completed"
    COMPLETED_WITH_ERRORS = "completed with errors"
    STOPPED = "stopped"
    INTERRUPTED = "interrupted"


ACTIVE = (RunState.QUEUED, RunState.RUNNING, RunState.PAUSED)
