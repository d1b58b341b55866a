"""Text conversion of dataset values."""

import json
from typing import Any


def as_text(value: Any) -> str | None:
    """Converts a dataset value to text without loss; null stays None."""
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, default=str)
