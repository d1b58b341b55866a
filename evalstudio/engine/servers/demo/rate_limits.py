"""Rate limits of the demo server: token buckets for requests and tokens, and the headers that report them."""

import math
from dataclasses import dataclass

from evalstudio.engine.servers.demo.profiles import Profile

_ROUNDING = 1e-6  # of a unit: rounding must not refuse a client that waited as long as it was told


class RequestBucket:
    """A token bucket that refills steadily: `per_minute` units a minute, at most `burst` at once."""

    def __init__(self, per_minute: float, burst: float | None, now: float) -> None:
        self.per_minute = per_minute
        self.burst = per_minute if burst is None else burst
        self.level = self.burst
        self._last = now

    def refill(self, now: float) -> None:
        """Adds what has accrued until `now`, in seconds of any monotonic clock."""
        self.level = min(self.burst, self.level + (now - self._last) * self.per_minute / 60)
        self._last = now

    def seconds_until(self, units: float) -> float:
        """Returns the seconds until `units` are available; 0 when they are now."""
        missing = units - self.level
        return missing * 60 / self.per_minute if missing > _ROUNDING else 0.0


@dataclass(frozen=True)
class RateLimitRefusal:
    """A refused request: the limit, and the seconds until it may start."""

    cause: str  # "requests_per_minute" or "tokens_per_minute"
    wait: float


class RateLimits:
    """The buckets of one server. A refused request takes nothing from them."""

    def __init__(self, profile: Profile, now: float) -> None:
        self._hints = profile.hints
        self._requests = self._tokens = None
        if profile.requests_per_minute is not None:
            self._requests = RequestBucket(profile.requests_per_minute, profile.request_burst, now)
        if profile.tokens_per_minute is not None:
            self._tokens = RequestBucket(profile.tokens_per_minute, profile.token_burst, now)

    def admit(self, tokens: float, now: float) -> RateLimitRefusal | None:
        """Takes one request of `tokens` tokens from the buckets; returns the refusal if it may not start.

        A request larger than the whole token bucket is admitted when the bucket is full.
        """
        requests, bucket = self._requests, self._tokens
        refusal = None
        if bucket is not None:
            bucket.refill(now)
            tokens = min(tokens, bucket.burst)
            wait = bucket.seconds_until(tokens)
            if wait > 0:
                refusal = RateLimitRefusal("tokens_per_minute", wait)
        if requests is not None:
            requests.refill(now)
            wait = requests.seconds_until(1)
            if wait > 0 and (refusal is None or wait >= refusal.wait):
                refusal = RateLimitRefusal("requests_per_minute", wait)
        if refusal is None:
            if requests is not None:
                requests.level -= 1
            if bucket is not None:
                bucket.level -= tokens
        return refusal

    def headers(self) -> dict[str, str]:
        """Returns the present x-ratelimit headers; empty where the profile sends none."""
        found: dict[str, str] = {}
        if self._hints != "all":
            return found
        for name, bucket in (("requests", self._requests), ("tokens", self._tokens)):
            if bucket is not None:
                found[f"x-ratelimit-limit-{name}"] = f"{bucket.per_minute:.0f}"
                found[f"x-ratelimit-remaining-{name}"] = str(math.floor(bucket.level))
                found[f"x-ratelimit-reset-{name}"] = duration(bucket.seconds_until(bucket.burst))
        return found

    def retry_headers(self, wait: float) -> dict[str, str]:
        """Returns the headers with the time to wait, rounded up, so that waiting so long is enough."""
        if self._hints == "none":
            return {}
        found = {"Retry-After": str(max(1, math.ceil(wait)))}
        if self._hints == "all":
            found["retry-after-ms"] = str(math.ceil(wait * 1000))
        return found


def duration(seconds: float) -> str:
    """Formats a duration as in the reset headers of OpenAI: "12ms", "1.5s", "6m0s"."""
    if seconds < 1:
        return f"{math.ceil(seconds * 1000)}ms"
    minutes, rest = divmod(seconds, 60)
    text = f"{rest:.3f}".rstrip("0").rstrip(".") + "s"
    return f"{minutes:.0f}m{text}" if minutes else text
