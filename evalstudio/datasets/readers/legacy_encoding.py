"""Encodings older than UTF-8, told apart by the letters that come out: chardet's statistics, and a check of them."""

import unicodedata
from collections.abc import Iterable
from typing import Any, NamedTuple

FALLBACK = "cp1252"
SAMPLE = 200_000
"""Bytes of telling lines that are looked at."""
NEAR = 0.7
"""From this share of the best one's confidence on, another encoding counts as a rival."""
# What files of tables come in; the codec's name is the superset that Windows writes.
CODECS = {
    "gb18030": "gb18030",
    "big5": "cp950",
    "cp932": "cp932",
    "euc-jp": "euc_jp",
    "cp949": "cp949",
    "koi8-r": "koi8_r",
    "koi8-u": "koi8_u",
    "cp874": "cp874",
    "windows-1250": "cp1250",
    "windows-1251": "cp1251",
    "windows-1252": "cp1252",
    "windows-1253": "cp1253",
    "windows-1254": "cp1254",
    "windows-1255": "cp1255",
    "windows-1256": "cp1256",
    "windows-1257": "cp1257",
    "cp1258": "cp1258",
    "iso-8859-2": "iso8859_2",
}
WIDER = {"cp950": "big5hkscs"}
"""Where a character is not in the first, the second is tried."""
MULTIBYTE = ("cp932", "euc_jp", "gb18030", "cp950", "cp949", "big5hkscs")
ASCII = bytes(range(128))
WESTERN = ("cp1252", "cp1250", "cp1254", "cp1257", "cp1258", "iso8859_2")


class Guess(NamedTuple):
    """A codec, whether nothing else comes near, and the nearest other one ("" where there is none)."""

    name: str
    sure: bool
    other: str = ""


def telling_lines(chunks: Iterable[bytes]) -> bytes:
    """The lines that are not plain ASCII, up to `SAMPLE` bytes: the others tell nothing."""
    found = bytearray()
    rest = b""
    for chunk in chunks:
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            if not line.isascii():
                found += line + b"\n"
        if len(found) >= SAMPLE or len(rest) >= SAMPLE:
            break
    if not rest.isascii() and len(found) < SAMPLE:
        found += rest
    return bytes(found[:SAMPLE])


def guess(sample: bytes) -> Guess:
    """The most likely encoding of text that is not UTF-8.

    Of what chardet finds likely, that is taken whose text is made of words: letters of one alphabet in each,
    no frames and no control characters between them. Windows-1252 where nothing is.

    Example:
        >>> guess("Какая столица Франции?".encode("cp1251")).name
        'cp1251'
    """
    ranked = _ranked(sample)
    plausible = [(name, confidence) for name, confidence in ranked if _is_plausible(sample, name)]
    if (not plausible or plausible[0][1] < 0.05) and (kana := _kana(sample)):
        return Guess(kana, True)
    if not plausible:
        return Guess(FALLBACK, False)
    name, best = plausible[0]
    if best < 0.05 and len(sample.translate(None, ASCII)) < 4 and _is_plausible(sample, FALLBACK):
        return Guess(FALLBACK, False, "" if name == FALLBACK else name)
    text = _decoded(sample, name)
    rivals = [other for other, its in plausible[1:] if its >= NEAR * best and _decoded(sample, other) != text]
    if name in WESTERN and rivals:
        name, rivals = _western(sample, name, rivals)
    name = name if _fits(sample, name) else WIDER.get(name, name)
    return Guess(name, not rivals and best >= 0.03, rivals[0] if rivals else "")


def _ranked(sample: bytes) -> list[tuple[str, float]]:
    import chardet  # its models take a tenth of a second

    found: list[Any] = list(chardet.detect_all(sample, ignore_threshold=True, include_encodings=[*CODECS]))
    ranked: dict[str, float] = {}
    for one in found:
        codec = CODECS.get(str(one["encoding"]).lower())
        if codec is not None:
            ranked.setdefault(codec, float(one["confidence"]))
    return sorted(ranked.items(), key=lambda pair: -pair[1])


def _western(sample: bytes, name: str, rivals: list[str]) -> tuple[str, list[str]]:
    """Between alphabets that share most of their letters: the one without letters that only the other would write."""
    turkish = sum(sample.count(bytes([code])) for code in (0xDD, 0xFD, 0xFE, 0xF0, 0xDE, 0xD0))
    among = [name, *rivals]
    if turkish and "cp1254" in among and "cp1252" in among:
        icelandic = any(one in sample.decode("cp1252", "replace") for one in "áéíúóæÁÉÍÚÓÆ")
        chosen = "cp1252" if icelandic else "cp1254"
        return chosen, [other for other in among if other not in (chosen, "cp1252", "cp1254")]
    if name != FALLBACK and FALLBACK in rivals:
        return FALLBACK, [name, *(other for other in rivals if other != FALLBACK)]  # by far the most common
    return name, rivals


def _is_plausible(sample: bytes, name: str) -> bool:
    if not (_fits(sample, name) or _fits(sample, WIDER.get(name, name))):
        return False
    text = _decoded(sample, name)
    if any(unicodedata.category(one) in ("Cc", "Cn", "Co") and one not in "\t\r\n" for one in text):
        return False
    if any("\u2500" <= one <= "\u259f" for one in text):
        return False
    if name in MULTIBYTE:
        strange = sum(
            "\uff61" <= one <= "\uff9f" for one in text
        )  # half-width kana: rare, and half of Shift-JIS
        return strange <= 0.3 * sum(not one.isascii() for one in text)
    return _mixed(text) <= 0.05 * sum(one.isalpha() and not one.isascii() for one in text)


def _mixed(text: str) -> int:
    """How often a Latin letter stands beside one of another alphabet: in no word of any language."""
    mixed = 0
    before = ""
    for one in text:
        kind = (
            "" if not one.isalpha() else "latin" if one < "\u0250" or "\u1e00" <= one <= "\u1eff" else "other"
        )
        mixed += bool(kind and before and kind != before)
        before = kind
    return mixed


def _kana(sample: bytes) -> str:
    """Shift-JIS or EUC-JP where most of it comes out as hiragana and katakana: too short for statistics."""
    for name in ("cp932", "euc_jp"):
        if not _fits(sample, name):
            continue
        foreign = [one for one in _decoded(sample, name) if not one.isascii()]
        kana = sum("\u3041" <= one <= "\u30ff" for one in foreign)
        narrow = sum("\uff61" <= one <= "\uff9f" for one in foreign)
        if foreign and kana > 0.25 * len(foreign) and kana + narrow > 0.5 * len(foreign):
            return name
    return ""


def _fits(sample: bytes, name: str) -> bool:
    """Whether all of it is well-formed; a character that is cut off at the end does not count."""
    try:
        sample.decode(name)
    except UnicodeDecodeError as error:
        return len(sample) >= SAMPLE and error.start >= len(sample) - 4
    return True


def _decoded(sample: bytes, name: str) -> str:
    return sample.decode(name, "replace")
