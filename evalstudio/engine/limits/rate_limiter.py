"""Rate limiter: two token buckets that limit how many requests and tokens per minute may start.

A rate comes from a setting, from the endpoint's own headers, or, for requests, is learned from rejections. The
lowest applies. Admission is smooth: a bucket allows a burst only where the endpoint has stated that much left.
"""

import math

from evalstudio.engine.limits.hidden_rate import HiddenRate
from evalstudio.engine.limits.rate_limit_headers import RateHeaders
from evalstudio.store.endpoint_memory import Prior

_MARGIN = 0.98  # of a stated rate: clocks differ and windows are not aligned
_BURST_SHARE = 0.02  # of a minute's budget may start at once; with the margin it sums to the budget
_SPARE = 0.01  # of a stated budget of tokens
_UNSEEN = 10.0  # seconds of a stated rate that may be used before the endpoint says what is left
_CATCH_UP_PAUSE = (
    1.0  # seconds after a rejection in which a count that fell behind stays so; doubled each time
)


class TokenBucket:
    """Token bucket: `level` refills at `rate` a second up to `cap`; an unlimited bucket has an infinite rate.

    Example:
        >>> bucket = TokenBucket(now=0.0)
        >>> bucket.limit(now=0.0, rate=2.0, cap=1.0)
        >>> bucket.take(now=0.0, amount=1.0)
        >>> bucket.wait(now=0.0, amount=1.0)
        0.5
    """

    __slots__ = ("_seen", "cap", "level", "rate")

    def __init__(self, now: float) -> None:
        self.rate = math.inf
        self.cap = math.inf
        self.level = math.inf
        self._seen = now

    def limit(self, now: float, rate: float, cap: float) -> None:
        """Sets rate and capacity; the bucket keeps its level, up to the new capacity."""
        self.refill(now)
        if not math.isfinite(self.level):
            self.level = cap
        self.rate, self.cap = rate, cap
        self.level = min(self.level, cap)
        if not math.isfinite(rate):
            self.level = self.cap = math.inf

    def refill(self, now: float) -> None:
        """Adds what has accrued since the last call."""
        if now > self._seen:
            if math.isfinite(self.rate):
                self.level = min(self.cap, self.level + self.rate * (now - self._seen))
            self._seen = now

    def wait(self, now: float, amount: float) -> float | None:
        """Returns the time at which `amount` will be available; None when it is available now.

        An amount above the capacity waits for a full bucket.
        """
        if not math.isfinite(self.rate):
            return None
        self.refill(now)
        missing = min(amount, self.cap) - self.level
        # the tolerance keeps rounding from asking for a wait that the clock cannot express
        return now + missing / self.rate if missing > 1e-9 * self.cap else None

    def take(self, now: float, amount: float) -> None:
        """Removes `amount`; the level may become negative."""
        self.refill(now)
        if math.isfinite(self.rate):
            self.level -= amount


class RateLimiter:
    """Limits the requests and tokens that may start at one endpoint.

    Public rates are per minute; inside, buckets count per second. Times are monotonic seconds.
    """

    def __init__(self, now: float) -> None:
        self.requests = TokenBucket(now)
        self.tokens = TokenBucket(now)
        self.hidden = HiddenRate()
        self._set: tuple[float | None, float | None] = (None, None)
        self._stated: tuple[float | None, float | None] = (None, None)
        self._rejections = 0
        self._catch_up_from, self._catch_up_pause = 0.0, _CATCH_UP_PAUSE
        self.blocked_at = -math.inf
        self.blocks_tokens = False

    @property
    def requests_per_minute(self) -> float | None:
        return self.requests.rate * 60 if math.isfinite(self.requests.rate) else None

    @property
    def tokens_per_minute(self) -> float | None:
        return self.tokens.rate * 60 if math.isfinite(self.tokens.rate) else None

    @property
    def rate_known(self) -> bool:
        """Whether the endpoint's request rate is known: stated, or learned from rejections."""
        return self._stated != (None, None) or self.hidden.learned

    @property
    def stated(self) -> bool:
        return self._stated != (None, None)

    @property
    def stated_rates(self) -> tuple[float | None, float | None]:
        """Requests and tokens a minute as the endpoint states them."""
        return self._stated

    @property
    def settings(self) -> tuple[float | None, float | None]:
        """Requests and tokens per minute as the user has set them."""
        return self._set

    def set_rates(self, now: float, requests: float | None, tokens: float | None) -> None:
        """The user's limits a minute, None for none."""
        self._set = (requests, tokens)
        self._apply(now)

    def check(self, now: float, tokens: float) -> float | None:
        """When a request of so many tokens may start, None for now."""
        by_requests = self.requests.wait(now, 1.0)
        by_tokens = self.tokens.wait(now, tokens + self._spare)
        if by_requests is None and by_tokens is None:
            return None
        self.blocked_at = now
        self.blocks_tokens = (by_tokens or 0.0) > (by_requests or 0.0)
        return max(by_requests or now, by_tokens or now)

    def carries(self, now: float, in_flight: int, seconds: float, tokens: float) -> int | None:
        """Returns how many calls of `seconds` and `tokens` each the stated rates allow at once; None: none is stated.

        That is what the rate sustains by Little's law (calls in flight = rate x seconds), or, while a budget is
        left, the calls in flight plus those that the budget pays for.
        """
        if not self.stated:
            return None
        most = math.inf
        for bucket, amount in ((self.requests, 1.0), (self.tokens, max(1.0, tokens))):
            bucket.refill(now)
            sustained = bucket.rate * seconds / amount if math.isfinite(bucket.rate) else math.inf
            most = min(most, max(sustained, in_flight + max(0.0, bucket.level) / amount))
        return int(min(most, 1e9))

    @property
    def _spare(self) -> float:
        """Tokens that are left over: reservations are estimates, and the endpoint rejects what is beyond its budget."""
        return _SPARE * (self._stated[1] or 0.0)

    def started(self, now: float, tokens: float) -> None:
        """Takes one request and the tokens it reserves out of the buckets."""
        self.requests.take(now, 1.0)
        self.tokens.take(now, tokens)
        self.hidden.started(now)

    def refund(self, now: float, tokens: float) -> None:
        """Returns reserved tokens that were not used to the bucket; negative when more were used."""
        self.tokens.take(now, -tokens)

    def headers(self, now: float, rates: RateHeaders, later_requests: int, later_tokens: int) -> None:
        """Adopts the limits that the endpoint states with an answer.

        Args:
            now: Monotonic time, in seconds.
            rates: The headers of the answer.
            later_requests: Requests that started after the answered attempt.
            later_tokens: Tokens that these reserved.
        """
        known = [bucket for bucket in (self.requests, self.tokens) if math.isfinite(bucket.rate)]
        self._stated = (rates.limit_requests or self._stated[0], rates.limit_tokens or self._stated[1])
        self._apply(now)
        for bucket, remaining, later in (
            (self.requests, rates.remaining_requests, later_requests),
            (self.tokens, rates.remaining_tokens, later_tokens),
        ):
            if remaining is not None and math.isfinite(bucket.rate):
                bucket.refill(now)
                level = float(remaining - later)
                if bucket in known:
                    # our own count is the more precise one within the stated limit. Where it lags behind, as token
                    # counts do that rest on estimated reservations, it catches up, unless that has just led to a
                    # rejection
                    own = min(bucket.level, remaining + bucket.rate)
                    level = max(level, own) if now >= self._catch_up_from else own
                bucket.level = min(bucket.cap, level)

    def throttled(
        self, now: float, resumes: float, *, new_episode: bool, learn: bool, started: float | None = None
    ) -> None:
        """Notes a rejection.

        Args:
            now: Monotonic time, in seconds.
            resumes: When calls start again.
            new_episode: It is the first of its episode; the others are ignored.
            learn: Learn the hidden request rate from it.
            started: When the rejected request started; None: now.
        """
        if not new_episode:
            self.hidden.rejected_beside()
            return
        if learn:
            self.hidden.rejected(now, resumes, started)
            self._apply(now)
            self.requests.level = min(self.requests.level, 0.0)
        elif not self.stated:
            self.hidden.closes(now)
        if self.stated:
            # once: its count was merely older than ours; twice: it limits by seconds, not minutes, so no more bursts
            self._rejections += 1
            self._catch_up_from = now + self._catch_up_pause
            self._catch_up_pause *= 2
            self._apply(now)
            self.requests.level = min(self.requests.level, 0.0)

    def recall(self, now: float, prior: Prior) -> None:
        """Starts with what earlier runs learned: a hint, where it was learned from rejections.

        How much of a stated budget is left is unknown until the first answer; a few seconds of it may be used before.
        """
        if prior.stated_requests_per_minute is not None or prior.stated_tokens_per_minute is not None:
            self._stated = (prior.stated_requests_per_minute, prior.stated_tokens_per_minute)
            self._apply(now)
            for bucket in (self.requests, self.tokens):
                if math.isfinite(bucket.rate):
                    bucket.level = min(bucket.level, _UNSEEN * bucket.rate)
        if prior.requests_per_minute is not None:
            self.hidden.recall(prior.requests_per_minute / 60)
            self._apply(now)

    def accepted(self, now: float, started: float = math.inf, *, beside: bool = False) -> bool:
        """Notes that the endpoint accepts requests; `beside`: one that started before the last rejection.

        Returns:
            True when it turned out that no rate was the reason, and the one from before is back.
        """
        if not self.hidden.accepted(started, beside=beside):
            return False
        self._apply(now)
        return True

    def lower(self, now: float, rate: float) -> None:
        """Starts fewer requests a second for a while, to see whether rejections end."""
        self.hidden.lower(rate)
        self._apply(now)

    def doubt(self, now: float) -> None:
        """Raises a learned rate quickly: the last rejections had another reason."""
        self.hidden.doubt()
        self._apply(now)

    def tick(self, now: float) -> bool:
        """Lets the learned rate probe upwards while it is the binding limit; True when it changed."""
        if self.hidden.rate is None or now - self.blocked_at > 0.5 or self.blocks_tokens:
            return False
        if not self.hidden.bound(now):
            return False
        self._apply(now)
        return True

    def _apply(self, now: float) -> None:
        smooth = self._rejections >= 2
        self._apply_one(
            now, self.requests, self._set[0], self._stated[0], self.hidden.rate, 0.01 if smooth else None
        )
        self._apply_one(now, self.tokens, self._set[1], self._stated[1], None, 1.0 if smooth else None)

    @staticmethod
    def _apply_one(
        now: float,
        bucket: TokenBucket,
        setting: float | None,
        stated: float | None,
        learned: float | None,
        burst: float | None,
    ) -> None:
        """Applies the lowest of the rates; `burst`, in seconds, replaces the stated burst."""
        rate, cap = math.inf, math.inf
        if stated is not None:
            rate = _MARGIN * stated / 60
            cap = stated if burst is None else 1.0 + burst * rate
        if setting is not None and _MARGIN * setting / 60 <= rate:
            rate = _MARGIN * setting / 60
            cap = min(cap, max(1.0, _BURST_SHARE * setting))
        if learned is not None and learned < rate:
            rate = learned
            cap = min(cap, max(1.0, 0.02 * rate))
        bucket.limit(now, rate, cap)
