"""Which files of a dataset are a config's split: as its card declares, else by the names of the files."""

import fnmatch
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from evalstudio.core.errors import DatasetError
from evalstudio.datasets.formats import format_named
from evalstudio.datasets.hub.card import ONLY_SPLIT, CardConfig

DEFAULT = "default"
CONVERTED = "refs/convert/parquet"
"""The revision with the Hub's own Parquet files of nearly every public dataset."""
SHOWN = 12
_SPLITS = {
    "train": ("train", "training"),
    "validation": ("validation", "valid", "dev", "val"),
    "test": ("test", "testing", "eval", "evaluation"),
}
_WORDS = {word: split for split, words in _SPLITS.items() for word in words}
_SEPARATORS = re.compile(r"[^a-z]+")
_PART = re.compile(r"-(\d{5})-of-(\d{5})\b")
_PREFERRED = ("parquet", "jsonl", "json", "csv", "tsv", "excel")
_OF_THE_LIBRARY = frozenset(("dataset_infos.json", "dataset_info.json", "dataset_dict.json", "state.json"))

Layout = dict[str, dict[str, list[str]]]
"""By config and split, the files."""


@dataclass(frozen=True, slots=True)
class SplitFiles:
    """The files of one split, in their order."""

    config: str
    split: str
    files: tuple[str, ...]


def split_files(
    name: str,
    files: Sequence[str],
    configs: Sequence[CardConfig],
    config: str | None = None,
    split: str | None = None,
) -> SplitFiles:
    """Chooses the files of a config's split.

    Args:
        name: of the dataset, for messages.
        files: the paths of all files in the repository.
        configs: what its card declares.
        config: the config asked for; None: the only one, or the default.
        split: the split asked for; None: the only one.

    Raises:
        DatasetError: there is no such config or split, several to choose from, or no file that can be read.
    """
    layout = _by_card(files, configs) or _by_names(files)
    if not layout:
        raise DatasetError(
            f"{name} has no files that can be read (Parquet, JSON Lines, JSON, CSV). The Hub's own Parquet files "
            f"may be there: add @{CONVERTED} to its name."
        )
    chosen_config = _config(name, layout, configs, config)
    splits = layout[chosen_config]
    if split is None and len(splits) > 1:
        raise DatasetError(
            f"{name} has the splits {_listed(splits)}; name one, as in hf://{name}#{next(iter(splits))}."
        )
    chosen = split or next(iter(splits))
    if chosen not in splits:
        raise DatasetError(f"{name} has no split '{chosen}'; it has {_listed(splits)}.")
    found = splits[chosen]
    _check(name, chosen, found)
    return SplitFiles(chosen_config, chosen, tuple(found))


def _config(name: str, layout: Layout, configs: Sequence[CardConfig], asked: str | None) -> str:
    if asked is not None:
        if asked not in layout:
            raise DatasetError(f"{name} has no config '{asked}'; it has {_listed(layout)}.")
        return asked
    if len(layout) == 1:
        return next(iter(layout))
    default = [one.name for one in configs if one.is_default and one.name in layout]
    if not default:
        raise DatasetError(f'{name} has the configs {_listed(layout)}; choose one with config = "...".')
    return default[0]


def _check(name: str, split: str, files: Sequence[str]) -> None:
    if not files:
        raise DatasetError(f"The files that the card of {name} names for its split '{split}' are not there.")
    unread = next((file for file in files if format_named(PurePosixPath(file)) is None), None)
    if unread is not None:
        raise DatasetError(
            f"{name} holds its split '{split}' in {PurePosixPath(unread).name}, which can't be read. The Hub's own "
            f"Parquet files may be there: hf://{name}@{CONVERTED}#{split}."
        )
    parts = [match for file in files if (match := _PART.search(file))]
    wanted = int(parts[0][2]) if parts else 0
    if len(parts) == len(files) < wanted:
        raise DatasetError(f"{name} has {len(files)} of {wanted} parts of its split '{split}'.")


def _by_card(files: Sequence[str], configs: Sequence[CardConfig]) -> Layout:
    found: Layout = {}
    for config in configs:
        if config.patterns:
            found[config.name] = {
                split: _matching(files, patterns) for split, patterns in config.patterns.items()
            }
            continue
        inside = [file for file in files if not config.folder or file.startswith(f"{config.folder}/")]
        splits: dict[str, list[str]] = {}
        for of_config in _by_names(inside).values():
            for split, its_files in of_config.items():
                splits.setdefault(split, []).extend(its_files)
        if splits:
            found[config.name] = splits
    return found


def _matching(files: Sequence[str], patterns: Iterable[str]) -> list[str]:
    found: dict[str, None] = {}
    for pattern in patterns:
        expression = _expression(pattern)
        found.update(dict.fromkeys(file for file in sorted(files) if expression.fullmatch(file)))
    return list(found)


def _expression(pattern: str) -> re.Pattern[str]:
    """A pattern of paths as an expression: `*` stays within a folder, `**` does not."""
    if not any(mark in pattern for mark in "*?["):
        return re.compile(re.escape(pattern))
    parts = []
    for part in pattern.split("/"):
        if part == "**":
            parts.append(r"(?:[^/]+/)*")
            continue
        wild = fnmatch.translate(part.replace("**", "*")).removeprefix("(?s:").removesuffix(r")\Z")
        parts.append(wild.removesuffix(r")\z").replace(".*", "[^/]*") + "/")
    text = "".join(parts)
    # a pattern that ends with ** means every file below
    return re.compile(text.removesuffix("/") if text.endswith("/") else text + "[^/]+")


def _by_names(files: Sequence[str]) -> Layout:
    grouped: dict[str, dict[str, dict[str, list[str]]]] = defaultdict(
        lambda: defaultdict(lambda: defaultdict(list))
    )
    for file in sorted(files):
        path = PurePosixPath(file)
        kind = format_named(path)
        hidden = any(part[0] in "._" for part in path.parts)
        if kind not in _PREFERRED or hidden or path.suffix == ".txt" or path.name in _OF_THE_LIBRARY:
            continue
        folder = path.parts[0] if len(path.parts) > 1 else DEFAULT
        config = DEFAULT if folder == "data" or _split_of(folder) else folder
        grouped[config][_split_in(path) or ONLY_SPLIT][kind].append(file)
    return {
        config: {
            split: next(kinds[kind] for kind in _PREFERRED if kind in kinds)
            for split, kinds in splits.items()
        }
        for config, splits in grouped.items()
    }


def _split_in(path: PurePosixPath) -> str | None:
    """The split that a file's name, else the nearest of its folders, tells."""
    return next((split for part in reversed(path.parts) if (split := _split_of(part))), None)


def _split_of(word: str) -> str | None:
    return next((_WORDS[one] for one in _SEPARATORS.split(word.lower()) if one in _WORDS), None)


def _listed(names: Iterable[str]) -> str:
    every = list(names)
    more = f" and {len(every) - SHOWN:,} more" if len(every) > SHOWN else ""
    return ", ".join(every[:SHOWN]) + more
