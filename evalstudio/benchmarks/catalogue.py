"""Catalogue of benchmarks: search over the index of all tasks, groups and tags of lm-eval."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

import msgspec

from evalstudio.core.errors import EvaluationError


class Entry(msgspec.Struct, frozen=True):
    """A task, a group of tasks with an aggregate of its own, or a tag that several tasks bear."""

    kind: Literal["TASK", "PY_TASK", "GROUP", "TAG"]
    path: str | None = None
    tags: tuple[str, ...] = ()
    """Of a task the tags it bears; of a tag the tasks that bear it."""
    output: str | None = None
    dataset: str | None = None
    config: str | None = None
    fewshot: int | None = None
    members: tuple[str, ...] = ()
    unsafe: bool = False

    @property
    def what(self) -> str:
        """Kind and manner in words."""
        if self.kind == "GROUP":
            return f"group of {len(self.members)}"
        if self.kind == "TAG":
            return f"tag of {len(self.tags)}"
        return {
            "generate_until": "writes an answer",
            "multiple_choice": "chooses by log-probability",
            "loglikelihood": "log-probability of a text",
            "loglikelihood_rolling": "perplexity",
        }.get(self.output or "", "Python task")


class Found(msgspec.Struct, frozen=True):
    """One entry that a search found."""

    name: str
    entry: Entry


def load_catalogue(path: Path) -> dict[str, Entry]:
    """Reads an index.

    Raises:
        EvaluationError: It can't be read; it is made anew once it is deleted.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, Entry])
    except (OSError, msgspec.MsgspecError) as error:
        raise EvaluationError(
            f"The index of benchmarks can't be read ({error}); delete {path} and try again."
        ) from error


def search(catalogue: Mapping[str, Entry], words: Sequence[str]) -> list[Found]:
    """Returns the entries in which all words occur, in name, dataset, tags or manner; the closest first.

    An entry named as the search comes first, then groups, then shorter names.
    """
    asked = [word.casefold() for word in words]
    found = [
        Found(name, entry)
        for name, entry in catalogue.items()
        if all(word in _text(name, entry) for word in asked)
    ]
    whole = " ".join(asked)

    def rank(one: Found) -> tuple[bool, bool, bool, int, str]:
        in_name = all(word in one.name.casefold() for word in asked)
        return one.name.casefold() != whole, not in_name, one.entry.kind != "GROUP", len(one.name), one.name

    return sorted(found, key=rank)


def _text(name: str, entry: Entry) -> str:
    tags = entry.tags if entry.kind != "TAG" else ()
    return " ".join([name, entry.dataset or "", entry.config or "", *tags, entry.what]).casefold()
