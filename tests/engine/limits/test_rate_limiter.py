import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalstudio.engine.limits.hidden_rate import HiddenRate
from evalstudio.engine.limits.rate_limit_headers import RateHeaders
from evalstudio.engine.limits.rate_limiter import RateLimiter, TokenBucket


def starts_within(limiter: RateLimiter, seconds: float, tokens: float = 0.0, now: float = 0.0) -> list[float]:
    """The moments at which an eager client starts requests."""
    starts: list[float] = []
    end = now + seconds
    while now < end and len(starts) < 20_000:
        until = limiter.check(now, tokens)
        if until is None:
            limiter.started(now, tokens)
            starts.append(now)
        else:
            assert until > now
            now = until
    return starts


def test_that_without_limits_nothing_waits() -> None:
    limiter = RateLimiter(0.0)
    assert limiter.check(0.0, 1e9) is None
    assert limiter.requests_per_minute is None
    assert limiter.tokens_per_minute is None


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 5000), st.floats(0.0, 1e6))
def test_that_no_minute_has_more_starts_than_the_setting(per_minute: int, begin: float) -> None:
    limiter = RateLimiter(begin)
    limiter.set_rates(begin, per_minute, None)
    starts = starts_within(limiter, 150.0, now=begin)
    first = 0
    for last, at in enumerate(starts):
        while starts[first] <= at - 60.0:
            first += 1
        assert last - first + 1 <= per_minute


@settings(max_examples=30, deadline=None)
@given(st.integers(100, 100_000), st.integers(1, 2000))
def test_that_tokens_keep_to_the_setting(per_minute: int, each: int) -> None:
    limiter = RateLimiter(0.0)
    limiter.set_rates(0.0, None, per_minute)
    starts = starts_within(limiter, 300.0, float(each))
    assert starts, "one request must get through, however large"
    if len(starts) > 1:
        assert (len(starts) - 1) * each <= per_minute / 60 * starts[-1] + max(each, per_minute)


@settings(max_examples=50, deadline=None)
@given(
    limit=st.integers(5, 2000),
    used=st.integers(0, 500),
    latency=st.floats(0.05, 20.0),
    pauses=st.lists(st.floats(0.0, 5.0), max_size=20),
)
def test_that_no_more_is_sent_than_the_endpoint_has_left(
    limit: int, used: int, latency: float, pauses: list[float]
) -> None:
    """An endpoint with a bucket of its own, whose headers arrive `latency` after it counted, is never overdrawn."""
    level, at, now = float(max(1, limit - used)), 0.0, 0.0
    limiter = RateLimiter(0.0)
    flying: list[tuple[float, int, float]] = []  # (arrives, started before, remaining)
    sent = 0
    for pause in [*pauses, *[0.0] * 200]:
        now += pause
        while flying and flying[0][0] <= now:
            _, before, remaining = flying.pop(0)
            limiter.headers(
                now, RateHeaders(limit_requests=limit, remaining_requests=remaining), sent - before - 1, 0
            )
        known = limiter.stated
        if not known and sent >= 1:
            now = max(now, flying[0][0]) if flying else now
            continue
        until = limiter.check(now, 0.0)
        if until is not None:
            now = until
            continue
        level = min(limit, level + (now - at) * limit / 60)
        at = now
        assert level >= 1 - 1e-6
        level -= 1
        limiter.started(now, 0.0)
        flying.append((now + latency, sent, math.floor(level)))
        sent += 1


def test_that_headers_outrank_a_higher_setting_and_a_lower_setting_outranks_headers() -> None:
    limiter = RateLimiter(0.0)
    limiter.headers(0.0, RateHeaders(limit_requests=600, remaining_requests=600), 0, 0)
    assert limiter.requests_per_minute == pytest.approx(588)
    limiter.set_rates(0.0, 60, None)
    assert limiter.requests_per_minute == pytest.approx(58.8)
    limiter.set_rates(0.0, 6000, None)
    assert limiter.requests_per_minute == pytest.approx(588)


def test_that_an_endpoint_that_rejects_in_spite_of_its_headers_gets_no_bursts() -> None:
    limiter = RateLimiter(0.0)
    rates = RateHeaders(limit_requests=600, remaining_requests=500)
    limiter.headers(0.0, rates, 0, 0)
    for at in (1.0, 2.0):
        limiter.throttled(at, at, new_episode=True, learn=False)
    starts = starts_within(limiter, 1.0, now=60.0)
    assert len(starts) <= 11


def test_that_a_count_that_fell_behind_catches_up_with_what_is_stated() -> None:
    """Tokens are reserved by a guess: where too many were counted, what the endpoint has left decides."""
    limiter = RateLimiter(0.0)
    limiter.headers(0.0, RateHeaders(limit_tokens=60_000, remaining_tokens=60_000), 0, 0)
    limiter.started(0.0, 60_000)
    assert limiter.check(0.0, 5_000) is not None
    limiter.headers(0.1, RateHeaders(limit_tokens=60_000, remaining_tokens=20_000), 0, 12_000)
    assert limiter.check(0.1, 7_400) is None, "of 8,000 that are left, a hundredth of the budget stays"
    assert limiter.check(0.1, 8_100) is not None, "12,000 of the 20,000 went to calls that started later"


def test_that_a_rejection_ends_the_catching_up_for_longer_each_time() -> None:
    limiter = RateLimiter(0.0)
    rates = RateHeaders(limit_tokens=6_000, remaining_tokens=6_000)
    limiter.headers(0.0, rates, 0, 0)
    limiter.started(0.0, 60_000)  # far too many: it would take minutes to refill
    for rejected, caught_up in ((10.0, 11.5), (20.0, 22.5)):
        limiter.throttled(rejected, rejected, new_episode=True, learn=False)
        limiter.headers(rejected + 0.5, rates, 0, 0)
        assert limiter.check(rejected + 0.5, 100) is not None
        if rejected == 10.0:
            limiter.headers(caught_up, rates, 0, 0)
            assert limiter.check(caught_up, 100) is None
            limiter.started(caught_up, 60_000)
    limiter.headers(21.5, rates, 0, 0)
    assert limiter.check(21.5, 100) is not None, "the second pause is twice as long"
    limiter.headers(22.5, rates, 0, 0)
    assert limiter.check(22.5, 100) is None


def until_rejected(limiter: RateLimiter, *, rate: float, burst: float, times: int, pause: float) -> float:
    """Starts all that the limiter allows at a server with a bucket of `burst`, until so many rejections; the time then."""
    level, at, now = burst, 0.0, 0.0
    while times and now < 300:
        now += 0.02
        limiter.tick(now)
        if limiter.check(now, 0.0) is not None:
            continue
        limiter.started(now, 0.0)
        level = min(burst, level + (now - at) * rate)
        at = now
        if level >= 1:
            level -= 1
            limiter.accepted(now)
        else:
            times -= 1
            limiter.throttled(now, now + pause, new_episode=True, learn=True)
            now += pause
    assert times == 0
    return now


def test_that_a_hidden_rate_that_doubled_is_not_taken_for_what_the_overflowing_bucket_let_through() -> None:
    """Server: 4 a second and a burst of 60, then 8. Four rejections after the change it is known within 10 %."""
    limiter = RateLimiter(0.0)
    limiter.hidden.recall(4.0)
    limiter.set_rates(0.0, None, None)
    assert until_rejected(limiter, rate=8, burst=60, times=4, pause=0.5) < 90
    assert limiter.requests_per_minute == pytest.approx(480, rel=0.1)


def test_that_a_hidden_rate_is_found_between_two_rejections() -> None:
    """Server: 5 a second, burst 30. The third guess must be within 20 % of its rate."""
    limiter = RateLimiter(0.0)
    until_rejected(limiter, rate=5, burst=30, times=4, pause=1.0)
    assert limiter.hidden.learned
    assert limiter.requests_per_minute == pytest.approx(300, rel=0.2)


def test_that_a_probe_that_failed_makes_the_next_one_later() -> None:
    rate = HiddenRate()
    rate.lower(5.0)

    def seconds_until_raised(now: float) -> float:
        begin = now
        while not rate.bound(now):
            now += 0.2
            rate.started(now)
        return now - begin

    first = seconds_until_raised(100.0)
    assert rate.rate == pytest.approx(5.3)
    rate.rejected(200.0, 200.0)
    second = seconds_until_raised(300.0)
    assert second > 1.5 * first


@given(
    st.lists(st.tuples(st.floats(0, 10), st.floats(0, 100)), max_size=50),
    st.floats(0.01, 1000),
    st.floats(1, 1e6),
)
def test_that_a_bucket_never_holds_more_than_its_capacity(
    steps: list[tuple[float, float]], rate: float, cap: float
) -> None:
    bucket, now = TokenBucket(0.0), 0.0
    bucket.limit(0.0, rate, cap)
    for pause, amount in steps:
        now += pause
        until = bucket.wait(now, amount)
        assert bucket.level <= cap
        if until is not None:
            assert until > now or math.isclose(until, now)
            now = max(now, until)
        bucket.take(now, amount)


@pytest.mark.parametrize("boot", [0.0, 1.0, 3_600.0, 86_400.0 * 400])
@pytest.mark.parametrize("a_second", [0.5, 4.0, 20.0])
def test_that_a_recalled_rate_is_measured_from_the_first_start_whenever_the_clock_began(
    boot: float, a_second: float
) -> None:
    """One rejection in a later run must not divide what it accepted by the time since boot."""
    limiter = RateLimiter(boot)
    limiter.hidden.recall(a_second)
    limiter.set_rates(boot, None, None)
    now = boot
    for _ in range(60):
        now += 1 / a_second
        limiter.started(now, 0)
    limiter.hidden.rejected(now, now)
    assert limiter.hidden.rate == pytest.approx(a_second, rel=0.1)
