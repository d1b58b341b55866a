"""JSON: a table in one of the forms that `json_shapes` knows."""

from collections.abc import Iterator
from pathlib import Path

import msgspec

from evalstudio.core.errors import DatasetError
from evalstudio.datasets.readers.base import Problem, Report, Row, note
from evalstudio.datasets.readers.byte_stream import read_chunks
from evalstudio.datasets.readers.class_labels import id_columns, labels_told, with_names
from evalstudio.datasets.readers.json_lines import UTF8
from evalstudio.datasets.readers.json_shapes import Table, find_table
from evalstudio.datasets.readers.json_text import decode_json, json_complaint, kind_of, repeated_key
from evalstudio.datasets.readers.signatures import seems_json_lines

LARGEST = 4_000_000_000
"""Bytes that a compressed file may unpack to; it is read whole."""


class JsonArrayReader:
    """Reads the whole file each time: JSON cannot be cut into rows before it is parsed."""

    columns: tuple[str, ...] | None = None

    def __init__(self, path: Path, encoding: str, split: str | None = None) -> None:
        self.path = path
        self.encoding = encoding
        self.split = split
        self.layout = "utf-8" if encoding in UTF8 else encoding
        if split is not None:
            self.layout += f" split={split!r}"

    def rows(self, report: Report) -> Iterator[Row]:
        table, repeats = self._table(report)
        for one in table.notes:
            report(one)
        named = table.entries[0] if table.entries else {}
        ids = id_columns(table.labels, list(named) if isinstance(named, dict) else [])
        for one in labels_told(table.labels, ids):
            report(one)
        for place, row in enumerate(table.entries, 1):
            if not isinstance(row, dict):
                report(Problem(None, f"entry {place:,} is {kind_of(row)}, not an object with columns"))
            elif repeats and (key := repeated_key(row)) is not None:
                report(Problem(None, f"entry {place:,} has the key '{key}' twice, with different values"))
            else:
                yield None, with_names(row, table.labels, ids) if ids else row

    def _table(self, report: Report) -> tuple[Table, bool]:
        content = self._content()
        try:
            if self.encoding not in UTF8:
                content = content.decode(self.encoding).encode("utf-8")
            content = content.removeprefix(b"\xef\xbb\xbf")
            if not content.strip():
                raise DatasetError(f"{self.path.name} is empty.")
            document, mended, repeats = decode_json(content)
        except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
            if seems_json_lines(content[:100_000]):
                raise DatasetError(
                    f"{self.path.name} is not one JSON document: it seems to be JSON Lines, an object a line. "
                    'Set format = "jsonl".'
                ) from None
            raise DatasetError(f"{self.path.name} {json_complaint(content, error)}.") from None
        if mended:
            report(note("there are commas before closing brackets; they are left out"))
        return find_table(document, self.path.name, self.split), repeats

    def _content(self) -> bytes:
        parts, size = [], 0
        for chunk in read_chunks(self.path):
            parts.append(chunk)
            size += len(chunk)
            if size > LARGEST and size > self.path.stat().st_size:
                raise DatasetError(
                    f"{self.path.name} unpacks to more than {LARGEST / 1e9:.0f} GB, and JSON is read whole; "
                    "write it as JSON Lines."
                )
        return b"".join(parts)
