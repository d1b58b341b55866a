"""The outcome of an HTTP answer, from its status and body, whoever the provider is."""

import json
from typing import Any

from evalstudio.outcome import Outcome

_QUOTA = (
    "insufficient_quota",
    "billing",
    "perday",
    "per day",
    "per_day",
    "quota_exceeded_daily",
    "credit balance",
    "out of credits",
)
_RATE = ("rate limit", "rate_limit", "ratelimit", "too many requests", "slow_down", "quota", "throttl")
_FILTER = ("content_filter", "content management policy", "responsible_ai", "safety", "content_policy")
_OVERLOAD = ("overloaded", "out of memory", "server_error", "internal", "unavailable", "timeout", "capacity")
_NO_MODEL = ("model_not_found", "does not exist", "no such model", "model not found", "unknown model")

LONGEST_MESSAGE = 400


def classify(status: int, body: str) -> Outcome:
    """The outcome that a status other than 200, with this body, means."""
    text = body[:20_000].lower()
    if status == 402 or (status in (429, 403) and _has(text, _QUOTA)):
        return Outcome.QUOTA
    if status == 429 or (status == 503 and _has(text, _RATE)):
        return Outcome.THROTTLED
    if status in (408, 409, 425) or status >= 500:
        return Outcome.OVERLOADED
    if status == 400 and _has(text, _FILTER):
        return Outcome.FILTERED
    return Outcome.CLIENT_ERROR


def classify_error_body(error: Any) -> Outcome:
    """The outcome of an answer with status 200 whose body is an error."""
    text = json.dumps(error).lower()
    if _has(text, _QUOTA):
        return Outcome.QUOTA
    if _has(text, _RATE):
        return Outcome.THROTTLED
    if _has(text, _FILTER):
        return Outcome.FILTERED
    if _has(text, _OVERLOAD):
        return Outcome.OVERLOADED
    return Outcome.BAD_ANSWER


def is_fatal(status: int, body: str) -> bool:
    """Whether every other sample would fail alike: a wrong or missing key, no such address, no such model."""
    return status in (401, 403, 404, 405) or (status == 400 and _has(body[:20_000].lower(), _NO_MODEL))


def sentence(status: int, body: str, place: str) -> str:
    """One sentence for an answer that is an error: who said what, and what to do where that is known."""
    said = error_message(body)
    said = f": {said}" if said else ""
    match status:
        case 401:
            return f"{place} does not accept the API key (401{said}); check the key of this model."
        case 403:
            return f"{place} refuses access (403{said}); check what the API key may do."
        case 404:
            return f"{place} knows no such model or address (404{said}); check the model's name and the base URL."
        case 429:
            return f"{place} asks for fewer requests (429{said})."
        case _ if 300 <= status < 400:
            return f"{place} sends us elsewhere ({status}); check the base URL."
        case _:
            return f"{place} answered with an error ({status}{said})."


def error_message(body: str) -> str:
    """The provider's own words in an error's body, in one line and of bounded length."""
    try:
        data = json.loads(body)
    except ValueError:
        text = body
    else:
        text = _find_message(data)
    text = " ".join(text.split())
    return text if len(text) <= LONGEST_MESSAGE else text[: LONGEST_MESSAGE - 1] + "…"


def _find_message(data: Any) -> str:
    if isinstance(data, list) and data:
        data = data[0]
    if isinstance(data, dict):
        for name in ("error", "message", "detail", "msg"):
            if data.get(name):
                return _find_message(data[name])
    return data if isinstance(data, str) else json.dumps(data)


def _has(text: str, words: tuple[str, ...]) -> bool:
    return any(word in text for word in words)
