"""One call of an HTTP model against a server of the test's own."""

from collections.abc import Callable
from typing import Any

from evalstudio.engine.models.anthropic import AnthropicModel
from evalstudio.engine.models.call import CallResult, Request
from evalstudio.engine.models.openai import OpenAIModel
from evalstudio.evaluations.spec import TimeOuts
from evalstudio.models.settings import ModelSettings
from evalstudio.templating.templates import Message
from tests.engine.models.scripted import Script, scripted

DEFAULT = TimeOuts()
MESSAGES = (Message("system", "Be brief."), Message("user", "How are you?"))


async def call(
    script: Script,
    *,
    stream: bool = False,
    timeouts: TimeOuts = DEFAULT,
    provider: str = "openai",
    on_parts: Callable[[int], None] = lambda parts: None,
    messages: tuple[Message, ...] = MESSAGES,
    time_left: float | None = None,
    **options: Any,
) -> CallResult:
    """What one call comes to where the server answers with `script`."""
    async with scripted(script) as server:
        return await call_at(
            server.url,
            stream=stream,
            timeouts=timeouts,
            provider=provider,
            on_parts=on_parts,
            messages=messages,
            time_left=time_left,
            **options,
        )


async def call_at(
    url: str,
    *,
    stream: bool = False,
    timeouts: TimeOuts = DEFAULT,
    provider: str = "openai",
    on_parts: Callable[[int], None] = lambda parts: None,
    messages: tuple[Message, ...] = MESSAGES,
    time_left: float | None = None,
    key: str | None = None,
    parameters: dict[str, Any] | None = None,
    headers: dict[str, str] | None = None,
    **options: Any,
) -> CallResult:
    """What one call of the endpoint at `url` comes to."""
    kind = AnthropicModel if provider == "anthropic" else OpenAIModel
    settings = ModelSettings(provider, "m-1", url, headers=headers or {})
    model = kind(settings, key, parameters or {}, timeouts, stream=stream, **options)
    try:
        return await model.call(Request(messages, 0, {}, time_left), on_parts)
    finally:
        await model.aclose()
