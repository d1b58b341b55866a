"""HTTP client of an endpoint: httpx on aiohttp's transport, which costs a quarter of httpx's own.

No other module depends on the choice of client.
"""

import errno
import socket
import ssl
import time
from collections.abc import AsyncIterator
from contextlib import aclosing
from contextvars import ContextVar
from typing import Any

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport

from evalstudio.core.version import __version__
from evalstudio.engine.models.proxy import proxy_of
from evalstudio.engine.models.tls import tls_context
from evalstudio.models.keys import redact

KEEP_ALIVE_S = 30.0
# errors that the transport does not convert to httpx errors; a malformed reason phrase raises UnicodeError
_LEFT_OVER = (aiohttp.ClientError, OSError, UnicodeError)
_BRIEF_S = 0.001  # seconds; a connection made in less was reused, or might as well have been
_PIECE = 256 << 10
"""Bytes. A larger body is written to the socket in pieces of this size, so that it never blocks the loop."""


class Client:
    """Sends requests to one endpoint, with as many connections as calls: concurrency is limited elsewhere.

    It uses httpx's transport directly. `httpx.AsyncClient` merges, logs and parses for every request what is the same
    for all of them, and that is a third of the cost of a call. It follows no redirects and never retries.

    Args:
        url: The endpoint.
        headers: Of every request.
        connect: Time-out for a connection, in seconds.
    """

    def __init__(self, url: httpx.URL, headers: dict[str, str], connect: float) -> None:
        self._url = url
        self._proxy = proxy_of(url)
        # loading the certificates takes longer than a call, so only where they are needed
        self._tls = tls_context(verify=url.scheme == "https")
        self._transport = AiohttpTransport(client=self._open, verify=self._tls)
        self._headers = {
            "User-Agent": f"evalstudio/{__version__}",
            "Accept": "*/*",
            "Accept-Encoding": "identity",
            **headers,
        }
        # made once: building a request's headers costs more than sending them
        self._json_headers = httpx.Headers({**self._headers, "Content-Type": "application/json"})
        self.set_connect(connect)

    def set_connect(self, seconds: float) -> None:
        """Sets the time-out for a connection; the caller limits the time of the answer."""
        self._extensions = {"timeout": {"connect": seconds, "read": None, "write": None, "pool": None}}

    async def post(self, url: httpx.URL, body: bytes, headers: dict[str, str]) -> httpx.Response:
        """Posts JSON and returns as soon as the headers have arrived; the caller closes the response.

        Raises:
            httpx.HTTPError: There is no response.
        """
        whole = len(body) <= _PIECE
        stream = httpx.ByteStream(body) if whole else _Pieces(body)
        request = httpx.Request(
            "POST", url, headers=self._json_headers, stream=stream, extensions=self._extensions
        )
        request.headers.encoding = self._json_headers.encoding  # else it is detected again for each request
        if headers:
            request.headers.update(headers)
        if whole:
            request.read()
        else:
            # not every server accepts a body of unknown length
            request.headers["Content-Length"] = str(len(body))
        return await self._send(request)

    async def get(self, url: httpx.URL, largest: int) -> tuple[httpx.Response, bytes]:
        """Reads a resource, up to `largest` bytes of it. Raises httpx.HTTPError."""
        request = httpx.Request("GET", url, headers=self._headers, extensions=self._extensions)
        response = await self._send(request)
        async with aclosing(response):
            body = bytearray()
            async for piece in stream_body(response):
                body += piece
                if len(body) >= largest:
                    break
            return response, bytes(body[:largest])

    async def aclose(self) -> None:
        await self._transport.aclose()

    async def _send(self, request: httpx.Request) -> httpx.Response:
        try:
            return await self._transport.handle_async_request(request)
        except _LEFT_OVER as error:
            raise httpx.RemoteProtocolError(str(error)) from error

    def _open(self) -> aiohttp.ClientSession:
        connector = _Connector(limit=0, ssl=self._tls, keepalive_timeout=KEEP_ALIVE_S, ttl_dns_cache=300)
        return aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            proxy=self._proxy,
            max_line_size=65_536,
            max_field_size=65_536,
        )


def connect_seconds() -> float | None:
    """Returns the seconds that this task's last request waited for a connection; None where one was reused."""
    seconds = _connecting.get(0.0)
    return seconds if seconds >= _BRIEF_S else None


async def stream_body(response: httpx.Response) -> AsyncIterator[bytes]:
    """Yields the body of a response in pieces, as they arrive. Raises httpx.HTTPError."""
    try:
        stream = response.stream
        assert isinstance(stream, httpx.AsyncByteStream)
        if encoding := response.headers.get("content-encoding"):  # not asked for, but some send it
            from evalstudio.engine.models.decoding import NotDecodable, decoded  # late: few need it

            try:
                async for piece in decoded(aiter(stream), encoding):
                    yield piece
            except NotDecodable as error:
                raise httpx.DecodingError(str(error)) from error
            return
        async for piece in stream:
            yield piece
    except _LEFT_OVER as error:
        raise httpx.RemoteProtocolError(str(error)) from error


def plain_headers(response: httpx.Response) -> dict[str, str]:
    """Returns the headers of a response, with lower-case names."""
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers.raw}


def explain(error: BaseException, url: httpx.URL) -> str:
    """Returns one sentence for a request without a response: name resolution, connection, encryption or time."""
    causes: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause not in causes:
        causes.append(cause)
        cause = cause.__cause__ or cause.__context__
    where = place(url)
    for cause in causes:
        if isinstance(cause, (socket.gaierror, aiohttp.ClientConnectorDNSError)):
            return f"The name '{url.host}' cannot be found; check the base URL and the network."
        if isinstance(cause, aiohttp.ClientProxyConnectionError):
            return f"The proxy on the way to {where} cannot be reached; check the proxy settings."
        if isinstance(cause, (ssl.SSLError, ssl.CertificateError, aiohttp.ClientSSLError)):
            return _explain_encryption(cause, where)
        if isinstance(cause, ConnectionRefusedError):
            return f"Nothing listens at {where} (connection refused); check that the server is running and the port."
        if isinstance(cause, OSError) and cause.errno in (errno.EMFILE, errno.ENFILE):
            return "This machine allows no more open files; lower the concurrency, or raise the limit (ulimit -n)."
        if isinstance(cause, TimeoutError):
            return (
                f"No connection to {where} could be made in time; check the base URL, the network and whether "
                "the server is running."
            )
        if isinstance(cause, aiohttp.ClientPayloadError):
            return f"{where} broke off in the middle of its answer."
        if isinstance(cause, (aiohttp.ServerDisconnectedError, ConnectionResetError, BrokenPipeError)):
            return f"{where} closed the connection before it answered."
        if isinstance(cause, aiohttp.ClientResponseError):
            return f"What {where} sends is no HTTP answer ({_short(cause.message)}); check the base URL and the port."
        if isinstance(cause, httpx.DecodingError):
            return f"The compressed answer of {where} cannot be read ({_short(str(cause))})."
    return f"{where} could not be reached ({type(error).__name__}: {_short(str(error))})."


def place(url: httpx.URL) -> str:
    """Returns the host and port of a URL, for messages; never the path or query, which may hold secrets."""
    return f"{url.host}:{url.port}" if url.port else url.host


def _explain_encryption(cause: BaseException, where: str) -> str:
    text = str(cause)
    if (
        "WRONG_VERSION_NUMBER" in text
        or "wrong version number" in text
        or "record layer failure" in text.lower()
    ):
        return f"{where} does not speak TLS; if the server has none, begin the base URL with http://."
    if "Hostname mismatch" in text or "not valid for" in text or "doesn't match" in text:
        return f"The certificate of {where} is made out to another name; check the host in the base URL."
    if "expired" in text:
        return f"The certificate of {where} has expired; ask who runs it, and check this machine's clock."
    if "CERTIFICATE_VERIFY_FAILED" in text or isinstance(cause, ssl.CertificateError):
        return (
            f"The certificate of {where} is not trusted; if it is signed by an authority of your own, name that "
            "authority's file in the environment variable SSL_CERT_FILE."
        )
    return f"No encrypted connection to {where} could be made ({_short(text)}); check the base URL's scheme and port."


_connecting: ContextVar[float] = ContextVar("connecting")


class _Connector(aiohttp.TCPConnector):
    """Measures the time to connect: DNS, TCP and TLS. aiohttp's traces have an overhead at every request."""

    async def connect(self, req: Any, traces: Any, timeout: Any) -> Any:
        began = time.perf_counter()
        try:
            return await super().connect(req, traces, timeout)
        finally:
            _connecting.set(time.perf_counter() - began)


class _Pieces(httpx.AsyncByteStream):
    """A large body, in pieces."""

    def __init__(self, body: bytes) -> None:
        self._body = memoryview(body)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for start in range(0, len(self._body), _PIECE):
            yield bytes(self._body[start : start + _PIECE])


def _short(text: str) -> str:
    text = " ".join(redact(text).split())
    return text if len(text) <= 200 else text[:199] + "…"
