"""Commands from the window to the engine; the type parameter is the answer: `class StartRun(Command[int])`.

A command travels in a `Request`, whose id is repeated in the `Reply`.
"""

from functools import cache
from typing import Any, Generic, Literal, TypeVar, get_args

import msgspec

from evalstudio.core.outcome import Outcome
from evalstudio.core.strategy import Strategy
from evalstudio.models.settings import ModelSettings
from evalstudio.protocol.answers import EvaluationFile, LocalModelStatus, RunForecast
from evalstudio.protocol.capacity import CapacityPlan
from evalstudio.protocol.notes import RecordNote, RunMarks
from evalstudio.settings.values import Settings

T = TypeVar("T")
AnyCommand = TypeVar("AnyCommand")


class Command(msgspec.Struct, Generic[T], frozen=True, tag_field="kind"):
    """A request of the window, answered with a `T`; None if there is nothing to return."""


class Request(msgspec.Struct, Generic[AnyCommand], frozen=True):
    """A command on its way to the engine, which decodes `Request[Commands]`."""

    id: int
    command: AnyCommand


def read_answer(command: Command[T], value: object) -> T:
    """Converts a reply's value to the answer type of `command`.

    Example: `read_answer(ListEvaluations("evals.py"), reply.value).functions`. Raises msgspec.ValidationError if
    the value has another type.
    """
    answer: T = msgspec.convert(value, _answer_type(type(command)))
    return answer


class StartRun(Command[int], tag="start", frozen=True):
    """Starts or resumes a run of an evaluation file (or `example:NAME`); answered with the run's id."""

    evaluation: str
    experiment: str | None = None
    strategy: Strategy | None = None
    workers: int | None = None
    samples: int | None = None
    model: str | None = None
    new_run: bool = False
    processes: int | None = None
    threads_per_process: int | None = None
    cluster: str | None = None


class ResumeRun(Command[int], tag="resume", frozen=True):
    """Resumes a run that was interrupted or stopped; answered with the run's id.

    `classes` limits it to records with these outcomes.
    """

    run_id: int
    classes: tuple[Outcome, ...] | None = None


class PauseRun(Command[None], tag="pause", frozen=True):
    run_id: int


class ContinueRun(Command[None], tag="continue", frozen=True):
    run_id: int


class StopRun(Command[None], tag="stop", frozen=True):
    run_id: int


class AbandonCall(Command[None], tag="abandon", frozen=True):
    """Abandons a sample in flight or backing off: its record is errored and its slot freed; a resume tries it again."""

    run_id: int
    record_id: int


class SetStrategy(Command[None], tag="strategy", frozen=True):
    """Changes how many calls of a run may be in flight; takes effect immediately."""

    run_id: int
    strategy: Strategy


class SetWorkers(Command[None], tag="workers", frozen=True):
    """Changes the number of concurrent calls of a synchronous function's workers; processes are added or removed whole."""

    run_id: int
    workers: int


class ChangeSettings(Command[None], tag="settings", frozen=True):
    """New settings; active runs follow unless an option or their evaluation sets its own value."""

    settings: Settings


class SetRates(Command[None], tag="rates", frozen=True):
    """Sets requests and tokens per minute for the endpoint of a run; None: no limit of our own."""

    run_id: int
    requests_per_minute: float | None = None
    tokens_per_minute: float | None = None


class SetKey(Command[str], tag="key", frozen=True):
    """Passes an API key to the engine: in memory for this session, into the system's keychain or the key file.

    An empty secret removes it from all three. Answered with where the key is found now: session, environment,
    keychain, file or empty. Without a keychain, a key meant for it is held for the session.
    """

    name: str
    secret: str
    keep: Literal["session", "keychain", "file"] = "session"


class FindKey(Command[str], tag="find-key", frozen=True):
    """Asks where a key is found; the answer is session, environment, keychain, file, command or empty."""

    name: str


class TestModel(Command[str], tag="test-model", frozen=True):
    """Makes one small call to the model; answered with a sentence, or with an error."""

    __test__ = False
    model: str | ModelSettings


class ListModels(Command[list[str]], tag="list-models", frozen=True):
    """Asks for the names of the models that the model's endpoint offers."""

    model: str | ModelSettings


class LocalModel(Command[LocalModelStatus], tag="local-model", frozen=True):
    """Installs, starts or stops the local language model, or asks for its `status`; answered with the resulting status."""

    action: Literal["status", "install", "start", "stop"]


class BinRuns(Command[None], tag="bin", frozen=True):
    """Moves runs to the bin: all of them, or none if one is active."""

    run_ids: tuple[int, ...]


class RestoreRuns(Command[None], tag="restore", frozen=True):
    """Takes runs out of the bin."""

    run_ids: tuple[int, ...]


class DeleteRun(Command[None], tag="delete", frozen=True):
    """Deletes a run for good."""

    run_id: int


class CompactDatabase(Command[int], tag="compact", frozen=True):
    """Gives the database's free space back to the disk; answered with the bytes. Refused while a run is active."""


class ForgetEndpoint(Command[None], tag="forget-endpoint", frozen=True):
    """Deletes what was learned about an endpoint: the next run on it starts cold. A run that goes on learns it again."""

    endpoint: str  # `Learned.endpoint`


class DuplicateRun(Command[int], tag="duplicate", frozen=True):
    """Starts a copy of a run in the same experiment, with the evaluation as it is now; answered with the new run's id."""

    run_id: int


class MarkRuns(Command[None], tag="mark", frozen=True):
    """Writes notes, tags, pins and the archive of runs."""

    marks: tuple[RunMarks, ...]


class NoteRecords(Command[None], tag="note", frozen=True):
    """Writes notes and tags of records."""

    notes: tuple[RecordNote, ...]


class RenameExperiment(Command[None], tag="rename", frozen=True):
    old: str
    new: str


class FindCapacity(Command[int | None], tag="find-capacity", frozen=True):
    """Measures, level by level, how many concurrent calls an evaluation's model can take; the answers are kept.

    Answered at the end with the best level, or None; `CapacityPlan`, `Level` and `CapacityFound` are sent as events
    before. `StopRun` ends it early.
    """

    evaluation: str
    model: str | None = None
    max_concurrency: int = 64
    samples: int | None = None
    p95: float | None = None  # seconds: only levels that keep to it count
    first_token_p95: float | None = None


class PlanCapacity(Command[CapacityPlan], tag="plan-capacity", frozen=True):
    """Asks for the upper bounds of a capacity search, without a call."""

    search: FindCapacity


class ForecastRun(Command[RunForecast], tag="forecast", frozen=True):
    """Asks for the forecast of a run, without a call.

    `text` is the current text of the evaluation if it is not saved yet.
    """

    evaluation: str
    model: str | None = None
    samples: int | None = None
    strategy: Strategy | None = None
    text: str | None = None


class ListEvaluations(Command[EvaluationFile], tag="list-evaluations", frozen=True):
    """Asks for the evaluations of a Python file."""

    path: str


class Shutdown(Command[None], tag="shutdown", frozen=True):
    """Stops the active runs, saves, and exits."""


Commands = (
    StartRun | ResumeRun | PauseRun | ContinueRun | StopRun | AbandonCall | SetStrategy | SetWorkers | ChangeSettings
    | SetRates | SetKey | FindKey | TestModel | ListModels | LocalModel | BinRuns | RestoreRuns | DeleteRun | CompactDatabase | ForgetEndpoint | DuplicateRun
    | MarkRuns | NoteRecords | RenameExperiment | FindCapacity
    | PlanCapacity | ForecastRun | ListEvaluations | Shutdown
)  # fmt: skip


@cache
def _answer_type(kind: type) -> Any:
    """Returns the `T` of a `Command[T]` subclass: it may be a union, which `type[T]` does not allow."""
    (base,) = kind.__orig_bases__  # type: ignore[attr-defined]
    return get_args(base)[0]
