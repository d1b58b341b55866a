"""The dataset's own columns of a run's samples, read from its file where that is still as it was."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from evalstudio.core.errors import DatasetError, RunError
from evalstudio.datasets import Dataset, DatasetSource, Sample, open_dataset
from evalstudio.datasets.clusters import clusters_of
from evalstudio.datasets.hub import is_hub
from evalstudio.evaluations.request import StoredSpec
from evalstudio.store.runs import RunRow


class DatasetRows:
    """The rows of a run's dataset.

    Raises:
        RunError: the run's rows are in no file, or the file is gone or not the same any more.
    """

    def __init__(self, row: RunRow) -> None:
        self._dataset = _open(row)
        self.columns: tuple[str, ...] = self._dataset.columns

    def __iter__(self) -> Iterator[Sample]:
        """Every row, in the order of the file; also those that the run did not select."""
        return iter(self._dataset)

    def clusters(self, column: str) -> dict[str, str]:
        """What each sample belongs to, by its id: its value in a column. A sample without a value stands alone.

        Raises:
            RunError: there is no such column.
        """
        if column not in self.columns:
            raise RunError(f"The dataset has no column '{column}'; it has {', '.join(self.columns)}.")
        return clusters_of(self, column)


class Clustering(NamedTuple):
    """What the samples of compared runs belong to, by id; None: each stands alone. `words` say so or why not."""

    clusters: Mapping[str, str] | None
    words: str = ""


def clustering_by(row: RunRow, column: str) -> Clustering:
    """The clusters by a column of a run's dataset. Raises RunError, DatasetError."""
    return Clustering(DatasetRows(row).clusters(column), f"Samples are clustered by '{column}'.")


def clustering_of(rows: Iterable[RunRow]) -> Clustering:
    """The clusters that the evaluation of a run asks for: of the first one that does. Reads its dataset once."""
    for row in rows:
        if (column := _cluster_column(row)) is None:
            continue
        try:
            return clustering_by(row, column)
        except (RunError, DatasetError) as error:
            return Clustering(None, f"Samples are not clustered by '{column}'. {error}")
    return Clustering(None)


def _cluster_column(row: RunRow) -> str | None:
    try:
        return msgspec.convert(StoredSpec.decode(row.spec).spec.get("dataset"), DatasetSource).cluster_by
    except msgspec.MsgspecError:
        return None


def _open(row: RunRow) -> Dataset:
    try:
        stored = StoredSpec.decode(row.spec)
        table = msgspec.convert(stored.spec.get("dataset"), DatasetSource)
    except msgspec.MsgspecError:
        raise RunError(
            f"The rows of run {row.id} come from Python code or from another version: there is no file to read columns"
            " from."
        ) from None
    # of a dataset of the Hub the stored address names the commit, which can be downloaded again
    path = table.path if is_hub(table.path) else row.dataset_path
    source = msgspec.structs.replace(table, path=path, samples=None, seed=None, indices=None, filter=None)
    try:
        dataset = open_dataset(source, Path(stored.base))
    except DatasetError as error:
        raise RunError(f"The columns of run {row.id} cannot be read. {error}") from error
    if dataset.content_hash != row.dataset_hash:
        raise RunError(
            f"{row.dataset_path} is not what run {row.id} was made with: it has changed since, and its columns may belong"
            " to other answers."
        )
    return dataset


class PositionReader:
    """Reads the values of rows by their positions, which only grow: one pass over the file."""

    def __init__(self, rows: DatasetRows) -> None:
        self._rows = iter(rows)
        self._now: Sample | None = None

    def at(self, position: int) -> dict[str, Any]:
        """The values of the row at a position, which is not before the last one asked for; empty if there is none."""
        while self._now is None or self._now.position < position:
            self._now = next(self._rows, None)
            if self._now is None:
                return {}
        return self._now.values if self._now.position == position else {}
