"""Content decoding: the body of a compressed response in pieces of bounded size, whatever it would unpack to.

An endpoint may compress its answer though nobody asked, twice even, and five kilobytes can unpack to gigabytes. So
every step hands on at most `PIECE` bytes at a time, and who reads them stops where it has had enough.
"""

import sys
import zlib
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from typing import Protocol

import brotli

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

PIECE = 65_536  # bytes
MOST_ENCODINGS = 3  # nobody compresses more often; a list of them is an attack on memory


class NotDecodable(ValueError):
    """A body can't be decompressed; the message says why."""


class Decoder(Protocol):
    """Takes compressed bytes and gives what they unpack to, piece by piece."""

    def pieces(self, data: bytes) -> Iterator[bytes]: ...


def decoders_of(encoding: str) -> list[Decoder]:
    """The decoders for a `Content-Encoding`, in the order in which they are to be applied.

    Example:
        >>> decoders_of("gzip, br")  # br was applied last, so it is undone first
        [<_Brotli>, <_Deflate>]

    Raises:
        NotDecodable: the encoding is unknown, or there are too many of them.
    """
    names = [name.strip().lower() for name in encoding.split(",") if name.strip()]
    if len(names) > MOST_ENCODINGS:
        raise NotDecodable(f"the answer is compressed {len(names)} times over")
    return [_decoder(name) for name in reversed(names) if name != "identity"]


async def decoded(stream: AsyncIterator[bytes], encoding: str) -> AsyncIterator[bytes]:
    """The pieces of a body, decompressed.

    Raises:
        NotDecodable: the body is not what its header says.
    """
    decoders = decoders_of(encoding)
    async with aclosing(stream):  # type: ignore[type-var]
        async for data in stream:
            for piece in _through(decoders, data):
                yield piece


def _through(decoders: list[Decoder], data: bytes) -> Iterator[bytes]:
    if not decoders:
        yield data
        return
    for piece in decoders[0].pieces(data):
        yield from _through(decoders[1:], piece)


def _decoder(name: str) -> Decoder:
    match name:
        case "gzip" | "x-gzip":
            return _Deflate(zlib.MAX_WBITS | 16)
        case "deflate":
            return _Deflate(zlib.MAX_WBITS)
        case "br":
            return _Brotli()
        case "zstd":
            return _Zstd()
        case _:
            raise NotDecodable(f"the answer is compressed as '{name[:40]}', which nobody asked for")


class _Deflate:
    """gzip, and deflate with or without zlib's head, which servers disagree on."""

    def __init__(self, bits: int) -> None:
        self._inflate = zlib.decompressobj(bits)
        self._bits = bits
        self._head: bytes | None = b""  # the first two bytes tell which deflate it is

    def pieces(self, data: bytes) -> Iterator[bytes]:
        if self._head is not None:
            data = self._head + data
            if len(data) < 2:
                self._head = data
                return
            self._head = None
            if self._bits == zlib.MAX_WBITS and not _has_zlib_head(data):
                self._inflate = zlib.decompressobj(-zlib.MAX_WBITS)
        while data:
            try:
                piece = self._inflate.decompress(data, PIECE)
            except zlib.error as error:
                raise NotDecodable(f"the answer can't be decompressed ({error})") from error
            if piece:
                yield piece
            if self._inflate.eof and self._bits & 16 and self._inflate.unused_data.startswith(b"\x1f\x8b"):
                data, self._inflate = self._inflate.unused_data, zlib.decompressobj(self._bits)
            else:
                data = self._inflate.unconsumed_tail


def _has_zlib_head(data: bytes) -> bool:
    return data[0] & 0x0F == 8 and (data[0] << 8 | data[1]) % 31 == 0  # RFC 1950, 2.2


class _Brotli:
    def __init__(self) -> None:
        self._decompressor = brotli.Decompressor()

    def pieces(self, data: bytes) -> Iterator[bytes]:
        try:
            while True:
                piece = self._decompressor.process(data, output_buffer_limit=PIECE)
                if piece:
                    yield piece
                data = b""
                if self._decompressor.can_accept_more_data():
                    return
        except brotli.error as error:
            raise NotDecodable(f"the answer can't be decompressed ({error})") from error


class _Zstd:
    def __init__(self) -> None:
        self._decompressor = zstd.ZstdDecompressor()

    def pieces(self, data: bytes) -> Iterator[bytes]:
        try:
            while not self._decompressor.eof:
                piece = self._decompressor.decompress(data, PIECE)
                data = b""
                if piece:
                    yield piece
                if self._decompressor.needs_input:
                    return
        except zstd.ZstdError as error:
            raise NotDecodable(f"the answer can't be decompressed ({error})") from error
