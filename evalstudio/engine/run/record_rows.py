"""Row mapping: turns a finished sample and its attempts into rows of the store."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from evalstudio.core.encodable import encodable_value
from evalstudio.core.errors import EvaluationError
from evalstudio.core.outcome import Outcome
from evalstudio.core.text import as_text
from evalstudio.engine.models.call import Answer, CallResult
from evalstudio.engine.run.sample_queue import SampleTask
from evalstudio.engine.scoring.judged import Judged
from evalstudio.store.rows import AttemptRow, Record


@dataclass(frozen=True, slots=True)
class Ended:
    """The result of a sample; times in seconds, cost in US dollars.

    With an `error`, which is one sentence, `answer` may be a partial one.
    """

    outcome: Outcome
    error: str | None = None
    answer: Answer | None = None
    judged: Judged | None = None
    latency: float | None = None
    first_token: float | None = None
    cost: float | None = None
    connect: float | None = None
    cached: bool = False  # from the answer cache: nothing was called


Expected = Callable[[Mapping[str, Any]], Any]


def make_record(run_id: int, item: SampleTask, ended: Ended, expected: Expected | None) -> Record:
    """Returns the record of a sample; `expected` computes the expected answer from its values."""
    answer = ended.answer or _NO_ANSWER
    has_answer = ended.answer is not None
    return Record(
        id=item.record_id,
        run_id=run_id,
        position=item.sample.position,
        repeat=item.repeat,
        sample_id=item.sample.id,
        outcome=ended.outcome.value,
        error=ended.error,
        prompt=_prompt(item),
        answer=answer.text if has_answer else None,
        thinking=answer.thinking,
        expected=_expected(item.sample.values, expected) if expected else None,
        finish_reason=answer.finish_reason,
        answered_by=answer.answered_by,
        latency=ended.latency,
        first_token=ended.first_token,
        queued=item.queued,
        backed_off=item.backed_off,
        judged=ended.judged.seconds if ended.judged else None,
        tokens_in=answer.tokens_in,
        tokens_cached=answer.tokens_cached,
        tokens_out=answer.tokens_out,
        cost=ended.cost,
        attempts=len(item.attempts) + (ended.outcome is Outcome.OK and not ended.cached),
        finished_at=time.time(),
        tokens_cache_written=answer.tokens_cache_written,
        cached=ended.cached,
        connect=ended.connect,
    )


def _prompt(item: SampleTask) -> str:
    try:
        return msgspec.json.encode(item.messages).decode()
    except (UnicodeEncodeError, TypeError):  # half a character, or a text of a person's own class
        plain = [{"role": one.role, "content": one.content} for one in item.messages]
        return msgspec.json.encode(encodable_value(plain)).decode()


def make_attempt(
    item: SampleTask, result: CallResult, message: str, duration: float, waited: float
) -> AttemptRow:
    """Returns the row of an attempt that did not complete its sample; `duration` and `waited` in seconds."""
    started = item.started - (item.first_started or item.started)
    number = len(item.attempts) + 1
    return AttemptRow(
        item.record_id, number, result.outcome.value, result.status, message, started, duration, waited
    )


def _expected(values: Mapping[str, Any], expected: Expected) -> str | None:
    try:
        return as_text(expected(values))
    except EvaluationError:
        return None  # the evaluator reports it, and leaves the answer unscored


_NO_ANSWER = Answer("")
