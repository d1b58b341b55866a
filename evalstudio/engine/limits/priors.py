"""What is kept of an endpoint between runs, so that the next one need not start cold."""

import msgspec


class Prior(msgspec.Struct, frozen=True, kw_only=True):
    """What earlier runs learned. The store adds when; older than `MAX_AGE` seconds it is not worth much.

    `window` is None when nothing was settled. Rates are a minute and only those learned, never settings.
    """

    window: int | None = None
    throughput: float | None = None  # answers a second at that window
    seconds: float | None = None  # of one attempt, mean
    requests_per_minute: float | None = None
    concurrency_cap: int | None = None  # in flight above which the endpoint rejected calls
    crashed_at: int | None = None  # in flight at which it went down
    expected_output: float | None = None  # tokens


MAX_AGE = 7 * 86_400.0
