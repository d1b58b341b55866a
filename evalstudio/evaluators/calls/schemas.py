"""What functions take: their schemas, with the type names of the Berkeley leaderboard, and the defaults of arguments."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from evalstudio.evaluators.calls.calls import CallRead
from evalstudio.evaluators.json_checks import json_valid
from evalstudio.evaluators.json_text import same
from evalstudio.evaluators.text import shown

Functions = Sequence[Mapping[str, Any]]
Schemas = Mapping[str, Mapping[str, Any]]

TYPES = {
    **dict.fromkeys(("dict", "hashmap", "map", "hashtable"), "object"),
    **dict.fromkeys(("float", "double"), "number"),
    **dict.fromkeys(("tuple", "list", "arraylist", "set", "queue", "stack"), "array"),
    **dict.fromkeys(("str", "char"), "string"),
    **dict.fromkeys(("int", "long", "short", "byte", "bigint"), "integer"),
    "bool": "boolean",
    "none": "null",
}
"""Type names of the Berkeley leaderboard, in lower case, and those of JSON schema."""

_PLAIN = ("object", "number", "array", "string", "integer", "boolean", "null")
_VALUES = ("default", "enum", "const", "examples")


def schemas_of(functions: Functions) -> dict[str, Mapping[str, Any]]:
    """The parameters of functions by their names; OpenAI's form and the bare one."""
    inner = [function.get("function", function) for function in functions]
    return {
        function["name"]: function.get("parameters") or function.get("input_schema") or {}
        for function in inner
    }


def with_names(call: CallRead, schemas: Schemas) -> CallRead:
    """The call with its arguments by name, as far as the schema names them."""
    names = list(_properties(call.name, schemas))[: len(call.positional)]
    taken = dict(zip(names, call.positional, strict=False))
    if taken.keys() & call.named.keys():
        return call
    return CallRead(call.name, call.positional[len(taken) :], {**taken, **call.named})


def defaults_of(name: str, schemas: Schemas) -> dict[str, Any]:
    """The defaults of a function's arguments that it does not need."""
    required = schemas.get(name, {}).get("required") or ()
    return {
        argument: schema["default"]
        for argument, schema in _properties(name, schemas).items()
        if argument not in required and isinstance(schema, Mapping) and "default" in schema
    }


def without_defaults(call: CallRead, schemas: Schemas) -> CallRead:
    """The call without arguments at their default: they are as good as left out."""
    defaults = defaults_of(call.name, schemas)
    if not defaults:
        return call
    named = {
        name: value
        for name, value in call.named.items()
        if name not in defaults or not same(value, defaults[name])
    }
    return call._replace(named=named)


def _properties(name: str, schemas: Schemas) -> Mapping[str, Any]:
    return schemas.get(name, {}).get("properties") or {}


def problem_of(call: CallRead, schemas: Schemas) -> str | None:
    """What is wrong with a call by the functions there are; None where nothing is, or none are given."""
    if not schemas:
        return None
    if call.name not in schemas:
        return f"calls {call.name}, which is none of {', '.join(schemas)}"
    if call.positional:
        return f"{shown(str(call))} has more arguments than {call.name} takes"
    schema = {"additionalProperties": False, **json_schema(schemas[call.name]), "type": "object"}
    try:
        arguments = json.dumps(call.named)
    except TypeError as error:
        return f"{shown(str(call))} has an argument that JSON cannot hold: {error}"
    checked = json_valid(arguments, schema)
    return None if checked.value else f"{shown(str(call))} does not fit the function: {checked.why}"


def json_schema(schema: Any) -> Any:
    """A schema with the type names of JSON schema.

    Example:
        >>> json_schema({"type": "dict", "properties": {"x": {"type": "float"}, "y": {"type": "any"}}})
        {'type': 'object', 'properties': {'x': {'type': 'number'}, 'y': {}}}
    """
    if isinstance(schema, Mapping):
        renamed: dict[str, Any] = {}
        for key, value in schema.items():
            if key == "type" and isinstance(value, str):
                if (name := _type(value)) is not None:
                    renamed[key] = name
            elif key == "type" and isinstance(value, list):
                names = [_type(one) if isinstance(one, str) else one for one in value]
                if None not in names:
                    renamed[key] = names
            else:
                renamed[key] = value if key in _VALUES else json_schema(value)
        return renamed
    return [json_schema(entry) for entry in schema] if isinstance(schema, list | tuple) else schema


def _type(name: str) -> str | None:
    """JSON schema's name of a type; None for any, and the name itself where it is unknown."""
    plain = name.casefold()
    if plain == "any":
        return None
    return plain if plain in _PLAIN else TYPES.get(plain, name)
