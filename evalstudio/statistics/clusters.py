"""Clusters of samples by name, as `Scores.clusters` takes them."""

from collections.abc import Mapping, Sequence


def cluster_names(samples: Sequence[str], clusters: Mapping[str, str]) -> list[str]:
    """The cluster of each sample, which is itself where it stands alone; no cluster is taken for a sample.

    Example:
        >>> cluster_names(["0", "1"], {"0": "1"})
        ['cluster 1', 'sample 1']
    """
    return [f"cluster {clusters[one]}" if one in clusters else f"sample {one}" for one in samples]
