"""Classes: which were taken for which, and precision, recall and F1 from that."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import msgspec

if TYPE_CHECKING:
    import numpy as np

Measure = Literal["precision", "recall", "f1"]
OTHER = "(other)"


class ClassScore(msgspec.Struct, frozen=True):
    """Precision, recall and F1 of one class, and how many samples are expected to be of it."""

    label: str
    precision: float | None
    recall: float
    f1: float
    support: int


class Confusion(msgspec.Struct, frozen=True):
    """How often each class was answered where each was expected.

    `labels` are the expected classes, sorted; answers that are none of them are counted in a last column,
    called "(other)". `counts` has a row for each expected class and len(labels) + 1 columns. Precision is
    None for a class that was never answered, and counts as 0 in the macro mean.
    """

    labels: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]
    classes: tuple[ClassScore, ...]

    @property
    def n(self) -> int:
        return sum(map(sum, self.counts))


def confusion(labels: Sequence[str | None], expected: Sequence[str | None]) -> Confusion:
    """The confusion matrix of the samples that have both labels."""
    import numpy as np

    pairs = [(message, right) for message, right in zip(labels, expected, strict=True) if message and right]
    names = sorted({right for _, right in pairs})
    place = {name: index for index, name in enumerate(names)}
    counts = np.zeros((len(names), len(names) + 1), dtype=np.int64)
    for message, right in pairs:
        counts[place[right], place.get(message, len(names))] += 1
    flat = counts.reshape(1, -1).astype(float)
    precision, recall, f1 = (measure_classes(flat, len(names), measure)[0] for measure in MEASURES)
    answered = counts[:, : len(names)].sum(axis=0)
    classes = tuple(
        ClassScore(
            name,
            float(precision[index]) if answered[index] else None,
            float(recall[index]),
            float(f1[index]),
            int(counts[index].sum()),
        )
        for index, name in enumerate(names)
    )
    return Confusion(tuple(names), tuple(tuple(map(int, row)) for row in counts), classes)


def measure_classes(flat: "np.ndarray", classes: int, measure: Measure) -> "np.ndarray":
    """One measure of each class, from confusion matrices.

    Args:
        flat: matrices row by row, shape (matrices, classes * (classes + 1)).
        classes: how many expected classes there are.
        measure: which measure.

    Returns:
        Shape (matrices, classes); 0 where a measure divides by nothing, NaN for a class that a resampled
        matrix does not expect at all.
    """
    import numpy as np

    counts = flat.reshape(len(flat), classes, classes + 1)
    right = np.diagonal(counts[:, :, :classes], axis1=1, axis2=2)
    support, answered = counts.sum(axis=2), counts[:, :, :classes].sum(axis=1)
    below = {"precision": answered, "recall": support, "f1": support + answered}[measure]
    above = 2 * right if measure == "f1" else right
    result: np.ndarray = np.divide(above, below, out=np.zeros_like(right, dtype=float), where=below > 0)
    result[support == 0] = np.nan
    return result


def macro(flat: "np.ndarray", classes: int, measure: Measure) -> "np.ndarray":
    """The mean of a measure over the classes that are expected, shape (matrices,)."""
    import numpy as np

    mean: np.ndarray = np.nanmean(measure_classes(flat, classes, measure), axis=1)
    return mean


MEASURES: tuple[Measure, ...] = ("precision", "recall", "f1")
