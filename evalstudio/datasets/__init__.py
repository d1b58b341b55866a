"""Datasets: files of samples, read as they are and streamed in their own order."""

from evalstudio.datasets.dataset import Dataset, open_dataset
from evalstudio.datasets.preview import Preview, PreviewColumn, preview
from evalstudio.datasets.readers.base import Problem
from evalstudio.datasets.source import DatasetSource, Sample

__all__ = [
    "Dataset",
    "DatasetSource",
    "Preview",
    "PreviewColumn",
    "Problem",
    "Sample",
    "open_dataset",
    "preview",
]
