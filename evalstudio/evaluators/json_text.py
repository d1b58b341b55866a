"""JSON in a model's answer: what counts as JSON, and where it may stand."""

import json
import re
from typing import Any, NoReturn

from evalstudio.evaluators.text import FENCE

MOST_IN_VAIN = 1_000_000
"""Characters that may be read without finding JSON in them."""
_TRY = 200  # what an attempt costs, however soon it fails
_NESTED = 10_000  # what it costs to find out that something is nested too deeply
_BRACKET = re.compile(r"[\[{]")


class NotJson(ValueError):
    """A text is not JSON; the message says why."""


def parse(text: str) -> Any:
    """The value of a JSON text.

    Strict where Python's own parser is not: NaN and Infinity are no JSON numbers, and an object with the
    same key twice is refused, since readers differ on what it means.

    Raises:
        NotJson: says what is wrong and where.
    """
    try:
        return json.loads(text, parse_constant=_no_constant, object_pairs_hook=_unique)
    except json.JSONDecodeError as error:
        raise NotJson(f"{error.msg} (line {error.lineno}, column {error.colno})") from None
    except RecursionError:
        raise NotJson("it is nested too deeply") from None
    except ValueError as error:
        raise NotJson(str(error)) from None


def parse_answer(answer: str) -> Any:
    """The JSON of an answer that is JSON, or has one fenced block of it.

    Raises:
        NotJson: says what is wrong.
    """
    blocks = FENCE.findall(answer)
    if len(blocks) == 1:
        return parse(blocks[0].strip())
    return parse(answer.strip())


def find_json(answer: str) -> Any:
    """The JSON of an answer, also when words stand around it: the last object or list that parses.

    Raises:
        NotJson: there is none.
    """
    try:
        return parse_answer(answer)
    except NotJson as error:
        found = _embedded(answer)
        if not found:
            raise error from None
        return found[-1]


def _embedded(answer: str) -> list[Any]:
    """All JSON among words. What is read in vain is bounded: an answer of nothing but brackets must not hold the loop."""
    decoder = json.JSONDecoder(parse_constant=_no_constant, object_pairs_hook=_unique)
    found = []
    position = in_vain = 0
    while (bracket := _BRACKET.search(answer, position)) is not None and in_vain < MOST_IN_VAIN:
        start = bracket.start()
        try:
            value, position = decoder.raw_decode(answer, start)
            found.append(value)
        except (ValueError, RecursionError) as error:
            position = start + 1
            read = error.pos - start if isinstance(error, json.JSONDecodeError) else _NESTED
            in_vain += _TRY + read
    return found


def _no_constant(word: str) -> NoReturn:
    raise ValueError(f"{word} is not a JSON number")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"the key '{twice}' is there twice")
    return table


def same(left: Any, right: Any) -> bool:
    """Equality of JSON values: 1 is 1.0, but true is not 1 and "10" not 10."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, int | float) and isinstance(right, int | float):
        return left == right
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    if isinstance(left, list | tuple) and isinstance(right, list | tuple):
        return len(left) == len(right) and all(map(same, left, right))
    return type(left) is type(right) and bool(left == right)
