"""The HTTP client of an endpoint: httpx, carried by aiohttp, which costs a quarter of its own transport.

The only module that knows which client it is.
"""

import asyncio
import socket
import ssl
import urllib.request
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
    """Sends requests to one endpoint; connections are as many as calls: the limits are elsewhere.

    Talks to httpx's transport directly. `httpx.AsyncClient` would merge, log and parse again for every request what
    is the same for all of them, and that is a third of the cost of a call.
    """

    def __init__(self, place: httpx.URL, headers: dict[str, str], connect: float, read: float) -> None:
        self._place = place
        self._tls = httpx.create_ssl_context()
        self._transport = AiohttpTransport(client=self._open, verify=self._tls)
        self._headers = {
            "User-Agent": f"evalstudio/{__version__}",
            "Accept": "*/*",
            "Accept-Encoding": "identity",
            **headers,
        }
        self._extensions = {"timeout": {"connect": connect, "read": read, "write": read, "pool": None}}

    async def post(
        self, url: httpx.URL, body: bytes, headers: dict[str, str]
    ) -> tuple[httpx.Response, bytes]:
        """Sends JSON and reads the whole answer. Raises httpx.HTTPError, or BodyTooLarge."""
        response = await self.open(url, body, headers)
        async with aclosing(response):
            return response, await read_body(response)

    async def open(self, url: httpx.URL, body: bytes, headers: dict[str, str]) -> httpx.Response:
        """Sends JSON and returns as soon as the headers are there; the caller closes the response."""
        headers = {**self._headers, "Content-Type": "application/json", **headers}
        request = httpx.Request("POST", url, headers=headers, content=body, extensions=self._extensions)
        return await self._transport.handle_async_request(request)

    async def get(self, url: httpx.URL) -> tuple[httpx.Response, bytes]:
        """Reads a resource. Raises httpx.HTTPError, or BodyTooLarge."""
        request = httpx.Request("GET", url, headers=self._headers, extensions=self._extensions)
        response = await self._transport.handle_async_request(request)
        async with aclosing(response):
            return response, await read_body(response)

    async def aclose(self) -> None:
        await self._transport.aclose()

    def _open(self) -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(
            limit=0, ssl=self._tls, keepalive_timeout=KEEP_ALIVE_S, ttl_dns_cache=300
        )
        return aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            proxy=_proxy(self._place),
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
    if "content-encoding" in response.headers:  # not asked for, but some send it
        return response.aiter_bytes()
    stream = response.stream
    assert isinstance(stream, httpx.AsyncByteStream)
    return aiter(stream)


def plain_headers(response: httpx.Response) -> dict[str, str]:
    """The headers of a response, their names in lower case."""
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers.raw}


def explain(error: BaseException, url: httpx.URL) -> str:
    """One sentence for a request that got no answer: name, connection, encryption or time."""
    causes: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause not in causes:
        causes.append(cause)
        cause = cause.__cause__ or cause.__context__
    host = url.host
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


def _proxy(url: httpx.URL) -> str | None:
    """The proxy that the environment or the system names for this address."""
    # aiohttp's own trust_env looks it up for every request, in a thread
    if urllib.request.proxy_bypass(url.host):
        return None
    return urllib.request.getproxies().get(url.scheme)


def _place(url: httpx.URL) -> str:
    return f"{url.host}:{url.port}" if url.port else url.host
