"""Validation messages for tables in files.

For an unknown or missing field, or an unknown type, they list the valid ones.
"""

import re
from difflib import get_close_matches
from typing import Any, get_args, get_type_hints

import msgspec

_UNKNOWN = re.compile(r"unknown field `(?P<name>[^`]*)`(?: - at `\$(?P<path>[^`]*)`)?")
_MISSING = re.compile(r"missing required field `(?P<name>[^`]*)`(?: - at `\$(?P<path>[^`]*)`)?")
_NO_TYPE = re.compile(r"Invalid value '(?P<value>.*)' - at `\$(?P<path>[^`]*)\.(?P<name>\w+)`", re.DOTALL)


def explain_field(error: Exception, kind: type[msgspec.Struct]) -> str:
    """Rephrases an error of `msgspec.convert(..., kind)` for a person, without a full stop.

    For an unknown field, the message lists the table's fields and suggests the closest one; likewise for a type.
    """
    if missing := _MISSING.search(str(error)):
        path = _parts(missing["path"])
        where = f"'{'.'.join(path)}'" if path else "it"
        return f"{where} lacks the field '{missing['name']}'"
    if wrong := _NO_TYPE.search(str(error)):
        path = _parts(wrong["path"])
        if types := _types_at(kind, path):
            return f"'{'.'.join(path)}' has no type '{wrong['value']}'; the types are {', '.join(types)}"
    unknown = _UNKNOWN.search(str(error))
    if unknown is None:
        return str(error)
    path = _parts(unknown["path"])
    table = _struct_at(kind, path)
    if table is None:
        return str(error)
    fields = [field.encode_name for field in msgspec.structs.fields(table)]
    where = f"'{'.'.join(path)}'" if path else "it"
    likely = get_close_matches(unknown["name"], fields, 1)
    hint = f"did you mean '{likely[0]}'? It has" if likely else "it has"
    return f"{where} has no field '{unknown['name']}'; {hint} {', '.join(fields)}"


def _parts(path: str | None) -> list[str]:
    return [part for part in re.split(r"\.|\[[^\]]*\]", path or "") if part]


def _types_at(kind: type[msgspec.Struct], path: list[str]) -> list[str]:
    """Returns the tags of the structs that are valid at a position."""
    table = _struct_at(kind, path[:-1])
    if table is None or not path:
        return []
    structs = [
        one for one in get_args(get_type_hints(table).get(path[-1])) if hasattr(one, "__struct_config__")
    ]
    return [str(one.__struct_config__.tag) for one in structs if one.__struct_config__.tag is not None]


def _struct_at(kind: type[msgspec.Struct], path: list[str]) -> type[msgspec.Struct] | None:
    here: type[msgspec.Struct] | None = kind
    for name in path:
        hints: dict[str, Any] = get_type_hints(here) if here is not None else {}
        here = _struct_in(hints.get(name))
    return here


def _struct_in(hint: Any) -> type[msgspec.Struct] | None:
    """Returns the struct of an annotation, also inside a list or a union."""
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return hint
    found = (_struct_in(part) for part in get_args(hint))
    return next((one for one in found if one is not None), None)
