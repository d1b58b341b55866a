"""JSON: whether an answer is it, follows a schema, and has the expected fields."""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

import msgspec

from evalstudio.core.errors import EvaluationError
from evalstudio.core.score import Score
from evalstudio.evaluators.json_text import NotJson, find_json, parse, parse_answer, same
from evalstudio.evaluators.regex import LONGEST_S, compiled, in_time
from evalstudio.evaluators.text import no_expected, normalise_text, shown, unscored


def json_valid(
    answer: str, schema: Mapping[str, Any] | str | None = None, *, name: str | None = None
) -> Score:
    """Whether the answer is JSON, alone or as its one fenced block, and follows the schema if there is one.

    Raises:
        EvaluationError: the schema itself is not one.
    """
    name = name or "json_valid"
    validator = None if schema is None else _validator(_schema_bytes(schema))
    try:
        value = parse_answer(answer)
    except NotJson as error:
        return Score(name, False, why=f"not JSON: {error}")
    if validator is None:
        return Score(name, True, why="JSON")
    wrong = _first_error(validator, value)
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
        A truth value or a share from 0 to 1; unscored where the answer holds no JSON object.

    Raises:
        NotJson: the expected answer is no JSON.
    """
    name = name or "json_match"
    metrics = ("mean",) if partial else ("accuracy",)
    wanted = parse(expected) if isinstance(expected, str) else expected
    if wanted is None:
        return no_expected(name, metrics)
    try:
        found = find_json(answer)
    except NotJson as error:
        return unscored(name, f"no JSON can be read from the answer: {error}", metrics)
    if not isinstance(wanted, Mapping):
        return Score(
            name, same(found, wanted), metrics, f"the answer is {shown(found)}, expected {shown(wanted)}"
        )
    if not isinstance(found, dict):
        return unscored(name, f"the answer's JSON is no object: {shown(found)}", metrics)
    compared = list(fields) if fields else list({**wanted, **found})
    wrong = [
        field for field in compared if not _equal(_field(found, field), _field(wanted, field), normalise)
    ]
    share = 1.0 - len(wrong) / len(compared) if compared else 1.0
    reasons = [f"{field}: {_said(found, field)}, expected {_said(wanted, field)}" for field in wrong[:5]]
    why = "; ".join(reasons) or f"all {len(compared)} fields are right"
    value = share if partial else not wrong
    return Score(name, value, metrics, why, metadata={"wrong": wrong, "fields": len(compared)})


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
        kind = jsonschema.validators.validator_for(table, default=jsonschema.Draft202012Validator)
        kind.check_schema(table)
    except NotJson as error:
        raise EvaluationError(f"The schema is not JSON: {error}.") from None
    except jsonschema.SchemaError as error:
        raise EvaluationError(
            f"The schema is not a JSON schema: at {error.json_path}, {_short(error.message)}."
        ) from None
    bounded = {"pattern": _pattern, "patternProperties": _pattern_properties}
    # with a registry of its own it knows the schemas of JSON schema itself, and loads none from a file or the network
    return jsonschema.validators.extend(kind, bounded)(table, registry=REGISTRY)


def _first_error(validator: Any, value: Any) -> Any:
    from referencing.exceptions import Unresolvable

    try:
        return min(validator.iter_errors(value), key=lambda error: list(map(str, error.path)), default=None)
    except Unresolvable as error:
        raise EvaluationError(
            f"The schema refers to '{_short(str(error.ref))}', which is not in it; put it under '$defs': nothing is "
            "loaded from elsewhere."
        ) from None
    except RecursionError:
        raise EvaluationError("The schema or the answer's JSON is nested too deeply.") from None


def _occurs(pattern: str, text: str) -> bool:
    expression = compiled(pattern, False)
    return in_time(pattern, lambda: expression.search(text, timeout=LONGEST_S)) is not None


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


def _short(message: str) -> str:
    return message if len(message) <= 200 else message[:199] + "…"
