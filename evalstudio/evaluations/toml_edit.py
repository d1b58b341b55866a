"""TOML editing: changes one entry of a text and keeps the comments, order and layout of the rest."""

import json
import re
import tomllib
from collections.abc import Mapping
from typing import Any

WIDTH = 100
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_HEADER = re.compile(r"\s*\[\[?\s*(\"(?:[^\"\\]|\\.)*\"|'[^']*'|[A-Za-z0-9_-]+)")
_KEY = re.compile(r"\s*(\"(?:[^\"\\]|\\.)*\"|'[^']*'|[A-Za-z0-9_-]+)\s*[.=]")


def set_entry(text: str, key: str, value: Any) -> str:
    """Returns the text with the top-level `key` set to `value`; None removes the entry.

    The entry is rewritten, everything else is kept. Raises tomllib.TOMLDecodeError if the text is not TOML.
    """
    wanted = tomllib.loads(text)
    if value is None:
        wanted.pop(key, None)
    else:
        wanted[key] = value
    written = "" if value is None else f"{write_key(key)} = {write_value(value, len(key) + 3)}\n"
    changed = _replaced(text, key, written)
    try:
        if tomllib.loads(changed) == wanted:
            return changed
    except tomllib.TOMLDecodeError:
        pass
    return write_toml(wanted)  # the text has a form in which entries can't be separated


def write_toml(table: Mapping[str, Any]) -> str:
    """Formats a table as TOML, one entry per line if it fits; None values are left out."""
    entries = ((key, value) for key, value in table.items() if value is not None)
    return "".join(f"{write_key(key)} = {write_value(value, len(key) + 3)}\n" for key, value in entries)


def write_key(key: str) -> str:
    return key if _BARE.fullmatch(key) else _quoted(key)


def write_value(value: Any, indent: int = 0) -> str:
    """Formats a value as TOML; a list that is too long for a line gets one line per item.

    Raises TypeError for types that TOML does not have.
    """
    line = _inline(value)
    if isinstance(value, list | tuple) and value and len(line) + indent > WIDTH:
        return "[\n" + "".join(f"    {_inline(item)},\n" for item in value) + "]"
    return line


def _inline(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case float():
            return {"inf": "inf", "-inf": "-inf", "nan": "nan"}.get(repr(value), repr(value))
        case str():
            return _quoted(value)
        case Mapping():
            if not value:
                return "{}"
            parts = (
                f"{write_key(str(key))} = {_inline(item)}" for key, item in value.items() if item is not None
            )
            return "{ " + ", ".join(parts) + " }"
        case list() | tuple():
            return "[" + ", ".join(_inline(item) for item in value) + "]"
        case _ if hasattr(value, "isoformat"):
            return str(value.isoformat())
    raise TypeError(f"TOML has no {type(value).__name__}")


def _quoted(text: str) -> str:
    # JSON strings are valid TOML except for the delete character and surrogate pairs
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _replaced(text: str, key: str, written: str) -> str:
    """Replaces the statements that make up `key`."""
    before_tables, statements = True, _statements(text)
    parts: list[str] = []
    placed = False
    for name, part, is_table in statements:
        if is_table and before_tables:
            before_tables = False
            if not placed and not any(other == key for other, _, _ in statements):
                parts.append(written + ("\n" if written else ""))
                placed = True
        if name != key:
            parts.append(part)
        elif not is_table and not placed:
            parts.append(written)
            placed = True
    if not placed:
        # its tables were among others: a plain entry has to come before the first table
        first = next((place for place, (name, _, table) in enumerate(statements) if table), None)
        head = sum(name != key for name, _, _ in statements[:first]) if first is not None else len(parts)
        if parts[:head] and not parts[head - 1].endswith("\n"):
            parts[head - 1] += "\n"
        parts.insert(head, written + ("\n" if written and parts[head:] else ""))
    return "".join(parts)


def _statements(text: str) -> list[tuple[str, str, bool]]:
    """Splits the text into pieces, with the entry of each ("" for comments and blank lines) and whether it is in a table."""
    pieces: list[tuple[str, str, bool]] = []
    lines = text.splitlines(keepends=True)
    table: str | None = None
    at = 0
    while at < len(lines):
        line = lines[at]
        if header := _HEADER.match(line):
            table = _plain(header[1])
            pieces.append((table, line, True))
            at += 1
            continue
        found = _KEY.match(line)
        if not found:
            own = table is not None and line.strip() == ""
            pieces.append((table if own and table else "", line, table is not None))
            at += 1
            continue
        end = _end(lines, at)
        pieces.append(
            (_plain(found[1]) if table is None else table, "".join(lines[at:end]), table is not None)
        )
        at = end
    return pieces


def _end(lines: list[str], start: int) -> int:
    """Returns the end of the statement that begins at a line: the first line with which it can be parsed."""
    for end in range(start + 1, len(lines) + 1):
        try:
            tomllib.loads("".join(lines[start:end]))
        except tomllib.TOMLDecodeError:
            continue
        return end
    return start + 1


def _plain(key: str) -> str:
    if key.startswith('"'):
        return str(json.loads(key))
    return key.strip("'")
