"""JSON in a model's answer: what counts as JSON, and where it may stand."""

import json
from typing import Any, NoReturn

from evalstudio.evaluators.text import FENCE


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
    decoder = json.JSONDecoder(parse_constant=_no_constant, object_pairs_hook=_unique)
    found = []
    position = 0
    while (start := _next_bracket(answer, position)) >= 0:
        try:
            value, position = decoder.raw_decode(answer, start)
            found.append(value)
        except (ValueError, RecursionError):
            position = start + 1
    return found


def _next_bracket(text: str, position: int) -> int:
    places = [place for place in (text.find("{", position), text.find("[", position)) if place >= 0]
    return min(places, default=-1)


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
