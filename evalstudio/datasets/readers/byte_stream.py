"""The bytes of a dataset's file, unpacked where it is compressed: gzip or Zstandard, told by its first bytes."""

import gzip
import io
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, TextIO

from evalstudio.core.errors import DatasetError

CHUNK = 1 << 20
SUSPICIOUS_SIZE = 256 << 20
"""Bytes that any archive may unpack to; beyond them its ratio counts, too."""
SUSPICIOUS_RATIO = 250
"""Text packs by 3 to 30; what unpacks to so many times its size was made to fill a memory."""
MAGIC = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd"}


def compression_of(path: Path) -> str | None:
    """`gzip` or `zstd`, told by the file's first bytes whatever its name says; None: it is not compressed."""
    with path.open("rb") as file:
        head = file.read(4)
    return next((name for magic, name in MAGIC.items() if head.startswith(magic)), None)


def open_bytes(path: Path) -> BinaryIO:
    """The file's bytes, unpacked.

    While reading it raises DatasetError: the archive is damaged, or unpacks to far more than a dataset does.
    """
    compression = compression_of(path)
    if compression is None:
        return path.open("rb")
    return io.BufferedReader(_Unpacked(path, compression), CHUNK)


def open_text(path: Path, encoding: str, *, errors: str = "strict", newline: str = "") -> TextIO:
    """The file's text, unpacked; `newline` as in `open`."""
    return io.TextIOWrapper(open_bytes(path), encoding=encoding, errors=errors, newline=newline)


def read_chunks(path: Path, limit: int | None = None) -> Iterator[bytes]:
    """The unpacked bytes a megabyte at a time, up to about `limit` of them."""
    seen = 0
    with open_bytes(path) as file:
        while (limit is None or seen < limit) and (chunk := file.read(CHUNK)):
            seen += len(chunk)
            yield chunk


class _Unpacked(io.RawIOBase):
    """An archive's contents, with failures in words and a bound on what they grow to."""

    def __init__(self, path: Path, compression: str) -> None:
        self._path = path
        self._packed = path.stat().st_size
        self._size = 0
        self._file: Any = gzip.open(path) if compression == "gzip" else _zstandard().open(path)  # noqa: SIM115

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            data = self._file.read(len(buffer))
        except (OSError, EOFError, zlib.error, _zstandard().ZstdError) as error:
            raise DatasetError(f"{self._path.name} is damaged and cannot be unpacked: {error}.") from None
        self._size += len(data)
        if self._size > SUSPICIOUS_SIZE and self._size > SUSPICIOUS_RATIO * self._packed:
            raise DatasetError(
                f"{self._path.name} unpacks to more than {SUSPICIOUS_RATIO} times its size, as no dataset does. "
                "Unpack it yourself if it is one."
            )
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._file.close()
        super().close()


def _zstandard() -> Any:
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd
    return zstd
