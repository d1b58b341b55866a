"""Demo profiles: named sets of speed, limits and failure rates of the demo server."""

from typing import Annotated, Literal

import msgspec

from evalstudio.core.errors import ModelError
from evalstudio.engine.servers.demo.manners import MANNERS

Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
Positive = Annotated[int, msgspec.Meta(ge=1)]
NotNegative = Annotated[float, msgspec.Meta(ge=0)]


class Profile(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The parameters of the performance model. Times are in seconds, lengths in tokens.

    An answer of `out` tokens to a prompt of `p` tokens costs `overhead_steps + p / prompt_per_step + out`
    steps; while `b` answers are in progress, one step takes `step_base + step_per_call * b` (longer once the
    cache for `cache_slots` answers is full: see `thrash`).
    """

    description: str = ""
    # speed
    slots: Positive | None = (
        None  # answers in progress at once; the rest wait in a FIFO queue; None: unlimited
    )
    queue_limit: Annotated[int, msgspec.Meta(ge=0)] | None = None  # beyond it 503; None: unlimited
    step_base: NotNegative = 0.0
    step_per_call: NotNegative = 0.0
    overhead_steps: NotNegative = 10.0
    prompt_per_step: Annotated[float, msgspec.Meta(gt=0)] = 20.0
    cache_slots: Positive | None = None
    thrash: NotNegative = 0.0  # above cache_slots a step takes x (1 + thrash * (b / cache_slots - 1))
    fixed_seconds: NotNegative | None = None  # every answer takes this long, whatever the load
    round_trip: NotNegative = 0.0  # of the network; refusals take this long, too
    # how long answers are: the mean and sigma of a lognormal; 0: as long as the text, nothing more
    output_mean: NotNegative = 0.0
    output_sigma: NotNegative = 0.0
    output_max: Positive = 4000
    # what is allowed
    requests_per_minute: Annotated[float, msgspec.Meta(gt=0)] | None = None
    request_burst: Annotated[float, msgspec.Meta(ge=1)] | None = None  # None: a minute's worth
    tokens_per_minute: Annotated[float, msgspec.Meta(gt=0)] | None = None
    token_burst: Annotated[float, msgspec.Meta(ge=1)] | None = None
    max_concurrency: Positive | None = None  # calls in flight; beyond it 429
    hints: Literal["all", "retry-after", "none"] = (
        "all"  # which headers on limits a 429 and every answer have
    )
    # shares of attempts that fail
    overloaded: Share = 0.0  # 503 at admission
    server_error: Share = 0.0  # 500 half way
    reset: Share = 0.0  # the connection is reset half way
    slow: Share = 0.0  # the body drips, over slow_seconds
    broken: Share = 0.0  # the body ends in the middle
    odd: Share = 0.0  # answered in the profile's manner
    slow_seconds: NotNegative = 8.0
    manner: str = ""  # a name of the catalogue of manners

    def step_seconds(self, batch: int) -> float:
        """Returns the seconds of one step while `batch` answers are in progress."""
        seconds = self.step_base + self.step_per_call * batch
        if self.cache_slots is not None and batch > self.cache_slots:
            seconds *= 1 + self.thrash * (batch / self.cache_slots - 1)
        return seconds


PROFILES: dict[str, Profile] = {
    "instant": Profile(description="Instant: no delay and no limit, for benchmarks"),
    "fast": Profile(
        description="Fast: 12 slots, about half a second an answer",
        slots=12,
        step_base=0.008,
        step_per_call=0.0005,
        output_mean=26,
        output_sigma=0.5,
        output_max=200,
    ),
    "one-second": Profile(
        description="One second: every answer takes 1 s, however many are in flight", fixed_seconds=1.0
    ),
    "hosted-500rpm": Profile(
        description="Hosted, 500 requests per minute: refuses with 429 and tells its limits",
        slots=256,
        step_base=0.012,
        step_per_call=0.00005,
        round_trip=0.04,
        output_mean=60,
        output_sigma=0.6,
        requests_per_minute=500,
        request_burst=50,
        tokens_per_minute=400_000,
    ),
    "vllm-32": Profile(
        description="vLLM, 32 slots: batches, queues without an end, never refuses",
        slots=32,
        step_base=0.020,
        step_per_call=0.0002,
        output_mean=60,
        output_sigma=0.8,
        output_max=1000,
    ),
    "ollama-1": Profile(
        description="Ollama, 1 slot: one answer at a time, a queue of 512",
        slots=1,
        queue_limit=512,
        step_base=0.012,
        output_mean=25,
        output_sigma=0.5,
    ),
    "flaky": Profile(
        description="Flaky: one call in five fails: 503, 500, resets, slow and broken bodies",
        slots=16,
        step_base=0.008,
        step_per_call=0.0002,
        output_mean=20,
        output_sigma=0.5,
        overloaded=0.06,
        server_error=0.05,
        reset=0.04,
        slow=0.01,
        broken=0.04,
        slow_seconds=4.0,
    ),
}


def profile_named(name: str) -> Profile:
    """Returns the profile called `name`, or that of the manner of this name. Raises ModelError when there is none."""
    if name in MANNERS:
        manner = MANNERS[name]
        return Profile(description=f"{manner.description} ({manner.expected})", manner=name, odd=1.0)
    try:
        return PROFILES[name]
    except KeyError:
        raise ModelError(
            f"The demo server has no profile '{name}'. It has: {', '.join(PROFILES)}; and the manners that "
            "evalstudio demo-server --list names."
        ) from None
