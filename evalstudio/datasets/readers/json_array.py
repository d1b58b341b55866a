"""JSON: a list of objects, at the top or under one of the keys of an object."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from evalstudio.core.errors import DatasetError
from evalstudio.datasets.readers.base import Problem, Report, Row
from evalstudio.datasets.readers.json_lines import UTF8, json_complaint, kind_of


class JsonArrayReader:
    """Reads the whole file each time: JSON cannot be cut into rows before it is parsed."""

    columns: tuple[str, ...] | None = None

    def __init__(self, path: Path, encoding: str) -> None:
        self.path = path
        self.encoding = encoding
        self.layout = "utf-8" if encoding in UTF8 else encoding

    def rows(self, report: Report) -> Iterator[Row]:
        for place, row in enumerate(self._entries(), 1):
            if type(row) is dict:
                yield None, row
            else:
                report(Problem(None, f"entry {place:,} is {kind_of(row)}, not an object with columns"))

    def _entries(self) -> list[Any]:
        content = self.path.read_bytes()
        try:
            if self.encoding not in UTF8:
                content = content.decode(self.encoding).encode("utf-8")
            content = content.removeprefix(b"\xef\xbb\xbf")
            if not content.strip():
                raise DatasetError(f"{self.path.name} is empty.")
            return self._list_in(msgspec.json.decode(content))
        except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
            raise DatasetError(f"{self.path.name} {json_complaint(content, error)}.") from None

    def _list_in(self, document: Any) -> list[Any]:
        if isinstance(document, list):
            return document
        if not isinstance(document, dict):
            raise DatasetError(f"{self.path.name} holds {kind_of(document)}, not a list of objects.")
        if isinstance(document.get("data"), list):
            return document["data"]  # type: ignore[no-any-return]
        lists = {key: value for key, value in document.items() if _holds_objects(value)}
        if len(lists) == 1:
            return next(iter(lists.values()))
        found = f"several ({', '.join(lists)})" if lists else "none"
        raise DatasetError(
            f"{self.path.name} needs one list of objects, at the top or under the key 'data'; it has {found}."
        )


def _holds_objects(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)
