"""Function calls: the same function with the same arguments, however it is written."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from evalstudio.core.score import Score
from evalstudio.evaluators.calls.allowed import AllowedCall, allowed_calls, unmatched
from evalstudio.evaluators.calls.calls import CallRead, NotCalls, calls_of, looks_like_a_call
from evalstudio.evaluators.calls.schemas import (
    Functions,
    defaults_of,
    problem_of,
    schemas_of,
    with_names,
    without_defaults,
)
from evalstudio.evaluators.json_text import key_of
from evalstudio.evaluators.text import is_empty, no_expected, shown, unscored


def function_call(
    answer: str, expected: Any, functions: Functions | None = None, *, name: str | None = None
) -> Score:
    """Whether the answer makes the expected calls, in any order.

    Both are read from Python (`f(a=1)`, `[f(1), g("x")]`, calls on lines) or JSON (`{"name", "arguments"}`, OpenAI's
    `tool_calls`), bare, in fences or in `<tool_call>` tags. Values are compared with their types: 10.5 is not 105, and
    "10" not 10.

    Args:
        answer: the model's answer.
        expected: a call or several, as text or as JSON; or the values that each argument may have, in the form of the
            Berkeley leaderboard: `{"f": {"a": [1, 2], "unit": ["cm", ""]}}`, "" for one that may be left out. An empty
            list expects no call.
        functions: the functions there are, as JSON schemas; arguments without names then get theirs, those at their
            default may be left out, and arguments of a wrong type or name make the answer wrong, with the reason.
        name: the score's name.

    Returns:
        A score that is true or false; unscored where the answer holds no call that can be read though one is expected, or
        where it is too long to be read: Python of more than LONGEST_PYTHON characters, JSON of more than MOST_VALUES
        values, or more than MOST_CALLS calls.

    Raises:
        NotCalls: the expected answer holds no call.
    """
    name = name or "function_call"
    if expected is None or (isinstance(expected, str) and is_empty(expected)):
        return no_expected(name)
    schemas = schemas_of(functions or ())
    allowed = allowed_calls(expected)
    wanted = [] if allowed is not None else [with_names(call, schemas) for call in calls_of(expected)]
    wanted = [without_defaults(call, schemas) for call in wanted]
    if not allowed and not wanted:
        return _none_expected(answer, name)
    try:
        made = [with_names(call, schemas) for call in calls_of(answer)]
    except NotCalls as error:
        return unscored(name, f"no function call can be read from the answer: {error}")
    if not made:
        return unscored(name, "no function call can be read from the answer: the list of calls is empty")
    if problem := next((found for call in made if (found := problem_of(call, schemas))), None):
        return Score(name, False, why=problem)
    if allowed is not None:
        return _with_allowed(made, allowed, lambda function: defaults_of(function, schemas), name)
    return _compared([without_defaults(call, schemas) for call in made], wanted, name)


def _none_expected(answer: str, name: str) -> Score:
    """An answer without a call is right where none is expected."""
    try:
        made = calls_of(answer)
    except NotCalls as error:
        if looks_like_a_call(answer):
            return unscored(name, f"whether the answer calls a function can't be told: {error}")
        made = []
    if made:
        return Score(name, False, why=f"calls {_listed(made)}, and no call is expected")
    return Score(name, True, why="calls nothing, as expected")


def _compared(made: Sequence[CallRead], wanted: Sequence[CallRead], name: str) -> Score:
    still = Counter(map(_key, wanted))
    for call in made:
        if not still[_key(call)]:
            rest = _left(wanted, still)
            return Score(name, False, why=f"calls {shown(str(call))}, expected {_listed(rest or wanted)}")
        still[_key(call)] -= 1
    if rest := _left(wanted, still):
        return Score(name, False, why=f"does not call {_listed(rest)}")
    return Score(name, True, why=f"calls {_listed(made)}")


def _with_allowed(
    made: Sequence[CallRead],
    allowed: Sequence[AllowedCall],
    defaults: Callable[[str], Mapping[str, Any]],
    name: str,
) -> Score:
    extra, missing = unmatched(made, allowed, defaults)
    if extra:
        return Score(name, False, why=f"calls {_listed(extra)}, expected {_listed(missing or allowed)}")
    if missing:
        return Score(name, False, why=f"does not call {_listed(missing)}")
    return Score(name, True, why=f"calls {_listed(made)}")


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


def _listed(calls: Sequence[CallRead | AllowedCall]) -> str:
    return " and ".join(shown(str(call)) for call in calls[:4])
