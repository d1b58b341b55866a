"""The fingerprint of a file, and in which encoding its text is."""

import codecs
import hashlib
from pathlib import Path
from typing import NamedTuple

from evalstudio.core.errors import DatasetError
from evalstudio.datasets.readers.byte_stream import open_bytes, read_chunks

# The longer marks first: UTF-32's begins with UTF-16's.
MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
NAMES = {
    "utf-16-le": "UTF-16 LE",
    "utf-16-be": "UTF-16 BE",
    "gb18030": "GB18030 (GBK, simplified Chinese)",
    "big5hkscs": "Big5 (traditional Chinese)",
    "cp950": "Big5 (traditional Chinese)",
    "cp932": "Shift-JIS (Japanese)",
    "euc_jp": "EUC-JP (Japanese)",
    "cp949": "EUC-KR (Korean)",
    "koi8_r": "KOI8-R (Cyrillic)",
    "koi8_u": "KOI8-U (Cyrillic)",
    "cp874": "Windows-874 (Thai)",
    "cp1250": "Windows-1250 (Central European)",
    "cp1251": "Windows-1251 (Cyrillic)",
    "cp1252": "Windows-1252",
    "cp1253": "Windows-1253 (Greek)",
    "cp1254": "Windows-1254 (Turkish)",
    "cp1255": "Windows-1255 (Hebrew)",
    "cp1256": "Windows-1256 (Arabic)",
    "cp1257": "Windows-1257 (Baltic)",
    "cp1258": "Windows-1258 (Vietnamese)",
    "iso8859_2": "ISO-8859-2 (Central European)",
}


class Encoding(NamedTuple):
    """A text encoding, whether all of the file is known to be well-formed in it, and what to say about it."""

    name: str
    clean: bool
    told: str = ""


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
        "a".encode(name).decode(name)
        return codecs.lookup(name).name
    except (LookupError, UnicodeError, ValueError):  # ValueError: a null in the name
        raise DatasetError(
            f"'{name}' is not an encoding. Use for example utf-8, utf-16, cp1252 or latin-1."
        ) from None


def detect_encoding(path: Path, limit: int | None = None) -> Encoding:
    """The encoding of the file's text, told from its first `limit` bytes (all of them by default).

    A byte order mark decides; then UTF-16 and UTF-32 by the zeros in their delimiters, then UTF-8 where it
    fits; else what the letters say (`legacy_encoding.guess`). A file that is UTF-8 but for a few broken bytes
    stays UTF-8, so that its broken rows can be named.
    """
    with open_bytes(path) as file:
        head = file.read(65_536)
    for mark, name in MARKS:
        if head.startswith(mark):
            return Encoding(name, False)
    if wide := _unmarked_wide(head):
        doubt = f"the file has no byte order mark and is read as {shown(wide)}; the option encoding sets another one"
        return Encoding(wide, False, doubt)
    if b"\x1b$" in head and _decodes(head, "iso2022_jp"):
        return Encoding("iso2022_jp", False, "the file is read as ISO-2022-JP (Japanese)")
    if _is_utf8(path, limit):
        return Encoding("utf-8", limit is None)
    valid, broken = _utf8_balance(path, limit)
    if valid >= broken:
        return Encoding("utf-8", False)
    from evalstudio.datasets.readers.legacy_encoding import guess, telling_lines

    found = guess(telling_lines(read_chunks(path, limit)))
    other = f'encoding = "{found.other}"' if found.other else "the option encoding"
    check = f"check its letters; {other} sets another one"
    if found.sure:
        return Encoding(
            found.name, False, f"the file is not UTF-8 and is read as {shown(found.name)}: {check}"
        )
    rival = f" ({shown(found.other)} fits, too)" if found.other else ""
    told = f"the file is not UTF-8, and its encoding is in doubt: it is read as {shown(found.name)}{rival}; {check}"
    return Encoding(found.name, False, told)


def shown(name: str) -> str:
    """A codec's name as people write it, with its script where the name does not tell."""
    return NAMES.get(name, name.upper().replace("_", "-"))


def _unmarked_wide(head: bytes) -> str | None:
    """UTF-16 or UTF-32 without a mark: ASCII (line ends, delimiters) has zeros there, and other text none."""
    zeros = head.count(0)
    if zeros == 0:
        return None
    if len(head) % 4 == 0 or len(head) >= 65_536:
        for name, filled in (("utf-32-le", 0), ("utf-32-be", 3)):
            lines = sum(head[filled + place :: 4].count(0) for place in ((2, 3) if filled == 0 else (-3, -2)))
            if lines > 0.45 * len(head) and _decodes(head[: len(head) // 4 * 4], name):
                return name
    controls = len(head) - len(head.translate(None, bytes([*range(1, 9), *range(14, 32)])))
    if _decodes(head, "utf-8") and zeros < 0.1 * len(head) and controls < 0.01 * len(head):
        return None  # a stray zero in a text of single bytes
    scores = {name: _ascii_share(head, name) for name in ("utf-16-le", "utf-16-be")}
    best = max(scores, key=lambda name: scores[name])
    return best if scores[best] > 0 else None


def _ascii_share(head: bytes, name: str) -> float:
    """How much of the text is line ends, delimiters and other ASCII; 0 where it can't be this encoding."""
    try:
        text = head[: len(head) // 2 * 2].decode(name)
    except UnicodeDecodeError as error:
        if error.end < len(head) - 2:
            return 0.0
        text = head[: error.start].decode(name)
    strange = sum(one < " " and one not in "\t\r\n" for one in text)
    if not any(one in text for one in '\r\n"') or strange > 0.01 * len(text):
        return 0.0
    return sum(" " <= one <= "~" or one in "\t\r\n" for one in text) / len(text)


def _decodes(data: bytes, name: str) -> bool:
    decoder = codecs.getincrementaldecoder(name)()
    try:
        decoder.decode(data)
    except UnicodeDecodeError:
        return False
    return True


def _utf8_balance(path: Path, limit: int | None) -> tuple[int, int]:
    """How many bytes continue a well-formed UTF-8 character, and how many bytes are in none."""
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    valid = broken = 0
    for chunk in read_chunks(path, limit):
        text = decoder.decode(chunk)
        if not text.isascii():
            broken += len(text) - len(text.encode("utf-8", "ignore").decode("utf-8"))
            valid += max(0, len(chunk) - len(text))
    if limit is None:
        broken += len(decoder.decode(b"", final=True))
    return valid, broken


def _is_utf8(path: Path, limit: int | None) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for chunk in read_chunks(path, limit):
            decoder.decode(chunk)
        if limit is None:
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
