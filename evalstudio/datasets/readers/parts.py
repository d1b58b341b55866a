"""Several files read as one dataset: the parts of a split of the Hub, listed in a manifest."""

from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from evalstudio.core.errors import DatasetError
from evalstudio.datasets.readers.base import FormatReader, Problem, Report, Row

PARTS_ENDING = ".hub"


class Parts(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where a split comes from, and its files in their order; `labels`: names of class labels by column."""

    address: str
    config: str
    files: tuple[str, ...]
    labels: dict[str, tuple[str, ...]] = {}


def read_parts(path: Path) -> Parts:
    """Raises DatasetError if the manifest can't be read."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Parts)
    except (OSError, msgspec.MsgspecError) as error:
        raise DatasetError(
            f"The list of a dataset's files {path} can't be read ({error}); delete it."
        ) from None


def content_files(path: Path) -> tuple[Path, ...]:
    """The files that hold a dataset's rows: those of a manifest, else the file itself."""
    return tuple(map(Path, read_parts(path).files)) if path.suffix == PARTS_ENDING else (path,)


class PartsReader:
    """Reads one file after the other. `open_part` opens the reader of each."""

    def __init__(self, path: Path, open_part: Callable[[Path], FormatReader]) -> None:
        self._readers = [open_part(part) for part in content_files(path)]
        listed = [reader.columns for reader in self._readers]
        known = [columns for columns in listed if columns is not None]
        every = tuple(dict.fromkeys(name for columns in known for name in columns))
        self.columns: tuple[str, ...] | None = every if len(known) == len(listed) else None
        self.layout = " ".join(dict.fromkeys(reader.layout for reader in self._readers))

    def rows(self, report: Report) -> Iterator[Row]:
        noted: set[Problem] = set()

        def once(problem: Problem) -> None:
            if problem.kept and problem in noted:
                return
            noted.update([problem] if problem.kept else [])
            report(problem)

        for reader in self._readers:
            yield from reader.rows(once)
