"""The fingerprint of a file, and in which encoding its text is."""

import codecs
import hashlib
from pathlib import Path

from evalstudio.errors import DatasetError

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


def detect_encoding(path: Path, limit: int | None = None) -> str:
    """The encoding of the file's text, told from its first `limit` bytes (all of them by default).

    A byte order mark decides; then UTF-8 where it fits, then UTF-16 without a mark; else Windows-1252, the
    usual one of older spreadsheets. A file that is UTF-8 but for a few broken bytes stays UTF-8, so that
    its broken rows can be named.
    """
    with path.open("rb") as file:
        head = file.read(4096)
    for mark, name in MARKS:
        if head.startswith(mark):
            return name
    if wide := _unmarked_utf16(head):
        return wide
    valid, broken = _utf8_balance(path, limit)
    return "utf-8" if valid >= broken else FALLBACK


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
    valid = broken = seen = 0
    with path.open("rb") as file:
        while (limit is None or seen < limit) and (chunk := file.read(CHUNK)):
            seen += len(chunk)
            text = decoder.decode(chunk)
            if not text.isascii():
                broken += len(text) - len(text.encode("utf-8", "ignore").decode("utf-8"))
                valid += max(0, len(chunk) - len(text))
    if limit is None or seen < limit:
        broken += len(decoder.decode(b"", final=True))
    return valid, broken
