"""Files made for a test, opened as datasets."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from evalstudio.datasets import Dataset, DatasetSource, open_dataset

OpenFile = Callable[..., Dataset]


@pytest.fixture
def opened(tmp_path: Path) -> OpenFile:
    """Write bytes or text under a name, and open them with the options given."""

    def open_file(name: str, content: bytes | str, **options: Any) -> Dataset:
        data = content.encode() if isinstance(content, str) else content
        (tmp_path / name).write_bytes(data)
        return open_dataset(DatasetSource(path=name, **options), tmp_path)

    return open_file


def values(dataset: Dataset) -> list[dict[str, Any]]:
    return [sample.values for sample in dataset]
