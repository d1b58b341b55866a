"""Rows of a benchmark's dataset: the requests of one document in plain JSON."""

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from evalstudio.benchmarks.host.sentences import Problem


def row_of(number: int, instances: Sequence[Any], expected: str, *, chat: bool) -> dict[str, Any]:
    """Returns the row of one document: what is sent, what is expected, and the document itself.

    Raises:
        Problem: The task asks several questions of one document, or of several kinds.
    """
    kinds = {one.request_type for one in instances}
    if len(kinds) > 1 or (kinds == {"generate_until"} and len(instances) > 1):
        raise Problem("The task asks several questions of each document, which can't be run yet.")
    requests: list[list[str]] = []
    match instances[0].request_type:
        case "generate_until":
            context = instances[0].args[0]
            messages = json.loads(context.prompt) if chat else _user(context)
        case "loglikelihood_rolling":
            requests = [["", one.args[0]] for one in instances]
            messages = _user(instances[0].args[0])
        case _:
            requests = [list(one.args) for one in instances]
            messages = _user(instances[0].args[0])
    return {
        "doc_id": number,
        "messages": messages,
        "requests": requests,
        "expected": expected,
        "document": instances[0].doc,
    }


def expected_text(task: Any, document: Any) -> str:
    """Returns the expected answer of a document, for a person to read; empty where the task tells none."""
    try:
        target = task.doc_to_target(document)
        choices = task.doc_to_choice(document) if task.get_config("doc_to_choice") is not None else None
    except Exception:  # noqa: BLE001 - a task's own code; the metrics don't need this text
        return ""
    if isinstance(target, int) and choices and 0 <= target < len(choices):
        return str(choices[target])
    return target if isinstance(target, str) else json.dumps(storable(target), ensure_ascii=False)


def storable(value: Any) -> Any:
    """Returns a value as JSON can hold it; what it has no form for as text."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, Mapping):
        return {str(name): storable(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [storable(one) for one in value]
    if hasattr(value, "tolist"):  # numpy
        return storable(value.tolist())
    return str(value)


def _user(text: str) -> list[dict[str, str]]:
    return [{"role": "user", "content": text}]
