"""What a window asks of the engine; each command is answered by one `Reply` with its id."""

import msgspec

from evalstudio.core.strategy import Strategy
from evalstudio.models.settings import ModelSettings
from evalstudio.settings.values import Settings


class Command(msgspec.Struct, frozen=True, tag_field="command"):
    """Something the window asks for; each is answered by one `Reply` with the same `id`."""

    id: int


class StartRun(Command, tag="start", frozen=True):
    """Starts or resumes a run of an evaluation file (or `example:NAME`); the reply's value is the run's id."""

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


class ResumeRun(Command, tag="resume", frozen=True):
    """Goes on with a run that was interrupted or stopped; `classes` limits it to records with these outcomes."""

    run_id: int
    classes: tuple[str, ...] | None = None


class PauseRun(Command, tag="pause", frozen=True):
    run_id: int


class ContinueRun(Command, tag="continue", frozen=True):
    run_id: int


class StopRun(Command, tag="stop", frozen=True):
    run_id: int


class AbandonCall(Command, tag="abandon", frozen=True):
    """Gives up one sample that is in flight or backs off: its record is errored, its slot free; a resume tries it again."""

    run_id: int
    record_id: int


class SetStrategy(Command, tag="strategy", frozen=True):
    """Changes how many calls of a run may be in flight, at once."""

    run_id: int
    strategy: Strategy


class SetWorkers(Command, tag="workers", frozen=True):
    """Changes how many calls a synchronous function's workers take at once; processes come and go whole."""

    run_id: int
    workers: int


class ChangeSettings(Command, tag="settings", frozen=True):
    """The settings as they are from now on; runs in work follow where nothing nearer to them set its own."""

    settings: Settings


class SetRates(Command, tag="rates", frozen=True):
    """Requests and tokens a minute for the endpoint of a run; None: no limit of our own."""

    run_id: int
    requests_per_minute: float | None = None
    tokens_per_minute: float | None = None


class SetKey(Command, tag="key", frozen=True):
    """Gives the engine an API key: in memory for this session, or into the system's keychain.

    An empty secret takes it away, from both. The reply's value is where the key is found now: session, environment,
    keychain or empty.
    """

    name: str
    secret: str
    keychain: bool = False


class FindKey(Command, tag="find-key", frozen=True):
    """Where a key is found: the reply's value is session, environment, keychain or empty; never the key."""

    name: str


class TestModel(Command, tag="test-model", frozen=True):
    """Tries one small call; the reply's value is a sentence, or its error is one."""

    __test__ = False
    model: str | ModelSettings


class ListModels(Command, tag="list-models", frozen=True):
    """The reply's value is a list of the names that the model's endpoint offers."""

    model: str | ModelSettings


class LocalModel(Command, tag="local-model", frozen=True):
    """`action`: status, install, start or stop the local language model."""

    action: str


class DeleteRun(Command, tag="delete", frozen=True):
    run_id: int


class DuplicateRun(Command, tag="duplicate", frozen=True):
    """Starts a run like another one, in the same experiment, with its evaluation as it is now; the value is its id."""

    run_id: int


class RenameExperiment(Command, tag="rename", frozen=True):
    old: str
    new: str


class FindCapacity(Command, tag="find-capacity", frozen=True):
    """Measures level by level how many calls at once an evaluation's model can take; the answers are kept.

    `dry`: the reply's value is a `CapacityPlan`, and nothing is called. Else the reply comes at the end: its value is
    the best level, or None; `CapacityPlan`, `Level` and `CapacityFound` come as events. `StopRun` ends it early.
    """

    evaluation: str
    model: str | None = None
    max_concurrency: int = 64
    samples: int | None = None
    dry: bool = False


class ForecastRun(Command, tag="forecast", frozen=True):
    """Asks what a run would take, without a call; the reply's value is a `RunForecast`.

    `text`: the evaluation as it is written now, where it is not saved yet.
    """

    evaluation: str
    model: str | None = None
    samples: int | None = None
    strategy: Strategy | None = None
    text: str | None = None


class ListEvaluations(Command, tag="list-evaluations", frozen=True):
    """Asks what a Python evaluation file holds; the reply's value is an `EvaluationFile`."""

    path: str


class Shutdown(Command, tag="shutdown", frozen=True):
    """Stops what runs, saves, and leaves."""


Commands = (
    StartRun | ResumeRun | PauseRun | ContinueRun | StopRun | AbandonCall | SetStrategy | SetWorkers | ChangeSettings
    | SetRates | SetKey | FindKey | TestModel | ListModels | LocalModel | DeleteRun | DuplicateRun | RenameExperiment | FindCapacity
    | ForecastRun | ListEvaluations | Shutdown
)  # fmt: skip
