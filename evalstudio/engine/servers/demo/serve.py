"""Server process: starts the demo server, announces its address, and serves until it is told to stop."""

import asyncio
import contextlib
import os
import signal
import sys
from typing import Any

from aiohttp import web

from evalstudio.core.child_process import announce, when_parent_ends
from evalstudio.core.errors import ModelError
from evalstudio.core.system import raise_open_file_limit
from evalstudio.engine.servers.demo.server import MAX_BODY, DemoServer


def run_server(
    profile: str = "fast",
    host: str = "127.0.0.1",
    port: int = 0,
    seed: int = 0,
    api_key: str | None = None,
    exit_with_parent: bool = False,
) -> None:
    """Serves until SIGINT or SIGTERM, or until stdin ends with `exit_with_parent`.

    Prints one line of JSON when it listens: url, pid, token (for /control). Raises ModelError when
    the profile is unknown or the address can't be bound.
    """
    raise_open_file_limit()
    server = DemoServer(profile, seed, api_key)
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(_serve(server, host, port, exit_with_parent))


def _loop_factory() -> type[asyncio.AbstractEventLoop] | None:
    if sys.platform == "win32":
        return None
    try:
        import uvloop
    except ImportError:
        return None
    loop: type[asyncio.AbstractEventLoop] = uvloop.Loop
    return loop


async def _serve(server: DemoServer, host: str, port: int, exit_with_parent: bool) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    def with_room(message: Any, payload: Any, protocol: Any, writer: Any, task: Any) -> web.BaseRequest:
        return web.BaseRequest(message, payload, protocol, writer, task, loop, client_max_size=MAX_BODY)

    http = web.Server(server.handle, request_factory=with_room, handler_cancellation=True, access_log=None)
    # calls in progress are cut off soon: no client waits for them after a stop
    runner = web.ServerRunner(http, shutdown_timeout=0.5)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port, backlog=4096)
        try:
            await site.start()
        except OSError as error:
            raise ModelError(
                f"The demo server cannot listen on {host}:{port}: {os.strerror(error.errno or 0)}. "
                "Choose another port, or 0 for any free one."
            ) from None
        for number in (signal.SIGINT, signal.SIGTERM):
            with contextlib.suppress(NotImplementedError):  # Windows ends the process instead
                loop.add_signal_handler(number, stop.set)
        if exit_with_parent:
            when_parent_ends(lambda: loop.call_soon_threadsafe(stop.set))
        bound_host, bound_port = runner.addresses[0][:2]
        if ":" in bound_host:
            bound_host = f"[{bound_host}]"
        announce({"url": f"http://{bound_host}:{bound_port}/v1", "pid": os.getpid(), "token": server.token})
        await stop.wait()
    finally:
        await runner.cleanup()
