"""Importer base: what every importer returns, and how it reads a file."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from evalstudio.core.errors import EvaluationError


@dataclass
class Imported:
    """Result of an importer: the evaluation's TOML table without its dataset, the dataset rows, and notes on omissions."""

    table: dict[str, Any]
    rows: list[dict[str, Any]]
    left_out: list[str] = field(default_factory=list)

    def leave_out(self, what: str) -> None:
        """Records, once, something that could not be imported."""
        if what not in self.left_out:
            self.left_out.append(what)


def read_text(path: Path) -> str:
    """Reads the text of a file. Raises EvaluationError if it can't be read."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise EvaluationError(f"{path} cannot be read ({reason}).") from error


def json_lines(path: Path, imported: Imported | None = None) -> list[Mapping[str, Any]]:
    """Reads a JSON Lines file; an incomplete last line is skipped. Raises EvaluationError for any other invalid line."""
    # not splitlines(): a text may contain U+2028 and similar, which end no line of a file
    lines = [line for line in read_text(path).split("\n") if line.strip()]
    found: list[Mapping[str, Any]] = []
    for number, line in enumerate(lines, 1):
        try:
            value = json.loads(line)
        except (ValueError, RecursionError) as error:
            if number == len(lines) and number > 1:
                if imported is not None:
                    imported.leave_out(f"the last line of {path.name}, which is torn")
                break
            raise EvaluationError(f"Line {number} of {path.name} is not JSON ({error}).") from error
        if not isinstance(value, Mapping):
            raise EvaluationError(f"Line {number} of {path.name} is no object.")
        found.append(value)
    return found
