"""dotevals importer: results from its JSON or SQLite storage.

The recorded answers become a column that is scored like a model's answers.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from evalstudio.core.errors import EvaluationError
from evalstudio.importers.base import Imported, json_lines
from evalstudio.importers.dotevals_store import is_store, split_choice, store_lines

ANSWER = "model_response"


def read_dotevals(path: Path) -> Imported:
    """Reads the rows of a results file with the model's answer (`model_response`) and each score (`score: NAME`).

    For a duplicate item, the last one without an error counts; an incomplete last line is skipped. A database may
    hold several evaluations: `path#EVALUATION` or `path#EXPERIMENT/EVALUATION` selects one of them.
    """
    path, choice = split_choice(path)
    torn = Imported({}, [])
    head, *lines = (store_lines(path, choice) if is_store(path) else json_lines(path, torn)) or [{}]
    if "evaluation_name" not in head:
        raise EvaluationError(
            f"{path.name} does not begin as a results file of dotevals does: no 'evaluation_name'."
        )
    kept: dict[Any, Mapping[str, Any]] = {}
    for line in lines:
        item = line.get("item_id")
        if item not in kept or not _failed(line) or _failed(kept[item]):
            kept[item] = line
    rows = [_row(line) for _, line in sorted(kept.items(), key=lambda pair: str(pair[0]).zfill(12))]
    columns = {name for row in rows for name in row}
    imported = Imported(
        {
            "name": str(head["evaluation_name"]),
            "model": f"recorded/{ANSWER}",
            "messages": [{"role": "user", "content": "{{ prompt }}"}],
        },
        rows,
        torn.left_out,
    )
    if "expected" in columns:
        imported.table["evaluators"] = [
            {"type": "exact_match", "expected": "{{ expected }}", "normalise": True}
        ]
    else:
        imported.leave_out("the evaluators (they are Python; the scores they gave are columns)")
    if any(_failed(line) for line in kept.values()):
        imported.leave_out(f"answers of {sum(map(_failed, kept.values()))} items that errored")
    if any(score.get("metadata") for line in kept.values() for score in _scores(line)):
        imported.leave_out("the metadata of its scores")
    return imported


def _failed(line: Mapping[str, Any]) -> bool:
    return bool(line.get("error") or _result(line).get("error"))


def _result(line: Mapping[str, Any]) -> Mapping[str, Any]:
    result = line.get("result")
    return result if isinstance(result, Mapping) else {}


def _scores(line: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    given = _result(line).get("scores")
    return [score for score in given if isinstance(score, Mapping)] if isinstance(given, list) else []


def _row(line: Mapping[str, Any]) -> dict[str, Any]:
    result = _result(line)
    given = line.get("dataset_row")
    row = dict(given) if isinstance(given, Mapping) else {}
    scores = _scores(line)
    message = {
        "item_id": line.get("item_id"),
        "prompt": _text(result.get("prompt")) or "",
        ANSWER: _text(result.get("model_response")),
        "error": line.get("error") or result.get("error"),
    }
    return {**row, **message, **{f"score: {score.get('name')}": score.get("value") for score in scores}}


def _text(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else str(value)
