"""Runs profiles and compares with the best fixed window."""

import functools
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from benchmarks.adaptive.baselines import Fixed, Paced
from benchmarks.adaptive.profile import Profile
from benchmarks.adaptive.simulator import Controller, Shipped, Simulation, Trace
from evalstudio.engine.limits.endpoint import EndpointController
from evalstudio.engine.limits.priors import Kind
from evalstudio.store.endpoint_memory import Prior

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
    return lambda now: Shipped(EndpointController(now=now, kind=_kind(profile), prior=prior, maximum=maximum))


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
        efficiency=_share(target.seconds / trace.seconds, trace.answered / samples),
        waste=trace.wasted / samples,
        inflation=trace.p95 / target.p95,
        crashes=trace.crashes,
        trace=trace,
    )


def _share(speed: float, answered: float) -> float:
    """Speed against the best, of what was answered; a run that ended early is not fast."""
    return speed if answered == 1 else min(1.0, speed) * answered


def prior_of(profile: Profile, samples: int, seed: int) -> Prior:
    """What a run teaches the next one."""
    controller = EndpointController(now=0.0, kind=_kind(profile))
    Simulation(profile, samples, seed, lambda _: Shipped(controller)).run()
    return controller.prior()


def response_times(profile: Profile, samples: int) -> float:
    """How many mean responses the best fixed window's run takes."""
    found = best(profile, samples, 0)
    trace = run(profile, samples, 0, lambda _: Fixed(found.window))
    return found.seconds / mean(trace.latencies)


def after_change(profile: Profile, seed: int) -> float:
    """Throughput after the last change against the new best, 6 response times and 3N calls after it.

    The new best is the steady throughput of the best fixed window on the endpoint as it is after the change.
    """
    changed_at = profile.changes[-1][0]
    fields: dict[str, float] = {name: value for _, name, value in profile.changes}
    static = replace(profile, changes=(), **fields)  # type: ignore[arg-type]
    rates = {}
    for window in WINDOWS:
        trace = run(static, max(600, 8 * window), seed, lambda _, window=window: Fixed(window))
        rates[window] = (_steady(trace), mean(trace.latencies))
    target = max(rate for rate, _ in rates.values())
    window = min(window for window, (rate, _) in rates.items() if rate >= 0.98 * target)
    response = rates[window][1]
    trace = run(profile, 6000, seed, shipped(profile))
    later = [i for i, at in enumerate(trace.ends) if at >= changed_at]
    start = max(later[3 * window], next(i for i in later if trace.ends[i] >= changed_at + 6 * response))
    end = min(len(trace.ends) - 2 * window, start + max(200, 6 * window))
    work = sum(trace.works[start + 1 : end + 1])
    return work / (trace.ends[end] - trace.ends[start]) / target


def _steady(trace: Trace) -> float:
    """Work a second over the middle of a run."""
    first, last = len(trace.ends) // 4, 3 * len(trace.ends) // 4
    return sum(trace.works[first + 1 : last + 1]) / (trace.ends[last] - trace.ends[first])


def _kind(profile: Profile) -> Kind:
    return profile.kind  # type: ignore[return-value]


def mean(values: Iterable[float]) -> float:
    collected = list(values)
    return sum(collected) / len(collected)
