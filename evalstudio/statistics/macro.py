"""Macro precision, recall and F1 of a run: a mean over classes, with an interval that draws samples, not records."""

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from evalstudio.core.errors import EvaluationError
from evalstudio.statistics.aggregate import Aggregate, Scores, sample_numbers
from evalstudio.statistics.bootstrap import bootstrap_counts
from evalstudio.statistics.confusion import Measure, label_cells, macro, margins, measure_margins
from evalstudio.statistics.intervals import wilson

if TYPE_CHECKING:
    import numpy as np

RESAMPLES = 2000
CHUNK = 4_000_000
"""How many cells of confusion matrices are worked out at once."""


def macro_of(scores: Scores, metric: str, measure: Measure) -> Aggregate:
    """The mean of a measure over the expected classes.

    Clusters of samples, or the repeats of a sample, are drawn together. There are bounds where every missing answer has
    an expected class.

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
        """Ends that the mean cannot leave, whatever the missing answers would have been.

        Every one right is the upper end. For the lower end all of the other classes' are taken for each class in turn,
        which cannot be so for several classes at once: with more than two it may lie lower than any answers lead to.
        """
        import numpy as np

        if self.missing is None:
            return None, None
        counts = np.bincount(self.cells, minlength=self.classes * (self.classes + 1)).reshape(1, -1)
        right, support, answered = margins(counts.astype(float), self.classes)
        support = support + self.missing
        others = self.missing.sum() - self.missing
        low = measure_margins(right, support, answered + others, measure)
        high = measure_margins(right + self.missing, support, answered + self.missing, measure)
        return float(low.mean()), float(high.mean())


def _read(scores: Scores) -> _Table | None:
    import numpy as np

    if scores.labels is None or scores.expected_labels is None:
        return None
    names, there, cells = label_cells(scores.labels, scores.expected_labels)
    groups = scores.samples if scores.clusters is None else scores.clusters
    clusters = None
    if groups is not None and len(set(groups)) < len(groups):
        clusters = sample_numbers(groups)[there]
    without = [right for label, right in zip(scores.labels, scores.expected_labels, strict=True) if not label]
    missing = None
    if len(scores.labels) >= (scores.total or 0) and set(without) <= set(names):
        counts = Counter(without)
        missing = np.array([counts[name] for name in names], dtype=float)
    return _Table(len(names), cells, clusters, missing)
