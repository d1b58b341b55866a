"""Endpoint address: base URL, query and headers of an endpoint, with references to secrets resolved."""

import base64
import string
from dataclasses import dataclass

import httpx

from evalstudio.core.errors import ModelError
from evalstudio.models.keys import REFERENCE, find_key
from evalstudio.models.providers import check_address
from evalstudio.models.settings import ModelSettings

_TOKEN = frozenset(string.ascii_letters + string.digits + "!#$%&'*+-.^_`|~")
_ENDINGS = ("/chat/completions", "/completions", "/messages")  # often pasted with the base URL


@dataclass(frozen=True, slots=True)
class Address:
    """The base URL of an endpoint with its query, and its own headers, with secrets filled in.

    A user in the URL becomes a header, where nothing else says who calls.
    """

    base: httpx.URL
    headers: dict[str, str]

    @classmethod
    def of(cls, settings: ModelSettings) -> "Address":
        """Resolves the address of a model.

        Raises:
            ModelError: The URL is not an HTTP URL, a key can't be found, or a secret was given instead of its name.
        """
        check_address(settings)
        try:
            base = httpx.URL(settings.base_url.strip())
        except httpx.InvalidURL as error:
            raise ModelError(f"The base URL of {settings.label} can't be used ({error}).") from error
        query = [(name, _filled(value)) for name, value in base.params.multi_items()]
        path = base.path.rstrip("/")
        for ending in _ENDINGS:
            path = path.removesuffix(ending)
        base = base.copy_with(path=path or "/", query=None, fragment=None)
        if query:
            base = base.copy_with(params=query)
        headers = {name: _filled(value) for name, value in settings.headers.items()}
        for name, value in headers.items():
            _check_header(name, value)
        if base.userinfo:
            if not settings.key and "authorization" not in map(str.lower, headers):
                headers["Authorization"] = f"Basic {base64.b64encode(base.userinfo + b':').decode()}"
            base = base.copy_with(username="", password="")
        return cls(base, headers)

    def join(self, path: str, **query: str) -> httpx.URL:
        """Returns the URL of a path below the base, with the base's query."""
        url = self.base.copy_with(path=self.base.path.rstrip("/") + path)
        return url.copy_merge_params(query) if query else url


def _check_header(name: str, value: str) -> None:
    """Headers are ASCII without control characters; anything else is a failure of each call, if not another header."""
    if not name or not set(name) <= _TOKEN:
        raise ModelError(f"The header {name!r} of the model has a name that no header can have.")
    if not value.isascii() or not value.isprintable():
        raise ModelError(
            f"The value of the model's header '{name}' holds characters that no header can have; only ASCII can be sent."
        )


def _filled(value: str) -> str:
    if not value.startswith(REFERENCE):
        return value
    return find_key(value.removeprefix(REFERENCE)) or ""
