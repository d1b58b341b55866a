"""Servers that the engine starts itself."""

import asyncio
import os
import signal

import psutil

from evalstudio.engine.servers.manager import Servers
from evalstudio.models.settings import ModelSettings


async def test_that_a_server_is_started_once_and_again_when_it_has_died() -> None:
    servers = Servers()
    try:
        first = await servers.locate(ModelSettings("demo", "instant"))
        assert (await servers.locate(ModelSettings("demo", "instant"))).base_url == first.base_url
        assert servers.running() == ["demo/instant"]
        pid = servers._servers["demo/instant"].pid
        os.kill(pid, signal.SIGKILL)
        while psutil.pid_exists(pid):  # its parent, this process's loop, has still to take note
            await asyncio.sleep(0.01)
        second = await servers.locate(ModelSettings("demo", "instant"))
        assert second.base_url != first.base_url
    finally:
        await servers.aclose()
    assert servers.running() == []
