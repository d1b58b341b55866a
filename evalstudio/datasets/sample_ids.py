"""Samples chosen by their ids: which rows of a dataset they are."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from evalstudio.core.errors import DatasetError
from evalstudio.datasets.dataset import open_dataset
from evalstudio.datasets.source import DatasetSource

NAMED = 5  # ids that a message names


def with_sample_ids(source: DatasetSource, base: Path, ids: Sequence[str]) -> DatasetSource:
    """Returns a source that selects the samples with these ids, whatever number of samples it selects itself.

    Blocking: the dataset is read once.

    Args:
        source: the dataset. Its filter holds: a row that it leaves out is no sample.
        base: the folder that a relative path starts from.
        ids: as they stand beside the records: values of the id column, else row numbers from 0.

    Raises:
        DatasetError: the dataset can't be read, or has no sample with one of the ids.
    """
    dataset = open_dataset(msgspec.structs.replace(source, samples=None, seed=None), base)
    wanted = set(ids)
    positions = {sample.id: sample.position for sample in dataset if sample.id in wanted}
    missing = [one for one in dict.fromkeys(ids) if one not in positions]
    if missing:
        more = f" and {len(missing) - NAMED:,} more" if len(missing) > NAMED else ""
        kind = (
            f"values of the column '{source.id}'"
            if source.id
            else f"row numbers from 0 to {dataset.rows - 1:,}"
        )
        raise DatasetError(
            f"There is no sample {', '.join(missing[:NAMED])}{more} among those of {dataset.path.name}; ids are {kind}."
        )
    return msgspec.structs.replace(dataset.source, filter=None, indices=tuple(sorted(positions.values())))
