"""Function calls in text: in Python or JSON, one or several, bare, in fences or in the tags of chat templates."""

import ast
import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from evalstudio.evaluators.fences import fenced_blocks
from evalstudio.evaluators.json_text import NotJson, TooMuchJson, embedded_json, parse, size_up_to
from evalstudio.evaluators.text import ends_of, shown

LONGEST_PYTHON = 20_000
"""Characters of the longest text that is read as Python: a character costs up to 2 µs."""

LONGEST_JSON = 200_000
"""Characters of the longest text in which calls in JSON are looked for."""

MOST_CALLS = 200
"""Calls of the longest list of them."""

MOST_VALUES = 20_000
"""Values (texts, numbers, lists, objects) of the largest JSON that is read as calls."""

_TAGGED = re.compile(
    r"<\|?(?P<tag>tool_calls?|function_calls?)\|?>(?P<inside>.*?)"
    r"(?:<(?:/|\|/|/\|)(?P=tag)\|?>|(?=<\|?(?P=tag)\|?>)|\Z)",
    re.DOTALL | re.IGNORECASE,
)
_PREFIX = re.compile(
    r"\s*(?:\[TOOL_CALLS?\]|<\|python_tag\|>|<\|tool_calls?(?:_begin)?\|>)\s*", re.IGNORECASE
)
_SUFFIX = re.compile(r"(?:<\|(?:eom_id|eot_id|im_end|end)\|>\s*)+\Z")
_BETWEEN = re.compile(r"[\s,;\[\]]*")
_ITEM = re.compile(r"^[ \t]*(?:[-*•]|\d{1,3}[.)])[ \t]+", re.MULTILINE)  # of a list of calls on lines
_LOOKS_LIKE_A_CALL = re.compile(
    r"<\|?(?:tool|function)_call|\[TOOL_CALL|\"(?:arguments|tool_calls)\"\s*:|\b[A-Za-z_][\w.]{0,80}\(\s*(?:[A-Za-z_]\w{0,80}\s*=|[\"'\d\[{)])"
)
_ARGUMENTS = ("arguments", "parameters", "input")
_BESIDE = {"name", "id", "type", "index"}  # what a call without arguments may have


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


def calls_of(value: Any) -> list[CallRead]:
    """The calls in a text or a JSON value; an empty list where it is an empty list.

    Raises:
        NotCalls: there are none that can be read.

    Example:
        >>> [str(call) for call in calls_of("area(base=3); mean([1, 2])")]
        ['area(base=3)', 'mean([1, 2])']
    """
    if not isinstance(value, str):
        return _from_json(value)
    text = _SUFFIX.sub("", _PREFIX.sub("", value[:200], count=1) + value[200:]).strip()
    tagged = (
        [match["inside"] for match in _TAGGED.finditer(text)]
        if "<" in text and len(text) <= LONGEST_JSON
        else []
    )
    if tagged:
        return _checked([call for inside in tagged for call in calls_of(inside)])
    blocks = fenced_blocks(text)
    if len(blocks) == 1:
        return _checked(_of_text(blocks[0].inside.strip()))
    if blocks:
        return _of_blocks([block.inside.strip() for block in blocks])
    return _checked(_of_text(text))


def looks_like_a_call(text: str) -> bool:
    """Whether a text that holds no readable call may still mean one."""
    return _LOOKS_LIKE_A_CALL.search(ends_of(text, LONGEST_PYTHON)) is not None


def _of_blocks(insides: Sequence[str]) -> list[CallRead]:
    """The calls of several blocks; those that hold none are left out."""
    calls = []
    failure: NotCalls | None = None
    for inside in insides:
        try:
            calls += _of_text(inside)
        except NotCalls as error:
            failure = error
    if not calls and failure is not None:
        raise failure
    return _checked(calls)


def _of_text(text: str) -> list[CallRead]:
    if text.startswith(("{", "[{")) or '"arguments"' in text or '"parameters"' in text:
        try:
            return _from_json_text(text)
        except TooMuchJson as error:
            raise NotCalls(str(error)) from None
        except (NotJson, NotCalls):
            pass
    return _from_python(_ITEM.sub("", text) if text[:1] in "-*•0123456789" else text)


def _from_json_text(text: str) -> list[CallRead]:
    """The calls of a text that is JSON, holds one such value among words, or several with nothing between them."""
    try:
        return _from_json(parse(text))
    except TooMuchJson:
        raise
    except NotJson:
        if len(text) > LONGEST_JSON:
            raise TooMuchJson(
                f"it has {len(text):,} characters, and up to {LONGEST_JSON:,} are read"
            ) from None
    found = [one for one in embedded_json(text) if isinstance(one.value, dict | list)]
    if not found:
        raise NotCalls(f"{shown(text)} is no JSON")
    gaps = [text[one.end : other.start] for one, other in pairwise(found)]
    if not all(_BETWEEN.fullmatch(gap) for gap in gaps):
        raise NotCalls("several calls stand among words")
    return [call for one in found for call in _from_json(one.value)]


def _from_python(text: str) -> list[CallRead]:
    """The calls of a text in Python: one, a list of them, or some on lines or between semicolons."""
    if len(text) > LONGEST_PYTHON:
        raise NotCalls(
            f"calls in Python are read from up to {LONGEST_PYTHON:,} characters, and there are {len(text):,}"
        )
    try:
        statements = ast.parse(text.replace("\r\n", "\n")).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise NotCalls(f"{shown(text)} is neither a call in Python nor in JSON") from None
    nodes: list[ast.expr] = []
    if len(statements) == 1 and (entries := _plain_objects(statements[0])) is not None:
        return _from_json(entries)
    for statement in statements:
        if not isinstance(statement, ast.Expr):
            raise NotCalls(f"{shown(text)} does more than call")
        value = statement.value
        nodes += value.elts if isinstance(value, ast.List | ast.Tuple) else [value]
    if not statements:
        raise NotCalls("there is nothing in it")
    _check_count(nodes)
    return [_from_ast(node, text) for node in nodes]


def _plain_objects(statement: ast.stmt) -> Any:
    """An object, or a list of them, that is written as Python has it, not JSON; None where it is another thing."""
    value = statement.value if isinstance(statement, ast.Expr) else None
    first = value.elts[0] if isinstance(value, ast.List) and value.elts else value
    if value is None or not isinstance(first, ast.Dict):
        return None
    try:
        return ast.literal_eval(value)
    except (ValueError, TypeError, RecursionError):
        return None


def _checked(calls: list[CallRead]) -> list[CallRead]:
    _check_count(calls)
    return calls


def _check_count(calls: Sequence[Any]) -> None:
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
    entries = value if isinstance(value, list | tuple) else [value]
    _check_count(entries)
    return _checked([call for entry in entries for call in _from_entry(entry)])


def _from_entry(entry: Any) -> list[CallRead]:
    if isinstance(entry, str):
        return calls_of(entry)
    if isinstance(entry, Mapping) and isinstance(entry.get("tool_calls"), list):
        return _from_json(entry)
    inner = entry.get("function", entry) if isinstance(entry, Mapping) else None
    if isinstance(inner, str) and "name" not in entry:
        inner = {**{key: value for key, value in entry.items() if key != "function"}, "name": inner}
    if not isinstance(inner, Mapping):
        raise NotCalls(f"{shown(entry)} is no object with a name and arguments")
    given = next((key for key in _ARGUMENTS if key in inner), None)
    if given is None and inner.keys() - _BESIDE:
        raise NotCalls(f"{shown(entry)} is no object with a name and arguments")
    arguments = {} if given is None or inner[given] is None else inner[given]
    if isinstance(arguments, str):
        try:
            arguments = parse(arguments) if arguments.strip() else {}
        except NotJson as error:
            raise NotCalls(f"the arguments are not JSON: {error}") from None
    if not isinstance(inner.get("name"), str) or not isinstance(arguments, Mapping):
        raise NotCalls(f"{shown(entry)} is no object with a name and arguments")
    return [CallRead(inner["name"], (), dict(arguments))]
