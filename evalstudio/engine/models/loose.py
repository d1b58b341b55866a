r"""Loose reader: what an endpoint's JSON says where it is not quite JSON, or not quite of the form that the API has.

An answer is needed for its text, its end and, where it is sane, its usage; everything else may be as odd as it likes.
Clean bodies never come here: they are decoded by msgspec, and only what it refuses is read again.
"""

import json
import types
from typing import Any, TypeVar, Union, get_args, get_origin

import msgspec

S = TypeVar("S", bound=msgspec.Struct)

UNCLEAN = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
"""What msgspec raises for bytes that are not quite JSON, or not of the form asked for."""

BOM = b"\xef\xbb\xbf"
_TEXT_KEYS = ("text", "content", "value", "summary", "thinking", "reasoning")
_LARGEST = 1 << 53
_decoder = json.JSONDecoder(strict=False)


class NotReadable(ValueError):
    """What came holds no JSON object, or nothing of an answer; `text` is what it says.

    `aside`: it is whole, and the answer may come after it.
    """

    def __init__(self, text: str, why: str, *, aside: bool = False) -> None:
        super().__init__(why)
        self.text = text
        self.aside = aside


def read_as(data: bytes, decoder: msgspec.json.Decoder[S], kind: type[S]) -> S:
    """Decodes an object, strictly where that works, else whatever of it fits.

    Raises:
        NotReadable: It holds no object.
    """
    try:
        return decoder.decode(data)
    except UNCLEAN:
        return fitted(load_object(data), kind)


def load_object(data: bytes) -> dict[str, Any]:
    """Returns the first JSON object in some bytes, whatever stands before and behind it.

    A byte order mark, bad bytes, control characters in texts and half surrogate pairs are no obstacle.

    Raises:
        NotReadable: There is none.
    """
    text = _decoded(data)
    start = text.lstrip()
    if not start.startswith(("{", "[")):
        whole = _plain(start)
        at = start.find("\n{")  # comments or a status line before it
        if at < 0:
            raise NotReadable(whole, "it is no JSON")
        start = start[at + 1 :]
    try:
        value, _ = _decoder.raw_decode(start)
    except (ValueError, RecursionError) as error:
        raise NotReadable(start.strip(), str(error) or type(error).__name__) from error
    if isinstance(value, list) and value and isinstance(value[0], dict):
        value = value[0]
    if not isinstance(value, dict):
        raise NotReadable(start.strip(), "it is no object")
    return value


def fitted(value: dict[str, Any], kind: type[S]) -> S:
    """Returns a struct with what of an object fits its fields; the others keep their defaults."""
    found = {}
    for field in msgspec.structs.fields(kind):
        if value.get(field.encode_name) is not None:
            fit = _fit(value[field.encode_name], field.type)
            if fit is not None:
                found[field.name] = fit
    return kind(**found)


def words(value: Any) -> str | None:
    """Returns the text in a value: of a part, of a list of parts, or the value itself as JSON; None for none."""
    match value:
        case None:
            return None
        case str():
            return whole_characters(value)
        case list():
            return "".join(words(part) or "" for part in value if isinstance(part, str | dict))
        case dict():
            for key in _TEXT_KEYS:
                if isinstance(value.get(key), str | list):
                    return words(value[key])
            return None if "type" in value else json.dumps(value, ensure_ascii=False)
        case _:
            return json.dumps(value)


def dump(value: Any) -> str:
    """Returns a value as JSON, with whatever characters and numbers are in it."""
    try:
        return msgspec.json.encode(value).decode()
    except (UnicodeEncodeError, OverflowError, ValueError, TypeError):
        return whole_characters(json.dumps(value, ensure_ascii=False, default=str))


def whole_number(value: Any) -> int | None:
    """Returns a count: 7, 7.0 or "7"; None for what is none."""
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value) if 0 <= value < _LARGEST and value == int(value) else None


def whole_characters(text: str) -> str:
    """Joins the halves of surrogate pairs that arrived apart; a half alone becomes the replacement character."""
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def _fit(value: Any, kind: Any) -> Any:
    if kind is Any:
        return value
    if get_origin(kind) in (Union, types.UnionType):
        kind = next(one for one in get_args(kind) if one is not type(None))
    if kind is str:
        return value if isinstance(value, str) else words(value)
    if kind is int:
        return whole_number(value)
    if get_origin(kind) is list:
        entry = (get_args(kind) or (Any,))[0]
        if isinstance(value, dict):  # one without a list around it, or numbered by its keys
            value = list(value.values()) if all(key.isdecimal() for key in value) else [value]
        elif isinstance(value, str) and "type" in getattr(entry, "__struct_fields__", ()):
            value = [{"type": "text", "text": value}]
        return (
            [fit for one in value if (fit := _fit(one, entry)) is not None]
            if isinstance(value, list)
            else None
        )
    if get_origin(kind) is dict:
        return value if isinstance(value, dict) else None
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return fitted(value, kind) if isinstance(value, dict) else None
    return None


def _decoded(data: bytes) -> str:
    """The text of some bytes, in the encoding that JSON's rules tell."""
    return data.decode(json.detect_encoding(data), "replace") if data else ""


def _plain(text: str) -> str:
    """A JSON string as its text, anything else as it is."""
    text = text.strip()
    if text.startswith('"') and text.endswith('"'):
        try:
            return str(json.loads(text, strict=False))
        except ValueError:
            return text
    return text
