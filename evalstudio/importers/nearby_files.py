"""Referenced files of an imported file: only those in its folder or below."""

import json
from pathlib import Path
from typing import Any

from evalstudio.core.errors import EvaluationError, RequirementError
from evalstudio.importers.base import read_text
from evalstudio.workspace.packaged import how_to_add

FILE = "file://"
MOST_ENTRIES = 1_000_000
"""Values in a YAML file, written out without references."""


def files_beside(name: str, base: Path, suffixes: tuple[str, ...]) -> list[Path]:
    """Resolves `file://NAME`, which may contain wildcards; empty if the files are elsewhere or of another kind.

    Raises EvaluationError if a file named without wildcards does not exist.
    """
    place = name.removeprefix(FILE)
    if "*" in place and ".." not in Path(place).parts and not Path(place).is_absolute():
        found = sorted(base.glob(place))
    else:
        found = [base / place]
    near = [path for path in found if path.resolve().is_relative_to(base.resolve())]
    return [path for path in near if path.suffix.lower() in suffixes]


def read_value(path: Path) -> Any:
    """Reads the value of a JSON or YAML file, or the text of any other. Raises EvaluationError, RequirementError."""
    text = read_text(path)
    kind = path.suffix.lower()
    if kind == ".json":
        try:
            return json.loads(text)
        except (ValueError, RecursionError) as error:
            raise EvaluationError(f"{path.name} is not JSON ({error}).") from error
    if kind in (".txt", ".md", ".csv"):
        return text
    try:
        import yaml
    except ImportError:
        raise RequirementError(f"YAML can't be read without PyYAML; {how_to_add('pyyaml')}.") from None
    try:
        value = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise EvaluationError(f"{path.name} is not YAML ({' '.join(str(error).split())}).") from error
    if _entries(value, {}) > MOST_ENTRIES:
        raise EvaluationError(
            f"{path.name} names more than {MOST_ENTRIES:,} values, by references to the same ones again and again."
        )
    return value


def _entries(value: Any, known: dict[int, int]) -> int:
    """Returns how many values there are, written out without references. `known`: those of lists and mappings."""
    if not isinstance(value, list | dict):
        return 1
    found = known.get(id(value))
    if found is None:
        known[id(value)] = MOST_ENTRIES + 1  # it refers to itself, if it is met within itself
        inside = [*value, *value.values()] if isinstance(value, dict) else value
        found = known[id(value)] = 1 + sum(_entries(one, known) for one in inside)
    return found
