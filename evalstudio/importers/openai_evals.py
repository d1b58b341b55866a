"""OpenAI evals importer.

A line is `{"input": [messages] or text, "ideal": text or texts}`, also wrapped in `item`.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from evalstudio.core.errors import EvaluationError
from evalstudio.importers.base import Imported, json_lines

MODEL = "demo/fast"


def read_openai_evals(path: Path) -> Imported:
    """Reads the samples as rows with one column per message; all must have the same roles in the same order."""
    rows: list[dict[str, Any]] = []
    imported = Imported({}, rows)
    lines = json_lines(path, imported)
    if lines and "spec" in lines[0]:
        raise EvaluationError(
            f"{path.name} is the log of a run; import the samples that the run was made with."
        )
    samples = [line["item"] if isinstance(line.get("item"), Mapping) else line for line in lines]
    roles: tuple[str, ...] | None = None
    without = 0
    for number, sample in enumerate(samples, 1):
        messages = _messages(sample, imported)
        if messages is None:
            without += 1
            continue
        these = tuple(role for role, _ in messages)
        roles = roles or these
        if these != roles:
            raise EvaluationError(
                f"Sample {number} of {path.name} has the messages {', '.join(these)}, the first one has {', '.join(roles)}; "
                "put them into files of their own: an evaluation has the same messages for all its samples."
            )
        row = {f"message_{place}": text for place, (_, text) in enumerate(messages, 1)}
        rows.append({**row, **_others(sample), "ideal": sample.get("ideal")})
    if without:
        imported.leave_out(f"{without:,} samples without an 'input' that is a text or messages of text")
    if bare := sum(row["ideal"] is None for row in rows):
        imported.leave_out(f"what is expected of {bare:,} samples: they have no 'ideal' and will be unscored")
    templates = [{"role": role, "content": f"{{{{ message_{n} }}}}"} for n, role in enumerate(roles or (), 1)]
    imported.table = {
        "model": MODEL,
        "messages": templates,
        "evaluators": [{"type": "exact_match", "expected": "{{ ideal }}", "normalise": True}],
    }
    imported.leave_out(
        "how the answers were compared (it is not in the file: equal but for case stands in its place)"
    )
    imported.leave_out(f"the model (it is not in the file: {MODEL} stands in its place)")
    return imported


def _messages(sample: Mapping[str, Any], imported: Imported) -> list[tuple[str, str]] | None:
    given = sample.get("input")
    if isinstance(given, str):
        return [("user", given)]
    if not isinstance(given, list) or not all(isinstance(one, Mapping) for one in given) or not given:
        return None
    if not all(isinstance(one.get("content"), str) for one in given):
        return None
    for key in sorted({str(key) for one in given for key in one} - {"role", "content"}):
        imported.leave_out(f"'{key}' of messages")
    return [(str(one.get("role", "user")), one["content"]) for one in given]


def _others(sample: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in sample.items() if key not in ("input", "ideal")}
