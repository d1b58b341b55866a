"""Model listing: the models that an endpoint offers; OpenAI's and Anthropic's lists have the same format."""

import asyncio

import httpx
import msgspec

from evalstudio.core.errors import ModelError
from evalstudio.engine.models.classify import sentence
from evalstudio.engine.models.http import Client, explain, place

_LARGEST = 8 << 20  # bytes; some gateways offer thousands of models
_LONGEST_S = 30.0


class _Entry(msgspec.Struct):
    id: str


class _List(msgspec.Struct):
    data: list[_Entry]


_models = msgspec.json.Decoder(_List)


async def list_models(client: Client, url: httpx.URL) -> list[str]:
    """Returns the names of the models listed at `url`. Raises ModelError that says what is wrong."""
    try:
        async with asyncio.timeout(_LONGEST_S):
            response, data = await client.get(url, _LARGEST)
    except TimeoutError as error:
        raise ModelError(f"{place(url)} did not send its list of models within {_LONGEST_S:g} s.") from error
    except httpx.HTTPError as error:
        raise ModelError(explain(error, url)) from error
    if response.status_code != 200:
        raise ModelError(
            sentence(
                response.status_code,
                data.decode(errors="replace"),
                url,
                location=response.headers.get("location"),
            )
        )
    try:
        return [entry.id for entry in _models.decode(data).data]
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise ModelError(
            f"{place(url)} answers, but not with a list of models; check that the base URL ends where its API begins, "
            "often in /v1."
        ) from error
