"""JSON Lines: one object a line, each value with the type it has."""

import codecs
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from evalstudio.core.errors import DatasetError
from evalstudio.datasets.readers.base import Problem, Report, Row, note
from evalstudio.datasets.readers.byte_stream import open_bytes, open_text
from evalstudio.datasets.readers.json_text import (
    decode_json,
    json_complaint,
    kind_of,
    may_repeat,
    repeated_key,
)

UTF8 = ("utf-8", "utf-8-sig")


class JsonLinesReader:
    """Reads an object a line; a line that is none, or is no JSON, is reported. Empty lines are no rows."""

    columns: tuple[str, ...] | None = None

    def __init__(self, path: Path, encoding: str) -> None:
        self.path = path
        self.encoding = encoding
        self.layout = "utf-8" if encoding in UTF8 else encoding
        self._unique = False  # no line has a key twice, as a reading to the end has shown

    def rows(self, report: Report) -> Iterator[Row]:
        decode = msgspec.json.Decoder().decode
        look = not self._unique
        found = False
        commas = 0
        for line, text in enumerate(self._lines(), 1):
            try:
                row = decode(text)
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
                row, told = _mended(text, error)
                if told:
                    report(Problem(line, told))
                if row is None:
                    continue
                commas += 1
            if type(row) is not dict:
                report(Problem(line, f"is {kind_of(row)}, not an object with columns"))
            elif look and may_repeat(text, row) and (key := _repeated(text)) is not None:
                found = True
                report(Problem(line, f"has the key '{key}' twice, with different values"))
            else:
                yield line, row
        self._unique = not found
        if commas:
            report(
                note(
                    f"lines with a comma at their end or before a closing bracket: {commas:,}; it is left out"
                )
            )

    def _lines(self) -> Iterator[bytes]:
        if self.encoding in UTF8:
            with open_bytes(self.path) as file:
                if self.encoding == "utf-8-sig":
                    file.read(len(codecs.BOM_UTF8))
                yield from file
            return
        try:
            with open_text(self.path, self.encoding, newline="\n") as texts:
                for text in texts:
                    yield text.encode("utf-8")
        except UnicodeError as error:
            raise DatasetError(
                f"{self.path.name} cannot be read as {self.encoding}: {error}. Set another encoding."
            ) from None


def _mended(text: bytes, error: Exception) -> tuple[Any, str]:
    """The line's object without commas that end nothing, or None; and what is to be said of it."""
    if not text.strip():
        return None, ""
    try:
        row = decode_json(text.rstrip().removesuffix(b",")).document
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None, json_complaint(text, error)
    if (key := repeated_key(row)) is not None:
        return None, f"has the key '{key}' twice, with different values"
    return (row, "") if type(row) is dict else (None, json_complaint(text, error))


def _repeated(text: bytes) -> str | None:
    return repeated_key(decode_json(text.rstrip().removesuffix(b",")).document)
