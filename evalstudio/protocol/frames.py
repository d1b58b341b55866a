"""Message framing: four bytes of length (big-endian), then a msgpack body."""

import struct
from collections.abc import Iterator
from types import UnionType
from typing import Generic, TypeVar

import msgspec

LARGEST_FRAME = 16 << 20
_encoder = msgspec.msgpack.Encoder()
_LENGTH = struct.Struct(">I")
Message = TypeVar("Message")


def frame(message: msgspec.Struct) -> bytes:
    """Encodes a message as a frame."""
    body = _encoder.encode(message)
    return _LENGTH.pack(len(body)) + body


class Frames(Generic[Message]):
    """Decoder of a byte stream into messages of one type: `Frames(Request[Commands])` or `Frames[Events](Events)`."""

    def __init__(self, kind: type[Message] | UnionType) -> None:
        self._decoder: msgspec.msgpack.Decoder[Message] = msgspec.msgpack.Decoder(kind)
        self._buffer = bytearray()

    def feed(self, data: bytes) -> Iterator[Message]:
        """Returns the messages that `data` completes. Raises ValueError on bytes that no EvalStudio sends."""
        self._buffer += data
        while len(self._buffer) >= _LENGTH.size:
            (length,) = _LENGTH.unpack_from(self._buffer)
            if length > LARGEST_FRAME:
                raise ValueError(f"A frame of {length:,} bytes is too long; the other side is no EvalStudio.")
            end = _LENGTH.size + length
            if len(self._buffer) < end:
                return
            body = bytes(self._buffer[_LENGTH.size : end])
            del self._buffer[:end]
            try:
                yield self._decoder.decode(body)
            except msgspec.MsgspecError as error:
                raise ValueError(f"A message that this EvalStudio does not know: {error}") from error
