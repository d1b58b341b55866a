"""Connection test: calls a model once before a run, and says precisely what is wrong."""

import time
from difflib import get_close_matches

from evalstudio.core.errors import ModelError
from evalstudio.core.outcome import Outcome
from evalstudio.engine.models.call import Request
from evalstudio.engine.planning.open_models import EndpointModel, open_endpoint
from evalstudio.evaluations.spec import TimeOuts
from evalstudio.models.settings import ModelSettings
from evalstudio.templating.templates import Message

TRIAL = TimeOuts(connect=5, attempt=30)
MOST_TOKENS = 16
CLOSE_NAMES = 4


async def try_model(settings: ModelSettings, timeouts: TimeOuts = TRIAL) -> str:
    """Makes one small call.

    Returns:
        A sentence with the time of the answer.

    Raises:
        ModelError: The call failed; the message says why and what to do.
    """
    model = open_endpoint(settings, {"max_tokens": MOST_TOKENS}, timeouts, stream=False)
    started = time.perf_counter()
    try:
        result = await model.call(Request((Message("user", "Say hello."),), 0, {}), lambda parts: None)
        seconds = time.perf_counter() - started
        if result.outcome is Outcome.OK:
            return f"{settings.label} answered in {seconds:.1f} s."
        if result.outcome is Outcome.CLIENT_ERROR and result.status in (400, 404, 422):
            raise ModelError(result.message + await _offered(model, settings.name))
        raise ModelError(result.message)
    finally:
        await model.aclose()


async def list_models(settings: ModelSettings) -> list[str]:
    """Returns the models that an endpoint offers. Raises ModelError that says what is wrong."""
    model = open_endpoint(settings, {}, TRIAL, stream=False)
    try:
        return await model.list_models()
    finally:
        await model.aclose()


async def _offered(model: EndpointModel, name: str) -> str:
    """A sentence with the models that the endpoint offers instead, where its list lacks the name."""
    try:
        names = await model.list_models()
    except ModelError:
        return ""  # not every endpoint has a list
    if not names or name in names:
        return ""
    close = get_close_matches(name, names, CLOSE_NAMES, 0.5)
    close += [other for other in names if name.lower() in other.lower() and other not in close]
    if close:
        return f" Close to '{name}' it has {', '.join(close[:CLOSE_NAMES])}."
    more = f" and {len(names) - CLOSE_NAMES} more" if len(names) > CLOSE_NAMES else ""
    return f" It has {', '.join(names[:CLOSE_NAMES])}{more}."
