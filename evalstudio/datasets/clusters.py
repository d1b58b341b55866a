"""Clusters: which samples belong together, as questions about one document do."""

from collections.abc import Iterable

from evalstudio.datasets.source import Sample


def clusters_of(samples: Iterable[Sample], column: str) -> dict[str, str]:
    """What each sample belongs to, by its id: its value in a column. A sample without a value stands alone.

    Example:
        >>> clusters_of([Sample(0, "0", {"doc": "a"}), Sample(1, "1", {"doc": None})], "doc")
        {'0': 'a'}
    """
    values = ((sample.id, sample.values.get(column)) for sample in samples)
    return {sample: str(value) for sample, value in values if value not in (None, "")}
