"""Runs profiles and compares with the best fixed window."""

import functools
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from benchmarks.adaptive.baselines import Fixed, Paced
from benchmarks.adaptive.simulator import Controller, Profile, Shipped, Simulation, Trace
from evalstudio.engine.limits.endpoint import EndpointController, Kind
from evalstudio.engine.limits.priors import Prior

WINDOWS = (1, 2, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256)


@dataclass(frozen=True)
class Best:
    """The best fixed window for one profile, size and seed."""

    seconds: float
    window: int
    p95: float


@dataclass(frozen=True)
class Score:
    """One run against the best fixed window."""

    efficiency: float
    waste: float
    inflation: float
    crashes: int
    trace: Trace


def shipped(
    profile: Profile, prior: Prior | None = None, maximum: int = 256
) -> Callable[[float], Controller]:
    kind: Kind = profile.kind  # type: ignore[assignment]
    return lambda now: Shipped(EndpointController(now=now, kind=kind, prior=prior, maximum=maximum))


def run(profile: Profile, samples: int, seed: int, make: Callable[[float], Controller]) -> Trace:
    return Simulation(profile, samples, seed, make).run()


@functools.cache
def best(profile: Profile, samples: int, seed: int) -> Best:
    """Sweeps fixed windows; where rates are the limit also the largest window with perfect pacing."""
    knees = {
        round(x) for x in (profile.slots, profile.at_once, profile.cache, profile.crash_above) if x <= 256
    }
    makes: list[tuple[int, Callable[[float], Controller]]] = [
        (window, lambda _, window=window: Fixed(window)) for window in sorted({*WINDOWS, *knees})
    ]
    if (profile.requests or profile.tokens) and not (
        profile.fixed_minute or profile.quantum or profile.changes
    ):
        makes.append((256, lambda _: Paced(256, profile.requests, profile.burst, profile.tokens)))
    found: Best | None = None
    for window, make in makes:
        trace = run(profile, samples, seed, make)
        seconds = trace.seconds if not trace.given_up else math.inf
        # of equally fast windows the smallest: its latency is the one to compare with
        if found is None or seconds < 0.99 * found.seconds:
            found = Best(seconds, window, trace.p95)
        elif seconds < found.seconds:
            found = Best(seconds, found.window, found.p95)
    assert found is not None
    return found


def score(
    profile: Profile, samples: int, seed: int, make: Callable[[float], Controller] | None = None
) -> Score:
    trace = run(profile, samples, seed, make or shipped(profile))
    target = best(profile, samples, seed)
    return Score(
        efficiency=target.seconds / trace.seconds * (samples - trace.given_up) / samples,
        waste=trace.wasted / samples,
        inflation=trace.p95 / target.p95,
        crashes=trace.crashes,
        trace=trace,
    )


def mean(values: Iterable[float]) -> float:
    collected = list(values)
    return sum(collected) / len(collected)
