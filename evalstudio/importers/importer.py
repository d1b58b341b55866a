"""What was taken over from another tool's file, and what could not be: an evaluation, its dataset, and words."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from evalstudio.core.encodable import encodable
from evalstudio.core.errors import EvaluationError
from evalstudio.evaluations.library import free_path
from evalstudio.evaluations.spec import load_evaluation
from evalstudio.evaluations.toml_edit import write_toml

FORMATS = ("promptfoo", "openai-evals", "dotevals")


@dataclass
class Imported:
    """An evaluation as the table of its TOML, without its dataset; the rows of that; what was left out, in words."""

    table: dict[str, Any]
    rows: list[dict[str, Any]]
    left_out: list[str] = field(default_factory=list)

    def leave_out(self, what: str) -> None:
        """Notes once what could not be taken over."""
        if what not in self.left_out:
            self.left_out.append(what)


def import_file(form: str, path: Path, folder: Path) -> tuple[Path, Imported]:
    """Reads a file of another tool and writes an evaluation and its dataset into `folder`.

    Nothing that is there is written over. The path is the evaluation's. Raises EvaluationError with what is wrong.
    """
    imported = _reader(form)(path)
    if not imported.rows:
        raise EvaluationError(f"{path.name} holds nothing that can be taken over: no samples.")
    name = str(imported.table.get("name") or path.stem)
    evaluation = free_path(folder, name, ".toml")
    dataset = free_path(folder, evaluation.stem, ".jsonl")
    table = {"name": name, **imported.table, "dataset": {"path": dataset.name}}
    lines = (json.dumps(row, ensure_ascii=False, default=str) + "\n" for row in imported.rows)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        dataset.write_text(encodable("".join(lines)), encoding="utf-8")
        evaluation.write_text(write_toml(table), encoding="utf-8")
    except OSError as error:
        raise EvaluationError(
            f"{folder} cannot be written ({error.strerror}); choose another folder."
        ) from error
    load_evaluation(str(evaluation))  # what we wrote has to be one
    return evaluation, imported


def _reader(form: str) -> Callable[[Path], Imported]:
    match form:
        case "promptfoo":
            from evalstudio.importers.promptfoo import read_promptfoo

            return read_promptfoo
        case "openai-evals":
            from evalstudio.importers.openai_evals import read_openai_evals

            return read_openai_evals
        case "dotevals":
            from evalstudio.importers.dotevals import read_dotevals

            return read_dotevals
    raise EvaluationError(f"'{form}' is no format that can be imported; there are {', '.join(FORMATS)}.")


def read_text(path: Path) -> str:
    """The text of a file. Raises EvaluationError where it can't be read."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise EvaluationError(f"{path} cannot be read ({reason}).") from error


def json_lines(path: Path, imported: Imported | None = None) -> list[Mapping[str, Any]]:
    """The objects of a file of JSON Lines; a torn last line is left out. Raises EvaluationError at any other bad one."""
    # not splitlines(): a text may hold U+2028 and kin, which end no line of a file
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
