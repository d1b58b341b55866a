"""File drops on the window: which files were dropped, and which page takes them."""

from pathlib import Path

from PySide6.QtCore import QMimeData

from evalstudio.datasets.formats import is_dataset

EVALUATIONS = (".toml", ".py")


def file_of(data: QMimeData) -> Path | None:
    """Returns the first dragged file that the window accepts; None if there is none."""
    paths = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
    return next((path for path in paths if path.suffix.lower() in EVALUATIONS or is_dataset(path)), None)


def is_evaluation(path: Path) -> bool:
    return path.suffix.lower() in EVALUATIONS
