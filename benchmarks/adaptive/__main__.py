"""Prints how the shipped limits do against the best fixed window, and other controllers beside them.

`python -m benchmarks.adaptive [--seeds N] [--draw N] [--quick | --families N | --baselines] [--save]`. Virtual time, one
process, deterministic: about eight minutes, `--quick` one. --save keeps the comparison with other controllers for the documents' chart.
"""

import argparse
import os
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from benchmarks.adaptive.baselines import Dotevals, Fixed, Gradient2, Inspect
from benchmarks.adaptive.families import FAMILIES, drawn
from benchmarks.adaptive.measure import (
    Score,
    after_change,
    best,
    mean,
    prior_of,
    response_times,
    score,
    shipped,
)
from benchmarks.adaptive.profile import Profile
from benchmarks.adaptive.profiles import (
    AWKWARD,
    CHANGING,
    CRASHING,
    USUAL,
    generated,
    noisier,
    uncounted,
    unsized,
)
from benchmarks.adaptive.simulator import Controller
from benchmarks.kept import keep

SIZES = (2000, 500)
BASELINES: dict[str, Callable[[float], Controller]] = {
    "Inspect": lambda _: Inspect(),
    "dotevals 0.24": lambda _: Dotevals(),
    "Gradient2": lambda _: Gradient2(),
    "fixed 8": lambda _: Fixed(8),
    "fixed 20": lambda _: Fixed(20),
    "fixed 50": lambda _: Fixed(50),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument(
        "--quick", action="store_true", help="the usual profiles only, without other controllers"
    )
    parser.add_argument("--families", type=int, metavar="N", help="N endpoints of each family, only")
    parser.add_argument("--baselines", action="store_true", help="other controllers beside this one, only")
    parser.add_argument("--save", action="store_true", help="write benchmarks/results/adaptive.json anew")
    parser.add_argument(
        "--draw", type=int, help="the first seed of the generated endpoints; others each time without it"
    )
    options = parser.parse_args()
    seeds = range(options.seeds)
    started, load = time.perf_counter(), os.getloadavg()[0]
    first = random.randrange(10**6) if options.draw is None else options.draw
    if options.families:
        print_families(options.families, first)
        print(f"\n{time.perf_counter() - started:.0f} s")
        return
    if options.baselines:
        print_baselines(seeds, load, save=options.save)
        return
    for samples in SIZES:
        print_profiles(f"Usual endpoints, {samples} samples, cold", USUAL, samples, seeds)
    if not options.quick:
        print_baselines(seeds, load, save=options.save)
        print_guards(seeds, first)
        print_families(6, first)
        for samples in SIZES:
            print_profiles(f"Awkward endpoints, {samples} samples, cold", AWKWARD, samples, seeds)
        print_profiles("Endpoints that crash, 2000 samples, cold", CRASHING, 2000, seeds)
        print_changes(seeds)
        print_priors(seeds)
    print(f"\n{time.perf_counter() - started:.0f} s")


def scores(profiles: Sequence[Profile], samples: int, seeds: Sequence[int]) -> list[Score]:
    return [score(profile, samples, seed) for profile in profiles for seed in seeds]


def summary(found: Sequence[Score]) -> str:
    efficiencies = [one.efficiency for one in found]
    return (
        f"{mean(efficiencies):6.1%} {min(efficiencies):6.1%} {mean(one.waste for one in found):7.2%} "
        f"{mean(one.inflation for one in found):6.2f}"
    )


def print_profiles(title: str, profiles: Sequence[Profile], samples: int, seeds: Sequence[int]) -> None:
    print(
        f"\n{title}\n{'':34}{'mean':>6} {'worst':>6} {'wasted':>7} {'p95':>6}  best window, last window, crashes"
    )
    everything: list[Score] = []
    for profile in profiles:
        found = scores([profile], samples, seeds)
        everything += found
        ends = sorted(one.trace.limits[-1][1] for one in found)
        crashes = sum(one.crashes for one in found) / len(found)
        note = f"{best(profile, samples, seeds[0]).window:4}  {ends[0]} to {ends[-1]}"
        print(
            f"{profile.name:34}{summary(found)}  {note}{f'  {crashes:g} a run' if crashes else ''}",
            flush=True,
        )
    print(f"{'all':34}{summary(everything)}")


def print_baselines(seeds: Sequence[int], load: float, *, save: bool) -> None:
    print(
        f"\nOther controllers on the usual endpoints\n{'':34}{'mean':>6} {'worst':>6} {'wasted':>7} {'p95':>6}"
    )
    sizes: dict[str, dict[str, dict[str, float]]] = {}
    for samples in SIZES:
        sizes[str(samples)] = {}
        for name, make in {"EvalStudio": None, **BASELINES}.items():
            found = (
                [score(profile, samples, seed, make) for profile in USUAL for seed in seeds]
                if make
                else scores(USUAL, samples, seeds)
            )
            print(f"{f'{name}, {samples}':34}{summary(found)}", flush=True)
            shares = [one.efficiency for one in found]
            sizes[str(samples)][name] = {"mean": round(mean(shares), 4), "worst": round(min(shares), 4)}
    if save:
        keep("adaptive", "benchmarks.adaptive", load, {"sizes": sizes})


def print_guards(seeds: Sequence[int], draw: int) -> None:
    """Against tuning to the table: other noise, less knowledge, endpoints that nobody chose."""
    print(f"\nGuards (--draw {draw})\n{'':34}{'mean':>6} {'worst':>6} {'wasted':>7} {'p95':>6}")
    some = [generated(seed) for seed in range(draw, draw + 40)]
    for samples in SIZES:
        rows = {
            "noise doubled": [noisier(profile) for profile in USUAL],
            "no token counts": [uncounted(profile) for profile in USUAL],
            "no sizes at all": [unsized(profile) for profile in USUAL],
        }
        for name, profiles in rows.items():
            print(f"{f'{name}, {samples}':34}{summary(scores(profiles, samples, seeds))}", flush=True)
        few = seeds[:2]
        long = [profile for profile in some if response_times(profile, samples) >= 8]
        print(f"{f'40 generated, {samples}':34}{summary(scores(some, samples, few))}", flush=True)
        print(
            f"{f'{len(long)} of them over 8 responses long':34}{summary(scores(long, samples, few))}",
            flush=True,
        )


def print_families(count: int, draw: int) -> None:
    """Endpoints of kinds that nobody tuned for; below the floor is worse than a fixed window of 20, or than 75 %."""
    print(f"\nFamilies, {count} endpoints each, 500 samples, cold (--draw {draw})")
    print(
        f"{'':34}{'mean':>6} {'worst':>6} {'wasted':>7} {'p95':>6}  fixed 20, worst seed, below the floor, lost"
    )
    everything: list[Score] = []
    for family in FAMILIES:
        seeds = range(draw, draw + count)
        found = [score(drawn(family, seed), 500, seed) for seed in seeds]
        fixed = [score(drawn(family, seed), 500, seed, lambda _: Fixed(20)).efficiency for seed in seeds]
        everything += found
        below = sum(one.efficiency < max(0.75, least) for one, least in zip(found, fixed, strict=True))
        worst = min(zip(found, seeds, strict=True), key=lambda one: one[0].efficiency)[1]
        lost = sum(one.trace.given_up for one in found)
        print(f"{family:34}{summary(found)}  {mean(fixed):6.1%} {worst:>8} {below:>4} {lost:>5}", flush=True)
    print(f"{'all':34}{summary(everything)}")


def print_changes(seeds: Sequence[int]) -> None:
    print("\nAfter a change: throughput 6 response times and 3N calls later, of the new best")
    print(f"{'':34}{'mean':>6} {'worst':>6}")
    for profile in CHANGING:
        found = [after_change(profile, seed) for seed in seeds]
        print(f"{profile.name:34}{mean(found):6.1%} {min(found):6.1%}", flush=True)


def print_priors(seeds: Sequence[int]) -> None:
    print("\n500 samples with what 2,000 before them taught")
    print(f"{'':34}{'mean':>6} {'worst':>6} {'wasted':>7} {'p95':>6}")
    everything: list[Score] = []
    for profile in (*USUAL, *CRASHING):
        plain = replace(profile, changes=())
        found = [score(plain, 500, seed, shipped(plain, prior_of(plain, 2000, 100 + seed))) for seed in seeds]
        if profile in USUAL:
            everything += found
        crashes = sum(one.crashes for one in found)
        print(f"{profile.name:34}{summary(found)}{f'  {crashes} crashes' if crashes else ''}", flush=True)
    print(f"{'all usual':34}{summary(everything)}")


if __name__ == "__main__":
    main()
