"""Samples of OpenAI's evals: `{"input": [messages] or text, "ideal": text or texts}` a line, also wrapped in `item`."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from evalstudio.errors import EvaluationError
from evalstudio.foreign.imported import Imported, json_lines

MODEL = "demo/fast"


def read_openai_evals(path: Path) -> Imported:
    """The samples as rows with a column for each message; all must have the same roles in the same order."""
    samples = [line.get("item", line) for line in json_lines(path)]
    roles: tuple[str, ...] | None = None
    rows: list[dict[str, Any]] = []
    imported = Imported({}, rows)
    for number, sample in enumerate(samples, 1):
        messages = _messages(sample)
        if messages is None:
            imported.leave_out("samples without 'input'")
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
    templates = [{"role": role, "content": f"{{{{ message_{n} }}}}"} for n, role in enumerate(roles or (), 1)]
    imported.table = {
        "model": MODEL,
        "messages": templates,
        "evaluators": [{"type": "exact_match", "expected": "{{ ideal }}", "normalise": True}],
    }
    imported.leave_out(f"the model (it is not in the file: {MODEL} stands in its place)")
    return imported


def _messages(sample: Mapping[str, Any]) -> list[tuple[str, str]] | None:
    given = sample.get("input")
    if isinstance(given, str):
        return [("user", given)]
    if not isinstance(given, list) or not all(isinstance(one, Mapping) for one in given) or not given:
        return None
    return [(str(one.get("role", "user")), str(one.get("content", ""))) for one in given]


def _others(sample: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in sample.items() if key not in ("input", "ideal")}
