"""Profile: an endpoint and its traffic, as the simulator plays it."""

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Profile:
    """An endpoint and its traffic. Rates a minute, times in seconds, lengths in tokens."""

    name: str
    kind: str = "hosted"
    # traffic
    output: float = 150
    spread: float = 0.8  # sigma of the lognormal output length
    longest: float = 8000
    prompt: float = 400
    prompt_spread: float = 0.0  # sigma of the lognormal prompt length
    noise: float = 0.08
    rare: tuple[float, float] = (0.0, 1.0)  # share of answers that are so many times as long
    # service
    slots: float = math.inf
    base: float = 0.020
    each: float = 0.0
    cache: float = math.inf
    thrash: float = 0.0
    prefill: float = 0.0  # of a prompt's token, one prompt after the other
    speeds: tuple[float, ...] = (1.0,)  # of the replicas among which calls are spread by chance
    newest_first: bool = False  # the queue starves its oldest
    warms: tuple[float, float] = (
        1.0,
        1.0,
    )  # calls are so many times slower at first, until so many were served
    # limits
    requests: float | None = None
    burst: float = 1
    tokens: float | None = None
    headers: bool = False
    retry_after: bool = False
    hint: float | None = None  # what each 429 states, whatever is true
    fixed_minute: bool = False  # the whole budget returns at each full minute
    quantum: float = 0.0  # the rate is enforced in intervals of so many seconds
    at_once: float = math.inf  # 429 above it
    refuses_by: str = "429"  # or "503", "reset": how it refuses more than `at_once`
    queue_limit: float = math.inf  # 503 above so many queued
    timeout: float = math.inf
    crash_above: float = math.inf  # calls in service or queued that bring it down
    down: float = 20.0
    flaky: float = 0.0  # share of calls that fail for no reason
    stray: float = 0.0  # share of calls that are rejected with 429 for no reason
    hangs: float = 0.0  # share of calls that are never answered
    storm: tuple[float, float, float] | None = None  # 429 for all: from, every, for
    outages: tuple[tuple[float, float], ...] = ()  # (at, seconds): calls are reset, then refused
    loading: float = 0.0  # seconds until the model is loaded
    loads_by: str = "503"  # or "hold", "refused"
    rejection: float = 0.08
    stream: bool = False
    usage: str = "tokens"  # or "characters", or "" when an answer's size is unknown
    changes: tuple[tuple[float, str, float], ...] = ()  # (time, field, value)
    neighbour: tuple[float, float, float] | None = None  # period, share of it, slots taken
