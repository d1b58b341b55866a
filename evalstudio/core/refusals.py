"""Refusals: what kind of failure a status and an endpoint's own words tell, for HTTP models and libraries alike."""

import json
import re
from typing import Any

from evalstudio.core.outcome import Outcome

_CHARACTERS = 20_000
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
TEMPORARY = (413, 429, 500, 502, 503)  # under which some tell what never passes
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
FILTER_WORDS = (
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
    if status in TEMPORARY and never_fits(text):
        return Outcome.CLIENT_ERROR
    if status == 429 and _LIMIT_0.search(text):
        return Outcome.QUOTA
    if status == 402 or (status in (400, 403, 429) and has_words(text, _QUOTA)):
        return Outcome.QUOTA
    if status == 429 and hint is None and has_words(text, _DAILY):
        return Outcome.QUOTA
    if status == 429 or (status == 503 and has_words(text, _RATE)):
        return Outcome.THROTTLED
    if status in (408, 409, 425) or status >= 500:
        return Outcome.OVERLOADED
    if status in (400, 403) and has_words(text, FILTER_WORDS):
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
    if has_words(text, _QUOTA):
        return Outcome.QUOTA
    if has_words(text, _RATE):
        return Outcome.THROTTLED
    if has_words(text, FILTER_WORDS):
        return Outcome.FILTERED
    if has_words(text, _OVERLOAD):
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
    if status == 403 and has_words(body[:_CHARACTERS].lower(), FILTER_WORDS):
        return False
    return status in (401, 403, 404, 405) or 300 <= status < 400 or (status == 400 and names_no_model(body))


def names_no_model(body: str) -> bool:
    """Whether an error says that the endpoint does not have the model."""
    return _NO_MODEL.search(body[:_CHARACTERS].lower()) is not None


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


def _count(found: re.Match[str] | None) -> float:
    digits = re.sub(r"[,_]", "", found[1]).rstrip(".") if found else ""
    try:
        return float(digits)
    except ValueError:
        return 0.0


def has_words(text: str, words: tuple[str, ...]) -> bool:
    """Whether one of the words is in a text."""
    return any(word in text for word in words)
