"""Function calls: the same function with the same arguments, however it is written."""

import ast
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from evalstudio.core.score import Score
from evalstudio.evaluators.json_checks import MOST_VALUES, json_valid
from evalstudio.evaluators.json_text import NotJson, TooMuchJson, find_json, key_of, parse, size_up_to
from evalstudio.evaluators.text import no_expected, shown, unfenced, unscored

LONGEST_PYTHON = 20_000
"""Characters of the longest text that is read as Python: a character costs up to 2 µs."""

MOST_CALLS = 200
"""Calls of the longest list of them."""

Functions = Sequence[Mapping[str, Any]]


class CallRead(NamedTuple):
    """A function's name and its arguments: those without a name in order, those with one by name."""

    name: str
    positional: tuple[Any, ...]
    named: dict[str, Any]

    def __str__(self) -> str:
        written = [*map(repr, self.positional), *(f"{name}={value!r}" for name, value in self.named.items())]
        return f"{self.name}({', '.join(written)})"


class NotCalls(ValueError):
    """A text holds no function calls; the message says why."""


def function_call(
    answer: str, expected: Any, functions: Functions | None = None, *, name: str | None = None
) -> Score:
    """Whether the answer makes the expected calls, in any order.

    Both are read from Python (`f(a=1)`, `[f(1), g("x")]`) or JSON (`{"name", "arguments"}`, OpenAI's
    `tool_calls`). Values are compared with their types: 10.5 is not 105, and "10" not 10.

    Args:
        answer: the model's answer.
        expected: a call or several, as text or as JSON.
        functions: the functions there are, as JSON schemas; arguments without names then get theirs, and
            arguments of a wrong type or name make the answer wrong, with the reason.
        name: the score's name.

    Returns:
        A score that is true or false; unscored where the answer holds no call, or is too long to be read: Python of
        more than LONGEST_PYTHON characters, JSON of more than MOST_VALUES values, or more than MOST_CALLS calls.

    Raises:
        NotCalls: the expected answer holds no call.
    """
    name = name or "function_call"
    if expected is None:
        return no_expected(name)
    schemas = _schemas(functions or ())
    wanted = [_with_names(call, schemas) for call in calls_of(expected)]
    try:
        made = [_with_names(call, schemas) for call in calls_of(answer)]
    except NotCalls as error:
        return unscored(name, f"no function call can be read from the answer: {error}")
    if problem := next((found for call in made if (found := _against_schema(call, schemas))), None):
        return Score(name, False, why=problem)
    still = Counter(map(_key, wanted))
    for call in made:
        if not still[_key(call)]:
            rest = _left(wanted, still)
            return Score(name, False, why=f"calls {shown(str(call))}, expected {_listed(rest or wanted)}")
        still[_key(call)] -= 1
    if rest := _left(wanted, still):
        return Score(name, False, why=f"does not call {_listed(rest)}")
    return Score(name, True, why=f"calls {_listed(made)}")


def calls_of(value: Any) -> list[CallRead]:
    """The calls in a text or a JSON value.

    Raises:
        NotCalls: there are none.
    """
    if not isinstance(value, str):
        return _from_json(value)
    text = unfenced(value)
    if text.startswith(("{", "[{")) or '"arguments"' in text:
        try:
            return _from_json(find_json(value))
        except TooMuchJson as error:
            raise NotCalls(str(error)) from None
        except (NotJson, NotCalls):
            pass
    if len(text) > LONGEST_PYTHON:
        raise NotCalls(
            f"calls in Python are read from up to {LONGEST_PYTHON:,} characters, and there are {len(text):,}"
        )
    try:
        tree = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise NotCalls(f"{shown(text)} is neither a call in Python nor in JSON") from None
    nodes = tree.elts if isinstance(tree, ast.List | ast.Tuple) else [tree]
    _check_count(nodes)
    return [_from_ast(node, text) for node in nodes]


def _check_count(calls: Sequence[Any]) -> None:
    if not calls:
        raise NotCalls("the list of calls is empty")
    if len(calls) > MOST_CALLS:
        raise NotCalls(f"it lists {len(calls):,} calls, and up to {MOST_CALLS} are read")


def _from_ast(node: ast.expr, text: str) -> CallRead:
    said = ast.get_source_segment(text, node) or text
    if not isinstance(node, ast.Call):
        raise NotCalls(f"{shown(said)} is no call")
    try:
        named = {word.arg: ast.literal_eval(word.value) for word in node.keywords if word.arg is not None}
        if len(named) < len(node.keywords):
            raise NotCalls(f"{shown(said)} unpacks arguments or repeats one")
        return CallRead(_dotted(node.func), tuple(ast.literal_eval(value) for value in node.args), named)
    except (ValueError, TypeError, RecursionError):
        raise NotCalls(f"{shown(said)} has an argument that is no plain value") from None


def _dotted(function: ast.expr) -> str:
    """What is called: a name, or one with points in it, or any expression."""
    names: list[str] = []
    node = function
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    if isinstance(node, ast.Name):
        return ".".join([node.id, *reversed(names)])
    return ast.unparse(function)


def _from_json(value: Any) -> list[CallRead]:
    if isinstance(value, Mapping) and isinstance(value.get("tool_calls"), list):
        value = value["tool_calls"]
    if size_up_to(value, MOST_VALUES) > MOST_VALUES:
        raise NotCalls(f"it holds more than {MOST_VALUES:,} values")
    entries = value if isinstance(value, list) else [value]
    _check_count(entries)
    return [_from_entry(entry) for entry in entries]


def _from_entry(entry: Any) -> CallRead:
    inner = entry.get("function", entry) if isinstance(entry, Mapping) else None
    if not isinstance(inner, Mapping):
        raise NotCalls(f"{shown(entry)} is no object with a name and arguments")
    arguments = inner.get("arguments", inner.get("parameters", {}))
    if isinstance(arguments, str):
        try:
            arguments = parse(arguments)
        except NotJson as error:
            raise NotCalls(f"the arguments are not JSON: {error}") from None
    if not isinstance(inner.get("name"), str) or not isinstance(arguments, Mapping):
        raise NotCalls(f"{shown(entry)} is no object with a name and arguments")
    return CallRead(inner["name"], (), dict(arguments))


def _schemas(functions: Functions) -> dict[str, Mapping[str, Any]]:
    inner = [function.get("function", function) for function in functions]
    return {function["name"]: function.get("parameters", {}) for function in inner}


def _with_names(call: CallRead, schemas: Mapping[str, Mapping[str, Any]]) -> CallRead:
    """The call with its arguments by name, as far as the schema names them."""
    names = list(schemas.get(call.name, {}).get("properties", ()))[: len(call.positional)]
    taken = dict(zip(names, call.positional, strict=False))
    if taken.keys() & call.named.keys():
        return call
    return CallRead(call.name, call.positional[len(taken) :], {**taken, **call.named})


def _against_schema(call: CallRead, schemas: Mapping[str, Mapping[str, Any]]) -> str | None:
    if not schemas:
        return None
    if call.name not in schemas:
        return f"calls {call.name}, which is none of {', '.join(schemas)}"
    if call.positional:
        return f"{shown(str(call))} has more arguments than {call.name} takes"
    schema = {"additionalProperties": False, **schemas[call.name], "type": "object"}
    try:
        checked = json_valid(_as_json(call.named), schema)
    except TypeError as error:
        return f"{shown(str(call))} has an argument that JSON cannot hold: {error}"
    return None if checked.value else f"{shown(str(call))} does not fit the function: {checked.why}"


def _as_json(arguments: dict[str, Any]) -> str:
    import json

    return json.dumps(arguments)


def _key(call: CallRead) -> Any:
    return call.name, key_of(call.positional), key_of(call.named)


def _left(wanted: Sequence[CallRead], still: Counter[Any]) -> list[CallRead]:
    """Those of the wanted calls that were not made, in order."""
    left = Counter(still)
    found = []
    for call in reversed(wanted):
        if left[_key(call)]:
            left[_key(call)] -= 1
            found.append(call)
    return found[::-1]


def _listed(calls: Sequence[CallRead]) -> str:
    return " and ".join(shown(str(call)) for call in calls[:4])
