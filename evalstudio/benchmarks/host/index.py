"""Index of all tasks that lm-eval ships: made once for each version, since reading its files takes up to a minute."""

import json
import os
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from evalstudio.benchmarks.host.sentences import Problem

OLDEST = (0, 4, 13)
FORMAT = 1  # of the file: another one is made anew


def installed_version() -> str:
    """Returns the version of lm-eval. Raises Problem that says what to install."""
    try:
        found = version("lm_eval")
    except PackageNotFoundError:
        raise ModuleNotFoundError("lm-eval is not installed", name="lm_eval") from None
    numbers = tuple(int(part) for part in found.split(".")[:3] if part.isdigit())
    if numbers < OLDEST:
        oldest = ".".join(map(str, OLDEST))
        raise Problem(
            f"lm-eval {found} is too old; install {oldest} or newer: pip install 'lm-eval>={oldest}'"
        )
    return found


def index_file(cache: str) -> dict[str, str]:
    """Returns the version of lm-eval and the path of its index, which is made if there is none yet."""
    found = installed_version()
    path = Path(cache) / f"lm-eval-{found}-{FORMAT}.json"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(f".{os.getpid()}")
        part.write_text(json.dumps(_entries()), encoding="utf-8")
        part.replace(path)
    return {"version": found, "path": str(path)}


def entries_from(path: str) -> dict[str, Any]:
    """Returns the entries of an index, as lm-eval's own class."""
    from lm_eval.tasks._index import Entry, Kind

    return {
        name: Entry(
            name,
            Kind[entry["kind"]],
            Path(entry["path"]) if entry["path"] else None,
            None,
            set(entry["tags"]),
        )
        for name, entry in json.loads(Path(path).read_text(encoding="utf-8")).items()
    }


def _entries() -> dict[str, dict[str, Any]]:
    from lm_eval.tasks import TaskManager

    return {name: _entry(entry) for name, entry in TaskManager().task_index.items()}


def _entry(entry: Any) -> dict[str, Any]:
    config = entry.cfg or {}
    listed = config.get("task")
    members = listed if isinstance(listed, list) else []
    return {
        "kind": entry.kind.name,
        "path": str(entry.yaml_path) if entry.yaml_path else None,
        "tags": sorted(entry.tags or ()),
        "output": config.get("output_type"),
        "dataset": config.get("dataset_path"),
        "config": config.get("dataset_name"),
        "fewshot": config.get("num_fewshot"),
        "members": [
            str(one.get("task") or one.get("group")) if isinstance(one, dict) else str(one) for one in members
        ],
        "unsafe": bool(config.get("unsafe_code")),
    }
