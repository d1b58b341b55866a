"""Values that the store and the pipe can hold, whatever an endpoint or a person's code gives.

JSON may hold half of a surrogate pair (`"\\ud83d"`), which no UTF-8 file can, and whole numbers without end, which no
database can. One such answer must cost itself, not the thread that writes all of them.
"""

from typing import Any

LARGEST = (1 << 63) - 1


def encodable(text: str) -> str:
    """The text as a plain `str`, with what UTF-8 cannot hold replaced by a question mark; nearly always the same object."""
    text = plain_text(text)
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode()
    return text


def encodable_value(value: Any) -> Any:
    """A plain value with every text in it encodable, and whole numbers beyond 64 bits as floats.

    Values of subclasses (`numpy.str_`, an enum) become the plain value; what is no plain value becomes its text.
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
    """A count that someone else states: None where it is negative or larger than any can be."""
    return value if value is not None and 0 <= value < 1 << 53 else None
