import math
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalstudio.engine.limits.rate_limit_headers import RateHeaders, rate_headers, retry_hint

NOW = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)
GEMINI = """{"error": {"code": 429, "details": [{"@type": "type.googleapis.com/google.rpc.RetryInfo",
"retryDelay": "45.8379s"}]}}"""


@pytest.mark.parametrize(
    ("headers", "body", "seconds"),
    [
        ({"retry-after-ms": "1500"}, "", 1.5),
        ({"Retry-After": "7"}, "", 7.0),
        ({"RETRY-AFTER": "0.25"}, "", 0.25),
        ({"Retry-After": "Sun, 01 Mar 2026 12:00:30 GMT"}, "", 30.0),
        ({"Retry-After": "Sun, 01 Mar 2026 11:00:00 GMT"}, "", 0.0),
        ({"retry-after-ms": "200", "retry-after": "1"}, "", 0.2),
        ({}, GEMINI, 45.8379),
        ({}, GEMINI.encode(), 45.8379),
        ({"x-ratelimit-reset-requests": "12ms"}, "", 0.012),
        ({"x-ratelimit-reset-tokens": "6m0s"}, "", 360.0),
        ({"x-ratelimit-reset-requests": "1h2m3.5s"}, "", 3723.5),
        ({"anthropic-ratelimit-requests-reset": "2026-03-01T12:00:20Z"}, "", 20.0),
        ({"anthropic-ratelimit-tokens-reset": "2026-03-01T13:00:05+01:00"}, "", 5.0),
        # only the limit that is used up matters
        (
            {
                "x-ratelimit-remaining-requests": "0",
                "x-ratelimit-reset-requests": "3s",
                "x-ratelimit-remaining-tokens": "900",
                "x-ratelimit-reset-tokens": "1s",
            },
            "",
            3.0,
        ),
        ({"X-RateLimit-Reset": str(int((NOW.timestamp() + 40) * 1000))}, "", 40.0),
        ({"X-RateLimit-Reset": str(int(NOW.timestamp()) + 40)}, "", 40.0),
        ({}, "Rate limit reached. Please try again in 20s. Visit ...", 20.0),
        ({}, "Please try again in 6m0s.", 360.0),
        ({}, "Please try again in 350ms", 0.35),
        ({}, "Please retry after 9 seconds.", 9.0),
        ({}, "Retry in 2 minutes", 120.0),
        ({}, "", None),
        ({"Retry-After": "soon"}, "no idea", None),
        ({"Retry-After": "nan"}, "", None),
        ({"Retry-After": "-3"}, "", 0.0),
        ({"retry-after-ms": "inf", "retry-after": "2"}, "", 2.0),
    ],
)
def test_that_every_form_of_a_hint_is_read(
    headers: dict[str, str], body: str | bytes, seconds: float | None
) -> None:
    found = retry_hint(headers, body, wall_now=NOW)
    assert found == (pytest.approx(seconds) if seconds is not None else None)


def test_that_a_long_hint_is_not_cut_short_here() -> None:
    assert retry_hint({"retry-after": "86400"}, "", wall_now=NOW) == 86_400


@given(st.integers(0, 10**6))
def test_that_a_date_means_its_distance(seconds: int) -> None:
    later = format_datetime(NOW + timedelta(seconds=seconds), usegmt=True)
    assert retry_hint({"Retry-After": later}, "", wall_now=NOW) == seconds


@given(st.text(max_size=60), st.text(max_size=200))
def test_that_no_text_breaks_it_and_what_it_finds_is_a_time(header: str, body: str) -> None:
    names = (
        "retry-after-ms",
        "retry-after",
        "x-ratelimit-reset-requests",
        "anthropic-ratelimit-tokens-reset",
    )
    for name in names:
        seconds = retry_hint({name: header}, body, wall_now=NOW)
        assert seconds is None or (math.isfinite(seconds) and seconds >= 0)
        rate_headers({name: header, "x-ratelimit-limit-requests": header}, wall_now=NOW)


@given(st.binary(max_size=200))
def test_that_bytes_that_are_no_text_break_nothing(body: bytes) -> None:
    retry_hint({}, body, wall_now=NOW)


@given(
    st.integers(0, 99),
    st.integers(0, 59),
    st.integers(0, 59),
    st.integers(0, 999),
    st.sampled_from(["hms", "ms", "s"]),
)
def test_that_durations_are_read_as_go_writes_them(
    hours: int, minutes: int, seconds: int, milli: int, form: str
) -> None:
    text = {
        "hms": f"{hours}h{minutes}m{seconds}.{milli:03}s",
        "ms": f"{milli}ms",
        "s": f"{seconds}.{milli:03}s",
    }[form]
    expected = {
        "hms": hours * 3600 + minutes * 60 + seconds + milli / 1000,
        "ms": milli / 1000,
        "s": seconds + milli / 1000,
    }[form]
    assert retry_hint({"x-ratelimit-reset-requests": text}, "", wall_now=NOW) == pytest.approx(expected)


def test_that_rate_headers_of_openai_are_read() -> None:
    headers = {
        "X-RateLimit-Limit-Requests": "600",
        "X-RateLimit-Remaining-Requests": "599",
        "x-ratelimit-reset-requests": "100ms",
        "x-ratelimit-limit-tokens": "200000",
        "x-ratelimit-remaining-tokens": "199500",
        "x-ratelimit-reset-tokens": "150ms",
    }
    assert rate_headers(headers, wall_now=NOW) == RateHeaders(600, 599, 0.1, 200_000, 199_500, 0.15)


def test_that_rate_headers_of_anthropic_are_read() -> None:
    headers = {
        "anthropic-ratelimit-requests-limit": "50",
        "anthropic-ratelimit-requests-remaining": "49",
        "anthropic-ratelimit-requests-reset": "2026-03-01T12:00:01Z",
        "anthropic-ratelimit-input-tokens-limit": "40000",
        "anthropic-ratelimit-input-tokens-remaining": "0",
    }
    assert rate_headers(headers, wall_now=NOW) == RateHeaders(50, 49, 1.0, 40_000, 0.0, None)


@pytest.mark.parametrize("headers", [{}, {"content-type": "text/plain"}, {"x-ratelimit-limit-requests": "0"}])
def test_that_headers_without_rates_give_none(headers: dict[str, str]) -> None:
    assert rate_headers(headers, wall_now=NOW) is None
