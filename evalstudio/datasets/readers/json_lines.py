"""JSON Lines: one object a line, each value with the type it has."""

import codecs
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from evalstudio.core.errors import DatasetError
from evalstudio.datasets.readers.base import Problem, Report, Row

UTF8 = ("utf-8", "utf-8-sig")


class JsonLinesReader:
    """Reads an object a line; a line that is none, or is no JSON, is reported. Empty lines are no rows."""

    columns: tuple[str, ...] | None = None

    def __init__(self, path: Path, encoding: str) -> None:
        self.path = path
        self.encoding = encoding
        self.layout = "utf-8" if encoding in UTF8 else encoding

    def rows(self, report: Report) -> Iterator[Row]:
        decode = msgspec.json.Decoder().decode
        for line, text in enumerate(self._lines(), 1):
            try:
                row = decode(text)
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
                if text.strip():
                    report(Problem(line, json_complaint(text, error)))
                continue
            if type(row) is dict:
                yield line, row
            else:
                report(Problem(line, f"is {kind_of(row)}, not an object with columns"))

    def _lines(self) -> Iterator[bytes]:
        if self.encoding in UTF8:
            with self.path.open("rb") as file:
                if self.encoding == "utf-8-sig":
                    file.seek(len(codecs.BOM_UTF8))
                yield from file
            return
        try:
            with self.path.open(encoding=self.encoding, newline="\n") as texts:
                for text in texts:
                    yield text.encode("utf-8")
        except UnicodeError as error:
            raise DatasetError(
                f"{self.path.name} cannot be read as {self.encoding}: {error}. Set another encoding."
            ) from None


def json_complaint(text: bytes, error: Exception) -> str:
    """What is wrong with a piece of JSON, in words."""
    if isinstance(error, UnicodeDecodeError):
        return "has bytes that are not UTF-8"
    if isinstance(error, RecursionError):
        return "is nested too deeply"
    for word in (b"NaN", b"Infinity"):
        if word in text and "invalid character" in str(error):
            return f"is not JSON ({word.decode()} is no JSON number): {error}"
    return f"is not JSON: {error}"


def kind_of(value: Any) -> str:
    """A JSON value's type in words, with its article."""
    names = {dict: "an object", list: "a list", str: "a text", bool: "a truth value", int: "a number"}
    return "null" if value is None else names.get(type(value), "a number")
