"""Call target: a user's function as another process loads it, by file and name, never pickled.

A file is imported once per process. A class is instantiated once per process and the object is called, so a model
does its set-up in `__init__`.
"""

import os
import pickle
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import msgspec

from evalstudio.authoring.result import plain_result, plain_results
from evalstudio.authoring.user_code import is_async, load_function, load_module, sentence_of
from evalstudio.core.errors import EvaluationError, ModelError
from evalstudio.core.outcome import Outcome
from evalstudio.engine.user_code.forks import end_fork
from evalstudio.engine.user_code.stopwatch import Spent, Stopwatch
from evalstudio.engine.workers.failures import failure_of

MAIN, MAIN_HERE = "__main__", "__mp_main__"


class Place:
    """Whether this process is a worker: an evaluation's file must not start its runs here again."""

    is_worker = False


class Target(Protocol):
    """A function that a worker can load. `path` is its file."""

    @property
    def path(self) -> str: ...

    def load(self) -> Callable[..., Any]:
        """Returns the function. Raises an EvalStudioError that says what is wrong."""


@dataclass(frozen=True, slots=True)
class ModelTarget:
    """The function or class `name` of a model's file."""

    path: str
    name: str

    def load(self) -> Callable[..., Any]:
        function = load_function(Path(self.path), self.name)
        if is_async(function):
            raise ModelError(
                f"'{self.name}' in {Path(self.path).name} is async: it runs on the engine's own loop; leave processes "
                "and cluster out."
            )
        return function


@dataclass(frozen=True, slots=True)
class EvaluationTarget:
    """A function that `foreach` or `batch` has marked.

    Attributes:
        path: Its file.
        name: Its name there.
        module: The name under which its file was imported.
        shared: The arguments that all samples share, pickled.
        batch: It takes a list for each column and returns a list of results.
    """

    path: str
    name: str
    module: str
    shared: bytes = b""
    batch: bool = False

    def load(self) -> Callable[..., Any]:
        from evalstudio.authoring.decorators import marked_of

        path = Path(self.path)
        function = getattr(_import(path, self.module), self.name, None)
        if function is None or marked_of(function) is None:
            raise EvaluationError(f"{path.name} has no evaluation '{self.name}' where a worker imports it.")
        try:
            shared = pickle.loads(self.shared) if self.shared else {}
        except Exception as error:
            raise EvaluationError(
                f"What '{self.name}' is given beside the columns cannot be read in a worker: {sentence_of(error)}"
            ) from error
        as_plain = plain_results if self.batch else plain_result
        return lambda **values: as_plain(function(**values, **shared))


@dataclass(frozen=True, slots=True)
class EvaluatorTarget:
    """A user's evaluator function, called with `score`, `answer` and `values`."""

    path: str
    name: str
    columns: tuple[str, ...]
    score: str
    metrics: tuple[str, ...]

    def load(self) -> Callable[..., Any]:
        judge = self.judge()
        return lambda score, answer, values: judge(answer, values)

    def judge(self) -> Callable[..., Any]:
        """Returns the evaluator, to be called with an answer and the values of its sample."""
        from evalstudio.evaluators.custom import load_function as load_evaluator

        return load_evaluator(Path(self.path), self.name, self.columns, self.score, self.metrics)


@dataclass(frozen=True, slots=True)
class BuiltTarget:
    """An evaluator of a type that takes its time, by its table in JSON."""

    table: bytes
    columns: tuple[str, ...]
    base: str
    score: str

    @property
    def path(self) -> str:
        return self.score  # it has no file, and is told by its name

    def load(self) -> Callable[..., Any]:
        judge = self.judge()
        return lambda score, answer, values: judge(answer, values)

    def judge(self) -> Callable[..., Any]:
        """The evaluator, called with an answer and the values of its sample."""
        from evalstudio.evaluators import build_evaluators

        table = {**msgspec.json.decode(self.table), "name": self.score}
        (evaluator,) = build_evaluators([table], self.columns, Path(self.base))
        return evaluator.judge


@dataclass(frozen=True, slots=True)
class EvaluatorsTarget:
    """All evaluators that a run judges apart; `score` says which of them is called."""

    parts: tuple[EvaluatorTarget | BuiltTarget, ...]

    @property
    def path(self) -> str:
        return self.parts[0].path

    def load(self) -> Callable[..., Any]:
        judges = {one.score: one.judge() for one in self.parts}
        return lambda score, answer, values: judges[score](answer, values)


@dataclass(frozen=True, slots=True)
class CallFailure:
    """A call that raised. `hint` is in seconds; `error` is the pickled exception, empty where it can't be pickled."""

    outcome: Outcome
    message: str
    hint: float | None = None
    error: bytes = b""
    fatal: bool = False


@dataclass(frozen=True, slots=True)
class Done:
    """How a call ended: the pickled `value` or a failure, and how it spent its time."""

    value: bytes
    failure: CallFailure | None
    spent: Spent = field(default_factory=Spent)


def carry_out(function: Callable[..., Any], arguments: bytes) -> Done:
    """Calls a function with pickled arguments; whatever user code raises becomes part of the result."""
    process, watch = os.getpid(), Stopwatch()
    value, failure = b"", None
    try:
        result = function(**pickle.loads(arguments))
    except BaseException as error:  # noqa: BLE001 - sys.exit() in a model must not end the worker
        failure = _failure(error)
    end_fork(process)
    spent = watch.read()
    if failure is None:
        try:
            value = pickle.dumps(result, pickle.HIGHEST_PROTOCOL)
        except Exception as error:  # noqa: BLE001 - a user's object may raise anything
            kind = type(result).__name__
            message = f"The function returned {kind}, which can't be sent to the engine: {sentence_of(error)}"
            failure = CallFailure(Outcome.CLIENT_ERROR, message)
    return Done(value, failure, spent)


def _failure(error: BaseException) -> CallFailure:
    if not isinstance(error, Exception) or isinstance(error, StopIteration):
        error = RuntimeError(f"{type(error).__name__}: {error}").with_traceback(error.__traceback__)
    try:
        sent = pickle.dumps(error)
        pickle.loads(sent)
    except Exception:  # noqa: BLE001 - an exception that can't be pickled is sent as a sentence only
        sent = b""
    known = failure_of(error)
    return CallFailure(known.outcome, sentence_of(error), known.hint, sent, known.fatal)


def _import(path: Path, name: str) -> Any:
    """Imports an evaluation's file under the name with which its objects are pickled."""
    here = MAIN_HERE if name == MAIN else name
    module = load_module(path, EvaluationError, kind="evaluation", name=here)
    if name == MAIN:
        sys.modules[MAIN] = module
    return module
