"""Concurrency strategies, to be set in an evaluation file or passed to `run`.

Example:
    >>> from evalstudio import ForEach
    >>> from evalstudio.concurrency import Adaptive
    >>> foreach = ForEach(concurrency=Adaptive(max=64))
"""

from evalstudio.core.strategy import (
    Adaptive,
    AsyncSequential,
    Batch,
    Sequential,
    SlidingWindow,
    Strategy,
)

__all__ = ["Adaptive", "AsyncSequential", "Batch", "Sequential", "SlidingWindow", "Strategy"]
