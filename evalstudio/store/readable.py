"""Run parts as readable text: the stored settings of a run, formatted for the comparison of runs."""

import json
from typing import Any

SELECTION = ("seed", "indices", "filter", "samples")  # in the order in which they are stored


def readable(part: str, stored: str) -> str:
    """Formats a part: messages as `role: text`, one per line; tables as `name = value`; anything but JSON unchanged."""
    try:
        value = json.loads(stored)
    except ValueError:
        return stored
    if part == "selection" and isinstance(value, list) and len(value) == len(SELECTION):
        value = {name: one for name, one in zip(SELECTION, value, strict=True) if one is not None}
        return _table(value) or "all samples, in order"
    if isinstance(value, dict):
        return _table(value)
    if isinstance(value, list) and value and all(isinstance(one, dict) for one in value):
        return "\n".join(_entry(one) for one in value)
    return stored


def _entry(one: dict[str, Any]) -> str:
    if {"role", "content"} <= one.keys():
        return f"{one['role']}: {one['content']}"
    rest = _table({name: value for name, value in one.items() if name != "type"})
    kind = str(one.get("type", ""))
    return f"{kind} ({rest})" if kind and rest else kind or rest


def _table(values: dict[str, Any]) -> str:
    return ", ".join(f"{name} = {_value(value)}" for name, value in values.items())


def _value(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
