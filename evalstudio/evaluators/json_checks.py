"""JSON: whether an answer is it, follows a schema, and has the expected fields."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

import msgspec

from evalstudio.core.errors import EvaluationError
from evalstudio.core.score import Score
from evalstudio.evaluators.json_text import (
    NotJson,
    SeveralJson,
    TooMuchJson,
    find_json,
    key_of,
    parse,
    parse_answer,
    same,
    size_up_to,
)
from evalstudio.evaluators.normal_form import TooLong, normalise_text
from evalstudio.evaluators.regex import TooSlow, compiled, in_time
from evalstudio.evaluators.text import is_empty, no_expected, shown, unscored

MOST_VALUES = 20_000
"""Values (texts, numbers, lists, objects) of the largest JSON that is checked against a schema or compared."""

MOST_UNEVALUATED = 1_000
"""Entries of the largest object or list for `unevaluatedProperties` and `unevaluatedItems`, which are quadratic."""

SCHEMA_S = 0.05
"""Seconds of processor for checking one answer against a schema; an ordinary one takes a hundredth of it."""

_until = (
    threading.local()
)  # `.steps` of the check under way; `.moment`: when it has to have ended, on the thread's clock


def json_valid(
    answer: str, schema: Mapping[str, Any] | str | None = None, *, name: str | None = None
) -> Score:
    """Whether the answer is JSON, alone or in a fenced block, and follows the schema if there is one.

    Returns:
        A score that is true or false; unscored where blocks of it differ, or the answer is too long to read, or too large for the schema to
        be checked in SCHEMA_S.

    Raises:
        EvaluationError: the schema itself is not one.
    """
    name = name or "json_valid"
    validator = None if schema is None else _validator(_schema_bytes(schema))
    try:
        value = parse_answer(answer)
    except TooMuchJson as error:
        return unscored(name, f"too long to read as JSON: {error}")
    except SeveralJson as error:
        scores = [_follows(answer, value, validator, name) for value in error.values]
        if len({score.value for score in scores}) > 1:
            return unscored(name, f"{error}, and not all of them follow the schema")
        return scores[0]
    except NotJson as error:
        return Score(name, False, why=f"not JSON: {error}")
    return _follows(answer, value, validator, name)


def _follows(answer: str, value: Any, validator: Any, name: str) -> Score:
    """Whether a value follows the schema of a validator, if there is one."""
    if validator is None:
        return Score(name, True, why="JSON")
    if _too_large(answer, value):
        return unscored(name, f"JSON of more than {MOST_VALUES:,} values is not checked against a schema")
    try:
        wrong = _first_error(validator, value)
    except _OutOfTime as error:
        return unscored(name, str(error))
    if wrong is None:
        return Score(name, True, why="JSON that follows the schema")
    return Score(
        name, False, why=f"JSON, but not the schema's: at {wrong.json_path}, {_short(wrong.message)}"
    )


def json_match(
    answer: str,
    expected: Any,
    fields: Sequence[str] | None = None,
    *,
    normalise: bool = False,
    partial: bool = False,
    name: str | None = None,
) -> Score:
    """Whether the fields of the answer's JSON are the expected ones.

    Args:
        answer: the model's answer; words around the JSON are allowed.
        expected: an object, or its JSON text.
        fields: the fields to compare, dotted to reach inside; by default all, and others must not be there.
        normalise: even out case, spaces and marks of texts.
        partial: give the share of the fields that are right instead of all or nothing.
        name: the score's name.

    Returns:
        A truth value or a share from 0 to 1; unscored where the answer holds no JSON object, or where it or the
        expected one is too large to compare.

    Raises:
        NotJson: the expected answer is no JSON.
    """
    name = name or "json_match"
    metrics = ("mean",) if partial else ("accuracy",)
    if expected is None or (isinstance(expected, str) and is_empty(expected)):
        return no_expected(name, metrics)
    wanted = parse(expected) if isinstance(expected, str) else expected
    if wanted is None:
        return no_expected(name, metrics)
    try:
        found = find_json(answer)
    except NotJson as error:
        return unscored(name, f"no JSON can be read from the answer: {error}", metrics)
    if _too_large(answer, found) or _too_large(expected, wanted):
        return unscored(name, f"JSON of more than {MOST_VALUES:,} values is not compared", metrics)
    if not isinstance(wanted, Mapping):
        return Score(
            name, same(found, wanted), metrics, f"the answer is {shown(found)}, expected {shown(wanted)}"
        )
    if not isinstance(found, dict):
        return unscored(name, f"the answer's JSON is no object: {shown(found)}", metrics)
    compared = list(fields) if fields else list({**wanted, **found})
    try:
        wrong = [
            field for field in compared if not _equal(_field(found, field), _field(wanted, field), normalise)
        ]
    except TooLong as error:
        return unscored(name, str(error), metrics)
    share = 1.0 - len(wrong) / len(compared) if compared else 1.0
    reasons = [
        f"{_short(field)}: {_said(found, field)}, expected {_said(wanted, field)}" for field in wrong[:5]
    ]
    why = "; ".join(reasons) or f"all {len(compared)} fields are right"
    value = share if partial else not wrong
    return Score(name, value, metrics, why, metadata={"wrong": wrong, "fields": len(compared)})


def _too_large(source: Any, value: Any) -> bool:
    """Whether a value has more than MOST_VALUES in it; a text that it was read from has no fewer characters."""
    if isinstance(source, str) and len(source) <= MOST_VALUES:
        return False
    return size_up_to(value, MOST_VALUES) > MOST_VALUES


MISSING = object()


def _field(table: Mapping[str, Any], field: str) -> Any:
    if field in table:
        return table[field]
    value: Any = table
    for step in field.split("."):
        if isinstance(value, Mapping) and step in value:
            value = value[step]
        elif isinstance(value, list) and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
        else:
            return MISSING
    return value


def _said(table: Mapping[str, Any], field: str) -> str:
    value = _field(table, field)
    return "nothing" if value is MISSING else shown(value, 40)


def _equal(left: Any, right: Any, normalise: bool) -> bool:
    if left is MISSING or right is MISSING:
        return left is right
    return same(_even(left), _even(right)) if normalise else same(left, right)


def _even(value: Any) -> Any:
    if isinstance(value, str):
        return normalise_text(value)
    if isinstance(value, list):
        return [_even(entry) for entry in value]
    if isinstance(value, Mapping):
        return {key: _even(entry) for key, entry in value.items()}
    return value


def _schema_bytes(schema: Mapping[str, Any] | str) -> bytes:
    return schema.encode() if isinstance(schema, str) else msgspec.json.encode(schema)


@lru_cache(maxsize=64)
def _validator(schema: bytes) -> Any:
    import jsonschema
    from jsonschema_specifications import REGISTRY

    try:
        table = parse(schema.decode())
        draft = table.get("$schema", "") if isinstance(table, dict) else ""
        if not isinstance(table, dict | bool) or not isinstance(draft, str):
            raise EvaluationError(f"The schema is not a JSON schema but {shown(table)}.")
        kind = jsonschema.validators.validator_for(table, default=jsonschema.Draft202012Validator)
        kind.check_schema(table)
    except NotJson as error:
        raise EvaluationError(f"The schema is not JSON: {error}.") from None
    except jsonschema.SchemaError as error:
        raise EvaluationError(
            f"The schema is not a JSON schema: at {error.json_path}, {_short(error.message)}."
        ) from None
    except ValueError as error:  # an address in it
        raise EvaluationError(f"The schema is not a JSON schema: {_short(str(error))}.") from None
    bounded = {
        "pattern": _pattern,
        "patternProperties": _pattern_properties,
        "additionalProperties": _additional_properties(kind.VALIDATORS.get("additionalProperties")),
        "uniqueItems": _unique_items,
    }
    keywords = {word: _in_time(word, check) for word, check in {**kind.VALIDATORS, **bounded}.items()}
    # with a registry of its own it knows the schemas of JSON schema itself, and loads none from a file or the network
    return jsonschema.validators.extend(kind, keywords)(table, registry=REGISTRY)


def _first_error(validator: Any, value: Any) -> Any:
    from referencing.exceptions import Unresolvable

    _until.steps, _until.moment = 0, None
    try:
        return min(validator.iter_errors(value), key=lambda error: list(map(str, error.path)), default=None)
    except Unresolvable as error:
        raise EvaluationError(
            f"The schema refers to '{_short(str(error.ref))}', which is not in it; put it under '$defs': nothing is "
            "loaded from elsewhere."
        ) from None
    except RecursionError:
        raise EvaluationError("The schema or the answer's JSON is nested too deeply.") from None
    except EvaluationError:
        raise
    except Exception as error:  # noqa: BLE001 - what only a $ref leads to is not checked beforehand, and fails in any way
        raise EvaluationError(
            f"A part of the schema that a $ref leads to is no JSON schema ({type(error).__name__}: "
            f"{_short(str(error).partition(chr(10))[0])})."
        ) from None


class _OutOfTime(TooSlow):
    """A schema takes too long on an answer."""


Check = Callable[[Any, Any, Any, Any], Iterator[Any] | None]


def _in_time(word: str, check: Check) -> Check:
    """A keyword's check that gives up when the time for the whole answer is over."""

    unevaluated = word.startswith("unevaluated")

    def bounded(validator: Any, value: Any, instance: Any, schema: Any) -> Iterator[Any]:
        if unevaluated and isinstance(instance, list | dict) and len(instance) > MOST_UNEVALUATED:
            raise _OutOfTime(f"'{word}' of the schema is checked on up to {MOST_UNEVALUATED:,} entries")
        for error in check(validator, value, instance, schema) or ():
            yield error
            _check_time()
        _check_time()

    return bounded


def _check_time() -> None:
    _until.steps += 1
    if _until.steps % 16:
        return  # the thread's clock is a call of the system
    if _until.moment is None:
        _until.moment = time.thread_time() + SCHEMA_S
    elif time.thread_time() > _until.moment:
        raise _OutOfTime(f"checking the answer against the schema takes longer than {SCHEMA_S:g} s")


def _occurs(pattern: str, text: str) -> bool:
    expression = compiled(pattern, False)
    return in_time(pattern, lambda longest: expression.search(text, timeout=longest), text) is not None


def _pattern(validator: Any, pattern: str, instance: Any, schema: Mapping[str, Any]) -> Iterator[Any]:
    """JSON schema's `pattern`, which must come to an end, too."""
    import jsonschema

    if isinstance(instance, str) and not _occurs(pattern, instance):
        yield jsonschema.ValidationError(f"{instance!r} does not match {pattern!r}")


def _pattern_properties(
    validator: Any, patterns: Mapping[str, Any], instance: Any, schema: Mapping[str, Any]
) -> Iterator[Any]:
    if not isinstance(instance, Mapping):
        return
    for pattern, inner in patterns.items():
        for key, value in instance.items():
            if _occurs(pattern, key):
                yield from validator.descend(value, inner, path=key, schema_path=pattern)


def _additional_properties(usual: Check) -> Check:
    """JSON schema's `additionalProperties`, its patterns bounded: what they match is taken out first."""

    def check(validator: Any, value: Any, instance: Any, schema: Mapping[str, Any]) -> Iterator[Any]:
        patterns = schema.get("patternProperties") or ()
        if patterns and isinstance(instance, Mapping):
            instance = {
                key: entry
                for key, entry in instance.items()
                if not any(_occurs(pattern, key) for pattern in patterns)
            }
            schema = {word: inner for word, inner in schema.items() if word != "patternProperties"}
        yield from usual(validator, value, instance, schema) or ()

    return check


def _unique_items(validator: Any, wanted: Any, instance: Any, schema: Mapping[str, Any]) -> Iterator[Any]:
    """JSON schema's `uniqueItems`, in one pass."""
    import jsonschema

    if wanted and isinstance(instance, list) and len(set(map(key_of, instance))) < len(instance):
        yield jsonschema.ValidationError(f"{shown(instance)} has non-unique elements")


def _short(message: str) -> str:
    return message if len(message) <= 200 else message[:199] + "…"
