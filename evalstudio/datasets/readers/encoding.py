"""The fingerprint of a file, and in which encoding its text is."""

import codecs
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from evalstudio.core.errors import DatasetError

CHUNK = 1 << 20
# The longer marks first: UTF-32's begins with UTF-16's.
MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
FALLBACK = "cp1252"


class Encoding(NamedTuple):
    """A text encoding, and whether all of the file is known to be well-formed in it."""

    name: str
    clean: bool


def fingerprint(path: Path) -> str:
    """The SHA-256 of the file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def check_encoding(name: str) -> str:
    """The codec's own name.

    Raises:
        DatasetError: Python has no such text encoding.
    """
    try:
        "".encode(name)
        return codecs.lookup(name).name
    except LookupError:
        raise DatasetError(
            f"'{name}' is not an encoding. Use for example utf-8, utf-16, cp1252 or latin-1."
        ) from None


def detect_encoding(path: Path, limit: int | None = None) -> Encoding:
    """The encoding of the file's text, told from its first `limit` bytes (all of them by default).

    A byte order mark decides; then UTF-8 where it fits, then UTF-16 without a mark; else Windows-1252, the
    usual one of older spreadsheets. A file that is UTF-8 but for a few broken bytes stays UTF-8, so that
    its broken rows can be named.
    """
    with path.open("rb") as file:
        head = file.read(4096)
    for mark, name in MARKS:
        if head.startswith(mark):
            return Encoding(name, False)
    if wide := _unmarked_utf16(head):
        return Encoding(wide, False)
    if _decodes(path, limit):
        return Encoding("utf-8", limit is None)
    valid, broken = _utf8_balance(path, limit)
    return Encoding("utf-8" if valid >= broken else FALLBACK, False)


def _unmarked_utf16(head: bytes) -> str | None:
    """Text in a western script has a zero in every second byte of UTF-16, and none in UTF-8."""
    pairs = len(head) // 2
    if pairs < 2:
        return None
    even, odd = head[0 : pairs * 2 : 2].count(0), head[1 : pairs * 2 : 2].count(0)
    if odd > 0.7 * pairs and even == 0:
        return "utf-16-le"
    if even > 0.7 * pairs and odd == 0:
        return "utf-16-be"
    return None


def _utf8_balance(path: Path, limit: int | None) -> tuple[int, int]:
    """How many bytes continue a well-formed UTF-8 character, and how many bytes are in none."""
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    valid = broken = 0
    for chunk in _chunks(path, limit):
        text = decoder.decode(chunk)
        if not text.isascii():
            broken += len(text) - len(text.encode("utf-8", "ignore").decode("utf-8"))
            valid += max(0, len(chunk) - len(text))
    if limit is None:
        broken += len(decoder.decode(b"", final=True))
    return valid, broken


def _decodes(path: Path, limit: int | None) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for chunk in _chunks(path, limit):
            decoder.decode(chunk)
        if limit is None:
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _chunks(path: Path, limit: int | None) -> Iterator[bytes]:
    seen = 0
    with path.open("rb") as file:
        while (limit is None or seen < limit) and (chunk := file.read(CHUNK)):
            seen += len(chunk)
            yield chunk
