r"""Storable values: replaces what the store and the pipe cannot hold, whatever an endpoint or user code returns.

JSON may contain half of a surrogate pair (`"\ud83d"`), which no UTF-8 file can, and integers of any size, which no
database can. Such an answer must affect only itself, not the thread that writes all of them.
"""

from typing import Any

LARGEST = (1 << 63) - 1


def encodable(text: str) -> str:
    """Returns the text with everything that UTF-8 cannot encode as a question mark; nearly always the same object."""
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode()
    return text


def encodable_value(value: Any) -> Any:
    """Returns a plain value with every text in it encodable, and integers beyond 64 bits as floats."""
    if isinstance(value, str):
        return encodable(value)
    if isinstance(value, int) and not isinstance(value, bool) and not -LARGEST <= value <= LARGEST:
        return float(value) if value.bit_length() < 1024 else None
    if isinstance(value, dict):
        return {encodable_value(key): encodable_value(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [encodable_value(entry) for entry in value]
    return value


def count(value: int | None) -> int | None:
    """Checks a count from an external source: None if it is negative or implausibly large."""
    return value if value is not None and 0 <= value < 1 << 53 else None
