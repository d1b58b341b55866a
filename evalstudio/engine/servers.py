"""Servers that the app starts itself: the demo model and the local one. Each is started when first asked for."""

import asyncio
from contextlib import AsyncExitStack

from evalstudio.engine.child_server import start_child_server
from evalstudio.errors import ModelError
from evalstudio.evaluation import ModelSettings

LOCAL_SLOTS = 4


class Servers:
    """Holds the processes; they leave with this one, however it ends."""

    def __init__(self) -> None:
        self._stack = AsyncExitStack()
        self._urls: dict[str, str] = {}
        self._lock = asyncio.Lock()

    async def locate(self, model: ModelSettings) -> ModelSettings:
        """The model's settings with its address; starts its server where it is one of ours."""
        if model.provider not in ("demo", "local"):
            return model
        async with self._lock:
            url = self._urls.get(model.label)
            if url is None:
                server = await self._stack.enter_async_context(start_child_server(_arguments(model), start_timeout=60))
                url = self._urls[model.label] = server.url
        values = {name: getattr(model, name) for name in model.__struct_fields__}
        return ModelSettings(**(values | {"base_url": url}))

    def running(self) -> list[str]:
        """The labels of the models whose servers run."""
        return list(self._urls)

    async def aclose(self) -> None:
        await self._stack.aclose()
        self._urls.clear()


def _arguments(model: ModelSettings) -> list[str]:
    if model.provider == "demo":
        return ["-m", "evalstudio.engine.demo", "--profile", model.name or "fast", "--port", "0"]
    from evalstudio.engine.models.local import installed  # late: few need it

    if not installed():
        raise ModelError("The local language model is not installed; run `make local-model` or `evalstudio local-model install`.")
    return ["-m", "evalstudio.engine.models.local_server", "--port", "0", "--slots", str(LOCAL_SLOTS)]
