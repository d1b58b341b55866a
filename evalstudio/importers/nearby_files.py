"""Referenced files of an imported file: only those in its folder or below."""

import json
from pathlib import Path
from typing import Any

from evalstudio.core.errors import EvaluationError, RequirementError
from evalstudio.importers.base import read_text
from evalstudio.workspace.packaged import how_to_add

FILE = "file://"


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
        return yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise EvaluationError(f"{path.name} is not YAML ({' '.join(str(error).split())}).") from error
