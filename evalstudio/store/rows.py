"""Row types of the store: one struct per table, one field per column."""

import msgspec

CUT_OFF = "length"  # a record's finish_reason when its answer ended at the token limit


class Record(msgspec.Struct, frozen=True):
    """The result of one sample in one repeat. Durations are in seconds; None where not applicable."""

    id: int
    run_id: int
    position: int
    repeat: int
    sample_id: str
    outcome: str
    error: str | None
    prompt: str  # JSON: the messages
    answer: str | None
    thinking: str | None
    expected: str | None
    finish_reason: str | None
    answered_by: str | None  # the model name reported by the endpoint
    latency: float | None  # of the successful attempt
    first_token: float | None
    queued: float | None  # waiting for the limits
    backed_off: float | None  # waiting between attempts
    judged: float | None  # in evaluators
    tokens_in: int | None
    tokens_cached: int | None  # part of tokens_in
    tokens_out: int | None
    cost: float | None  # US dollars; None: unknown
    attempts: int
    finished_at: float  # Unix time
    tokens_cache_written: int | None = None  # part of tokens_in, where the provider charges for it
    cached: bool = (
        False  # the answer of an earlier run; its timings are those of that run's call, its cost is 0
    )
    connect: float | None = None  # part of the latency spent connecting; None: a connection was reused


class AttemptRow(msgspec.Struct, frozen=True):
    """One call of the model, stored if a record took more than one or got no answer."""

    record_id: int
    number: int
    outcome: str
    status: int | None
    message: str
    started_at: float  # seconds after the sample was first admitted
    duration: float
    waited: float  # back-off after it


class CacheRow(msgspec.Struct, frozen=True):
    """Cache entry: the record that answers a question."""

    key: bytes
    record_id: int


class ScoreRow(msgspec.Struct, frozen=True):
    """One evaluator's score of one record; `value` None: unscored."""

    record_id: int
    evaluator: str
    value: bool | int | float | str | None
    label: str | None
    expected_label: str | None
    why: str
    seconds: float | None = None  # from the saved answer to this score; None: it came with the answer


class LimitChangeRow(msgspec.Struct, frozen=True):
    """One change of a limit, with its reason."""

    run_id: int
    at: float  # seconds of running time
    what: str
    old: str | None
    new: str | None
    cause: str
    sentence: str
