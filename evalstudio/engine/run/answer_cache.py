"""Answers that an earlier run has paid for: the same question to the same model is not asked again.

Off unless asked for. What counts as the same: the model (its file, where it is a function), its address, parameters
and headers, the messages, and which repeat it is; for a function and for a conversation of several turns also the
sample's columns. Only answers are kept, never errors. An entry points to the record that holds the answer: nothing is
stored twice, and it goes with its run.
"""

import hashlib

import msgspec

from evalstudio.engine.models.call import Answer
from evalstudio.engine.run.sample_queue import SampleTask
from evalstudio.store.reader import Reader
from evalstudio.templating.templates import Message


class Kept(msgspec.Struct, frozen=True):
    """An answer as it was given once. Seconds are those of the call that was made for it."""

    messages: tuple[Message, ...]
    answer: Answer
    latency: float | None
    first_token: float | None


class AnswerCache:
    """Looks answers up, by what was asked. `asked`: what is the same in the request of every sample."""

    def __init__(self, reader: Reader, asked: dict[str, str], *, with_columns: bool) -> None:
        self._reader = reader
        self._asked = msgspec.json.encode(asked, order="sorted")
        self._with_columns = with_columns

    def key(self, item: SampleTask, messages: tuple[Message, ...]) -> bytes:
        """What stands for the question: 32 bytes."""
        question = hashlib.sha256(self._asked)
        columns = dict(item.sample.values) if self._with_columns else None
        question.update(msgspec.json.encode((messages, item.repeat, columns), enc_hook=str, order="sorted"))
        return question.digest()

    def find(self, key: bytes) -> Kept | None:
        """The answer to a question; None where nobody has kept one."""
        record = self._reader.kept_answer(key)
        if record is None or record.answer is None:
            return None
        return Kept(
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
