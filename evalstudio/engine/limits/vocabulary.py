"""The words between the run loop and an endpoint's limits: what waits, what started, how it ended, what changed."""

from dataclasses import dataclass
from enum import StrEnum

from evalstudio.core.outcome import Outcome
from evalstudio.engine.limits.rate_limit_headers import RateHeaders


class Binding(StrEnum):
    """What keeps the next call from starting."""

    DATASET = "dataset"
    PROBING = "window probe"
    PLATEAU = "server plateau"
    REQUESTS = "rate limit (requests)"
    TOKENS = "rate limit (tokens)"
    CAP = "concurrency cap"
    OVERLOAD = "overload"
    BACKOFF = "back-off"
    CLIENT = "client CPU"
    MAXIMUM = "user maximum"
    WORKERS = "workers"
    APPLICATION = "application ceiling"
    DISK = "disk"
    CRASHED = "crashed before"
    JUDGES = "judges"


@dataclass(frozen=True, slots=True)
class Wait:
    """A call may not start. `until`: when to ask again; None: after an attempt's end or a changed limit."""

    binding: Binding
    until: float | None


@dataclass(slots=True, eq=False)
class Ticket:
    """A started attempt."""

    started: float
    tokens: int
    before: tuple[int, int]  # requests and tokens started before it
    adaptive: bool
    generation: int  # of the throttle episodes
    brake_generation: int
    in_flight: int  # when it started, itself included
    limit: int
    at_record: bool  # hardly ever were more in flight
    area: float  # of adaptive calls in flight over time, when it started
    streams: bool = False  # a part of its answer has come
    ended: bool = False


@dataclass(frozen=True, slots=True)
class AttemptResult:
    """How an attempt ended.

    `work` in token equivalents (`work_of`), None without usage; `tokens` all tokens used, None when unknown;
    `first_token` seconds after the start; `hint` seconds the endpoint asks to wait.
    """

    outcome: Outcome
    work: float | None = None
    tokens: int | None = None
    output_tokens: int | None = None
    first_token: float | None = None
    hint: float | None = None
    rates: RateHeaders | None = None
    message: str = ""


@dataclass(frozen=True, slots=True)
class LimitMove:
    """A limit changed at `at` (clock time) because of `cause`; `sentence` says so with the evidence.

    `what` is "window", "requests per minute" or "tokens per minute"; None as a value means no limit.
    """

    at: float
    what: str
    old: float | None
    new: float | None
    cause: Binding
    sentence: str


def work_of(
    output_tokens: float | None, prompt_tokens: float | None = None, characters: int = 0
) -> float | None:
    """What an answer cost in token equivalents; only ratios matter. None when nothing is known about its size.

    `characters` of the answer stand in where no output tokens are reported. Where no prompt tokens are, an estimate
    is better than nothing: without it short answers look slow.
    """
    if output_tokens is None and not characters:
        return None
    output = characters / 4 if output_tokens is None else output_tokens
    return output + (prompt_tokens or 0.0) / 20 + 10
