"""Vocabulary of the limits: the types for waits, starts, results and changes between a run and its endpoint."""

from dataclasses import dataclass
from enum import StrEnum

from evalstudio.core.outcome import Outcome
from evalstudio.engine.limits.rate_limit_headers import RateHeaders


class Binding(StrEnum):
    """The limit that keeps the next call from starting."""

    DATASET = "dataset"
    PROBING = "window probe"
    PLATEAU = "server plateau"
    REQUESTS = "rate limit (requests)"
    TOKENS = "rate limit (tokens)"
    CAP = "concurrency cap"
    LATENCY = "latency bound"
    OVERLOAD = "overload"
    LOADING = "not ready yet"
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
    """A call may not start now.

    Attributes:
        binding: The limit that holds it back.
        until: Monotonic time at which to check again; None: when an attempt ends or a limit changes.
    """

    binding: Binding
    until: float | None


@dataclass(slots=True, eq=False)
class Ticket:
    """An attempt that has started, with the state of the limits at that moment. Times are monotonic seconds."""

    started: float
    tokens: int  # reserved
    before: tuple[int, int]  # requests and tokens started before it
    adaptive: bool
    generation: int  # of the throttle episodes
    breaker_generation: int
    in_flight: int  # when it started, itself included
    limit: int
    at_record: bool  # close to the most that were ever in flight
    area: float  # integral of adaptive calls in flight over time, when it started
    streams: bool = False  # a part of its answer has arrived
    accepted: bool = False  # the endpoint has taken it
    excused: bool = False  # its failure says nothing about its sample: the endpoint takes no calls
    ended: bool = False


@dataclass(frozen=True, slots=True)
class AttemptResult:
    """How an attempt ended.

    Attributes:
        outcome: What became of it.
        work: Its size in token equivalents (`work_of`); None without usage.
        tokens: All tokens used, prompt and output; None when unknown.
        output_tokens: Tokens of the answer; None when unknown.
        first_token: Seconds from the start to the first token.
        hint: Seconds that the endpoint asks to wait.
        rates: The rate limits in its headers.
        message: One sentence for a failure.
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
    """A change of a limit.

    Attributes:
        at: Monotonic time, in seconds.
        what: "window", "requests per minute" or "tokens per minute".
        old: The value before; None: no limit.
        new: The value from now on; None: no limit.
        cause: Why it changed.
        sentence: The change in words, with the evidence.
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
    """Returns the size of an answer in token equivalents; only ratios matter.

    Args:
        output_tokens: Tokens of the answer; None where the endpoint does not report them.
        prompt_tokens: Tokens of the prompt, which count a twentieth each. Where they are not reported, an estimate is
            better than None: without it short answers look slow.
        characters: Length of the answer; a quarter of it replaces output tokens that are not reported.

    Returns:
        The size; None when nothing is known about it.

    Example:
        >>> work_of(100, 200)
        120.0
    """
    if output_tokens is None and not characters:
        return None
    output = characters / 4 if output_tokens is None else output_tokens
    return output + (prompt_tokens or 0.0) / 20 + 10
