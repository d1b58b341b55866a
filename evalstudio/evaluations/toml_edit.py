"""Changes one entry of a TOML text and leaves the rest as a person wrote it: comments, order and layout."""

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
    """The text with `key` at its top set to `value`; None takes the entry away.

    What belongs to the entry is written anew, all else stays. Raises tomllib.TOMLDecodeError where the text is no TOML.
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
    return write_toml(wanted)  # the text has a form in which entries can't be told apart


def write_toml(table: Mapping[str, Any]) -> str:
    """A table as TOML, an entry a line where it fits; None values are left out."""
    entries = ((key, value) for key, value in table.items() if value is not None)
    return "".join(f"{write_key(key)} = {write_value(value, len(key) + 3)}\n" for key, value in entries)


def write_key(key: str) -> str:
    return key if _BARE.fullmatch(key) else _quoted(key)


def write_value(value: Any, indent: int = 0) -> str:
    """A value as TOML; a list that is too long for a line has a line for each of its items.

    Raises TypeError for what TOML does not know.
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
    # JSON's strings are TOML's, but for the delete character and pairs of surrogates
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _replaced(text: str, key: str, written: str) -> str:
    """The text with the statements that make up `key` replaced."""
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
        # its tables stood among others: a plain entry has to stand before the first table
        first = next((place for place, (name, _, table) in enumerate(statements) if table), None)
        head = sum(name != key for name, _, _ in statements[:first]) if first is not None else len(parts)
        if parts[:head] and not parts[head - 1].endswith("\n"):
            parts[head - 1] += "\n"
        parts.insert(head, written + ("\n" if written and parts[head:] else ""))
    return "".join(parts)


def _statements(text: str) -> list[tuple[str, str, bool]]:
    """The text in pieces: the entry each belongs to ("" for comments and blank lines), and whether it is in a table."""
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
    """Where the statement that begins at a line ends: the first line with which it can be read."""
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
