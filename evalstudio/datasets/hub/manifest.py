"""Manifest of a downloaded split: where its files lie in the Hub's cache, by what was asked for."""

import hashlib
import re
from pathlib import Path

import msgspec
import platformdirs

from evalstudio.core.atomic_file import atomic_file
from evalstudio.core.errors import DatasetError
from evalstudio.datasets.hub.address import HubAddress
from evalstudio.datasets.readers.parts import PARTS_ENDING, Parts, read_parts
from evalstudio.datasets.source import DatasetSource


def cache_folder() -> Path:
    """The folder of the manifests; the files themselves lie in the Hub's own cache."""
    return Path(platformdirs.user_cache_dir("evalstudio", appauthor=False)) / "hub"


def manifest_path(source: DatasetSource) -> Path:
    """Where the manifest of what a source asks for lies, or would lie."""
    address = address_of(source)
    asked = f"{address}\0{source.config}"
    if address.is_pinned and source.config and address.split:
        asked = f"{source.config}-{address.split}@{str(address.revision)[:12]}"
        name = re.sub(r"[^\w.@-]", "_", asked)
    else:
        name = f"asked-{hashlib.sha256(asked.encode()).hexdigest()[:16]}"
    return cache_folder() / address.name.replace("/", "--") / f"{name}{PARTS_ENDING}"


def address_of(source: DatasetSource) -> HubAddress:
    """The address, with the split that stands in the field of that name.

    Raises:
        DatasetError: it can't be an address, or names another split than the field.
    """
    address = HubAddress.parse(source.path)
    if source.split is None or source.split == address.split:
        return address
    if address.split is not None:
        raise DatasetError(f'{source.path} names another split than split = "{source.split}".')
    return HubAddress.parse(f"{source.path}#{source.split}")


def downloaded(source: DatasetSource) -> Path:
    """The manifest of a split that has been downloaded, without asking the Hub.

    Raises:
        DatasetError: it has not been, or its files are gone.
    """
    path = manifest_path(source)
    if not is_complete(path):
        raise DatasetError(
            f"{source.path} is not on this machine yet; it is downloaded when the evaluation is run or tried."
        )
    return path


def is_complete(path: Path) -> bool:
    """Whether a manifest is there, and each file that it names."""
    return path.is_file() and all(Path(file).is_file() for file in read_parts(path).files)


def pinned_source(source: DatasetSource, path: Path) -> DatasetSource:
    """The source with the commit, config and split of a manifest."""
    parts = read_parts(path)
    return msgspec.structs.replace(source, path=parts.address, config=parts.config, split=None)


def write_manifest(path: Path, parts: Parts) -> None:
    """Writes a manifest. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_file(path) as part:
        part.write_bytes(msgspec.json.format(msgspec.json.encode(parts)))
