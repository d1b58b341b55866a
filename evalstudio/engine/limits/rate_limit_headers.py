"""Rate-limit header parser: reads from an answer when to retry and how much of each limit is left.

Header names are case-insensitive. All times are in seconds; `wall_now` is the timezone-aware wall clock, needed for
providers that send dates.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


@dataclass(frozen=True, slots=True)
class RateHeaders:
    """The rate limits that an endpoint states with an answer; None where it states none.

    Limits are per minute. A reset is the number of seconds until the limit is fully available again.
    """

    limit_requests: float | None = None
    remaining_requests: float | None = None
    reset_requests: float | None = None
    limit_tokens: float | None = None
    remaining_tokens: float | None = None
    reset_tokens: float | None = None


def retry_hint(headers: Mapping[str, str], body: str | bytes, *, wall_now: datetime) -> float | None:
    """Returns the seconds after which the endpoint asks to be called again; None when it does not say.

    The first form found applies: `retry-after-ms`, `Retry-After` (seconds or a date), Gemini's `retryDelay` in the
    body, reset times of exhausted limits, and last a sentence such as "try again in 20s". Never negative, not
    bounded above: a hint of hours means that waiting inside the run makes no sense.

    Example:
        >>> retry_hint({"Retry-After": "7"}, "", wall_now=datetime.now(UTC))
        7.0
    """
    lowered = _lowered(headers)
    wall_now = _server_now(lowered, wall_now)
    for name in ("retry-after-ms", "x-ms-retry-after-ms"):
        if (milliseconds := _number(lowered.get(name))) is not None:
            return max(0.0, milliseconds / 1000)
    if (seconds := _moment(lowered.get("retry-after"), wall_now)) is not None:
        return seconds
    text = body.decode("utf-8", errors="replace") if isinstance(body, bytes) else body
    text = text[:_BODY_CHARACTERS]
    if found := _RETRY_DELAY.search(text):
        return _duration(found.group(1))
    if (seconds := _reset_of_exhausted(lowered, wall_now)) is not None:
        return seconds
    if found := _SENTENCE.search(text):
        number, word, short = found.groups()
        return float(number) * _WORDS[word.lower()] if word else _duration(short.lower().rstrip("."))
    return None


def rate_headers(headers: Mapping[str, str], *, wall_now: datetime) -> RateHeaders | None:
    """Returns the limits in `x-ratelimit-*` or `anthropic-ratelimit-*` headers; None when there are none."""
    lowered = _lowered(headers)
    if not any("ratelimit" in name for name in lowered):
        return None
    wall_now = _server_now(lowered, wall_now)
    openai = {kind: f"x-ratelimit-{{}}-{kind}" for kind in ("requests", "tokens")}
    anthropic = {kind: f"anthropic-ratelimit-{kind}-{{}}" for kind in ("requests", "tokens")}
    if "anthropic-ratelimit-tokens-limit" not in lowered:
        anthropic["tokens"] = "anthropic-ratelimit-input-tokens-{}"
    for names in (openai, anthropic):
        found = RateHeaders(
            limit_requests=_positive(lowered.get(names["requests"].format("limit"))),
            remaining_requests=_number(lowered.get(names["requests"].format("remaining"))),
            reset_requests=_moment(lowered.get(names["requests"].format("reset")), wall_now),
            limit_tokens=_positive(lowered.get(names["tokens"].format("limit"))),
            remaining_tokens=_number(lowered.get(names["tokens"].format("remaining"))),
            reset_tokens=_moment(lowered.get(names["tokens"].format("reset")), wall_now),
        )
        if found != RateHeaders():
            return found
    return None


_BODY_CHARACTERS = 20_000
_RETRY_DELAY = re.compile(r'"retryDelay"\s*:\s*"([0-9][0-9.a-z]{0,20})"')
_SENTENCE = re.compile(
    r"(?:(?:try|retry)(?: (?:your|the|this) (?:request|call))?(?: again)? (?:in|after)|wait(?: for)?|(?:available|resets?)(?: again)? in)"
    r"(?: (?:about|approximately|at least))?:?\s+~?"
    r"(?:(\d{1,9}(?:\.\d{1,9})?)\s*(millisecond|second|sec\b|minute|min\b|hour)|(\d[\dhms.]{0,15}))",
    re.IGNORECASE,
)
_WORDS = {"millisecond": 1e-3, "second": 1.0, "sec": 1.0, "minute": 60.0, "min": 60.0, "hour": 3600.0}
_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|us|µs|ns|d|h|m|s)")
_UNITS = {"d": 86_400.0, "h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9}
_EPOCH_SECONDS = 1e9  # a bare number this large is a point in time, not a duration
_EPOCH_MILLISECONDS = 1e12


def _server_now(lowered: Mapping[str, str], wall_now: datetime) -> datetime:
    """The time by the server's own clock, where the answer has it: its dates are in that time."""
    try:
        moment = parsedate_to_datetime(lowered["date"])
    except (KeyError, ValueError, TypeError, IndexError):
        return wall_now
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def _lowered(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def _number(text: str | None) -> float | None:
    """The number in a text; None where it is none or not finite."""
    if text is None:
        return None
    try:
        value = float(text.strip())
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _positive(text: str | None) -> float | None:
    value = _number(text)
    return value if value is not None and value > 0 else None


def _duration(text: str) -> float | None:
    """The seconds in '12ms', '1s', '6m0s', '45.8379s', or in a bare number of seconds."""
    if (bare := _number(text)) is not None:
        return max(0.0, bare)
    parts = _PART.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        return None
    total = sum(float(number) * _UNITS[unit] for number, unit in parts)
    return total if math.isfinite(total) else None


def _moment(text: str | None, wall_now: datetime) -> float | None:
    """A duration, an HTTP date, an RFC 3339 date or an epoch, as seconds from now; None if it is none of them."""
    if text is None:
        return None
    text = text.strip()
    if (seconds := _duration(text)) is not None:
        if seconds >= _EPOCH_MILLISECONDS:
            seconds /= 1000
        if seconds >= _EPOCH_SECONDS:
            seconds -= wall_now.timestamp()
        return max(0.0, seconds)
    for parse in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            moment = parse(text)
        except (ValueError, TypeError, OverflowError, IndexError):
            continue
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return max(0.0, (moment - wall_now).total_seconds())
    return None


def _reset_of_exhausted(lowered: Mapping[str, str], wall_now: datetime) -> float | None:
    """The reset of the exhausted limit, in seconds; where none is stated as exhausted, the nearest reset."""
    exhausted: list[float] = []
    others: list[float] = []
    for name, value in lowered.items():
        if "ratelimit" not in name or "reset" not in name:
            continue
        seconds = _moment(value, wall_now)
        if seconds is None:
            continue
        remaining = _number(lowered.get(name.replace("reset", "remaining")))
        (exhausted if remaining is not None and remaining <= 0 else others).append(seconds)
    if exhausted:
        return max(exhausted)
    return min(others) if others else None
