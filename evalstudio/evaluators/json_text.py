"""JSON in a model's answer: what counts as JSON, and where it may stand."""

import json
import re
from itertools import chain
from typing import Any, NamedTuple, NoReturn

from evalstudio.evaluators.fences import fenced_blocks

LONGEST = 200_000
"""Characters of the longest JSON that is read on the engine's loop: a character costs up to 0.1 µs."""

MOST_IN_VAIN = 400_000
"""What may be spent on finding JSON among words, in characters read; each attempt costs TRY of them beside."""

TRY = 40
_NESTED = 10_000  # what it costs to find out that something is nested too deeply
_WINDOW = 4_000  # characters; a failure counts the lines before it
_CUT = 100  # characters before the end of a beginning in which an error may come from the cut
_BRACKET = re.compile(r"[\[{]")


class NotJson(ValueError):
    """A text is not JSON; the message says why."""


class SeveralJson(NotJson):
    """A text holds several JSON values in blocks of their own, and they differ: which one is meant can't be told.

    `values` are those of the blocks.
    """

    def __init__(self, values: list[Any]) -> None:
        super().__init__(f"it has {len(values)} blocks of JSON that differ")
        self.values = values


class TooMuchJson(NotJson):
    """A text is too long to be read: it may or may not be JSON."""


def parse(text: str) -> Any:
    """The value of a JSON text.

    Strict where Python's own parser is not: NaN and Infinity are no JSON numbers, and an object with the
    same key twice is refused, since readers differ on what it means.

    Raises:
        NotJson: says what is wrong and where.
        TooMuchJson: the text is longer than LONGEST, and nothing is wrong with as much as that of it.
    """
    whole = len(text) <= LONGEST
    try:
        value = json.loads(
            text if whole else text[:LONGEST], parse_constant=_no_constant, object_pairs_hook=_unique
        )
    except json.JSONDecodeError as error:
        if not whole and (error.pos > LONGEST - _CUT or error.msg.startswith("Unterminated string")):
            raise _too_much(text) from None
        raise NotJson(f"{error.msg} (line {error.lineno}, column {error.colno})") from None
    except RecursionError:
        raise NotJson("it is nested too deeply") from None
    except ValueError as error:
        raise NotJson(str(error)) from None
    if not whole:
        raise _too_much(text)
    return value


def _too_much(text: str) -> TooMuchJson:
    return TooMuchJson(f"it has {len(text):,} characters, and JSON of up to {LONGEST:,} is read")


def parse_answer(answer: str) -> Any:
    """The JSON of an answer that is JSON, or has it in a fenced block: in one labelled `json`, if there is such.

    Raises:
        NotJson: says what is wrong.
        SeveralJson: it has several blocks of JSON, and they differ.
        TooMuchJson: it is longer than LONGEST, and may be JSON.
    """
    text = answer.strip().lstrip("\ufeff")
    blocks = fenced_blocks(text)
    if not blocks:
        return parse(text)
    if text.startswith(("{", "[", '"')):
        try:
            return parse(text)  # its fences stand in its strings
        except TooMuchJson:
            raise
        except NotJson:
            pass
    texts = [block.inside.strip() for block in blocks if block.label.startswith("json")]
    if not texts:  # what is true in JSON is a command in a block of a shell
        texts = [
            text
            for block in blocks
            if (text := block.inside.strip()) and not (block.label and text[0] not in "{[")
        ]
    return _only_value(texts)


def _only_value(texts: list[str]) -> Any:
    """What the texts that are JSON say, all the same."""
    values: list[Any] = []
    failure = NotJson("no fenced block of it is JSON")
    for text in texts:
        try:
            values.append(parse(text))
        except TooMuchJson:
            raise
        except NotJson as error:
            failure = error
    if not values:
        raise failure
    if any(not same(value, values[0]) for value in values[1:]):
        raise SeveralJson(values)
    return values[0]


def find_json(answer: str) -> Any:
    """The JSON of an answer, also when words stand around it: the last object or list that parses.

    Raises:
        NotJson: there is none.
        TooMuchJson: the answer is longer than LONGEST, or holds so much that only looks like JSON that what comes
            after MOST_IN_VAIN was not read.
    """
    try:
        return parse_answer(answer)
    except SeveralJson:
        raise
    except NotJson as error:
        if len(answer) > LONGEST:
            raise TooMuchJson(
                f"among words it is looked for in up to {LONGEST:,} characters, and there are {len(answer):,}"
            ) from None
        found = embedded_json(answer)
        if not found:
            raise error from None
        return found[-1].value


class Embedded(NamedTuple):
    """A JSON value among words, and where it stands."""

    value: Any
    start: int
    end: int


def embedded_json(answer: str) -> list[Embedded]:
    """All JSON among words, in order. What is read in vain is bounded: an answer of nothing but brackets must not hold the loop."""
    decoder = json.JSONDecoder(parse_constant=_no_constant, object_pairs_hook=_unique)
    found = []
    spent = before = 0
    rest = answer  # from `before` on, so that a failure counts few lines
    position = 0
    while (bracket := _BRACKET.search(answer, position)) is not None:
        start = bracket.start()
        if spent > MOST_IN_VAIN:
            raise TooMuchJson("it holds too many brackets that begin no JSON")
        if start - before > _WINDOW:
            before, rest = start, answer[start:]
        try:
            value, end = decoder.raw_decode(rest, start - before)
            position = before + end
            found.append(Embedded(value, start, position))
            spent += TRY + (position - start) // 2
        except (ValueError, RecursionError) as error:
            position = start + 1
            read = error.pos - (start - before) if isinstance(error, json.JSONDecodeError) else _NESTED
            spent += TRY + read
    return found


def _no_constant(word: str) -> NoReturn:
    raise ValueError(f"{word} is not a JSON number")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) < len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise ValueError(f"the key '{key if len(key) <= 80 else key[:79] + '…'}' is there twice")
            seen.add(key)
    return table


def size_up_to(value: Any, most: int) -> int:
    """How many values a JSON value is made of, itself counted; counting ends soon after `most`."""
    count, level = 0, [value]
    while level and count <= most:
        count += len(level)
        tables = [entry.values() for entry in level if isinstance(entry, dict)]
        level = list(chain(*tables, *(entry for entry in level if isinstance(entry, list | tuple))))
    return count


def key_of(value: Any) -> Any:
    """What two values have in common if and only if they are the `same`; it can be in a set.

    Example:
        >>> key_of([1, True]) == key_of([1.0, True]), key_of(1) == key_of(True)
        (True, False)
    """
    if isinstance(value, str) or value is None:
        return value
    if isinstance(value, bool):
        return ("truth", value)
    if isinstance(value, int | float):
        return value
    if isinstance(value, list | tuple):
        return ("list", *map(key_of, value))
    if isinstance(value, dict):
        return ("object", frozenset((key, key_of(entry)) for key, entry in value.items()))
    return (type(value), frozenset(value) if isinstance(value, set) else value)


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
