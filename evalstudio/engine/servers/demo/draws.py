"""Deterministic random draws: every draw is a hash of the request, independent of time and order."""

import math
from collections.abc import Sequence
from hashlib import blake2b
from statistics import NormalDist
from typing import TypeVar

T = TypeVar("T")

_NORMAL = NormalDist()
_SCALE = 2.0**64


def request_key(seed: int, content: bytes, repeat: str) -> bytes:
    """Returns the key of all draws for one request, from the server's seed, the encoded messages and the repeat."""
    head = f"{seed}/{repeat}/".encode()
    return blake2b(head + content, digest_size=16).digest()


def uniform(key: bytes, name: str) -> float:
    """Returns a number in [0, 1), the same for the same key and name."""
    return int.from_bytes(blake2b(name.encode(), key=key, digest_size=8).digest()) / _SCALE


def choice(key: bytes, name: str, options: Sequence[T]) -> T:
    """Returns one of `options`, the same for the same key, name and options."""
    return options[int(uniform(key, name) * len(options))]


def lognormal(key: bytes, name: str, mean: float, sigma: float) -> float:
    """Returns a lognormal number with this mean (not median); `sigma` is that of its logarithm."""
    if sigma == 0:
        return mean
    z = _NORMAL.inv_cdf(min(max(uniform(key, name), 1e-12), 1 - 1e-12))
    return mean * math.exp(sigma * z - sigma * sigma / 2)


def mistaken(key: bytes, share: float) -> bool:
    """Whether the answer to this request is one of the wrong ones."""
    return uniform(key, "mistake") < share
