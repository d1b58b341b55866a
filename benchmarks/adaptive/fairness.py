"""How two runs of two engines share one endpoint: `python -m benchmarks.adaptive.fairness [--seeds N]`.

Jain's index of the answers that both have got when the first ends (1: the same), and how much longer both take than
one engine with the samples of both.
"""

import argparse

from benchmarks.adaptive.measure import mean, run, shipped
from benchmarks.adaptive.profile import Profile
from benchmarks.adaptive.profiles import USUAL
from benchmarks.adaptive.simulator import Simulation

SAMPLES = 1000


def shared(profile: Profile, seed: int) -> tuple[float, float]:
    """Jain's index, and the throughput of both against that of one alone."""
    make = shipped(profile)
    simulation = Simulation(profile, SAMPLES, seed, make, others=((0.0, SAMPLES, make),))
    first = simulation.run(to_the_end=True)
    second = simulation.others[0].trace
    end = min(first.seconds, second.seconds)
    got = [sum(at <= end for at in trace.ends) for trace in (first, second)]
    jain = sum(got) ** 2 / (len(got) * sum(count * count for count in got))
    alone = run(profile, 2 * SAMPLES, seed, make)
    return jain, alone.seconds / max(first.seconds, second.seconds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=3)
    options = parser.parse_args()
    print(f"{'':34}{'Jain':>7} {'worst':>7} {'total':>7}")
    for profile in USUAL:
        if profile.changes:
            continue
        found = [shared(profile, seed) for seed in range(options.seeds)]
        indices, totals = [one[0] for one in found], [one[1] for one in found]
        print(f"{profile.name:34}{mean(indices):7.3f} {min(indices):7.3f} {mean(totals):7.1%}", flush=True)


if __name__ == "__main__":
    main()
