"""Client of Anthropic's Messages API."""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from evalstudio.engine.models.address import Address
from evalstudio.engine.models.anthropic_answers import Pieces, read_message
from evalstudio.engine.models.call import CallResult, Request
from evalstudio.engine.models.exchange import LARGEST_BODY, Exchange
from evalstudio.engine.models.model_list import list_models
from evalstudio.evaluations.spec import TimeOuts
from evalstudio.models.settings import ModelSettings
from evalstudio.templating.templates import Message

VERSION = "2023-06-01"
MAX_TOKENS = 4096
"""The default of `max_tokens`, which the API requires."""


class AnthropicModel:
    """A model behind Anthropic's Messages API; implements `Model`. One client per run keeps its connections alive."""

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
        self._fixed: dict[str, Any] = {"model": settings.name, "max_tokens": MAX_TOKENS, **parameters}
        if stream:
            self._fixed["stream"] = True
        headers = {"anthropic-version": VERSION}
        if key is not None:
            headers["x-api-key"] = key
        self._exchange = Exchange(
            self._address.join("/messages"),
            headers | self._address.headers,
            settings.name,
            timeouts,
            read=read_message,
            gather=Pieces,
            stream=stream,
            largest=largest,
            api=("Messages API", "message of Anthropic's API"),
        )

    async def call(self, request: Request, on_parts: Callable[[int], None]) -> CallResult:
        """Makes one attempt, within the time-outs; see `Model`."""
        body = msgspec.json.encode({**self._fixed, **_split(request.messages)})
        return await self._exchange.call(body, {}, on_parts, request.time_left)

    async def list_models(self) -> list[str]:
        """Returns the names of the models that the endpoint offers. Raises ModelError that says what is wrong."""
        return await list_models(self._exchange.client, self._address.join("/models", limit="1000"))

    def set_timeouts(self, timeouts: TimeOuts) -> None:
        self._exchange.set_timeouts(timeouts)

    async def aclose(self) -> None:
        await self._exchange.aclose()


def _split(messages: Sequence[Message]) -> dict[str, Any]:
    """The messages in this API's format, which separates system messages from the others."""
    system = [message.content for message in messages if message.role in ("system", "developer")]
    rest = [message for message in messages if message.role not in ("system", "developer")]
    return {"messages": rest} | ({"system": "\n\n".join(system)} if system else {})
