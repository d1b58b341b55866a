"""Download of a split: the commit of its revision, the files that are the split, and these in the Hub's cache."""

import os
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from evalstudio.core.errors import DatasetError, RequirementError
from evalstudio.datasets.hub.address import HubAddress
from evalstudio.datasets.hub.card import configs_of, labels_of
from evalstudio.datasets.hub.manifest import (
    address_of,
    is_complete,
    manifest_path,
    pinned_source,
    write_manifest,
)
from evalstudio.datasets.hub.sentences import explain
from evalstudio.datasets.hub.split_files import split_files
from evalstudio.datasets.readers.parts import Parts
from evalstudio.datasets.source import DatasetSource
from evalstudio.models.keys import find_key, where_is
from evalstudio.workspace.packaged import how_to_add

TOKEN = "HF_TOKEN"
AT_ONCE = 4
CARD = "README.md"
_TRUE = frozenset(("1", "on", "yes", "true"))


def download(source: DatasetSource) -> DatasetSource:
    """Downloads what is missing of a split, and returns the source with commit, config and split as they were found.

    Blocking. Files that are in the Hub's cache are not asked for again; a commit that has been downloaded needs no
    network. `HF_TOKEN` is taken from the keys, `HF_ENDPOINT`, `HF_HOME`, `HF_HUB_CACHE` and `HF_HUB_OFFLINE` hold.

    Raises:
        DatasetError: the Hub does not give it; the message says what to do.
        RequirementError: huggingface_hub is not installed.
    """
    address = address_of(source)
    path = manifest_path(source)
    if (address.is_pinned or is_offline()) and is_complete(path):
        return pinned_source(source, path)
    repository = _Repository(address)
    with _explained(repository):
        commit, files = repository.listing()
        card = repository.card(commit, files)
        chosen = split_files(address.name, files, configs_of(card), source.config, address.split)
        pinned = HubAddress(address.name, commit, chosen.split)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            local = tuple(pool.map(lambda file: repository.file(commit, file), chosen.files))
        parts = Parts(str(pinned), chosen.config, local, labels_of(card, chosen.config))
        found = msgspec.structs.replace(source, path=str(pinned), config=chosen.config, split=None)
        for manifest in {manifest_path(found), path}:
            write_manifest(manifest, parts)
    return found


def is_offline() -> bool:
    """Whether the Hub's offline mode is on."""
    given = os.environ.get("HF_HUB_OFFLINE") or os.environ.get("TRANSFORMERS_OFFLINE") or ""
    return given.lower() in _TRUE


class _Repository:
    """A dataset's repository, asked through huggingface_hub with the environment as it is now."""

    def __init__(self, address: HubAddress) -> None:
        try:
            import huggingface_hub
        except ImportError:
            raise RequirementError(
                f"Datasets of the Hugging Face Hub need huggingface_hub; {how_to_add('huggingface_hub')}."
            ) from None
        self.address = address
        self.endpoint = (os.environ.get("HF_ENDPOINT") or "https://huggingface.co").rstrip("/")
        # False: none, so that the library looks for no other one
        self._token = (find_key(TOKEN) if where_is(TOKEN) else huggingface_hub.get_token()) or False
        self.has_token = bool(self._token)
        self._api = huggingface_hub.HfApi(endpoint=self.endpoint, token=self._token)
        self._library = huggingface_hub
        self._cache = _cache_of_hub()

    def listing(self) -> tuple[str, list[str]]:
        """The commit of the revision, and the paths of its files; offline those that are in the cache."""
        if is_offline():
            folder = Path(
                self._library.snapshot_download(
                    self.address.name, repo_type="dataset", revision=self.address.revision,
                    cache_dir=self._cache, local_files_only=True,
                )
            )  # fmt: skip
            files = [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]
            return folder.name, files
        info = self._api.dataset_info(self.address.name, revision=self.address.revision)
        if info.sha is None:
            raise DatasetError(f"The Hub names no commit of {self.address.name}.")
        return info.sha, [one.rfilename for one in info.siblings or ()]

    def card(self, commit: str, files: list[str]) -> Mapping[str, Any]:
        """The metadata of the dataset's card; empty where it has none."""
        if CARD not in files:
            return {}
        found = self._library.metadata_load(self.file(commit, CARD))
        return found if isinstance(found, Mapping) else {}

    def file(self, commit: str, name: str) -> str:
        """Where a file lies in the cache; it is downloaded if it is not there."""
        found: str = self._api.hf_hub_download(
            self.address.name, name, repo_type="dataset", revision=commit, cache_dir=self._cache,
            local_files_only=is_offline(), tqdm_class=_quiet(),
        )  # fmt: skip
        return found


def _cache_of_hub() -> str | None:
    """The Hub's cache as the environment names it now; None: its usual place."""
    home = os.environ.get("HF_HOME")
    named = os.environ.get("HF_HUB_CACHE") or os.environ.get("HUGGINGFACE_HUB_CACHE")
    chosen = named or (str(Path(home) / "hub") if home else None)
    return None if chosen is None else str(Path(os.path.expandvars(chosen)).expanduser())


def _quiet() -> Any:
    """A progress bar that shows nothing: the terminal is this program's."""
    from tqdm import tqdm

    class Quiet(tqdm):  # type: ignore[type-arg,misc,unused-ignore]
        def __init__(self, *args: Any, **options: Any) -> None:
            options.pop("name", None)
            super().__init__(*args, **{**options, "disable": True})

    return Quiet


@contextmanager
def _explained(repository: _Repository) -> Iterator[None]:
    try:
        yield
    except DatasetError:
        raise
    except Exception as error:
        told = explain(
            error,
            str(repository.address),
            f"{repository.endpoint}/datasets/{repository.address.name}",
            has_token=repository.has_token,
        )
        if told is None:
            raise
        raise DatasetError(told) from error
