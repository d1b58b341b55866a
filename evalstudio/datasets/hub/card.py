"""Dataset card: the configs and label names in the metadata at the top of a dataset's README.md."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

ONLY_SPLIT = "train"
"""The split of files that name none, as in Hugging Face's own loader."""


@dataclass(frozen=True, slots=True)
class CardConfig:
    """A config as the card declares it: patterns of files by split. Without patterns the files' names decide."""

    name: str
    is_default: bool = False
    patterns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    folder: str = ""


def configs_of(metadata: Mapping[str, Any]) -> list[CardConfig]:
    """The configs that a card declares; none where it leaves them to the files' names.

    Example:
        >>> configs_of({"configs": [{"config_name": "main", "data_files": "data/*.csv"}]})[0].patterns
        {'train': ('data/*.csv',)}
    """
    declared = metadata.get("configs")
    if not isinstance(declared, list):
        return []
    return [_config(one) for one in declared if isinstance(one, Mapping)]


def labels_of(metadata: Mapping[str, Any], config: str) -> dict[str, tuple[str, ...]]:
    """The names of class labels by column, as the card's `dataset_info` has them for a config."""
    infos = metadata.get("dataset_info")
    listed = infos if isinstance(infos, list) else [infos]
    found: dict[str, tuple[str, ...]] = {}
    for info in listed:
        if not isinstance(info, Mapping) or info.get("config_name", config) != config:
            continue
        features = info.get("features")
        for feature in features if isinstance(features, list) else ():
            names = _label_names(feature)
            if names:
                found[str(feature["name"])] = names
    return found


def _config(declared: Mapping[str, Any]) -> CardConfig:
    folder = str(declared.get("data_dir") or "").strip("/")
    name = str(declared.get("config_name") or "default")
    is_default = declared.get("default") is True or name == "default"
    return CardConfig(name, is_default, _patterns(declared.get("data_files"), folder), folder)


def _patterns(files: Any, folder: str) -> dict[str, tuple[str, ...]]:
    if isinstance(files, str):
        files = [files]
    if isinstance(files, Mapping):
        files = [{"split": split, "path": path} for split, path in files.items()]
    found: dict[str, tuple[str, ...]] = {}
    for one in files if isinstance(files, list) else ():
        split, path = (
            (str(one.get("split", ONLY_SPLIT)), one.get("path"))
            if isinstance(one, Mapping)
            else (ONLY_SPLIT, one)
        )
        paths = [path] if isinstance(path, str) else path if isinstance(path, list) else []
        inside = tuple(f"{folder}/{each}" if folder else str(each) for each in paths)
        found[split] = (*found.get(split, ()), *(each.removeprefix("./") for each in inside))
    return found


def _label_names(feature: Any) -> tuple[str, ...]:
    if not isinstance(feature, Mapping) or "name" not in feature:
        return ()
    kind = feature.get("dtype")
    for nested in ("list", "sequence"):
        kind = kind if isinstance(kind, Mapping) else feature.get(nested)
        kind = kind.get("dtype", kind) if isinstance(kind, Mapping) else kind
    label = kind.get("class_label") if isinstance(kind, Mapping) else None
    names = label.get("names") if isinstance(label, Mapping) else None
    if isinstance(names, list):
        return tuple(map(str, names))
    if not isinstance(names, Mapping):
        return ()
    by_number = {int(number): str(name) for number, name in names.items() if str(number).isdigit()}
    complete = by_number.keys() == set(range(len(names)))
    return tuple(by_number[number] for number in range(len(names))) if complete else ()
