"""What window and engine say to each other: typed, versioned messages over a pipe.

A frame is four bytes of length (big-endian) and a msgpack body. The engine's first frame is `Hello`; a window that
finds another `version` there says so and stops. Rows never cross: the window reads them from the store.
"""

from evalstudio.protocol.answers import EvaluationFile, EvaluationFunction, RunForecast
from evalstudio.protocol.capacity import CapacityFound, CapacityPlan, Level
from evalstudio.protocol.commands import (
    AbandonCall,
    ChangeSettings,
    Command,
    Commands,
    ContinueRun,
    DeleteRun,
    DuplicateRun,
    FindCapacity,
    FindKey,
    ForecastRun,
    ListEvaluations,
    ListModels,
    LocalModel,
    PauseRun,
    RenameExperiment,
    ResumeRun,
    SetKey,
    SetRates,
    SetStrategy,
    SetWorkers,
    Shutdown,
    StartRun,
    StopRun,
    TestModel,
)
from evalstudio.protocol.events import Event, Hello, LogLine, Reply, Restarting
from evalstudio.protocol.frames import LARGEST_FRAME, Frames, frame
from evalstudio.protocol.snapshot import (
    SNAPSHOTS_PER_SECOND,
    CallNow,
    ErrorClass,
    LimitChange,
    Percentiles,
    RatesNow,
    ScoreNow,
    SecondBucket,
    Snapshot,
    WorkerStatus,
)

VERSION = 2
Events = Hello | Reply | LogLine | Restarting | Snapshot | CapacityPlan | Level | CapacityFound

__all__ = [
    "LARGEST_FRAME",
    "SNAPSHOTS_PER_SECOND",
    "VERSION",
    "AbandonCall",
    "CallNow",
    "CapacityFound",
    "CapacityPlan",
    "ChangeSettings",
    "Command",
    "Commands",
    "ContinueRun",
    "DeleteRun",
    "DuplicateRun",
    "ErrorClass",
    "EvaluationFile",
    "EvaluationFunction",
    "Event",
    "Events",
    "FindCapacity",
    "FindKey",
    "ForecastRun",
    "Frames",
    "Hello",
    "Level",
    "LimitChange",
    "ListEvaluations",
    "ListModels",
    "LocalModel",
    "LogLine",
    "PauseRun",
    "Percentiles",
    "RatesNow",
    "RenameExperiment",
    "Reply",
    "Restarting",
    "ResumeRun",
    "RunForecast",
    "ScoreNow",
    "SecondBucket",
    "SetKey",
    "SetRates",
    "SetStrategy",
    "SetWorkers",
    "Shutdown",
    "Snapshot",
    "StartRun",
    "StopRun",
    "TestModel",
    "WorkerStatus",
    "frame",
]
