"""Python evaluation: a decorated function with everything needed to run it."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from evalstudio.authoring.decorators import Marked, marked_of
from evalstudio.authoring.source import file_of
from evalstudio.authoring.user_code import load_module
from evalstudio.core.errors import EvaluationError


class NeedsFixtures(EvaluationError):
    """A function has parameters besides the columns, so only pytest can call it."""


@dataclass(frozen=True, slots=True)
class PythonEvaluation:
    """A function marked by `foreach` or `batch`; `arguments` are the same for every sample."""

    function: Callable[..., Any]
    marked: Marked
    path: Path
    name: str  # of the function; with its parameters if parametrised
    arguments: Mapping[str, Any] = field(default_factory=dict)

    @property
    def reference(self) -> str:
        """Returns the reference for the command line: `eval_x.py::eval_sentiment`, with its folder."""
        return f"{self.path}::{self.name}"

    @property
    def label(self) -> str:
        return f"{self.path.name}::{self.name}"


def evaluation_of(
    function: Callable[..., Any], arguments: Mapping[str, Any] | None = None, name: str | None = None
) -> PythonEvaluation:
    """Returns the evaluation of a decorated function.

    Raises:
        EvaluationError: it is not decorated, or its parameters are neither columns nor `arguments`.
    """
    called = name or str(getattr(function, "__name__", function))
    marked = marked_of(function)
    if marked is None:
        raise EvaluationError(
            f"'{called}' is no evaluation: decorate it with foreach, as in @foreach('text,expected', rows)."
        )
    _check_parameters(function, called, marked.columns, arguments or {})
    return PythonEvaluation(function, marked, file_of(function), called, arguments or {})


def extra_parameters(function: Callable[..., Any], columns: tuple[str, ...]) -> list[str]:
    """Returns the required parameters of a function besides the columns."""
    return [
        parameter.name
        for parameter in inspect.signature(function).parameters.values()
        if parameter.name not in columns
        and parameter.default is parameter.empty
        and parameter.kind in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY)
    ]


def load_evaluation_function(reference: str) -> PythonEvaluation:
    """Loads the evaluation named by `eval_x.py::eval_sentiment`; its function must need only the columns.

    Raises:
        EvaluationError: the file can't be imported, there is no such function, or it needs fixtures.
    """
    place, _, name = reference.partition("::")
    path = Path(place).expanduser().absolute()
    module = load_module(path, EvaluationError, kind="evaluation")
    found = {key: value for key, value in vars(module).items() if marked_of(value) is not None}
    if name not in found:
        raise EvaluationError(f"{path.name} has no evaluation '{name}'; it has {', '.join(found) or 'none'}.")
    needed = extra_parameters(found[name], found[name].__evalstudio__.columns)
    if needed:
        raise NeedsFixtures(
            f"'{name}' in {path.name} takes {', '.join(needed)}, which pytest's fixtures give; run it with: "
            f"evalstudio run {place}::{name}"
        )
    return evaluation_of(found[name])


def _check_parameters(
    function: Callable[..., Any], name: str, columns: tuple[str, ...], arguments: Mapping[str, Any]
) -> None:
    parameters = inspect.signature(function).parameters
    takes_any = any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters.values())
    for column in columns:
        if column not in parameters and not takes_any:
            raise EvaluationError(
                f"'{name}' has no parameter for the column '{column}'; it has {', '.join(parameters) or 'none'}."
            )
    missing = [one for one in extra_parameters(function, columns) if one not in arguments]
    if missing:
        raise EvaluationError(
            f"'{name}' takes '{missing[0]}', which is neither a column ({', '.join(columns)}) nor given."
        )
    for argument in arguments:
        if argument in columns or (argument not in parameters and not takes_any):
            raise EvaluationError(f"'{name}' cannot be given '{argument}'.")
