"""What a window asks of the engine. `Command[T]` says what the answer is: `class StartRun(Command[int])`.

A command travels in a `Request`, which has the id that the `Reply` to it bears.
"""

from functools import cache
from typing import Any, Generic, Literal, TypeVar, get_args

import msgspec

from evalstudio.core.outcome import Outcome
from evalstudio.core.strategy import Strategy
from evalstudio.models.settings import ModelSettings
from evalstudio.protocol.answers import EvaluationFile, LocalModelStatus, RunForecast
from evalstudio.protocol.capacity import CapacityPlan
from evalstudio.settings.values import Settings

T = TypeVar("T")
AnyCommand = TypeVar("AnyCommand")


class Command(msgspec.Struct, Generic[T], frozen=True, tag_field="kind"):
    """Something the window asks for, answered with a `T`; None: it is only done."""


class Request(msgspec.Struct, Generic[AnyCommand], frozen=True):
    """A command on its way to the engine, which decodes `Request[Commands]`."""

    id: int
    command: AnyCommand


def read_answer(command: Command[T], value: object) -> T:
    """A reply's value as the answer that `command` is declared with.

    Example: `read_answer(ListEvaluations("evals.py"), reply.value).functions`. Raises msgspec.ValidationError where
    the value is something else.
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
    """Goes on with a run that was interrupted or stopped; answered with the run's id.

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
    """Gives up one sample that is in flight or backs off: its record is errored, its slot free; a resume tries it again."""

    run_id: int
    record_id: int


class SetStrategy(Command[None], tag="strategy", frozen=True):
    """Changes how many calls of a run may be in flight, at once."""

    run_id: int
    strategy: Strategy


class SetWorkers(Command[None], tag="workers", frozen=True):
    """Changes how many calls a synchronous function's workers take at once; processes come and go whole."""

    run_id: int
    workers: int


class ChangeSettings(Command[None], tag="settings", frozen=True):
    """The settings as they are from now on; runs in work follow where nothing nearer to them set its own."""

    settings: Settings


class SetRates(Command[None], tag="rates", frozen=True):
    """Requests and tokens a minute for the endpoint of a run; None: no limit of our own."""

    run_id: int
    requests_per_minute: float | None = None
    tokens_per_minute: float | None = None


class SetKey(Command[str], tag="key", frozen=True):
    """Gives the engine an API key: in memory for this session, or into the system's keychain.

    An empty secret takes it away, from both. Answered with where the key is found now: session, environment, keychain
    or empty.
    """

    name: str
    secret: str
    keychain: bool = False


class FindKey(Command[str], tag="find-key", frozen=True):
    """Asks where a key is found; answered with session, environment, keychain or empty, never the key."""

    name: str


class TestModel(Command[str], tag="test-model", frozen=True):
    """Tries one small call; answered with a sentence, or refused with one."""

    __test__ = False
    model: str | ModelSettings


class ListModels(Command[list[str]], tag="list-models", frozen=True):
    """Asks for the names of the models that the model's endpoint offers."""

    model: str | ModelSettings


class LocalModel(Command[LocalModelStatus], tag="local-model", frozen=True):
    """Installs, starts or stops the local language model; answered with how it is then, and so is `status`."""

    action: Literal["status", "install", "start", "stop"]


class DeleteRun(Command[None], tag="delete", frozen=True):
    run_id: int


class DuplicateRun(Command[int], tag="duplicate", frozen=True):
    """Starts a run like another one, in the same experiment, with its evaluation as it is now; answered with its id."""

    run_id: int


class RenameExperiment(Command[None], tag="rename", frozen=True):
    old: str
    new: str


class FindCapacity(Command[int | None], tag="find-capacity", frozen=True):
    """Measures level by level how many calls at once an evaluation's model can take; the answers are kept.

    Answered at the end with the best level, or None; `CapacityPlan`, `Level` and `CapacityFound` come as events
    before. `StopRun` ends it early.
    """

    evaluation: str
    model: str | None = None
    max_concurrency: int = 64
    samples: int | None = None


class PlanCapacity(Command[CapacityPlan], tag="plan-capacity", frozen=True):
    """Asks what a search would take at most, without a call."""

    search: FindCapacity


class ForecastRun(Command[RunForecast], tag="forecast", frozen=True):
    """Asks what a run would take, without a call.

    `text`: the evaluation as it is written now, where it is not saved yet.
    """

    evaluation: str
    model: str | None = None
    samples: int | None = None
    strategy: Strategy | None = None
    text: str | None = None


class ListEvaluations(Command[EvaluationFile], tag="list-evaluations", frozen=True):
    """Asks what a Python evaluation file holds."""

    path: str


class Shutdown(Command[None], tag="shutdown", frozen=True):
    """Stops what runs, saves, and leaves."""


Commands = (
    StartRun | ResumeRun | PauseRun | ContinueRun | StopRun | AbandonCall | SetStrategy | SetWorkers | ChangeSettings
    | SetRates | SetKey | FindKey | TestModel | ListModels | LocalModel | DeleteRun | DuplicateRun | RenameExperiment | FindCapacity
    | PlanCapacity | ForecastRun | ListEvaluations | Shutdown
)  # fmt: skip


@cache
def _answer_type(kind: type) -> Any:
    """The `T` of a class that is a `Command[T]`: it may be a union, which `type[T]` does not take in."""
    (base,) = kind.__orig_bases__  # type: ignore[attr-defined]
    return get_args(base)[0]
