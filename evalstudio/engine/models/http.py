"""The HTTP client of an endpoint: httpx, carried by aiohttp, which costs a quarter of its own transport.

The only module that knows which client it is.
"""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import aclosing

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport

from evalstudio import __version__

LARGEST_BODY = 32 << 20
KEEP_ALIVE_S = 30.0


class BodyTooLarge(Exception):
    """The endpoint sends more than any answer can be."""


class Client:
    """Sends one request at a time per call; connections are as many as calls: the limits are elsewhere."""

    def __init__(self, headers: dict[str, str], connect: float, read: float) -> None:
        self._tls = httpx.create_ssl_context()
        self._session: aiohttp.ClientSession | None = None
        self._http = httpx.AsyncClient(
            transport=AiohttpTransport(client=self._open, verify=self._tls),
            headers={"User-Agent": f"evalstudio/{__version__}", "Accept-Encoding": "identity", **headers},
            timeout=httpx.Timeout(None, connect=connect, read=read),
            follow_redirects=False,
        )

    async def post(self, url: str, body: bytes, headers: dict[str, str]) -> tuple[httpx.Response, bytes]:
        """Sends JSON and reads the whole answer. Raises httpx.HTTPError, or BodyTooLarge."""
        response = await self.open(url, body, headers)
        async with aclosing(response):
            return response, await read_body(response)

    async def open(self, url: str, body: bytes, headers: dict[str, str]) -> httpx.Response:
        """Sends JSON and returns as soon as the headers are there; the caller closes the response."""
        request = self._http.build_request(
            "POST", url, content=body, headers={"Content-Type": "application/json", **headers}
        )
        return await self._http.send(request, stream=True)

    async def get(self, url: str) -> tuple[httpx.Response, bytes]:
        """Reads a resource. Raises httpx.HTTPError, or BodyTooLarge."""
        response = await self._http.send(self._http.build_request("GET", url), stream=True)
        async with aclosing(response):
            return response, await read_body(response)

    async def aclose(self) -> None:
        await self._http.aclose()

    def _open(self) -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(
            limit=0, ssl=self._tls, keepalive_timeout=KEEP_ALIVE_S, ttl_dns_cache=300
        )
        return aiohttp.ClientSession(
            connector=connector, cookie_jar=aiohttp.DummyCookieJar(), trust_env=True, auto_decompress=False
        )


async def read_body(response: httpx.Response) -> bytes:
    """The body of a response, up to 32 MiB."""
    parts: list[bytes] = []
    size = 0
    async for part in stream_body(response):
        size += len(part)
        if size > LARGEST_BODY:
            raise BodyTooLarge
        parts.append(part)
    return b"".join(parts)


def stream_body(response: httpx.Response) -> AsyncIterator[bytes]:
    """The body of a response in pieces, as they come."""
    return response.aiter_bytes()


def explain(error: BaseException, url: str) -> str:
    """One sentence for a request that got no answer: name, connection, encryption or time."""
    causes: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause not in causes:
        causes.append(cause)
        cause = cause.__cause__ or cause.__context__
    host = httpx.URL(url).host
    for cause in causes:
        if isinstance(cause, (socket.gaierror, aiohttp.ClientConnectorDNSError)):
            return f"The name '{host}' cannot be found; check the base URL and the network."
        if isinstance(cause, (ssl.SSLError, aiohttp.ClientSSLError)):
            return f"No encrypted connection to {host} could be made ({cause}); check the certificate or the URL's scheme."
        if isinstance(cause, ConnectionRefusedError):
            return f"Nothing listens at {_place(url)} (connection refused); check that the server is running and the port."
        if isinstance(cause, (aiohttp.ServerDisconnectedError, ConnectionResetError, BrokenPipeError)):
            return f"{_place(url)} closed the connection before it answered."
        if isinstance(cause, aiohttp.ClientPayloadError):
            return f"{_place(url)} broke off in the middle of its answer."
        if isinstance(cause, (TimeoutError, asyncio.TimeoutError, httpx.TimeoutException)):
            return f"{_place(url)} did not answer in time."
    return f"{_place(url)} could not be reached ({type(error).__name__}: {error})."


def _place(url: str) -> str:
    parsed = httpx.URL(url)
    return f"{parsed.host}:{parsed.port}" if parsed.port else parsed.host
