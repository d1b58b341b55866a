"""From a file's row to a sample's values: names for templates, the filter, the id."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

import msgspec

from evalstudio.core.errors import DatasetError, EvaluationError
from evalstudio.datasets.source import DatasetSource
from evalstudio.templating.templates import compile_expression

Getter = Callable[[dict[str, Any]], Any]


class Mapper:
    """Gives rows the names of `source.columns`, beside those of the file.

    Knows which columns a row must have; columns nobody asked for may be missing from a row and are null.
    """

    def __init__(self, source: DatasetSource) -> None:
        self._renamed = dict(source.columns)
        self._id = source.id
        self._cluster_by = source.cluster_by
        self._filter = None
        used: Collection[str] = ()
        if source.filter is not None:
            try:
                self._filter, used = compile_expression(source.filter)
            except EvaluationError as error:
                raise DatasetError(f"The dataset's filter cannot be used: {error}") from None
        self.filter_names = frozenset(used)

    def check(self, columns: Collection[str]) -> None:
        """Every column asked for exists.

        Raises:
            DatasetError: one does not; the sentence lists those there are.
        """
        there = ", ".join(columns)
        for name, column in self._renamed.items():
            if column not in columns and column.split(".")[0] not in columns:
                raise DatasetError(f"There is no column '{column}' (for '{name}'). The columns are: {there}.")
        if self._id is not None and self._id not in columns:
            raise DatasetError(f"There is no column '{self._id}' for the ids. The columns are: {there}.")
        if self._cluster_by is not None and self._cluster_by not in self.names(columns):
            raise DatasetError(
                f"There is no column '{self._cluster_by}' to cluster by. The columns are: {there}."
            )
        for name in sorted(self.filter_names):
            if name not in columns and name not in self._renamed:
                raise DatasetError(f"The filter uses '{name}', and no column is called so: {there}.")

    def names(self, columns: Collection[str]) -> tuple[str, ...]:
        """The names templates can use: the mapped ones first, then those of the file."""
        return tuple(dict.fromkeys([*self._renamed, *columns]))

    def demands(self, columns: Collection[str] | None) -> bool:
        """Whether a row can lack something asked for: never plain columns of a file with a header."""
        if self._id is not None:
            return True
        return any(columns is None or column not in columns for column in self._renamed.values())

    def values(self, row: dict[str, Any], columns: tuple[str, ...]) -> dict[str, Any]:
        """A sample's values.

        Raises:
            KeyError: the row lacks a column that is asked for, named by the key.
        """
        if len(row) < len(columns):
            complete = dict.fromkeys(columns)
            complete.update(row)
        else:
            complete = row
        if not self._renamed:
            return complete
        renamed = {name: _reach(row, column) for name, column in self._renamed.items()}
        return {**complete, **renamed}

    def id_of(self, row: dict[str, Any], position: int) -> str:
        """The sample's id as text.

        Raises:
            KeyError: the row has none.
        """
        if self._id is None:
            return str(position)
        value = row.get(self._id)
        if value is None or value == "":
            raise KeyError(self._id)
        return value if isinstance(value, str) else msgspec.json.encode(value).decode()

    def keeps(self, values: Mapping[str, Any]) -> bool:
        """Whether the filter lets a sample through.

        Raises:
            DatasetError: the filter fails on this sample.
        """
        if self._filter is None:
            return True
        absent = self.filter_names - values.keys()
        try:
            return bool(self._filter({**dict.fromkeys(absent), **values} if absent else values))
        except EvaluationError as error:
            raise DatasetError(f"The dataset's filter fails: {error}") from None


def _reach(row: dict[str, Any], column: str) -> Any:
    """The value of a column, or of a dotted path into nested objects and lists."""
    if column in row:
        return row[column]
    first, *rest = column.split(".")
    if not rest:
        raise KeyError(column)
    value: Any = row[first]
    for step in rest:
        if isinstance(value, dict) and step in value:
            value = value[step]
        elif isinstance(value, list) and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
        else:
            raise KeyError(column)
    return value
