"""Macro precision, recall and F1 of a run: a mean over classes, with an interval that draws samples, not records."""

from typing import TYPE_CHECKING, NamedTuple

from evalstudio.core.errors import EvaluationError
from evalstudio.statistics.aggregate import Aggregate, Scores, sample_numbers
from evalstudio.statistics.bootstrap import bootstrap_counts
from evalstudio.statistics.confusion import Measure, macro
from evalstudio.statistics.intervals import wilson

if TYPE_CHECKING:
    import numpy as np

RESAMPLES = 2000
CHUNK = 4_000_000
"""How many cells of confusion matrices are worked out at once."""


def macro_of(scores: Scores, metric: str, measure: Measure) -> Aggregate:
    """The mean of a measure over the expected classes.

    Clusters of samples, or the repeats of a sample, are drawn together. The bounds count every answer that cannot be
    read, but has an expected class, as none of the classes or as the right one.

    Raises:
        EvaluationError: the scores name no classes.
    """
    table = _read(scores)
    if table is None:
        raise EvaluationError(f"{metric} needs an evaluator that tells classes, as exact_match does.")
    total = len(scores.values) if scores.total is None else max(scores.total, len(scores.values))
    n = len(table.cells)
    if n == 0:
        return Aggregate(metric, None, 0, total, 0.0)
    profiles = table.profiles()
    value = float(profiles.measure(profiles.frequency.reshape(1, -1), measure)[0])
    interval = bootstrap_counts(
        profiles.frequency, lambda drawn: profiles.measure(drawn, measure), resamples=RESAMPLES
    )
    method = "bootstrap" if table.clusters is None else "clustered bootstrap"
    if interval.high - interval.low < 1e-12:  # all right, or all wrong: no resample differs
        clusters = int(profiles.frequency.sum())
        interval, method = wilson(value * clusters, clusters), "Wilson"
    low, high = table.bounds(measure)
    return Aggregate(
        metric, value, n, total, n / total, *interval, bound_low=low, bound_high=high, method=method
    )


class _Profiles(NamedTuple):
    """The kinds of cluster that there are. Without clusters each record is one, and its cell is its kind."""

    classes: int
    used: "np.ndarray"  # the cells of the confusion matrix that any record is in, shape (used,)
    kinds: "np.ndarray | None"  # how many records of a cluster are in each, shape (kinds, used)
    frequency: "np.ndarray"  # how many clusters are of each kind, shape (kinds,)

    def measure(self, drawn: "np.ndarray", measure: Measure) -> "np.ndarray":
        """The macro mean for clusters drawn so often, shape (resamples, kinds) -> (resamples,)."""
        import numpy as np

        size = self.classes * (self.classes + 1)
        values = np.empty(len(drawn))
        step = max(1, CHUNK // size)
        for start in range(0, len(drawn), step):
            part = drawn[start : start + step]
            full = np.zeros((len(part), size))
            full[:, self.used] = part if self.kinds is None else part @ self.kinds
            values[start : start + step] = macro(full, self.classes, measure)
        return values


class _Table(NamedTuple):
    """Records as cells of a confusion matrix: expected class x answered class, the last column for no class."""

    classes: int
    cells: "np.ndarray"  # of each record with both classes, shape (n,)
    clusters: "np.ndarray | None"  # the cluster of each, shape (n,)
    missing: "np.ndarray | None"  # of each class, how many records have no answer; None: some have no class, either

    def profiles(self) -> "_Profiles":
        """The kinds of cluster. Clusters with the same records are one kind: thousands of them cost as much as one."""
        import numpy as np

        used, cells = np.unique(self.cells, return_inverse=True)
        if self.clusters is None:
            return _Profiles(self.classes, used, None, np.bincount(cells))
        order = np.lexsort((cells, self.clusters))
        starts = np.flatnonzero(np.diff(self.clusters[order], prepend=-1))
        frequency: dict[bytes, int] = {}
        for group in np.split(cells[order].astype(np.int64), starts[1:]):
            frequency[group.tobytes()] = frequency.get(group.tobytes(), 0) + 1
        kinds = [np.bincount(np.frombuffer(one, np.int64), minlength=len(used)) for one in frequency]
        return _Profiles(self.classes, used, np.array(kinds, dtype=float), np.array(list(frequency.values())))

    def bounds(self, measure: Measure) -> tuple[float | None, float | None]:
        """What the mean is where every missing answer is none of the classes, and where every one is right."""
        import numpy as np

        if self.missing is None:
            return None, None
        shape = (self.classes, self.classes + 1)
        counts = np.bincount(self.cells, minlength=shape[0] * shape[1]).reshape(shape).astype(float)
        ends = []
        for column in (np.full(self.classes, self.classes), np.arange(self.classes)):
            filled = counts.copy()
            filled[np.arange(self.classes), column] += self.missing
            ends.append(float(macro(filled.reshape(1, -1), self.classes, measure)[0]))
        return min(ends), max(ends)


def _read(scores: Scores) -> _Table | None:
    import numpy as np

    if scores.labels is None or scores.expected_labels is None:
        return None
    pairs = list(zip(scores.labels, scores.expected_labels, strict=True))
    names = sorted({expected for label, expected in pairs if label and expected})
    place = {name: number for number, name in enumerate(names)}
    width = len(names) + 1
    there = [number for number, (label, expected) in enumerate(pairs) if label and expected]
    cells = np.array(
        [place[pairs[one][1] or ""] * width + place.get(pairs[one][0] or "", len(names)) for one in there],
        dtype=np.int64,
    )
    groups = scores.samples if scores.clusters is None else scores.clusters
    clusters = None
    if groups is not None and len(set(groups)) < len(groups):
        clusters = sample_numbers(groups)[there]
    without = [expected for label, expected in pairs if not label]
    known = all(expected in place for expected in without) and len(pairs) >= (scores.total or 0)
    missing = None
    if known:
        missing = np.bincount([place[one or ""] for one in without], minlength=len(names)).astype(float)
    return _Table(len(names), cells, clusters, missing)
