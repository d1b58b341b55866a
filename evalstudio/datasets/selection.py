"""Which of the candidate rows are samples: the first ones, a seeded choice, or all."""

from typing import TYPE_CHECKING

from evalstudio.core.errors import DatasetError
from evalstudio.datasets.source import DatasetSource

if TYPE_CHECKING:
    import numpy as np


def check_selection(source: DatasetSource) -> None:
    """Refuse numbers that choose nothing or contradict each other.

    Raises:
        DatasetError: says which number it is.
    """
    if source.samples is not None and source.samples < 1:
        raise DatasetError(f"samples = {source.samples}: at least 1 sample is needed; leave it out for all.")
    if source.seed is not None and source.seed < 0:
        raise DatasetError(f"seed = {source.seed}: a seed is 0 or more.")
    if source.indices is None:
        return
    if source.filter is not None:
        raise DatasetError("Choose rows by indices or by filter, not by both.")
    if not source.indices:
        raise DatasetError("indices is empty: name at least one row, or leave it out for all.")
    seen: set[int] = set()
    for index in source.indices:
        if index < 0:
            raise DatasetError(f"indices has {index}: rows are counted from 0.")
        if index in seen:
            raise DatasetError(f"indices has {index} twice: each row can be a sample once.")
        seen.add(index)


def check_indices(source: DatasetSource, rows: int) -> None:
    """Refuse indices beyond the file's end.

    Raises:
        DatasetError: names the first such index and the last there is.
    """
    beyond = [index for index in source.indices or () if index >= rows]
    if beyond:
        raise DatasetError(f"indices has {beyond[0]}, and the last of the {rows:,} rows is {rows - 1}.")


def choose(candidates: int, samples: int, seed: int) -> "np.ndarray":
    """`samples` of `candidates` places, in ascending order, the same ones on every machine.

    A larger choice with the same seed contains the smaller one, so that raising the number of samples
    keeps the answers there are: every place draws a 64-bit number, and the lowest are taken. PCG64's raw
    stream is part of numpy's compatibility promise; its `shuffle` and `choice` are not.
    """
    import numpy as np

    draws = np.random.PCG64(seed).random_raw(candidates)
    return np.sort(np.argsort(draws, kind="stable")[:samples])
