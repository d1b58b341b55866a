"""Says of a field that a table of a file can't have which fields there are."""

import re
from difflib import get_close_matches
from typing import Any, get_args, get_type_hints

import msgspec

_UNKNOWN = re.compile(r"unknown field `(?P<name>[^`]*)`(?: - at `\$(?P<path>[^`]*)`)?")


def explain_field(error: Exception, kind: type[msgspec.Struct]) -> str:
    """The error of `msgspec.convert(..., kind)` for a person, without a full stop.

    For a field that is not known the table's fields are listed, and the likely one is named.
    """
    unknown = _UNKNOWN.search(str(error))
    if unknown is None:
        return str(error)
    path = [part for part in re.split(r"\.|\[[^\]]*\]", unknown["path"] or "") if part]
    table = _struct_at(kind, path)
    if table is None:
        return str(error)
    fields = [field.encode_name for field in msgspec.structs.fields(table)]
    where = f"'{'.'.join(path)}'" if path else "it"
    likely = get_close_matches(unknown["name"], fields, 1)
    hint = f"did you mean '{likely[0]}'? It has" if likely else "it has"
    return f"{where} has no field '{unknown['name']}'; {hint} {', '.join(fields)}"


def _struct_at(kind: type[msgspec.Struct], path: list[str]) -> type[msgspec.Struct] | None:
    here: type[msgspec.Struct] | None = kind
    for name in path:
        hints: dict[str, Any] = get_type_hints(here) if here is not None else {}
        here = _struct_in(hints.get(name))
    return here


def _struct_in(hint: Any) -> type[msgspec.Struct] | None:
    """The struct of an annotation, also inside a list or beside other types."""
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return hint
    found = (_struct_in(part) for part in get_args(hint))
    return next((one for one in found if one is not None), None)
