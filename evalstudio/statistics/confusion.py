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

    names, _, cells = label_cells(labels, expected)
    shape = (len(names), len(names) + 1)
    counts = np.bincount(cells, minlength=shape[0] * shape[1]).reshape(shape)
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
    return Confusion(names, tuple(tuple(map(int, row)) for row in counts), classes)


def label_cells(
    labels: Sequence[str | None], expected: Sequence[str | None]
) -> "tuple[tuple[str, ...], np.ndarray, np.ndarray]":
    """The expected classes, sorted; which samples have both labels; and the cell of the matrix that each of these is in.

    Returns:
        The classes; the samples' places, shape (n,); the cells, row by row, shape (n,).
    """
    import numpy as np

    pairs = [
        (place, label, right)
        for place, (label, right) in enumerate(zip(labels, expected, strict=True))
        if label and right
    ]
    names = tuple(sorted({right for _, _, right in pairs}))
    number = {name: index for index, name in enumerate(names)}
    width = len(names) + 1
    cells = [number[right] * width + number.get(label, len(names)) for _, label, right in pairs]
    return names, np.array([place for place, _, _ in pairs], np.int64), np.array(cells, np.int64)


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

    right, support, answered = margins(flat, classes)
    return measure_margins(right, support, answered, measure)


def margins(flat: "np.ndarray", classes: int) -> "tuple[np.ndarray, np.ndarray, np.ndarray]":
    """Of each class how many are right, expected and answered, each of shape (matrices, classes)."""
    import numpy as np

    counts = flat.reshape(len(flat), classes, classes + 1)
    right = np.diagonal(counts[:, :, :classes], axis1=1, axis2=2)
    return right, counts.sum(axis=2), counts[:, :, :classes].sum(axis=1)


def measure_margins(
    right: "np.ndarray", support: "np.ndarray", answered: "np.ndarray", measure: Measure
) -> "np.ndarray":
    """As `measure_classes`, from what `margins` returns."""
    import numpy as np

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
