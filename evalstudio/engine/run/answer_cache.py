"""Answer cache: reuses the answer of an earlier run to the same request instead of calling the model again.

Off by default. The cache key covers the model (its file, where it is a function), its address, parameters and headers,
the messages, and the number of the repeat; for a function and for a conversation of several turns also the sample's
columns. Only answers are cached, never errors. An entry points to the record that holds the answer: nothing is stored
twice, and the entry is deleted with its run.
"""

import hashlib

import msgspec

from evalstudio.engine.models.call import Answer
from evalstudio.engine.run.sample_queue import SampleTask
from evalstudio.store.reader import Reader
from evalstudio.templating.templates import Message


class CachedAnswer(msgspec.Struct, frozen=True):
    """An answer of an earlier run. Times are those of the original call, in seconds."""

    messages: tuple[Message, ...]
    answer: Answer
    latency: float | None
    first_token: float | None


class AnswerCache:
    """Looks answers up by request.

    Args:
        reader: A connection to the store; the cache closes it.
        asked: The parts of the request that all samples share.
        with_columns: The sample's columns are part of the key.
    """

    def __init__(self, reader: Reader, asked: dict[str, str], *, with_columns: bool) -> None:
        self._reader = reader
        self._asked = msgspec.json.encode(asked, order="sorted")
        self._with_columns = with_columns

    def key(self, item: SampleTask, messages: tuple[Message, ...]) -> bytes:
        """Returns the cache key of a request: a SHA-256 digest, 32 bytes."""
        question = hashlib.sha256(self._asked)
        columns = dict(item.sample.values) if self._with_columns else None
        question.update(msgspec.json.encode((messages, item.repeat, columns), enc_hook=str, order="sorted"))
        return question.digest()

    def find(self, key: bytes) -> CachedAnswer | None:
        """Returns the cached answer; None on a miss."""
        record = self._reader.kept_answer(key)
        if record is None or record.answer is None:
            return None
        return CachedAnswer(
            msgspec.json.decode(record.prompt, type=tuple[Message, ...]),
            Answer(
                record.answer,
                record.thinking,
                record.finish_reason,
                record.answered_by,
                record.tokens_in,
                record.tokens_cached,
                record.tokens_out,
                record.tokens_cache_written,
            ),
            record.latency,
            record.first_token,
        )

    def close(self) -> None:
        self._reader.close()
