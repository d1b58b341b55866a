"""Concurrency strategies: how many calls of a run may be in flight."""

import warnings
from typing import Any

import msgspec

from evalstudio.core.errors import LimitError

BY_WORKERS = "default: the worker count"
MAXIMUM = 10_000
LONGEST = 86_400  # seconds
_DOTEVALS = {"initial_concurrency": "initial", "min_concurrency": "min", "max_concurrency": "max"}
_WITHOUT_EFFECT = (
    "adaptation_interval",
    "throughput_window",
    "increase_threshold",
    "decrease_threshold",
    "stability_window",
    "error_backoff_factor",
)


class Sequential(msgspec.Struct, frozen=True, tag="sequential", tag_field="type"):
    """Strategy with one call at a time, in dataset order.

    Example:
        >>> from evalstudio import ForEach
        >>> from evalstudio.concurrency import Sequential
        >>> foreach = ForEach(concurrency=Sequential())
    """


class SlidingWindow(msgspec.Struct, frozen=True, tag="sliding_window", tag_field="type"):
    """Strategy with a fixed number of calls in flight: as one ends, the next starts.

    Args:
        max_concurrency: calls in flight, from 1 to 10,000.

    Raises:
        LimitError: the number is invalid.

    Example:
        >>> from evalstudio.concurrency import SlidingWindow
        >>> SlidingWindow(32)
        SlidingWindow(max_concurrency=32)
    """

    max_concurrency: int = 10

    def __post_init__(self) -> None:
        check_count("max_concurrency", self.max_concurrency)


class _DotevalsNames(type(msgspec.Struct)):  # type: ignore[misc]
    """Metaclass that also accepts the parameter names of dotevals' Adaptive."""

    def __call__(cls, *values: Any, **options: Any) -> Any:
        for theirs, ours in _DOTEVALS.items():
            if theirs in options:
                options[ours] = options.pop(theirs)
        without_effect = [name for name in _WITHOUT_EFFECT if name in options]
        for name in without_effect:
            del options[name]
        if without_effect:
            warnings.warn(
                f"Adaptive finds the limit in another way than dotevals; {', '.join(without_effect)} "
                f"{'has' if len(without_effect) == 1 else 'have'} no effect.",
                stacklevel=2,
            )
        return super().__call__(*values, **options)


class Adaptive(msgspec.Struct, frozen=True, tag="adaptive", tag_field="type", metaclass=_DotevalsNames):
    """Strategy that finds the number of calls in flight that the endpoint can take, within bounds.

    The parameter names of dotevals (`initial_concurrency`, `min_concurrency`, `max_concurrency`) are also accepted.

    Args:
        initial: calls in flight at the start; None: from experience with that kind of endpoint.
        min: the lower bound.
        max: the upper bound; None: the application's ceiling.
        p95: seconds that 95 % of the calls may take; None: any.
        first_token_p95: seconds to the first token that 95 % of the calls may take; None: any.

    Raises:
        LimitError: a bound is not from 1 to 10,000, not `min <= initial <= max`, or not a positive time.

    Example:
        >>> from evalstudio.concurrency import Adaptive
        >>> Adaptive(max_concurrency=64).max, Adaptive(p95=2.0).p95
        (64, 2.0)
    """

    initial: int | None = None
    min: int = 1
    max: int | None = None
    p95: float | None = None
    first_token_p95: float | None = None

    def __post_init__(self) -> None:
        check_count("min", self.min)
        for name, seconds in (("p95", self.p95), ("first_token_p95", self.first_token_p95)):
            if seconds is not None and not 0 < seconds <= LONGEST:
                raise LimitError(f"{name} must be a time up to {LONGEST:,} s; it is {seconds!r}.")
        for name, value in (("initial", self.initial), ("max", self.max)):
            if value is not None:
                check_count(name, value)
        if self.max is not None and self.min > self.max:
            raise LimitError(f"Adaptive needs min <= max; min is {self.min} and max is {self.max}.")
        if self.initial is not None and not self.min <= self.initial <= (self.max or MAXIMUM):
            raise LimitError(
                f"Adaptive needs initial between min and max; initial is {self.initial}, "
                f"min {self.min} and max {self.max or 'the ceiling'}."
            )


Strategy = Sequential | SlidingWindow | Adaptive
AsyncSequential = Sequential  # its name in dotevals for async functions


def Batch(batch_size: int = 100) -> SlidingWindow:  # noqa: N802 - as dotevals 0.23 and 0.24 write it
    """Returns the strategy that dotevals calls Batch: a sliding window of `batch_size` samples.

    Args:
        batch_size: samples in flight, from 1 to 10,000.

    Raises:
        LimitError: the number is invalid.

    Example:
        >>> from evalstudio.concurrency import Batch
        >>> Batch(50)
        SlidingWindow(max_concurrency=50)
    """
    return SlidingWindow(batch_size)


def check_count(name: str, value: object) -> int:
    """Returns `value` if it is a whole number from 1 to 10,000; otherwise raises LimitError."""
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MAXIMUM:
        raise LimitError(f"{name} must be a whole number from 1 to {MAXIMUM:,}; it is {value!r}.")
    return value


def parse_strategy(name: str, window: int | None = None) -> Strategy:
    """Parses a strategy name: sequential, sliding-window or adaptive (also: auto).

    `window` is the size of a sliding window, or the upper bound of Adaptive.
    """
    match name.replace("-", "_").lower():
        case "sequential":
            if window not in (None, 1):
                raise LimitError(f"Strategy sequential has a window of 1; the window given is {window}.")
            return Sequential()
        case "sliding_window":
            return SlidingWindow() if window is None else SlidingWindow(window)
        case "adaptive" | "auto":
            return Adaptive(max=window)
        case _:
            raise LimitError(f"There is no strategy '{name}'; choose sequential, sliding-window or adaptive.")


def describe(strategy: Strategy) -> str:
    """Describes the strategy in a few words, for tables and summaries."""
    match strategy:
        case Sequential():
            return "Sequential"
        case SlidingWindow(max_concurrency=size):
            return f"Sliding window {size}"
        case Adaptive(min=low, max=high, p95=p95, first_token_p95=first):
            bounds = [
                f"from {low}" if low > 1 else "",
                f"to {high}" if high else "",
                f"p95 ≤ {p95:g} s" if p95 else "",
                f"first token p95 ≤ {first:g} s" if first else "",
            ]
            return " ".join(["Adaptive", *filter(None, bounds)])


def window_of(workers: int, samples_a_call: int) -> SlidingWindow:
    """Returns the window that keeps this many workers busy."""
    return SlidingWindow(min(MAXIMUM, workers * samples_a_call))


def strategy_of(
    name: str | None, window: int | None, p95: float | None = None, first_token_p95: float | None = None
) -> Strategy | None:
    """Returns the strategy of the options --strategy, --window, --p95 and --first-token-p95; None if none is given.

    Raises:
        LimitError: a strategy that is not Adaptive has no bound on latency.
    """
    if p95 is not None or first_token_p95 is not None:
        adaptive = parse_strategy(name or "adaptive", window)
        if not isinstance(adaptive, Adaptive):
            raise LimitError(
                f"Only Adaptive keeps to a bound on latency; the strategy is {describe(adaptive)}."
            )
        return msgspec.structs.replace(adaptive, p95=p95, first_token_p95=first_token_p95)
    if name is None and window is None:
        return None
    return parse_strategy(name or "sliding-window", window)
