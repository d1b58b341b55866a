"""What window and engine say to each other: typed, versioned messages over a pipe.

A frame is four bytes of length (big-endian) and a msgpack body. The engine's first frame is `Hello`; a window that
finds another `version` there says so and stops. Rows never cross: the window reads them from the store.
"""

import struct
from collections.abc import Iterator
from typing import Any

import msgspec

from evalstudio.concurrency import Strategy
from evalstudio.evaluation import ModelSettings
from evalstudio.settings import Settings
from evalstudio.signs import Sign

VERSION = 2
LARGEST_FRAME = 16 << 20
SNAPSHOTS_PER_SECOND = 10


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


class Event(msgspec.Struct, frozen=True, tag_field="event"):
    """Something the engine tells."""


class Hello(Event, tag="hello", frozen=True):
    version: int
    evalstudio: str
    python: str
    pid: int
    workspace: str


class Reply(Event, tag="reply", frozen=True):
    """The answer to a command: `error` is a sentence for a person, or None."""

    id: int
    value: Any = None
    error: str | None = None


class LogLine(Event, tag="log", frozen=True):
    """A line for the log pane: from the engine, or printed by a person's code."""

    at: float  # Unix time
    level: str  # info, warning, error or output
    text: str


class Percentiles(msgspec.Struct, frozen=True):
    """Of a duration, in seconds, over `n` values."""

    n: int
    p50: float
    p95: float
    p99: float


class Bucket(msgspec.Struct, frozen=True):
    """One second of a run; `second` counts from its start, pauses included."""

    second: int
    saved: int  # records committed
    answered: int  # attempts with an answer
    latency: Percentiles | None = None
    first_token: Percentiles | None = None
    errors: dict[str, int] = {}  # attempts that failed, by class
    limit: int = 0
    in_flight: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    loop_lag: float = 0.0  # seconds, the worst
    cpu: float = 0.0  # share of one core


class ScoreNow(msgspec.Struct, frozen=True):
    """A metric of an evaluator as it stands: over the `n` records it scored; `unscored` have an answer it could not judge.

    `low` and `high` are the 95 % interval; the bounds are what the value would be if all without a score were counted
    as the worst and the best. None where it is not known (yet).
    """

    evaluator: str
    metric: str
    value: float | None
    low: float | None
    high: float | None
    n: int
    unscored: int
    bound_low: float | None = None
    bound_high: float | None = None
    direction: str = "higher"  # or lower: which is better


class ErrorClass(msgspec.Struct, frozen=True):
    """Attempts that failed in one way."""

    name: str
    attempts: int
    records: int  # records that ended so
    first_seen: float  # second of the run
    example: str


class Call(msgspec.Struct, frozen=True):
    """A call in flight, or a sample that waits for its next attempt."""

    sample_id: str
    attempt: int
    state: str  # calling, streaming, judging, backing off
    age: float  # seconds since it started
    wait: float | None = None  # seconds until the next attempt
    cause: str = ""
    record_id: int = 0


class LimitChange(msgspec.Struct, frozen=True):
    at: float  # second of the run
    what: str
    old: str | None
    new: str | None
    cause: str
    sentence: str


class RatesNow(msgspec.Struct, frozen=True):
    """Requests and tokens a minute of an endpoint: as set by a person, and in force; None: no limit, or none known."""

    requests_set: float | None = None
    tokens_set: float | None = None
    requests: float | None = None
    tokens: float | None = None


class Worker(msgspec.Struct, frozen=True):
    """One worker of a synchronous function: the threads of the engine, a process, or a worker of a cluster."""

    name: str
    threads: int
    busy: int  # of its threads
    waiting: int = 0  # calls that it has been given and has not begun
    state: str = "ready"  # starting, ready, leaving
    ended: int = 0  # calls


class Restarting(Event, tag="restarting", frozen=True):
    """The engine's last word: it wants to be started anew, and these runs to be resumed then."""

    run_ids: tuple[int, ...]
    sentence: str


class Snapshot(Event, tag="snapshot", frozen=True):
    """A run as it stands. Buckets, changes and messages are those since the last snapshot of this run."""

    run_id: int
    experiment: str
    evaluation: str
    model: str
    state: str
    reason: str
    total: int
    saved: int
    scored: int
    unscored: int
    errored: int
    in_flight: int
    backing_off: int
    queued: int
    judging: int
    strategy: Strategy
    limit: int
    workers: int | None  # None: the model is not a synchronous function
    ceiling: int
    binding: str
    binding_sentence: str
    elapsed: float  # seconds of running
    eta: tuple[float, float, float] | None  # seconds left: low, likely, high
    rate: float  # records a second, of the last seconds
    latency: Percentiles | None
    first_token: Percentiles | None
    tokens_in: int
    tokens_out: int
    cost: float | None
    cost_is_partial: bool  # some answers have no known price
    loop_lag: float
    cpu: float
    repeated: int  # calls made again after a crash
    scores: tuple[ScoreNow, ...] = ()
    errors: tuple[ErrorClass, ...] = ()
    calls: tuple[Call, ...] = ()  # oldest first, at most 256
    buckets: tuple[Bucket, ...] = ()
    changes: tuple[LimitChange, ...] = ()
    gate: str = ""  # what all calls wait for, with a countdown
    gate_wait: float | None = None
    cached: int = 0  # of those saved: answers of earlier runs, for which nothing was called
    signs: tuple[Sign, ...] = ()  # of too much parallelism: the four, active or not
    worker_advice: str = ""  # whether more threads help a synchronous model
    strategy_source: str = ""  # live control, option, evaluation, model, settings or default
    workers_label: str = ""  # 8 threads, 2 processes x 2 threads
    worker_list: tuple[Worker, ...] = ()  # at most 64
    workers_waiting: int = 0  # calls that no worker has yet
    rates: RatesNow = RatesNow()


class CapacityPlan(Event, tag="capacity-plan", frozen=True):
    """What finding the capacity takes at most; `cost` in US dollars, None where no price is known."""

    experiment: str
    calls: int
    cost: float | None


class Level(Event, tag="level", frozen=True):
    """What was measured with so many calls in flight; rates in samples a second, `low` to `high` the 95 % interval."""

    run_id: int
    concurrency: int
    answers: int
    failed: int  # attempts
    seconds: float
    rate: float
    low: float
    high: float
    latency: Percentiles | None
    first_token: Percentiles | None = None

    @property
    def failed_share(self) -> float:
        return self.failed / max(1, self.answers + self.failed)


class CapacityFound(Event, tag="capacity-found", frozen=True):
    """The verdict: the knee among `levels`, or None where nothing could be measured."""

    run_id: int
    best: int | None
    levels: tuple[Level, ...]
    sentence: str


class RunForecast(msgspec.Struct, frozen=True):
    """Seconds and US dollars as (low, likely, high); None where nothing is known. `basis` says what they come from.

    Of a grid all its `runs` together; the strategy is that of the first.
    """

    samples: int
    strategy: Strategy
    seconds: tuple[float, float, float] | None
    cost: tuple[float, float, float] | None
    basis: str
    runs: int = 1


class EvaluationFunction(msgspec.Struct, frozen=True):
    """A function of a Python file that is an evaluation; `samples` None: its rows are streamed."""

    name: str
    line: int
    columns: tuple[str, ...]
    samples: int | None
    fixtures: tuple[str, ...]
    kind: str  # async, threads or batch
    strategy: Strategy | None
    about: str
    problem: str = ""


class EvaluationFile(msgspec.Struct, frozen=True):
    """What a Python file holds; `problem` and the lines of its author's own code that led there, where it failed."""

    functions: tuple[EvaluationFunction, ...]
    problem: str = ""
    trace: str = ""


Commands = (
    StartRun | ResumeRun | PauseRun | ContinueRun | StopRun | AbandonCall | SetStrategy | SetWorkers | ChangeSettings
    | SetRates | SetKey | FindKey | TestModel | ListModels | LocalModel | DeleteRun | DuplicateRun | RenameExperiment | FindCapacity
    | ForecastRun | ListEvaluations | Shutdown
)  # fmt: skip
Events = Hello | Reply | LogLine | Restarting | Snapshot | CapacityPlan | Level | CapacityFound

_encoder = msgspec.msgpack.Encoder()
_LENGTH = struct.Struct(">I")


def frame(message: msgspec.Struct) -> bytes:
    """A message as it goes through the pipe."""
    body = _encoder.encode(message)
    return _LENGTH.pack(len(body)) + body


class Frames:
    """Cuts a stream of bytes into messages of one kind: `Frames(Commands)` or `Frames(Events)`."""

    def __init__(self, kind: Any) -> None:
        self._decoder = msgspec.msgpack.Decoder(kind)
        self._buffer = bytearray()

    def feed(self, data: bytes) -> Iterator[Any]:
        """The messages that `data` completes. Raises ValueError on what no EvalStudio sends."""
        self._buffer += data
        while len(self._buffer) >= _LENGTH.size:
            (length,) = _LENGTH.unpack_from(self._buffer)
            if length > LARGEST_FRAME:
                raise ValueError(f"A frame of {length:,} bytes is too long; the other side is no EvalStudio.")
            end = _LENGTH.size + length
            if len(self._buffer) < end:
                return
            body = bytes(self._buffer[_LENGTH.size : end])
            del self._buffer[:end]
            try:
                yield self._decoder.decode(body)
            except msgspec.MsgspecError as error:
                raise ValueError(f"A message that this EvalStudio does not know: {error}") from error
