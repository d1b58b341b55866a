"""Error sentences: what an HTTP response with an error says to a person, for any provider."""

import json
import re
from typing import Any

import httpx

from evalstudio.core.outcome import Outcome
from evalstudio.core.refusals import FILTER_WORDS, TEMPORARY, classify, has_words, names_no_model, never_fits
from evalstudio.engine.models.http import place
from evalstudio.models.keys import redact

LONGEST_MESSAGE = 400
_CHARACTERS = 20_000
_LONGEST_JSON = 100_000  # characters; no error is that long


def sentence(
    status: int,
    body: str,
    url: httpx.URL,
    model: str = "",
    location: str | None = None,
    api: str = "chat completions",
) -> str:
    """Returns one sentence for an error response: the endpoint, its message, and a remedy where one is known."""
    where = place(url)
    message = error_message(body)
    message = f": {message}" if message else ""
    if classify(status, body, 0.0) is Outcome.QUOTA:
        return f"{where} has no credit or quota left for this API key ({status}{message}); add credit, or use another key."
    match status:
        case 401:
            return f"{where} does not accept the API key (401{message}); check the key of this model."
        case 403 if not has_words(body.lower(), FILTER_WORDS):
            return f"{where} refuses access (403{message}); check what the API key may do."
        case 400 | 404 if model and names_no_model(body):
            return f"{where} has no model '{model}' ({status}{message}); check the model's name."
        case 404 | 405:
            return f"{where} has no {api} at {url.path} ({status}{message}); check the base URL."
        case 407:
            return (
                f"The proxy on the way to {where} wants a name and password (407{message}); write them into the proxy's "
                "address, as in HTTPS_PROXY=http://NAME:PASSWORD@HOST:PORT."
            )
        case _ if status in TEMPORARY and never_fits(body):
            return f"{where} finds the request larger than its limit ({status}{message}); shorten the prompt, or ask for fewer tokens."
        case 413:
            return f"{where} finds the request too long (413{message}); shorten the prompt."
        case 429:
            return f"{where} asks for fewer requests (429{message})."
        case _ if 300 <= status < 400:
            return f"{where} sends us elsewhere ({status}{_elsewhere(location)}); check the base URL."
        case _:
            return f"{where} answered with an error ({status}{message})."


def error_message(body: str) -> str:
    """Returns the provider's message in the body of an error: one line, of bounded length, without keys."""
    try:
        data = json.loads(body) if len(body) <= _LONGEST_JSON else None
    except (ValueError, RecursionError):
        text = _without_tags(body)
    else:
        text = _find_message(data) if data is not None else _without_tags(body)
    text = " ".join(
        redact(text).lstrip()[:_CHARACTERS].split()
    )  # redact before cutting: half a key would not be found
    text = text.removesuffix(".")
    return text if len(text) <= LONGEST_MESSAGE else text[: LONGEST_MESSAGE - 1] + "…"


def _find_message(data: Any) -> str:
    if isinstance(data, list) and data:
        data = data[0]
    if isinstance(data, dict):
        if isinstance(data.get("msg"), str) and isinstance(data.get("loc"), list):  # which field it is about
            return f"{data['msg']} ({'.'.join(map(str, data['loc']))})"
        for name in ("error", "message", "detail", "msg"):
            if data.get(name):
                return _find_message(data[name])
    if data is None or data == {} or data == []:
        return ""
    return data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)


def _without_tags(text: str) -> str:
    if "<html" not in text[:1000].lower() and "<!doctype" not in text[:1000].lower():
        return text
    start = re.search("<title>", text[:_CHARACTERS], re.IGNORECASE)
    end = re.compile("</title>", re.IGNORECASE).search(text, start.end(), _CHARACTERS) if start else None
    return text[start.end() : end.start()] if start and end else "a web page"


def _elsewhere(location: str | None) -> str:
    if not location:
        return ""
    try:
        return (
            f", to {place(httpx.URL(location))}"
            if "://" in location
            else f", to {location.partition('?')[0]}"
        )
    except httpx.InvalidURL:
        return ""
