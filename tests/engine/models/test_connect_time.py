"""How long a call waited for its connection is told apart from how long the model took."""

import asyncio
import json
import ssl
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

import pytest
import trustme

from evalstudio.core.outcome import Outcome
from evalstudio.engine.models.call import Request
from evalstudio.engine.models.openai import OpenAIModel
from evalstudio.evaluations.spec import TimeOuts
from evalstudio.models.settings import ModelSettings
from evalstudio.templating.templates import Message
from tests.engine.models.scripted import completion

SLOW_S = 0.2
Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def _quietly(handler: Handler) -> Handler:
    """Until the other side leaves."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            await handler(reader, writer)
        writer.close()

    return handle


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65_536):
        writer.write(data)
    writer.close()


async def test_that_a_connection_costs_once_and_only_until_it_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = trustme.CA()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    body = json.dumps(completion()).encode()
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
    opened = 0

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            lines = (await reader.readuntil(b"\r\n\r\n")).decode().lower().split("\r\n")
            length = next(int(line.split(":")[1]) for line in lines if line.startswith("content-length"))
            await reader.readexactly(length)
            await asyncio.sleep(SLOW_S)  # the model
            writer.write(head + body)

    async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """The way to a server far away: what is sent first, the beginning of the encryption, takes its time."""
        nonlocal opened
        opened += 1
        await asyncio.sleep(SLOW_S)
        there = await asyncio.open_connection("127.0.0.1", behind.sockets[0].getsockname()[1])
        await asyncio.gather(_pump(reader, there[1]), _pump(there[0], writer))

    behind = await asyncio.start_server(_quietly(answer), "127.0.0.1", 0, ssl=context)
    server = await asyncio.start_server(_quietly(relay), "127.0.0.1", 0)
    url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
    model = OpenAIModel(ModelSettings("openai", "m-1", url), None, {}, TimeOuts(), stream=False)
    request = Request((Message("user", "How are you?"),), 0, {}, None)
    try:
        first = await model.call(request, lambda parts: None)
        again = await model.call(request, lambda parts: None)
    finally:
        await model.aclose()
        server.close()
        behind.close()
    assert (first.outcome, again.outcome, opened) == (Outcome.OK, Outcome.OK, 1)
    assert first.connect is not None
    assert first.connect >= SLOW_S * 0.9
    assert again.connect is None
