"""Values of a dataset as text."""

import json
from typing import Any


def as_text(value: Any) -> str | None:
    """A value of a dataset as text that keeps what it is; null stays None."""
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, default=str)
