"""Compressed answers: read in every encoding that servers send unasked, and bounded by what they unpack to."""

import gzip
import json
import sys
import tracemalloc
import zlib
from collections.abc import AsyncIterator, Callable

import brotli
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalstudio.core.outcome import Outcome
from evalstudio.engine.models.decoding import PIECE, NotDecodable, decoded, decoders_of
from tests.engine.models.calls import call
from tests.engine.models.scripted import Connection, completion

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


ENCODERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "GZIP": gzip.compress,
    "deflate": zlib.compress,
    "deflate ": raw_deflate,
    "br": brotli.compress,
    "zstd": zstd.compress,
    "identity": bytes,
    "": bytes,
    "gzip, gzip": lambda data: gzip.compress(gzip.compress(data)),
    "gzip, br": lambda data: brotli.compress(gzip.compress(data)),
    "br,zstd , gzip": lambda data: gzip.compress(zstd.compress(brotli.compress(data))),
    "identity, gzip": gzip.compress,
    "gzip ": lambda data: gzip.compress(data[: len(data) // 2]) + gzip.compress(data[len(data) // 2 :]),
}


async def in_parts(data: bytes, size: int) -> AsyncIterator[bytes]:
    for start in range(0, len(data), size):
        yield data[start : start + size]


@pytest.mark.parametrize("encoding", ENCODERS)
@settings(max_examples=12, deadline=None)
@given(st.binary(max_size=3_000), st.integers(1, 4_000), st.integers(1, 100))
async def test_that_a_body_comes_back_however_it_was_packed_and_cut(
    encoding: str, data: bytes, size: int, times: int
) -> None:
    whole = data * times
    pieces = [piece async for piece in decoded(in_parts(ENCODERS[encoding](whole), size), encoding)]
    assert b"".join(pieces) == whole
    assert all(len(piece) <= max(2 * PIECE, size) for piece in pieces)


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd", "gzip, gzip", "gzip, br"])
async def test_that_a_bomb_is_read_no_further_than_somebody_wants(encoding: str) -> None:
    bomb = ENCODERS[encoding](bytes(60_000_000))
    tracemalloc.start()
    try:
        read = 0
        async for piece in decoded(in_parts(bomb, 16_384), encoding):
            read += len(piece)
            if read > 1_000_000:
                break
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 20_000_000


@pytest.mark.parametrize(
    ("encoding", "body", "why"),
    [
        ("gzip", b"plain text", "can't be decompressed"),
        ("gzip", gzip.compress(b"x" * 1000, mtime=0)[:-8] + b"\0" * 8, "can't be decompressed"),
        ("deflate", b"\xff\xff\xff\xff", "can't be decompressed"),
        ("br", b"\xff" * 30, "can't be decompressed"),
        ("zstd", b"plain text, no frame", "can't be decompressed"),
        ("compress", b"x", "compressed as 'compress'"),
        ("exi", b"x", "compressed as 'exi'"),
        ("gzip, made-up", b"x", "compressed as 'made-up'"),
        ("gzip, gzip, gzip, gzip", b"x", "4 times over"),
        (", ".join(["br"] * 50), b"x", "50 times over"),
    ],
)
async def test_that_a_body_that_is_not_what_its_header_says_is_refused(
    encoding: str, body: bytes, why: str
) -> None:
    with pytest.raises(NotDecodable, match=why):
        async for _ in decoded(in_parts(body, 100), encoding):
            pass


def test_that_decoders_come_in_the_order_in_which_they_undo() -> None:
    assert [type(one).__name__ for one in decoders_of("gzip, br")] == ["_Brotli", "_Deflate"]


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd", "gzip, gzip"])
async def test_that_an_answer_that_comes_compressed_is_an_answer(encoding: str) -> None:
    body = ENCODERS[encoding](json.dumps(completion("grüße")).encode())

    async def script(connection: Connection) -> None:
        await connection.head(Content_Encoding=encoding, Content_Length=str(len(body)))
        await connection.send(body)

    result = await call(script)
    assert result.outcome is Outcome.OK
    assert result.answer is not None
    assert result.answer.text == "grüße"


@pytest.mark.parametrize("encoding", ["gzip, gzip", "br", "zstd"])
async def test_that_an_answer_that_unpacks_without_end_is_cut_off(encoding: str) -> None:
    body = ENCODERS[encoding](bytes(60_000_000))

    async def script(connection: Connection) -> None:
        await connection.head(Content_Encoding=encoding, Content_Length=str(len(body)))
        await connection.send(body)

    result = await call(script)
    assert result.outcome is Outcome.BAD_ANSWER
    assert "without end" in result.message
