"""Parquet, a batch of rows at a time, through pyarrow."""

import datetime
import decimal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from evalstudio.core.errors import DatasetError, RequirementError
from evalstudio.datasets.readers.base import Problem, Report, Row
from evalstudio.workspace.packaged import how_to_add

BATCH = 1024


class ParquetReader:
    """Reads values with the types the file gives them; NaN is read as null, and said once a column."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with self._open() as file:
            self.columns: tuple[str, ...] | None = tuple(file.schema_arrow.names)
        self.layout = ""

    def rows(self, report: Report) -> Iterator[Row]:
        import pyarrow as pa
        import pyarrow.compute as pc

        missing: dict[str, int] = {}
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
                    for row in batch.to_pylist():
                        yield None, {name: _plain(value) for name, value in row.items()}
            except (pa.ArrowException, OSError) as error:
                raise DatasetError(f"{self.path.name} is damaged: {error}.") from None
        for name, count in missing.items():
            report(Problem(None, f"the column '{name}' has {count:,} NaN, read as empty (null)"))

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
        return [_plain(entry) for entry in value]
    if isinstance(value, dict):
        return {name: _plain(entry) for name, entry in value.items()}
    return value
