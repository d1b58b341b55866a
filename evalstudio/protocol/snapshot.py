"""Run snapshot: the state of a run, sent up to ten times a second.

It holds everything that a view of the run needs, and nothing that grows with the run.
"""

import msgspec

from evalstudio.advice.overload_signs import Sign
from evalstudio.core.outcome import Outcome
from evalstudio.core.run_state import RunState
from evalstudio.core.strategy import Strategy
from evalstudio.protocol.events import Event

SNAPSHOTS_PER_SECOND = 10


class Percentiles(msgspec.Struct, frozen=True):
    """Percentiles of a duration, in seconds, over `n` values."""

    n: int
    p50: float
    p95: float
    p99: float


class SecondBucket(msgspec.Struct, frozen=True):
    """One second of a run; `second` counts from its start, including pauses."""

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
    """Current value of an evaluator's metric over the `n` scored records; `unscored` ones have an unjudged answer.

    `low` and `high` are the 95 % interval; the bounds are the value if all records without a score were counted
    as the worst and the best. None if not known (yet).
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
    """Failed attempts of one class."""

    name: Outcome
    attempts: int
    records: int  # records that ended with this class
    first_seen: float  # second of the run
    example: str
    answered: int = 0  # attempts whose sample was answered when tried again


class CallNow(msgspec.Struct, frozen=True):
    """A call in flight, or a sample that waits for its next attempt after a back-off."""

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
    """Requests and tokens per minute of an endpoint, as set by a person and as in force; None: no limit, or unknown."""

    requests_set: float | None = None
    tokens_set: float | None = None
    requests: float | None = None
    tokens: float | None = None


class WorkerStatus(msgspec.Struct, frozen=True):
    """One worker of a synchronous function: the threads of the engine, a process, or a worker of a cluster."""

    name: str
    threads: int
    busy: int  # of its threads
    waiting: int = 0  # calls assigned to it and not yet begun
    state: str = "ready"  # starting, ready, leaving
    ended: int = 0  # calls


class Snapshot(Event, tag="snapshot", frozen=True):
    """State of a run. Buckets, changes and messages are those since the last snapshot of this run."""

    run_id: int
    experiment: str
    evaluation: str
    model: str
    state: RunState
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
    elapsed: float  # seconds of running time
    eta: tuple[float, float, float] | None  # seconds left: low, likely, high
    rate: float  # records per second, over the last seconds
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
    calls: tuple[CallNow, ...] = ()  # oldest first, at most 256
    buckets: tuple[SecondBucket, ...] = ()
    changes: tuple[LimitChange, ...] = ()
    gate: str = ""  # the reason why all calls wait, with a countdown
    gate_wait: float | None = None
    cached: int = 0  # of those saved: answers of earlier runs, without a call
    signs: tuple[Sign, ...] = ()  # of too much parallelism: the four, active or not
    worker_advice: str = ""  # whether more threads help a synchronous model
    strategy_source: str = ""  # live control, option, evaluation, model, settings or default
    workers_label: str = ""  # 8 threads, 2 processes x 2 threads
    worker_list: tuple[WorkerStatus, ...] = ()  # at most 64
    workers_waiting: int = 0  # calls not yet assigned to a worker
    rates: RatesNow = RatesNow()
    # answers that a summary tells of, by finish reason: cut off, or ended by a word nobody knows
    ends: dict[str, int] = msgspec.field(default_factory=dict)
