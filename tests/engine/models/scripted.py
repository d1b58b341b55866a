"""A server that says byte for byte what a test tells it to, over real sockets."""

import asyncio
import json
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Asked:
    """A request as it came."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Connection:
    """What a script answers with."""

    def __init__(self, writer: asyncio.StreamWriter, asked: Asked) -> None:
        self.writer = writer
        self.asked = asked

    async def send(self, data: bytes | str) -> None:
        self.writer.write(data if isinstance(data, bytes) else data.encode())
        await self.writer.drain()

    async def head(self, status: int = 200, kind: str = "application/json", **headers: str) -> None:
        """The head of an answer whose end is the connection's."""
        lines = [f"HTTP/1.1 {status} Some", f"Content-Type: {kind}", "Connection: close"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        await self.send("\r\n".join(lines) + "\r\n\r\n")

    async def events(self, *events: Any) -> None:
        """Server-sent events: JSON, or text as it is."""
        for event in events:
            text = event if isinstance(event, str) else json.dumps(event)
            await self.send(f"data: {text}\n\n")

    def reset(self) -> None:
        """Ends the connection with an RST."""
        sock = self.writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


Script = Callable[[Connection], Awaitable[None]]


@dataclass
class Scripted:
    """A running server and what it was asked."""

    url: str
    asked: list[Asked]

    @property
    def calls(self) -> int:
        return len(self.asked)


@asynccontextmanager
async def scripted(script: Script, tls: ssl.SSLContext | None = None) -> AsyncIterator[Scripted]:
    """A server of which each connection answers one request with `script`, then closes."""
    asked: list[Asked] = []
    tasks: set[asyncio.Task[None]] = set()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.add(task := asyncio.current_task())  # type: ignore[arg-type]
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                request = await _read_request(reader, writer)
                asked.append(request)
                await script(Connection(writer, request))
        except asyncio.CancelledError:
            pass  # the test is over
        finally:
            tasks.discard(task)  # type: ignore[arg-type]
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=tls)
    port = server.sockets[0].getsockname()[1]
    try:
        yield Scripted(f"{'https' if tls else 'http'}://127.0.0.1:{port}/v1", asked)
    finally:
        server.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _read_request(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Asked:
    first_byte = await reader.readexactly(1)
    if not first_byte.isalpha():  # somebody begins to speak TLS
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        raise ConnectionError
    head = (first_byte + await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.rstrip().split("\r\n")
    method, target, _ = first.split(" ")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Asked(method, target, headers, body)


def reply(body: Any, status: int = 200, kind: str = "application/json", **headers: str) -> Script:
    """A script: one whole answer. `body` is JSON, or text or bytes as they are; `_` in a header's name is `-`."""
    data = (
        body
        if isinstance(body, bytes)
        else body.encode()
        if isinstance(body, str)
        else json.dumps(body).encode()
    )

    async def script(connection: Connection) -> None:
        await connection.head(status, kind, Content_Length=str(len(data)), **headers)
        await connection.send(data)

    return script


def completion(text: Any = "fine", finish_reason: str | None = "stop", **changes: Any) -> dict[str, Any]:
    """A chat completion."""
    return {
        "model": "m-1",
        "choices": [{"message": {"role": "assistant", "content": text}, "finish_reason": finish_reason}],
        "usage": {
            "prompt_tokens": 9,
            "completion_tokens": 2,
            "prompt_tokens_details": {"cached_tokens": 4},
        },
        **changes,
    }


def chunk(text: str | None = None, finish_reason: str | None = None, **delta: Any) -> dict[str, Any]:
    """A piece of a streamed chat completion."""
    return {
        "model": "m-1",
        "choices": [{"delta": {"content": text, **delta}, "finish_reason": finish_reason}],
    }


def number_of(asked: Any) -> int:
    """Which sample a request is of: prompts end in (number)."""
    return int(asked["messages"][-1]["content"].rpartition("(")[2].rstrip(")"))
