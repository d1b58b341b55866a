"""How the bound on latency does: calls over it, and throughput against the best fixed window that holds it.

`python -m benchmarks.adaptive.latency [--seeds N]`. Bounds are two and four times the 95th percentile of an unloaded
endpoint. Calls of the first fifth of a run are the start, and not counted.
"""

import argparse

from benchmarks.adaptive.baselines import Fixed
from benchmarks.adaptive.measure import WINDOWS, mean, run, shipped
from benchmarks.adaptive.profile import Profile
from benchmarks.adaptive.profiles import USUAL
from benchmarks.adaptive.simulator import Shipped, Trace
from evalstudio.engine.limits.latency_bound import LatencyTarget

SAMPLES, START, OVER = 1500, 0.2, 0.05
SERVERS = [profile for profile in USUAL if profile.name[0] in "BCD" and not profile.changes]


def bounded(profile: Profile, seed: int, seconds: float | None) -> Trace:
    def make(now: float) -> Shipped:
        made = shipped(profile)(now)
        assert isinstance(made, Shipped)
        made.controller.set_latency(LatencyTarget(seconds=seconds))
        return made

    return run(profile, SAMPLES, seed, make)


def over(trace: Trace, seconds: float) -> float:
    """The share of calls that took longer, after the start."""
    later = trace.latencies[round(START * len(trace.latencies)) :]
    return sum(one > seconds for one in later) / len(later)


def best_within(profile: Profile, seed: int, seconds: float) -> float:
    """The shortest run of a fixed window that holds the bound."""
    runs = [run(profile, SAMPLES, seed, lambda _, window=window: Fixed(window)) for window in WINDOWS]
    return min((trace.seconds for trace in runs if over(trace, seconds) <= OVER), default=runs[0].seconds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=3)
    options = parser.parse_args()
    print(f"{'':34}{'bound':>7} {'over it':>8} {'without':>8} {'of the best':>12} {'least':>7}")
    for times in (2, 4):
        every: list[tuple[float, float]] = []
        for profile in SERVERS:
            rows = []
            for seed in range(options.seeds):
                seconds = times * run(profile, 200, seed, lambda _: Fixed(1)).p95
                trace, free = bounded(profile, seed, seconds), bounded(profile, seed, None)
                share = best_within(profile, seed, seconds) / trace.seconds
                rows.append((seconds, over(trace, seconds), over(free, seconds), share))
            every += [(row[1], row[3]) for row in rows]
            columns = [mean(column) for column in zip(*rows, strict=True)]
            print(
                f"{profile.name:34}{columns[0]:6.1f}s {columns[1]:8.1%} {columns[2]:8.1%} {columns[3]:12.1%} "
                f"{min(row[3] for row in rows):7.1%}",
                flush=True,
            )
        print(
            f"{f'all, {times} x unloaded':34}{'':7} {mean(o for o, _ in every):8.1%} {'':8} {mean(s for _, s in every):12.1%}\n"
        )


if __name__ == "__main__":
    main()
