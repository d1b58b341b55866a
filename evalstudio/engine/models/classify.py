"""Error classifier: derives the outcome of an HTTP response from its status and body, for any provider."""

import json
import re
from typing import Any

import httpx

from evalstudio.core.outcome import Outcome
from evalstudio.engine.models.http import place
from evalstudio.models.keys import redact

# "billing" alone is no evidence: providers also mention their billing page in messages about requests a minute
_QUOTA = (
    "insufficient_quota",
    "insufficient balance",
    "billing_hard_limit",
    "billing_not_active",
    "perday",
    "quota_exceeded_daily",
    "credit balance",
    "out of credits",
    "spend limit",
    "spending limit",
)
_TEMPORARY = (413, 429, 500, 502, 503)  # under which some tell what never passes
_DAILY = ("per day", "per_day", "per-day")
_RATE = (
    "rate limit",
    "rate_limit",
    "ratelimit",
    "rate-limit",
    "too many requests",
    "slow_down",
    "quota",
    "throttl",
)
_FILTER = (
    "content_filter",
    "content management policy",
    "responsibleaipolicy",
    "responsible_ai",
    "content_policy",
    "usage policy",
    "safety system",
    "flagged",
    "datainspectionfailed",
    "data_inspection_failed",
)
_OVERLOAD = ("overloaded", "out of memory", "server_error", "internal", "unavailable", "timeout", "capacity")
_NO_MODEL = re.compile(
    r"(?:model|deployment)s?\b.{0,120}?(?:not[ _]found|does not exist|not exist|no such|unknown|not available)"
    r"|(?:no such|unknown|invalid) (?:model|deployment)|model_not_found|deploymentnotfound|\"model: ",
    re.DOTALL,
)

_NEVER = re.compile(
    r"request (?:is )?too large|larger than the (?:token )?limit|tokens must be reduced|context[ _]length"
    r"|context[ _]window|available context size|prompt is too long|input is too long|reduce (?:the length of )?(?:your|the) "
    r"(?:prompt|messages?|input)"
)
_LIMIT = re.compile(r"\blimit(?:\W{1,4}|\s(?:of|is)\s)~?(\d[\d,._]*)")
_REQUESTED = re.compile(r"\b(?:requested|requires|needs)\W{1,4}~?(\d[\d,._]*)")
_LIMIT_0 = re.compile(r"\blimit\W{1,4}0\b(?![.,]\d)")

LONGEST_MESSAGE = 400
_CHARACTERS = 20_000
_LONGEST_JSON = 100_000  # characters; no error is that long


def classify(status: int, body: str, hint: float | None = None) -> Outcome:
    """Returns the outcome of a response with a status other than 2xx.

    Args:
        status: The HTTP status.
        body: The body, as text.
        hint: Seconds after which the endpoint asks to be called again; a daily limit with a hint is throttling.

    Example:
        >>> classify(429, "slow down").value
        'throttled'
    """
    text = body[:_CHARACTERS].lower()
    if status in _TEMPORARY and never_fits(text):
        return Outcome.CLIENT_ERROR
    if status == 429 and _LIMIT_0.search(text):
        return Outcome.QUOTA
    if status == 402 or (status in (400, 403, 429) and _has(text, _QUOTA)):
        return Outcome.QUOTA
    if status == 429 and hint is None and _has(text, _DAILY):
        return Outcome.QUOTA
    if status == 429 or (status == 503 and _has(text, _RATE)):
        return Outcome.THROTTLED
    if status in (408, 409, 425) or status >= 500:
        return Outcome.OVERLOADED
    if status in (400, 403) and _has(text, _FILTER):
        return Outcome.FILTERED
    return Outcome.CLIENT_ERROR


def classify_error_body(error: Any) -> Outcome:
    """Returns the outcome of a response with status 200 whose body is an error."""
    status = status_within(error)
    text = json.dumps(error).lower()
    if status is not None:
        return classify(status, text)
    if never_fits(text):
        return Outcome.CLIENT_ERROR
    if _has(text, _QUOTA):
        return Outcome.QUOTA
    if _has(text, _RATE):
        return Outcome.THROTTLED
    if _has(text, _FILTER):
        return Outcome.FILTERED
    if _has(text, _OVERLOAD):
        return Outcome.OVERLOADED
    return Outcome.BAD_ANSWER


def never_fits(body: str) -> bool:
    """Whether an error says that this request is larger than a limit: waiting does not make it smaller.

    Example:
        >>> never_fits("Limit 7000, Used 0, Requested ~12903. Please try again in 11s.")
        True
    """
    text = body[:_CHARACTERS].lower()
    if _NEVER.search(text):
        return True
    limit, requested = _LIMIT.search(text), _REQUESTED.search(text)
    return bool(limit and requested) and _count(requested) > _count(limit) > 0


def is_fatal(status: int, body: str) -> bool:
    """Whether every other sample would fail, too: a wrong or missing key, no such address, no such model."""
    if status == 403 and _has(body[:_CHARACTERS].lower(), _FILTER):
        return False
    return status in (401, 403, 404, 405) or 300 <= status < 400 or (status == 400 and names_no_model(body))


def names_no_model(body: str) -> bool:
    """Whether an error says that the endpoint does not have the model."""
    return _NO_MODEL.search(body[:_CHARACTERS].lower()) is not None


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
        case 403 if not _has(body.lower(), _FILTER):
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
        case _ if status in _TEMPORARY and never_fits(body):
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


def status_within(error: Any) -> int | None:
    """Returns the HTTP status that some gateways put in the body of an answer with status 200."""
    if isinstance(error, dict):
        for name in ("code", "status", "status_code"):
            value = error.get(name)
            if isinstance(value, str) and len(value) == 3 and value.isdecimal():
                value = int(value)
            if isinstance(value, int) and 400 <= value < 600:
                return value
    return None


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


def _count(found: re.Match[str] | None) -> float:
    digits = re.sub(r"[,_]", "", found[1]).rstrip(".") if found else ""
    try:
        return float(digits)
    except ValueError:
        return 0.0


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


def _has(text: str, words: tuple[str, ...]) -> bool:
    return any(word in text for word in words)
