"""Evaluation discovery process: lists the evaluations of a file.

Started as `python -m evalstudio.engine_process.file_listing_main FILE`. The file is run, so whatever it does
(prints, hangs, crashes, exits) happens in that process.
"""

import inspect
import os
import sys
import traceback
from collections.abc import Callable, Sized
from pathlib import Path

import msgspec

from evalstudio.authoring.decorators import Marked, marked_of
from evalstudio.authoring.python_evaluation import extra_parameters
from evalstudio.authoring.rows import as_rows
from evalstudio.authoring.source import file_of
from evalstudio.authoring.user_code import is_async, load_module
from evalstudio.core.errors import EvaluationError
from evalstudio.protocol import EvaluationFile, EvaluationFunction


def main() -> int:
    """Prints one line of JSON, an `EvaluationFile`, whatever the file itself prints."""
    out = os.dup(1)
    os.dup2(2, 1)
    path = Path(sys.argv[1])
    os.write(out, msgspec.json.encode(list_functions(path)) + b"\n")
    os.close(out)
    return 0


def list_functions(path: Path) -> EvaluationFile:
    """Runs a file and returns its evaluations in the order of its lines."""
    try:
        module = load_module(path, EvaluationError, kind="evaluation")
    except EvaluationError as error:
        return EvaluationFile((), str(error), own_lines(error.__cause__) if error.__cause__ else "")
    found = [
        _described(name, value, marked)
        for name, value in vars(module).items()
        if (marked := marked_of(value)) is not None and file_of(value) == path.absolute()
    ]
    if not found:
        message = f"{path.name} has no evaluation: decorate a function with foreach, as in @foreach('text,expected', rows)."
        return EvaluationFile((), message)
    return EvaluationFile(tuple(sorted(found, key=lambda one: one.line)))


def own_lines(error: BaseException) -> str:
    """Formats a traceback without the frames of Python's import system and of this program."""
    ours = Path(__file__).parent.parent
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if not frame.filename.startswith("<frozen") and not Path(frame.filename).is_relative_to(ours)
    ]
    return "".join([*traceback.format_list(frames), *traceback.format_exception_only(error)]).rstrip()


def _described(name: str, function: Callable[..., object], marked: Marked) -> EvaluationFunction:
    code = getattr(inspect.unwrap(function), "__code__", None)
    fixtures = tuple(extra_parameters(function, marked.columns))
    takes = inspect.signature(function).parameters
    lacks = [
        column
        for column in marked.columns
        if column not in takes and not any(one.kind is one.VAR_KEYWORD for one in takes.values())
    ]
    samples, problem = _size(marked.rows)
    if lacks:
        problem = (
            f"'{name}' has no parameter for the column '{lacks[0]}'; it has {', '.join(takes) or 'none'}."
        )
    about = (inspect.getdoc(function) or "").partition("\n")[0]
    kind = "batch" if marked.batch_size else "async" if is_async(function) else "threads"
    return EvaluationFunction(
        name, code.co_firstlineno if code else 0, marked.columns, samples, fixtures, kind, marked.strategy, about, problem
    )  # fmt: skip


def _size(rows: object) -> tuple[int | None, str]:
    try:
        seen = as_rows(rows)
        return (len(seen) if isinstance(seen, Sized) else None), ""
    except Exception as error:  # noqa: BLE001 - user-written rows may fail in any way
        return None, f"The rows cannot be counted: {type(error).__name__}: {error}"


if __name__ == "__main__":
    sys.exit(main())
