"""Class labels of Hugging Face datasets: numbers whose names stand in the file's own description."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from evalstudio.datasets.readers.base import Problem, note

Labels = dict[str, tuple[str, ...]]
"""By column, the names of its labels."""


def label_names(features: Any) -> Labels:
    """The columns that are class labels, or lists of them, by a dataset's features.

    Example:
        >>> label_names({"label": {"_type": "ClassLabel", "names": ["no", "yes"]}, "text": {"dtype": "string"}})
        {'label': ('no', 'yes')}
    """
    if not isinstance(features, Mapping):
        return {}
    found = {str(column): _names(feature) for column, feature in features.items()}
    return {column: names for column, names in found.items() if names}


def labels_of_metadata(metadata: Mapping[bytes, bytes] | None) -> Labels:
    """The class labels that a Parquet file's metadata describe; none where they cannot be read."""
    told = (metadata or {}).get(b"huggingface")
    if told is None:
        return {}
    try:
        described = json.loads(told)
    except (ValueError, RecursionError):
        return {}
    info = described.get("info") if isinstance(described, dict) else None
    return label_names(info.get("features")) if isinstance(info, dict) else {}


def id_columns(labels: Labels, columns: Sequence[str]) -> dict[str, str]:
    """For each label column that is there, the column that keeps its numbers."""
    taken = set(columns)
    return {
        column: next(
            name for name in (f"{column}_id", f"{column}_number", f"{column}__id") if name not in taken
        )
        for column in labels
        if column in taken and f"{column}__id" not in taken
    }


def with_names(row: dict[str, Any], labels: Labels, ids: Mapping[str, str]) -> dict[str, Any]:
    """The row with its labels' names, and their numbers beside them."""
    for column, kept in ids.items():
        if column in row:
            value = row[column]
            row[kept] = value
            row[column] = _named(value, labels[column])
    return row


def labels_told(labels: Labels, ids: Mapping[str, str]) -> list[Problem]:
    """The note about each label column."""
    return [
        note(
            f"the column '{column}' is a class label and is read as its names ({_some(labels[column])}); "
            f"'{kept}' has its numbers"
        )
        for column, kept in ids.items()
    ]


def _names(feature: Any, depth: int = 3) -> tuple[str, ...]:
    if isinstance(feature, list) and len(feature) == 1 and depth:
        return _names(feature[0], depth - 1)
    if not isinstance(feature, Mapping):
        return ()
    if feature.get("_type") == "ClassLabel":
        names = feature.get("names")
        return tuple(map(str, names)) if isinstance(names, list) else ()
    return _names(feature.get("feature"), depth - 1) if depth and "feature" in feature else ()


def _named(value: Any, names: tuple[str, ...]) -> Any:
    if isinstance(value, list):
        return [_named(one, names) for one in value]
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < len(names):
        return names[value]
    return None if value == -1 else value  # -1: there is no label


def _some(names: tuple[str, ...]) -> str:
    return ", ".join(names[:4]) + (", ..." if len(names) > 4 else "")
