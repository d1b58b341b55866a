"""Parquet, a batch of rows at a time, through pyarrow."""

import datetime
import decimal
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from evalstudio.core.errors import DatasetError, RequirementError
from evalstudio.datasets.readers.base import Report, Row, note
from evalstudio.datasets.readers.class_labels import id_columns, labels_of_metadata, labels_told, with_names
from evalstudio.workspace.packaged import how_to_add

BATCH = 1024


class ParquetReader:
    """Reads values with the types the file gives them; NaN is read as null, and said once a column.

    `labels`: names of class labels by column, for a file that does not say them itself.
    """

    def __init__(self, path: Path, labels: Mapping[str, tuple[str, ...]] | None = None) -> None:
        self.path = path
        with self._open() as file:
            names = tuple(file.schema_arrow.names)
            self._labels = labels_of_metadata(file.schema_arrow.metadata) or dict(labels or {})
        self._ids = id_columns(self._labels, names)
        self.columns: tuple[str, ...] | None = (*names, *self._ids.values())
        self.layout = f"labels={sorted(self._ids)}" if self._ids else ""

    def rows(self, report: Report) -> Iterator[Row]:
        import pyarrow as pa
        import pyarrow.compute as pc

        missing: dict[str, int] = {}
        labels, ids = self._labels, self._ids
        for told in labels_told(labels, ids):
            report(told)
        with self._open() as file:
            try:
                for batch in file.iter_batches(batch_size=BATCH):
                    for place, field in enumerate(batch.schema):
                        if not pa.types.is_floating(field.type):
                            continue
                        nan = pc.is_nan(batch.column(place))
                        if count := pc.sum(nan).as_py():
                            missing[field.name] = missing.get(field.name, 0) + count
                            numbers = pc.if_else(nan, pa.scalar(None, field.type), batch.column(place))
                            batch = batch.set_column(place, field, numbers)
                    for values in batch.to_pylist():
                        row = {name: _plain(value) for name, value in values.items()}
                        yield None, with_names(row, labels, ids) if ids else row
            except (pa.ArrowException, OSError) as error:
                raise DatasetError(f"{self.path.name} is damaged: {error}.") from None
        for name, count in missing.items():
            report(note(f"the column '{name}' has {count:,} NaN, read as empty (null)"))

    def _open(self) -> Any:
        try:
            import pyarrow as pa
            import pyarrow.parquet as pq
        except ImportError:
            raise RequirementError(
                f"Reading Parquet files needs pyarrow; {how_to_add('pyarrow')}. "
                "Or convert the file to CSV or JSON Lines."
            ) from None
        try:
            return pq.ParquetFile(self.path)
        except (pa.ArrowException, OSError) as error:
            raise DatasetError(f"{self.path.name} cannot be read as Parquet: {error}.") from None


def _plain(value: Any) -> Any:
    """The value as JSON could hold it; a decimal keeps its digits as text."""
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, decimal.Decimal):
        return str(value)
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, datetime.timedelta):
        return value.total_seconds()
    if isinstance(value, list):
        if value and all(type(entry) is tuple and len(entry) == 2 for entry in value):
            return {str(key): _plain(entry) for key, entry in value}  # a map
        return [None if entry != entry else _plain(entry) for entry in value]
    if isinstance(value, dict):
        return {name: None if entry != entry else _plain(entry) for name, entry in value.items()}
    return value
