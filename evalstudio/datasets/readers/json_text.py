"""JSON as people write it: what is wrong with it in words, commas that end nothing, keys that stand twice."""

import json
import re
from typing import Any, NamedTuple

import msgspec

TRAILING_COMMA = re.compile(rb'("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])', re.DOTALL)


class RepeatedKeys(dict[str, Any]):
    """An object in which a key stands twice with different values; `key` is the first such one."""

    key = ""


class Decoded(NamedTuple):
    """A document. `mended`: commas before closing brackets were left out; `repeats`: keys may stand twice in it."""

    document: Any
    mended: bool
    repeats: bool


def decode_json(content: bytes) -> Decoded:
    """The document, read without commas that end nothing.

    An object with a key that stands twice, with another value each time, is a `RepeatedKeys`.

    Raises:
        msgspec.DecodeError, UnicodeDecodeError, RecursionError: it is no JSON.

    Example:
        >>> decode_json(b'[{"q": "x",},]')
        Decoded(document=[{'q': 'x'}], mended=True, repeats=False)
    """
    mended = False
    try:
        document = msgspec.json.decode(content)
    except msgspec.DecodeError as error:
        changed = TRAILING_COMMA.sub(lambda found: found[1] or b"", content)
        if changed == content:
            raise
        try:
            document = msgspec.json.decode(changed)
        except msgspec.DecodeError:
            raise error from None
        content, mended = changed, True
    repeats = may_repeat(content, document)
    if repeats:
        document = json.loads(content, object_pairs_hook=_object)
    return Decoded(document, mended, repeats)


def may_repeat(content: bytes, document: Any) -> bool:
    """Whether an object could have a key twice.

    None has where the text has as many colons behind quotes as what was read from it has when it is written.
    """
    colons = content.count(b'":')
    if type(document) is not dict or colons != len(document):
        try:
            if colons != msgspec.json.encode(document).count(b'":'):
                return True
        except (OverflowError, RecursionError):
            return True  # a number that only Python writes
    return b'" :' in content


def repeated_key(value: Any) -> str | None:
    """The key that stands twice in an object, or in one inside it."""
    rest = [value]
    while rest:
        one = rest.pop()
        if type(one) is RepeatedKeys:
            return one.key
        if isinstance(one, dict):
            rest.extend(one.values())
        elif type(one) is list:
            rest.extend(one)
    return None


def json_complaint(text: bytes, error: Exception) -> str:
    """What is wrong with a piece of JSON, in words."""
    if isinstance(error, UnicodeDecodeError):
        return "has bytes that are not UTF-8"
    if isinstance(error, RecursionError):
        return "is nested too deeply"
    for word in (b"NaN", b"Infinity"):
        if word in text and "invalid character" in str(error):
            return f"is not JSON ({word.decode()} is no JSON number): {error}"
    return f"is not JSON: {error}"


def kind_of(value: Any) -> str:
    """A JSON value's type in words, with its article."""
    names = {dict: "an object", list: "a list", str: "a text", bool: "a truth value", int: "a number"}
    return "null" if value is None else names.get(type(value), "a number")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    seen: dict[str, Any] = {}
    for key, value in pairs:
        if key in seen and (type(seen[key]), seen[key]) != (type(value), value):
            repeated = RepeatedKeys(found)
            repeated.key = key
            return repeated
        seen[key] = value
    return found
