"""Import entry point: writes the evaluation and its dataset, and reports what could and could not be converted."""

import json
from collections.abc import Callable
from pathlib import Path

from evalstudio.core.encodable import encodable
from evalstudio.core.errors import EvaluationError
from evalstudio.evaluations.library import free_path
from evalstudio.evaluations.loading import load_evaluation
from evalstudio.evaluations.toml_edit import write_toml
from evalstudio.importers.base import Imported

FORMATS = ("promptfoo", "openai-evals", "dotevals")


def import_file(form: str, path: Path, folder: Path) -> tuple[Path, Imported]:
    """Imports a file of another tool: writes an evaluation and its dataset to `folder`.

    No existing file is overwritten. Returns the evaluation's path. Raises EvaluationError with what is wrong.
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
    load_evaluation(str(evaluation))  # proves that the written file is valid
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
