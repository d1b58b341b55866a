"""A Python function as a model: async ones run on the loop, synchronous ones in worker threads."""

import importlib.util
import inspect
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec

from evalstudio.engine.executors.stopwatch import Spent
from evalstudio.engine.executors.workers import Workers
from evalstudio.engine.models.call import Answer, CallResult, Request, without_keys
from evalstudio.engine.models.contained import call_contained
from evalstudio.engine.models.failures import sentence_of
from evalstudio.errors import ModelError
from evalstudio.evaluation import TimeOuts
from evalstudio.outcome import Outcome

HAS_DEFAULT = "="
ANSWER_FIELDS = ("text", "thinking", "finish_reason", "tokens_in", "tokens_cached", "tokens_out")


class FunctionModel:
    """Calls a function with the messages, the prompt, or the sample's columns: whatever its parameters name.

    Parameters may be `messages` (dicts with role and content), `prompt` (the last message's text), `repeat`, or columns
    of the dataset; a single parameter of any other name gets the prompt, and one that has a default keeps it. It returns the answer as text, or a mapping
    with `text` and perhaps `tokens_in`, `tokens_out`, `thinking`, `finish_reason`.

    `function` None: the workers have loaded it, and its parameters are `parameters`.
    """

    def __init__(
        self,
        function: Callable[..., Any] | None,
        *,
        attempt_timeout: float,
        workers: Workers | None,
        parameters: tuple[str, ...] = (),
    ) -> None:
        self._function = function
        self._timeout = attempt_timeout
        self._workers = workers
        self._parameters = parameters if function is None else parameters_of(function)
        self.on_returned: Callable[[Spent], None] = lambda spent: None
        self.on_held: Callable[[float], None] = lambda seconds: None

    async def call(self, request: Request, on_parts: Callable[[int], None]) -> CallResult:
        """One attempt; see `Model`."""
        longest = self._timeout if request.time_left is None else min(self._timeout, request.time_left)
        returned = await call_contained(
            self._function, lambda: self._arguments(request), self._workers, longest,
            self.on_returned, self.on_held,
        )  # fmt: skip
        return returned.failure or replace(_result(returned.value), seconds=returned.seconds)

    def set_timeouts(self, timeouts: TimeOuts) -> None:
        self._timeout = timeouts.attempt

    async def aclose(self) -> None:
        if self._workers is not None:
            await self._workers.aclose()

    def _arguments(self, request: Request) -> dict[str, Any]:
        arguments: dict[str, Any] = {}
        needed = [name for name in self._parameters if not name.endswith(HAS_DEFAULT)]
        alone = len(needed or self._parameters) == 1
        for parameter in self._parameters:
            name = parameter.removesuffix(HAS_DEFAULT)
            if name == "messages":
                arguments[name] = [
                    {"role": message.role, "content": message.content} for message in request.messages
                ]
            elif name == "repeat":
                arguments[name] = request.repeat
            elif name in request.values and name != "prompt":
                arguments[name] = request.values[name]
            elif name == "prompt" or (alone and parameter in (needed or self._parameters)):
                arguments[name] = request.messages[-1].content
            elif parameter == name:
                raise ModelError(
                    f"The function has a parameter '{name}' that is neither messages, prompt, repeat nor a column "
                    f"({', '.join(request.values)})."
                )
        return arguments


def parameters_of(function: Callable[..., Any]) -> tuple[str, ...]:
    """The names by which a function takes its arguments, with `HAS_DEFAULT` behind those it can do without.

    What takes any further ones (`*args`, `**options`) is left out.
    """
    return tuple(
        name if one.default is one.empty else name + HAS_DEFAULT
        for name, one in inspect.signature(function).parameters.items()
        if one.kind not in (one.VAR_POSITIONAL, one.VAR_KEYWORD)
    )


def is_async(function: Callable[..., Any]) -> bool:
    """Whether a call of it is awaited: an async function, or an object whose `__call__` is one."""
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(type(function).__call__)


def load_function(path: Path, name: str) -> Callable[..., Any]:
    """The function `name` of a Python file, which is run once; of a class, an object of it, which is then called.

    Raises ModelError with what is wrong.
    """
    module = _load(path)
    function = getattr(module, name, None)
    if not callable(function):
        there = [key for key, value in vars(module).items() if inspect.isfunction(value)]
        raise ModelError(f"{path.name} has no function '{name}'; it has {', '.join(there) or 'none'}.")
    if not inspect.isclass(function):
        return function  # type: ignore[no-any-return]
    try:
        made = function()
    except (Exception, SystemExit) as error:
        raise ModelError(f"'{name}' in {path.name} cannot be set up: {sentence_of(error)}") from error
    if not callable(made):
        raise ModelError(f"'{name}' in {path.name} is a class without __call__, which would answer.")
    return made


def _load(path: Path) -> ModuleType:
    if not path.is_file():
        raise ModelError(f"There is no Python file {path}; check the path of the model.")
    spec = importlib.util.spec_from_file_location(f"evalstudio_user_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise ModelError(f"{path} is no Python file; a model's file ends in .py.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        raise ModelError(f"{path} cannot be imported: {sentence_of(error)}") from error
    return module


def _result(value: Any) -> CallResult:
    if isinstance(value, str):
        return CallResult(Outcome.OK, without_keys(Answer(value)))
    if isinstance(value, Mapping) and isinstance(value.get("text"), str):
        try:
            answer = msgspec.convert({name: value[name] for name in ANSWER_FIELDS if name in value}, Answer)
        except msgspec.ValidationError as error:
            return CallResult(
                Outcome.BAD_ANSWER, message=f"The mapping that the function returned can't be used: {error}."
            )
        return CallResult(Outcome.OK, without_keys(answer))
    return CallResult(
        Outcome.BAD_ANSWER,
        message=f"The function returned {type(value).__name__}; it must return text, or a mapping with 'text'.",
    )
