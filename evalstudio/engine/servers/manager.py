"""Server manager: starts the demo and local model servers as child processes, each on first use."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass

import msgspec
import psutil

from evalstudio.core.child_process import start_child_server
from evalstudio.core.errors import ModelError
from evalstudio.engine.servers.demo.profiles import profile_named
from evalstudio.models.keys import use_for_session
from evalstudio.models.settings import ModelSettings

LOCAL_SLOTS = 4
LOCAL_KEY = (
    "EVALSTUDIO_LOCAL_MODEL"  # the name, in this session, of the key that the local model's server generated
)


@dataclass(frozen=True, slots=True)
class _Server:
    url: str
    pid: int
    key: str  # the name of the key that it requires; empty: none
    stack: AsyncExitStack

    async def aclose(self) -> None:
        await self.stack.aclose()


class Servers:
    """Owns the server processes; they exit with this one, however it ends."""

    def __init__(self) -> None:
        self._servers: dict[str, _Server] = {}
        self._lock = asyncio.Lock()

    async def locate(self, model: ModelSettings) -> ModelSettings:
        """Returns the model's settings with address and key name; starts the server of a demo or local model.

        Raises:
            EvalStudioError: There is no such demo or local model, or its server does not start.
        """
        if model.provider not in ("demo", "local"):
            return model
        async with self._lock:
            server = self._servers.get(model.label)
            if server is not None and not psutil.pid_exists(server.pid):
                await self._servers.pop(model.label).aclose()  # it died: a new one takes its place
                server = None
            if server is None:
                stack = AsyncExitStack()
                child = await stack.enter_async_context(
                    start_child_server(_arguments(model), start_timeout=60)
                )
                key = ""
                if secret := child.info.get("key"):
                    key = LOCAL_KEY
                    use_for_session(key, secret)
                server = self._servers[model.label] = _Server(child.url, child.pid, key, stack)
        return msgspec.structs.replace(model, base_url=server.url, key=server.key or model.key)

    async def stop(self, label: str) -> None:
        """Stops the server of one model, if it runs."""
        async with self._lock:
            if (server := self._servers.pop(label, None)) is not None:
                await server.aclose()

    def running(self) -> list[str]:
        """Returns the labels of the models whose servers run."""
        return list(self._servers)

    async def aclose(self) -> None:
        for label in self.running():
            await self.stop(label)


def _arguments(model: ModelSettings) -> list[str]:
    if model.provider == "demo":
        profile_named(model.name or "fast")  # a clear error here, instead of a long one from the server
        return ["-m", "evalstudio.engine.servers.demo", "--profile", model.name or "fast", "--port", "0"]
    from evalstudio.engine.servers.local_model import (  # late: few need it
        MODEL_NAME,
        REFERENCE,
        server_arguments,
    )

    if model.name not in ("", MODEL_NAME):
        raise ModelError(f"There is no local model '{model.name}'; there is {REFERENCE}.")
    return server_arguments(slots=LOCAL_SLOTS)
