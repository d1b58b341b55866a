"""The endpoints the controller is measured on: the usual kinds, awkward ones, crashing ones, and generated ones."""

import math
import random
from dataclasses import replace

from benchmarks.adaptive.profile import Profile

USUAL = (
    Profile("A1 requests/min, headers", requests=600, burst=600, headers=True),
    Profile("A2 requests/min, Retry-After", requests=300, burst=60, retry_after=True),
    Profile("A3 requests/min, no hint", requests=300, burst=30),
    Profile(
        "A4 tokens/min, headers",
        tokens=200_000,
        requests=3000,
        burst=3000,
        headers=True,
        output=300,
        spread=1.2,
    ),
    Profile("A5 429 above 48 at once", at_once=48),
    Profile("B1 batching, no knee", slots=256, base=0.012, each=0.00025),
    Profile("B2 32 slots and a queue", slots=32, base=0.020, each=0.0002),
    Profile("B3 4 slots and a queue", kind="local", slots=4, base=0.030, each=0.004, timeout=300),
    Profile("B4 thrashes above 64", slots=math.inf, base=0.015, each=0.0003, cache=64, thrash=1.2),
    Profile("C1 64 slots, then 16", slots=64, changes=((40.0, "slots", 16),)),
    Profile("D1 long tail, 48 slots", slots=48, spread=1.4, output=250, longest=4000),
)

AWKWARD = (
    Profile("E1 batching, local", kind="local", slots=256, base=0.012, each=0.00025),
    Profile("E2 8 slots, equal lengths", kind="local", slots=8, spread=0.0, noise=0.03),
    Profile("E3 8 slots, equal, streaming", kind="local", slots=8, spread=0.0, noise=0.03, stream=True),
    Profile("E4 32 slots, streaming", kind="local", slots=32, base=0.020, each=0.0002, stream=True),
    Profile("E5 noisy neighbour", slots=48, neighbour=(60.0, 0.5, 24)),
    Profile("E6 503 above 32 queued", slots=32, queue_limit=32),
    Profile("E7 minute resets, Retry-After", requests=300, burst=300, fixed_minute=True, retry_after=True),
    Profile("E8 rate enforced each second", requests=600, burst=10, quantum=1.0, headers=True),
    Profile("E9 2 % fail for no reason", slots=48, flaky=0.02),
    Profile("F1 one at a time", kind="local", slots=1, base=0.010),
    Profile("F2 function, 20 ms", kind="function", slots=16, output=20, prompt=0, base=0.001, spread=0.3),
    Profile("F3 slots 16, then 64", slots=16, changes=((60.0, "slots", 64),)),
    Profile("F4 3 times slower for 30 s", slots=32, changes=((60.0, "base", 0.060), (90.0, "base", 0.020))),
    Profile("F5 short answers, 64 slots", slots=64, output=8, prompt=100, spread=0.5),
    Profile("F6 rate halves after a minute", requests=600, burst=60, changes=((60.0, "requests", 240),)),
)

CRASHING = (
    Profile("G1 crash above 40", slots=32, base=0.020, each=0.0002, crash_above=40),
    Profile("G2 crash above 48, no knee", slots=math.inf, base=0.015, each=0.0003, crash_above=48),
    Profile("G3 crash above 24, local", kind="local", slots=16, base=0.025, each=0.001, crash_above=24),
)


CHANGING = (
    Profile("H1 slots 64, then 16", slots=64, changes=((40.0, "slots", 16),)),
    Profile("H2 slots 16, then 64", slots=16, changes=((60.0, "slots", 64),)),
    Profile(
        "H3 3 times slower, then as before", slots=32, changes=((60.0, "base", 0.060), (90.0, "base", 0.020))
    ),
    Profile("H4 slots 32, then 8", slots=32, changes=((60.0, "slots", 8),)),
    Profile("H5 cache halves", base=0.015, each=0.0003, cache=64, thrash=1.2, changes=((60.0, "cache", 32),)),
    Profile("H6 600 a minute, then 240", requests=600, burst=60, changes=((90.0, "requests", 240),)),
    Profile("H7 240 a minute, then 480", requests=240, burst=60, changes=((90.0, "requests", 480),)),
)


def generated(seed: int) -> Profile:
    """An endpoint drawn from a wide prior; the same for the same seed."""
    draw = random.Random(f"profile {seed}")
    traffic = {
        "output": draw.choice((20, 80, 150, 300, 600)),
        "spread": draw.uniform(0.2, 1.2),
        "prompt": draw.choice((100, 400, 2000)),
        "noise": draw.uniform(0.03, 0.15),
        "base": draw.uniform(0.005, 0.040),
        "stream": draw.random() < 0.3,
        "kind": draw.choice(("hosted", "hosted", "local")),
    }
    shape = draw.choice(("slots", "batching", "thrash", "rate", "tokens", "at once"))
    name = f"R{seed} {shape}"
    if shape == "slots":
        slots = round(2 ** draw.uniform(1, 7))
        return Profile(name, slots=slots, each=draw.uniform(0, 0.3) * traffic["base"] / slots, **traffic)
    if shape == "batching":
        return Profile(name, slots=256, each=traffic["base"] / 2 ** draw.uniform(4, 8), **traffic)
    if shape == "thrash":
        cache = round(2 ** draw.uniform(3.5, 6.5))
        each = traffic["base"] / cache * draw.uniform(0.3, 1.5)
        return Profile(name, cache=cache, each=each, thrash=draw.uniform(0.3, 1.5), **traffic)
    if shape == "at once":
        return Profile(name, at_once=round(2 ** draw.uniform(3, 7)), **traffic)
    stated = draw.choice(({"headers": True}, {"retry_after": True}, {}))
    rate = 60 * 2 ** draw.uniform(0.5, 5)
    if shape == "tokens":
        per_call = traffic["output"] + traffic["prompt"]
        return Profile(name, tokens=rate * per_call, headers=True, **traffic)
    return Profile(
        name, requests=rate, burst=max(1.0, rate * draw.choice((0.05, 0.2, 1.0))), **stated, **traffic
    )


def noisier(profile: Profile) -> Profile:
    """The same endpoint with its service noise doubled."""
    return replace(profile, name=f"{profile.name}, noise x2", noise=2 * profile.noise)


def uncounted(profile: Profile) -> Profile:
    """The same endpoint that reports no token counts, so that only the answer's characters are known."""
    return replace(profile, name=f"{profile.name}, no usage", usage="characters")


def unsized(profile: Profile) -> Profile:
    """The same endpoint with nothing known about the size of answers."""
    return replace(profile, name=f"{profile.name}, no sizes", usage="")
