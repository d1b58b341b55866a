r"""Storable values: replaces what the store and the pipe cannot hold, whatever an endpoint or user code returns.

JSON may contain half of a surrogate pair (`"\ud83d"`), which no UTF-8 file can, and integers of any size, which no
database can. Such an answer must affect only itself, not the thread that writes all of them.
"""

from typing import Any

LARGEST = (1 << 63) - 1


def encodable(text: str) -> str:
    """Returns the text as a plain `str` with everything that UTF-8 cannot encode as a question mark; nearly always the same object."""
    text = plain_text(text)
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode()
    return text


def encodable_value(value: Any) -> Any:
    """Returns a plain value with every text in it encodable, and integers beyond 64 bits as floats.

    Values of subclasses (`numpy.str_`, an enum) become the plain value; anything else becomes its text.
    """
    if isinstance(value, str):
        return encodable(value)
    if value is None or isinstance(value, bool | bytes):
        return value
    if isinstance(value, int) and not isinstance(value, bool) and not -LARGEST <= value <= LARGEST:
        return float(value) if value.bit_length() < 1024 else None
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value)
    if isinstance(value, dict):
        return {encodable_value(key): encodable_value(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [encodable_value(entry) for entry in value]
    return encodable(str(value))


def plain_text(text: str) -> str:
    """The text as a `str` and no subclass of it; nearly always the same object."""
    return text if type(text) is str else str.__str__(text)


def count(value: int | None) -> int | None:
    """Checks a count from an external source: None if it is negative or implausibly large."""
    return value if value is not None and 0 <= value < 1 << 53 else None
