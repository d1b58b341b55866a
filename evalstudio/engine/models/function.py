"""Function model: a Python function as a model; async functions run on the loop, synchronous ones on workers."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import msgspec

from evalstudio.authoring.user_code import HAS_DEFAULT, parameters_of
from evalstudio.core.errors import ModelError
from evalstudio.core.outcome import Outcome
from evalstudio.engine.models.call import Answer, CallResult, Request, without_keys
from evalstudio.engine.models.ends import ended, stored_reason
from evalstudio.engine.models.user_call import call_contained
from evalstudio.engine.user_code.stopwatch import Spent
from evalstudio.engine.workers.protocol import Workers
from evalstudio.evaluations.spec import TimeOuts

ANSWER_FIELDS = ("text", "thinking", "finish_reason", "tokens_in", "tokens_cached", "tokens_out")


class FunctionModel:
    """Calls a function with the messages, the prompt or the sample's columns, by the names of its parameters.

    Parameters may be `messages` (dicts with role and content), `prompt` (the last message's text), `repeat`, or columns
    of the dataset; a single parameter of any other name gets the prompt, and one that has a default keeps it. The
    function returns the answer as text, or a mapping with `text` and optionally `tokens_in`, `tokens_cached`,
    `tokens_out`, `thinking`, `finish_reason`.

    Args:
        function: The function; None: the workers have loaded it.
        attempt_timeout: Seconds.
        workers: The workers of a synchronous function; None: the function is async.
        parameters: The parameters of a function that the workers have loaded.
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
        """Makes one attempt; see `Model`."""
        longest = self._timeout if request.time_left is None else min(self._timeout, request.time_left)
        returned = await call_contained(
            self._function, lambda: self._arguments(request), self._workers, longest,
            self.on_returned, self.on_held,
        )  # fmt: skip
        if returned.failure is not None:
            of_sample = longest < self._timeout and returned.failure.timed_out
            return replace(returned.failure, out_of_time=of_sample)
        return replace(_result(returned.value), seconds=returned.seconds)

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
        reason = answer.finish_reason
        answer = replace(without_keys(answer), finish_reason=stored_reason(reason))
        return ended(answer, reason, has_content=True)
    return CallResult(
        Outcome.BAD_ANSWER,
        message=f"The function returned {type(value).__name__}; it must return text, or a mapping with 'text'.",
    )
