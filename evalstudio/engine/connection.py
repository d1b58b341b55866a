"""Trying a model before a run: what is wrong, told apart."""

import time

from evalstudio.engine.models.call import Request
from evalstudio.engine.models.openai import OpenAIModel
from evalstudio.errors import ModelError
from evalstudio.evaluation import ModelSettings, TimeOuts
from evalstudio.keys import find_key
from evalstudio.outcome import Outcome
from evalstudio.templates import Message

TRIAL = TimeOuts(connect=5, attempt=30)


async def test_model(settings: ModelSettings) -> str:
    """Makes one small call. Returns a sentence; raises ModelError with what is wrong and what to do."""
    model = OpenAIModel(settings, find_key(settings.key), {"max_tokens": 16}, TRIAL, stream=False)
    started = time.perf_counter()
    try:
        result = await model.call(Request((Message("user", "Say hello."),), 0, {}), lambda: None)
        if result.outcome is not Outcome.OK or result.answer is None:
            raise ModelError(result.message)
        names = await _names(model)
    finally:
        await model.aclose()
    seconds = time.perf_counter() - started
    known = (
        ""
        if not names or settings.name in names
        else f" Its list of models does not name '{settings.name}', though."
    )
    return f"{settings.label} answered in {seconds:.1f} s.{known}"


async def list_models(settings: ModelSettings) -> list[str]:
    """The models that an endpoint offers. Raises ModelError."""
    model = OpenAIModel(settings, find_key(settings.key), {}, TRIAL, stream=False)
    try:
        return await model.list_models()
    finally:
        await model.aclose()


async def _names(model: OpenAIModel) -> list[str]:
    try:
        return await model.list_models()
    except ModelError:
        return []  # not every endpoint has a list
