"""Several answers to the same sample: whether one of k is right, and whether they agree."""

import math
from collections import Counter
from collections.abc import Hashable, Sequence


def pass_at_k(outcomes: Sequence[bool], k: int) -> float | None:
    """The chance that one of k answers, drawn from those given, is right; None for fewer than k answers.

    The unbiased estimate 1 - C(n - c, k) / C(n, k) of M. Chen et al., "Evaluating large language models
    trained on code" (2021), arXiv:2107.03374.
    """
    n, right = len(outcomes), sum(outcomes)
    if n < k:
        return None
    return 1.0 - math.comb(n - right, k) / math.comb(n, k)


def consistency(answers: Sequence[Hashable]) -> float | None:
    """The chance that two different answers to a sample are the same; None for fewer than two answers."""
    n = len(answers)
    if n < 2:
        return None
    return sum(count * (count - 1) for count in Counter(answers).values()) / (n * (n - 1))
