"""Families of endpoints that nobody tuned for: each draws its endpoints by a seed, from ranges around what is seen."""

import random
from collections.abc import Callable
from typing import Any

from benchmarks.adaptive.profile import Profile


def drawn(family: str, seed: int) -> Profile:
    """Draws an endpoint of a family; the same for the same seed."""
    draw = random.Random(f"{family} {seed}")
    kind = draw.choice(("hosted", "hosted", "local"))
    slots = round(2 ** draw.uniform(3, 6.3))
    traffic: dict[str, Any] = {
        "kind": kind,
        "output": draw.choice((40, 80, 150, 300)),
        "spread": draw.uniform(0.3, 1.0),
        "base": draw.uniform(0.006, 0.030),
        "slots": slots,
        "stream": draw.random() < 0.3,
    }
    return Profile(f"{family} {seed}", **traffic | FAMILIES[family](draw, slots))


def _storms(draw: random.Random, slots: int) -> dict[str, Any]:
    every = draw.uniform(15, 60)
    hint = draw.choice((None, None, 1.0))
    return {"storm": (draw.uniform(2, every), every, draw.uniform(0.1, 0.3) * every), "hint": hint}


def _stray_rejections(draw: random.Random, slots: int) -> dict[str, Any]:
    return {"stray": draw.choice((0.01, 0.03, 0.06)), "hint": draw.choice((None, 1.0))}


def _outages(draw: random.Random, slots: int) -> dict[str, Any]:
    first = draw.uniform(3, 20)
    times = [
        (first + gap * draw.uniform(40, 90), draw.uniform(2, 15)) for gap in range(draw.choice((1, 2, 3)))
    ]
    return {"outages": tuple(times)}


def _small_bursts(draw: random.Random, slots: int) -> dict[str, Any]:
    return {
        "requests": 60 * 2 ** draw.uniform(1, 5),
        "burst": draw.choice((1, 2, 5)),
        "retry_after": draw.random() < 0.4,
        "slots": 256,
    }


def _resets_each_minute(draw: random.Random, slots: int) -> dict[str, Any]:
    rate = round(60 * 2 ** draw.uniform(1, 4))
    return {"requests": rate, "burst": rate, "fixed_minute": True, "retry_after": draw.random() < 0.5}


def _wrong_hints(draw: random.Random, slots: int) -> dict[str, Any]:
    rate = 60 * 2 ** draw.uniform(1, 4)
    return {
        "requests": rate,
        "burst": max(1.0, rate * draw.choice((0.05, 0.2))),
        "retry_after": True,
        "hint": draw.choice((0.01, 0.1, 10.0, 30.0)),
        "slots": 256,
    }


def _caps(draw: random.Random, slots: int) -> dict[str, Any]:
    return {
        "at_once": round(2 ** draw.uniform(2, 6.5)),
        "refuses_by": draw.choice(("429", "503", "reset")),
        "slots": 256,
    }


def _loading(draw: random.Random, slots: int) -> dict[str, Any]:
    by = draw.choice(("503", "hold", "refused"))
    return {"loading": draw.uniform(10, 60), "loads_by": by, "kind": "local"}


def _waves(draw: random.Random, slots: int) -> dict[str, Any]:
    return {"neighbour": (draw.uniform(20, 90), draw.uniform(0.3, 0.6), draw.uniform(0.3, 0.7) * slots)}


def _autoscaling(draw: random.Random, slots: int) -> dict[str, Any]:
    up, down = draw.uniform(15, 40), draw.uniform(60, 100)
    return {"changes": ((up, "slots", 2 * slots), (down, "slots", slots))}


def _drift(draw: random.Random, slots: int) -> dict[str, Any]:
    base, worse = draw.uniform(0.010, 0.020), draw.uniform(1.5, 2.5)
    steps = [(10.0 * n, "base", base * worse ** (n / 10)) for n in range(1, 11)]
    return {"base": base, "changes": tuple(steps)}


def _unequal_replicas(draw: random.Random, slots: int) -> dict[str, Any]:
    return {"speeds": (1.0, draw.uniform(0.3, 0.6), draw.uniform(0.6, 1.0))}


def _warming_cache(draw: random.Random, slots: int) -> dict[str, Any]:
    return {"warms": (draw.uniform(1.5, 4), draw.choice((50, 150, 400)))}


def _jitter(draw: random.Random, slots: int) -> dict[str, Any]:
    return {"noise": draw.uniform(0.3, 0.7)}


def _rare_long(draw: random.Random, slots: int) -> dict[str, Any]:
    return {"rare": (0.01, draw.uniform(20, 50)), "longest": 20_000, "output": 40}


def _slow(draw: random.Random, slots: int) -> dict[str, Any]:
    return {"output": draw.choice((1000, 2000)), "base": 0.04, "longest": 20_000}


def _fast(draw: random.Random, slots: int) -> dict[str, Any]:
    return {"output": 2, "spread": 0.2, "prompt": 20, "base": draw.uniform(0.0003, 0.001)}


def _prefill(draw: random.Random, slots: int) -> dict[str, Any]:
    return {"prompt": 4000, "prompt_spread": 0.5, "prefill": draw.uniform(1e-5, 6e-5), "output": 40}


def _mixed_prompts(draw: random.Random, slots: int) -> dict[str, Any]:
    rate = 60 * 2 ** draw.uniform(1, 4)
    return {"tokens": rate * 1500, "headers": True, "prompt": 1200, "prompt_spread": 1.0, "slots": 256}


def _hanging(draw: random.Random, slots: int) -> dict[str, Any]:
    return {"hangs": draw.uniform(0.003, 0.01), "timeout": draw.uniform(20, 40)}


def _failing(draw: random.Random, slots: int) -> dict[str, Any]:
    return {"flaky": draw.uniform(0.05, 0.12)}


def _cliff(draw: random.Random, slots: int) -> dict[str, Any]:
    return {"slots": 1e9, "cache": slots, "thrash": draw.uniform(2, 5), "each": 0.0003}


def _starving(draw: random.Random, slots: int) -> dict[str, Any]:
    return {"newest_first": True}


def _per_connection(draw: random.Random, slots: int) -> dict[str, Any]:
    return {"slots": 1e9, "noise": 0.02}


def _crashes(draw: random.Random, slots: int) -> dict[str, Any]:
    return {"crash_above": round(slots * draw.uniform(1.1, 2.0)), "down": draw.uniform(5, 20)}


FAMILIES: dict[str, Callable[[random.Random, int], dict[str, Any]]] = {
    "storms of rejections": _storms,
    "stray rejections": _stray_rejections,
    "outages": _outages,
    "small bursts": _small_bursts,
    "resets each minute": _resets_each_minute,
    "wrong hints": _wrong_hints,
    "caps by 429, 503, reset": _caps,
    "loading model": _loading,
    "neighbour on and off": _waves,
    "autoscaling": _autoscaling,
    "slow drift": _drift,
    "unequal replicas": _unequal_replicas,
    "warming cache": _warming_cache,
    "jitter": _jitter,
    "rare long answers": _rare_long,
    "minutes an answer": _slow,
    "milliseconds an answer": _fast,
    "prefill-bound": _prefill,
    "mixed prompts, tokens/min": _mixed_prompts,
    "hanging calls": _hanging,
    "failing calls": _failing,
    "cliff": _cliff,
    "starving queue": _starving,
    "per connection": _per_connection,
    "crashes": _crashes,
}
