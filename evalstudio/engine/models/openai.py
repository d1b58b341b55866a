"""Client of OpenAI-compatible chat completions: OpenAI, Azure, Gemini, vLLM, Ollama, llama.cpp and others."""

import re
import time
from collections.abc import Callable
from typing import Any

import msgspec

from evalstudio.engine.models.address import Address
from evalstudio.engine.models.call import CallResult, Request
from evalstudio.engine.models.exchange import LARGEST_BODY, Exchange
from evalstudio.engine.models.model_list import list_models
from evalstudio.engine.models.openai_answers import Pieces, read_completion
from evalstudio.evaluations.spec import TimeOuts
from evalstudio.models.settings import ModelSettings

REPEAT_HEADER = "X-EvalStudio-Repeat"
_OPTIONS = re.compile(r"stream_options|include_usage|streamOptions")


class OpenAIModel:
    """A model behind an OpenAI-compatible endpoint; implements `Model`. One client per run keeps connections alive."""

    def __init__(
        self,
        settings: ModelSettings,
        key: str | None,
        parameters: dict[str, Any],
        timeouts: TimeOuts,
        *,
        stream: bool,
        largest: int = LARGEST_BODY,
    ) -> None:
        self._address = Address.of(settings)
        self._fixed: dict[str, Any] = {"model": settings.name, **parameters}
        if stream:
            self._fixed = {"stream": True, "stream_options": {"include_usage": True}, **self._fixed}
        if not self._fixed.get("stream_options", True):  # false: it is left out
            del self._fixed["stream_options"]
        self._asks_usage = stream and "stream_options" not in parameters
        headers = {} if key is None else {"Authorization": f"Bearer {key}"}
        self._exchange = Exchange(
            self._address.join("/chat/completions"),
            headers | self._address.headers,
            settings.name,
            timeouts,
            read=read_completion,
            gather=Pieces,
            stream=stream,
            largest=largest,
        )

    async def call(self, request: Request, on_parts: Callable[[int], None]) -> CallResult:
        """Makes one attempt, within the time-outs; see `Model`."""
        began = time.perf_counter()
        body = msgspec.json.encode({**self._fixed, "messages": request.messages})
        headers = {REPEAT_HEADER: str(request.repeat)} if request.repeat else {}
        result = await self._exchange.call(body, headers, on_parts, request.time_left)
        if self._asks_usage and result.status in (400, 422) and _OPTIONS.search(result.message):
            self._fixed.pop("stream_options", None)  # this server does not know it; its answers have no usage
            left = request.time_left
            if left is not None:
                left = max(0.001, left - (time.perf_counter() - began))
            body = msgspec.json.encode({**self._fixed, "messages": request.messages})
            result = await self._exchange.call(body, headers, on_parts, left)
        return result

    async def list_models(self) -> list[str]:
        """Returns the names of the models that the endpoint offers. Raises ModelError that says what is wrong."""
        return await list_models(self._exchange.client, self._address.join("/models"))

    def set_timeouts(self, timeouts: TimeOuts) -> None:
        self._exchange.set_timeouts(timeouts)

    async def aclose(self) -> None:
        await self._exchange.aclose()
