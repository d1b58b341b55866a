"""A function that does not come back: its sample ends at the deadline, and the others go on."""

import asyncio
import threading
from typing import Any

import pytest

from evalstudio import Result
from evalstudio.core.outcome import Outcome
from evalstudio.engine.models.call import CallResult, Request
from evalstudio.engine.models.python_evaluation import BatchModel, EvaluationModel
from evalstudio.engine.workers.thread_workers import ThreadWorkers


async def ask(model: Any, **values: Any) -> CallResult:
    result: CallResult = await model.call(Request((), 0, values), lambda: None)
    return result


@pytest.mark.parametrize("kind", ["sync", "async"])
async def test_that_a_call_that_hangs_ends_at_its_deadline_and_its_place_is_free(kind: str) -> None:
    forever = threading.Event()

    def blocking(number: int) -> Result:
        if number == 0:
            forever.wait()
        return Result(model_response=number)

    async def waiting(number: int) -> Result:
        if number == 0:
            await asyncio.Event().wait()
        return Result(model_response=number)

    workers = ThreadWorkers(1) if kind == "sync" else None
    model = EvaluationModel(blocking if kind == "sync" else waiting, {}, attempt_timeout=0.2, workers=workers)
    hung = await ask(model, number=0)
    assert (hung.outcome, hung.message) == (Outcome.OVERLOADED, "The function did not return within 0.2 s.")
    answered = await ask(model, number=1)
    assert answered.answer is not None
    assert answered.answer.text == "1"
    forever.set()
    await model.aclose()


async def test_that_a_batch_that_hangs_ends_for_all_of_its_samples() -> None:
    async def waiting(numbers: list[int]) -> list[Result]:
        await asyncio.Event().wait()
        return []

    model = BatchModel(waiting, ["numbers"], {}, size=2, attempt_timeout=0.1, workers=None)
    results = await asyncio.gather(ask(model, numbers=0), ask(model, numbers=1))
    assert {result.outcome for result in results} == {Outcome.OVERLOADED}
    await model.aclose()


async def test_that_a_batch_that_is_given_up_is_not_called() -> None:
    called: list[list[int]] = []

    async def answer(numbers: list[int]) -> list[Result]:
        called.append(numbers)
        return [Result() for _ in numbers]

    model = BatchModel(answer, ["numbers"], {}, size=3, attempt_timeout=5, workers=None)
    given_up = asyncio.create_task(ask(model, numbers=0))
    kept = asyncio.create_task(ask(model, numbers=1))
    await asyncio.sleep(0)
    given_up.cancel()
    assert (await kept).outcome is Outcome.OK
    assert called == [[1]]
    await model.aclose()


async def test_that_a_row_that_hangs_costs_the_others_of_its_batch_one_deadline_only() -> None:
    sizes = []

    async def answer(numbers: list[int]) -> list[Result]:
        sizes.append(len(numbers))
        if 2 in numbers:
            await asyncio.Event().wait()
        return [Result() for _ in numbers]

    model = BatchModel(answer, ["numbers"], {}, size=4, attempt_timeout=0.1, workers=None)
    requests = [Request((), 0, {"numbers": number}) for number in range(4)]

    async def outcomes() -> list[Outcome]:
        results = await asyncio.gather(*(model.call(one, lambda parts: None) for one in requests))
        return [result.outcome for result in results]

    assert await outcomes() == [Outcome.OVERLOADED] * 4
    assert await outcomes() == [Outcome.OK, Outcome.OK, Outcome.OVERLOADED, Outcome.OK]
    assert sizes == [4, 1, 1, 1, 1]
    requests[:] = requests[2:3]
    assert await outcomes() == [Outcome.OVERLOADED]  # still alone
    await model.aclose()
