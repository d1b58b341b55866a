"""Files dropped on the window: which there are, and what for."""

from pathlib import Path

from PySide6.QtCore import QMimeData

from evalstudio.datasets.formats import is_dataset

EVALUATIONS = (".toml", ".py")


def file_of(data: QMimeData) -> Path | None:
    """The first file of what is dragged that the window can take; None where there is none."""
    paths = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
    return next((path for path in paths if path.suffix.lower() in EVALUATIONS or is_dataset(path)), None)


def is_evaluation(path: Path) -> bool:
    return path.suffix.lower() in EVALUATIONS
