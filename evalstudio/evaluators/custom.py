"""Evaluators of a person's own: a Python function in a file."""

import inspect
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

import msgspec

from evalstudio.authoring.user_code import load_module
from evalstudio.core.errors import EvaluationError
from evalstudio.core.score import Score

ANSWER_NAMES = ("answer", "response", "output")
VALUES_NAMES = ("values", "sample")

Judge = Callable[[str, Mapping[str, Any]], Score]


def load_function(
    path: Path, function: str, columns: Collection[str], name: str, metrics: tuple[str, ...]
) -> Judge:
    """A judge from a function, which is called by the names of its parameters.

    `answer` (or response, output) is the model's answer, `values` (or sample) all of the sample's values,
    any other name that column's value. The function returns a Score, a truth value, a number, a text, or
    None for unscored.

    Raises:
        EvaluationError: the file or the function is not there, fails to load, or asks for a name that is
            no column.
    """
    target = getattr(load_module(path, EvaluationError, kind="evaluator"), function, None)
    if not callable(target):
        raise EvaluationError(f"{path.name} has no function '{function}'.")
    if inspect.iscoroutinefunction(target):
        raise EvaluationError(
            f"'{function}' in {path.name} is async; an evaluator's function has to be a plain one."
        )
    wanted = _wanted(target, function, path, columns)

    def judge(answer: str, values: Mapping[str, Any]) -> Score:
        given = {
            parameter: answer
            if column in ANSWER_NAMES
            else dict(values)
            if column in VALUES_NAMES
            else values[column]
            for parameter, column in wanted.items()
        }
        return _as_score(target(**given), name, metrics)

    return judge


def _wanted(
    target: Callable[..., Any], function: str, path: Path, columns: Collection[str]
) -> dict[str, str]:
    """The function's parameters, each with what it is given."""
    wanted = {}
    for parameter in inspect.signature(target).parameters.values():
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            continue
        if parameter.kind is parameter.POSITIONAL_ONLY:
            raise EvaluationError(f"'{function}' in {path.name} has parameters that cannot be given by name.")
        if parameter.name in columns or parameter.name in (*ANSWER_NAMES, *VALUES_NAMES):
            wanted[parameter.name] = parameter.name
        elif parameter.default is parameter.empty:
            raise EvaluationError(
                f"'{function}' in {path.name} asks for '{parameter.name}', and no column is called so. "
                f"It can have answer, values and the columns: {', '.join(columns)}."
            )
    return wanted


def _as_score(result: Any, name: str, metrics: tuple[str, ...]) -> Score:
    if isinstance(result, Score):
        return msgspec.structs.replace(result, name=name)
    if result is None:
        return Score(name, None, metrics, "the function returned None")
    if isinstance(result, bool | int | float | str):
        return Score(name, result, metrics)
    raise TypeError(
        f"the function returned {type(result).__name__}, not a Score, a truth value, a number or a text"
    )
