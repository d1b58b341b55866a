"""Evaluation model: an evaluation's own Python function, which makes the call and scores the answer."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from evalstudio.authoring.result import as_result, as_text, storable
from evalstudio.authoring.retries import Retries
from evalstudio.authoring.rows import BadRow
from evalstudio.core.outcome import Outcome
from evalstudio.engine.models.call import Answer, CallResult, Request
from evalstudio.engine.models.user_call import UserCallResult, call_contained
from evalstudio.engine.user_code.stopwatch import Spent
from evalstudio.engine.user_code.under_way import UnderWay, calls
from evalstudio.engine.workers.protocol import Workers
from evalstudio.evaluations.spec import TimeOuts
from evalstudio.models.keys import redact, redact_answer

GATHER_S = 0.02  # for which a batch waits for more samples
HALVED = (Outcome.CLIENT_ERROR, Outcome.CRASHED_WORKER)

Values = Mapping[str, Any]


class EvaluationModel:
    """Calls the function with a sample's values and the arguments that all samples share; implements `Model`."""

    def __init__(
        self,
        function: Callable[..., Any],
        arguments: Values,
        *,
        attempt_timeout: float,
        workers: Workers | None,
        retries: Retries | None = None,
    ) -> None:
        self._function = function
        self._arguments = dict(arguments)
        self._timeout = attempt_timeout
        self._workers = workers
        self._retries = retries
        self.on_returned: Callable[[Spent], None] = lambda spent: None
        self.on_held: Callable[[float], None] = lambda seconds: None

    async def call(self, request: Request, on_parts: Callable[[int], None]) -> CallResult:
        """Makes one attempt; see `Model`."""
        values = request.values
        if isinstance(values, BadRow):
            return CallResult(Outcome.CLIENT_ERROR, message=values.problem)
        longest = self._timeout if request.time_left is None else min(self._timeout, request.time_left)
        returned = await call_contained(
            self._function, lambda: {**values, **self._arguments}, self._workers, longest,
            self.on_returned, self.on_held,
        )  # fmt: skip
        failed = _failed(returned, self._retries)
        return failed or replace(_answered(returned.value), seconds=returned.seconds)

    def set_timeouts(self, timeouts: TimeOuts) -> None:
        self._timeout = timeouts.attempt

    async def aclose(self) -> None:
        if self._workers is not None:
            await self._workers.aclose()


class BatchModel:
    """Batches samples and calls the function with a list for each column; implements `Model`.

    When a call raises or kills its process, its halves are called, so that a bad row fails alone. When a call passes
    its deadline, each of its rows is retried alone, so that a row that hangs costs the others only one deadline.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        columns: Sequence[str],
        arguments: Values,
        *,
        size: int,
        attempt_timeout: float,
        workers: Workers | None,
        retries: Retries | None = None,
    ) -> None:
        self._function = function
        self._columns = tuple(columns)
        self._arguments = dict(arguments)
        self._size = size
        self._timeout = attempt_timeout
        self._workers = workers
        self._retries = retries
        self.on_held: Callable[[float], None] = lambda seconds: None
        self._gathered: list[tuple[Values, asyncio.Future[CallResult]]] = []
        self._noted: list[UnderWay] = []  # the calls of those gathered
        self._timer: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._alone: set[int] = set()  # the identities of rows whose batch passed its deadline

    async def call(self, request: Request, on_parts: Callable[[int], None]) -> CallResult:
        """Makes one attempt of one sample, as part of a batch; see `Model`."""
        if isinstance(request.values, BadRow):
            return CallResult(Outcome.CLIENT_ERROR, message=request.values.problem)
        if id(request.values) in self._alone:
            [result] = await self._results([request.values])
            if result.outcome is not Outcome.OVERLOADED:
                self._alone.discard(id(request.values))
            return result
        loop = asyncio.get_running_loop()
        future: asyncio.Future[CallResult] = loop.create_future()
        self._gathered.append((request.values, future))
        self._noted.extend(calls.get())
        if len(self._gathered) >= self._size:
            self._start()
        elif self._timer is None:
            self._timer = loop.call_later(GATHER_S, self._start)
        return await future

    def set_timeouts(self, timeouts: TimeOuts) -> None:
        self._timeout = timeouts.attempt

    async def aclose(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        for task in self._tasks:
            task.cancel()
        if self._workers is not None:
            await self._workers.aclose()

    def _start(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        gathered, self._gathered = self._gathered, []
        noted, self._noted = tuple(self._noted), []
        gathered = [(values, future) for values, future in gathered if not future.done()]
        if gathered:
            calls.set(noted)  # of this context, which the task copies
            task = asyncio.create_task(self._run(gathered))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _run(self, gathered: "list[tuple[Values, asyncio.Future[CallResult]]]") -> None:
        results = await self._results([values for values, _ in gathered])
        for (_, future), result in zip(gathered, results, strict=True):
            if not future.done():
                future.set_result(result)

    async def _results(self, rows: list[Values]) -> list[CallResult]:
        """A result for each row."""
        lists = {name: [values[name] for values in rows] for name in self._columns}
        returned = await call_contained(
            self._function, lambda: {**lists, **self._arguments}, self._workers, self._timeout,
            on_held=self.on_held,
        )  # fmt: skip
        failed = _failed(returned, self._retries)
        if failed is not None and failed.outcome in HALVED and len(rows) > 1:
            half = len(rows) // 2
            return [*await self._results(rows[:half]), *await self._results(rows[half:])]
        if (
            isinstance(returned.error, TimeoutError) and not returned.error.args
        ):  # the deadline's, not the code's
            self._alone.update(map(id, rows))
        if failed is not None:
            return [failed] * len(rows)
        return _each(returned.value, len(rows))


def _each(value: Any, count: int) -> list[CallResult]:
    if not isinstance(value, (list, tuple)) or len(value) != count:
        got = f"{len(value)} results" if isinstance(value, (list, tuple)) else f"a {type(value).__name__}"
        message = f"The function returned {got} for a batch of {count}; it must return a list with a Result for each."
        return [CallResult(Outcome.CLIENT_ERROR, message=message)] * count
    return [_answered(one) for one in value]


def _answered(value: Any) -> CallResult:
    """Converts what the function returned to the result of a call."""
    if isinstance(value, Exception):
        return CallResult(Outcome.CLIENT_ERROR, message=redact(f"{type(value).__name__}: {value}"))
    try:
        result = as_result(value)
    except TypeError as error:
        return CallResult(Outcome.CLIENT_ERROR, message=redact(str(error)))
    prompt = None if result.prompt is None else redact_answer(as_text(result.prompt))
    answer = Answer(redact_answer(as_text(result.model_response)), prompt=prompt)
    if result.error is not None:
        return CallResult(Outcome.CLIENT_ERROR, answer, redact(str(result.error)))
    return CallResult(Outcome.OK, replace(answer, scores=storable(result.scores)))


def _failed(returned: UserCallResult, retries: Retries | None) -> CallResult | None:
    """The failure of a call; `retries` decides whether it is transient, where it names exceptions."""
    if returned.failure is None or returned.error is None or retries is None or retries.passing is None:
        return returned.failure
    if returned.failure.outcome in (Outcome.THROTTLED, Outcome.QUOTA):
        return returned.failure
    passes = retries.passing(returned.error)
    return replace(
        returned.failure, outcome=Outcome.OVERLOADED if passes else Outcome.CLIENT_ERROR, fatal=False
    )
