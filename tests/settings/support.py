"""Settings that differ from the defaults, one by one."""

from typing import Any

from evalstudio.settings.values import DEFAULTS, Rates

OTHER: dict[str, Any] = {
    "ceiling": 77, "strategy": "adaptive", "adaptive_min": 2, "adaptive_start": 4, "adaptive_max": 40, "adaptive_p95": 2.5,
    "adaptive_first_token_p95": 0.5, "window": 33,
    "workers": 5, "rates": {"openai": Rates(500, 200_000)}, "connect": 3.5, "first_token": 11.0,
    "between_tokens": 12.0, "attempt": 13.0, "sample": 14.0, "attempts": 2, "budget": 1.5,
    "workspace": "/somewhere/else", "log_folder": "/somewhere/logs", "theme": "dark", "text_scale": 125,
    "python": "/somewhere/python", "processes": 3, "threads_per_process": 2, "cluster": "tcp://127.0.0.1:8786",
}  # fmt: skip

IN_STRATEGY = {
    "window": "sliding_window", "adaptive_min": "adaptive", "adaptive_start": "adaptive", "adaptive_max": "adaptive",
    "adaptive_p95": "adaptive", "adaptive_first_token_p95": "adaptive",
}  # fmt: skip


def with_value(key: str) -> dict[str, Any]:
    """The defaults with another value for one field, in a strategy where it counts."""
    values = DEFAULTS | {key: OTHER[key]}
    if key in IN_STRATEGY:
        values["strategy"] = IN_STRATEGY[key]
    return values
