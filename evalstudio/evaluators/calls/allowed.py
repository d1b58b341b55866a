"""Expected calls with several values that an argument may have, in the form of the Berkeley function-calling leaderboard."""

import ast
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from evalstudio.evaluators.calls.calls import CallRead, NotCalls
from evalstudio.evaluators.json_text import NotJson, parse, same, size_up_to
from evalstudio.evaluators.normal_form import normalise_text

LONGEST = 20_000
"""Characters of the longest text that is read in this form."""

MOST_CALLS = 50
"""Calls of the longest list of them: each is compared with each."""

MOST_VALUES = 5_000
"""Values of all that is allowed."""

LEFT_OUT = ""
"""Among the values that an argument may have: it may be left out."""

_BEGINS = re.compile(r"\s*\[?\s*\{\s*[\"'][\w.]+[\"']\s*:\s*\{")


class AllowedCall(NamedTuple):
    """A function's name and, for each argument, the values that it may have."""

    name: str
    arguments: dict[str, list[Any]]

    def __str__(self) -> str:
        written = [
            f"{name}={' or '.join(repr(value) for value in values if value != LEFT_OUT)}"
            for name, values in self.arguments.items()
        ]
        return f"{self.name}({', '.join(written)})"

    def allows(self, call: CallRead, defaults: Mapping[str, Any]) -> bool:
        """Whether a call has an allowed value for each argument, and no further ones but at their defaults."""
        if call.name != self.name or call.positional:
            return False
        further = call.named.keys() - self.arguments.keys()
        return all(name in defaults and same(call.named[name], defaults[name]) for name in further) and all(
            _is_among(call.named.get(name, defaults.get(name, LEFT_OUT)), values)
            or (name not in call.named and LEFT_OUT in values)
            for name, values in self.arguments.items()
        )


def allowed_calls(expected: Any) -> list[AllowedCall] | None:
    """The expected calls in this form; None where they are in another.

    Raises:
        NotCalls: there are more than MOST_CALLS of them, or more than MOST_VALUES values.

    Example:
        >>> str(allowed_calls({"area": {"base": [3], "unit": ["cm", ""]}})[0])
        "area(base=3, unit='cm')"
    """
    value = _value_of(expected) if isinstance(expected, str) else expected
    entries = value if isinstance(value, list | tuple) else [value]
    if not entries or not all(map(_is_allowed, entries)):
        return None
    if len(entries) > MOST_CALLS or size_up_to(list(entries), MOST_VALUES) > MOST_VALUES:
        raise NotCalls(f"up to {MOST_CALLS} calls with {MOST_VALUES:,} values are expected in this form")
    return [
        AllowedCall(name, {key: list(values) for key, values in arguments.items()})
        for entry in entries
        for name, arguments in entry.items()
    ]


def unmatched(
    made: Sequence[CallRead],
    allowed: Sequence[AllowedCall],
    defaults_of: Callable[[str], Mapping[str, Any]] = lambda name: {},
) -> tuple[list[CallRead], list[AllowedCall]]:
    """The calls that no expected one is left for, and the expected ones without a call, as few as there can be.

    `defaults_of` gives the defaults of a function's arguments by its name.
    """
    if len(made) > MOST_CALLS:
        return list(made[len(allowed) :]), []
    fits = [
        [place for place, one in enumerate(allowed) if one.allows(call, defaults_of(call.name))]
        for call in made
    ]
    taken: dict[int, int] = {}  # the place of an expected call, and the call that has it

    def place_call(number: int, tried: set[int]) -> bool:
        for place in fits[number]:
            if place in tried:
                continue
            tried.add(place)
            if place not in taken or place_call(taken[place], tried):
                taken[place] = number
                return True
        return False

    extra = [call for number, call in enumerate(made) if not place_call(number, set())]
    return extra, [one for place, one in enumerate(allowed) if place not in taken]


def _value_of(text: str) -> Any:
    if len(text) > LONGEST or not _BEGINS.match(text):
        return None
    try:
        return parse(text)
    except NotJson:
        try:
            return ast.literal_eval(text.strip())
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            return None


def _is_allowed(entry: Any) -> bool:
    """Whether an entry has this form: a name, and lists of values for its arguments."""
    return (
        isinstance(entry, Mapping)
        and len(entry) > 0
        and all(
            isinstance(arguments, Mapping)
            and all(isinstance(values, list | tuple) for values in arguments.values())
            for arguments in entry.values()
        )
    )


def _is_among(value: Any, allowed: Sequence[Any]) -> bool:
    return any(_fits(value, one) for one in allowed)


def _fits(value: Any, allowed: Any) -> bool:
    """Whether a value is an allowed one: texts in their normal form, and objects with lists of what their fields may be."""
    if isinstance(value, str) and isinstance(allowed, str):
        return value == allowed or (allowed != LEFT_OUT and normalise_text(value) == normalise_text(allowed))
    if isinstance(value, Mapping) and isinstance(allowed, Mapping):
        if not all(isinstance(values, list) for values in allowed.values()):
            return same(dict(value), dict(allowed))
        return not value.keys() - allowed.keys() and all(
            _is_among(value[key], values) if key in value else LEFT_OUT in values
            for key, values in allowed.items()
        )
    if isinstance(value, list | tuple) and isinstance(allowed, list | tuple):
        return len(value) == len(allowed) and all(map(_fits, value, allowed))
    return same(value, allowed)
