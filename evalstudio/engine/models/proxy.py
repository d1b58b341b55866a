"""HTTP proxy: which one the environment or the system names for an address, and whether the address bypasses it."""

import ipaddress
import urllib.request
from urllib.parse import urlsplit

import httpx

from evalstudio.core.errors import ModelError
from evalstudio.models.keys import redact

_PORTS = {"http": 80, "https": 443}


def proxy_of(url: httpx.URL) -> str | None:
    """The URL of the proxy for an address; None for a direct connection.

    Loopback never goes through a proxy: the program's own servers are there. `NO_PROXY` may hold hosts, domains
    (`.corp.example`), addresses, ranges (`10.0.0.0/8`, `[fd00::]/8`), ports (`host:8000`) and `*`.

    Example:
        with HTTPS_PROXY=proxy.example:3128 in the environment
        >>> proxy_of(httpx.URL("https://api.example.com/v1"))
        'http://proxy.example:3128'

    Raises:
        ModelError: the environment names a proxy that can't be used.
    """
    if is_loopback(url.host):
        return None
    proxies = urllib.request.getproxies()
    proxy = proxies.get(url.scheme) or proxies.get("all")
    if not proxy or bypasses(url, proxies.get("no", "")) or urllib.request.proxy_bypass(url.host):
        return None
    return _usable(proxy, url)


def is_loopback(host: str) -> bool:
    """Whether a host is this machine by the loopback interface."""
    host = host.strip("[]").rstrip(".").lower()
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def bypasses(url: httpx.URL, no_proxy: str) -> bool:
    """Whether a list as in `NO_PROXY`, separated by commas or blanks, names an address."""
    host = url.host.strip("[]").rstrip(".").lower()
    port = url.port or _PORTS.get(url.scheme)
    entries = no_proxy.replace(",", " ").lower().split()
    return any(_names(entry, host, port) for entry in entries)


def _names(entry: str, host: str, port: int | None) -> bool:
    if entry == "*":
        return True
    entry, its_port = _split_port(entry)
    if its_port is not None and its_port != port:
        return False
    try:
        return ipaddress.ip_address(host) in ipaddress.ip_network(entry, strict=False)
    except ValueError:
        pass  # one of them is a name
    except TypeError:
        return False  # versions 4 and 6 of the protocol
    domain = entry.removeprefix("*").lstrip(".").rstrip(".")
    return bool(domain) and (host == domain or host.endswith(f".{domain}"))


def _split_port(entry: str) -> tuple[str, int | None]:
    if entry.startswith("["):
        address, _, rest = entry[1:].partition("]")
        if rest.startswith("/"):
            return address + rest, None
        return address, int(rest[1:]) if rest[1:].isdecimal() else None
    name, colon, port = entry.rpartition(":")
    if colon and ":" not in name and port.isdecimal():
        return name, int(port)
    return entry, None


def _usable(proxy: str, url: httpx.URL) -> str:
    whole = proxy if "://" in proxy else f"http://{proxy}"
    parts = urlsplit(whole)
    variable = f"{url.scheme.upper()}_PROXY (or ALL_PROXY)"
    if parts.scheme not in ("http", "https"):
        raise ModelError(
            f"The proxy {redact(proxy)}, which {variable} names, is of the kind {parts.scheme}; only HTTP proxies can be "
            f"used. Name an HTTP proxy there, or add {url.host} to NO_PROXY."
        )
    try:
        has_host = bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        has_host = False
    if not has_host:
        raise ModelError(
            f"{variable} is '{redact(proxy)}', which is no proxy's address; write it as http://HOST:PORT."
        )
    return whole
