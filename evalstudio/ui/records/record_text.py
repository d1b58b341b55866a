"""Record text: one complete record as sections of plain text, for the clipboard."""

import json
from collections.abc import Iterator

from evalstudio.core.format import milliseconds, money
from evalstudio.store.reader import Details
from evalstudio.store.rows import CUT_OFF, Record
from evalstudio.ui.kit.text import plain, tr, trn
from evalstudio.ui.records.word_diff import difference, signed


def text_of(details: Details) -> str:
    """Returns the whole record; differences of similar texts are marked by signs."""
    parts = []
    for title, text in sections(details):
        parts.append(f"{title}\n{plain(text)}")
        if title == tr("EXPECTED"):
            pieces = difference(details.record.expected or "", details.record.answer or "")
            if pieces:
                marked = "".join(plain(signed(piece)) for piece in pieces)
                parts.append(tr("FROM EXPECTED TO ANSWER") + f"\n{marked}")
    return "\n\n".join(parts)


def sections(details: Details) -> Iterator[tuple[str, str]]:
    """Returns the sections of a record, each with title and text."""
    record = details.record
    repeat = tr(", repeat {repeat}").format(repeat=record.repeat + 1) if record.repeat else ""
    yield (
        tr("SAMPLE {sample_id}{repeat}").format(sample_id=plain(record.sample_id, 200), repeat=repeat),
        in_short(record),
    )
    if record.error:
        yield tr("ERROR"), record.error
    if details.note is not None:
        tags = " ".join(f"#{tag}" for tag in details.note.tags)
        yield tr("NOTE"), "\n".join(filter(None, (details.note.note, tags)))
    for score in details.scores:
        value = tr("unscored") if score.value is None else f"{score.value}"
        labels = "\n" + tr("read as: {label}").format(label=score.label) if score.label is not None else ""
        expected = (
            "\n" + tr("expected: {expected_label}").format(expected_label=score.expected_label)
            if score.expected_label is not None
            else ""
        )
        yield (
            tr("SCORE {evaluator}: {value}").format(evaluator=score.evaluator, value=value),
            f"{score.why}{labels}{expected}",
        )
    for role, content in messages_of(record.prompt):
        yield tr("PROMPT {role}").format(role=role), content
    if record.thinking:
        yield tr("THINKING"), record.thinking
    if record.answer is not None:
        yield tr("ANSWER"), record.answer or tr("(empty)")
    if record.expected is not None:
        yield tr("EXPECTED"), record.expected
    for attempt in details.attempts:
        status = (
            " " + tr("(status {status})").format(status=attempt.status) if attempt.status is not None else ""
        )
        waited = (
            tr(", then waited {waited}").format(waited=milliseconds(attempt.waited)) if attempt.waited else ""
        )
        yield (
            tr("ATTEMPT {number}: {outcome}{status}").format(
                number=attempt.number, outcome=tr(attempt.outcome), status=status
            ),
            tr("started after {started_at}, took {duration}{waited}\n{message}").format(
                started_at=milliseconds(attempt.started_at),
                duration=milliseconds(attempt.duration),
                waited=waited,
                message=attempt.message,
            ),
        )
    yield tr("TIMINGS"), timings(record)


def in_short(record: Record) -> str:
    """Returns outcome, latency, attempts, tokens and cost in one line."""
    words = [tr(record.outcome)]
    if record.latency is not None:
        words.append(milliseconds(record.latency))
    words.append(trn("{n} attempt", "{n} attempts", record.attempts))
    if record.tokens_in is not None or record.tokens_out is not None:
        words.append(
            tr("{tokens_in:,} tokens in, {tokens_out:,} out").format(
                tokens_in=record.tokens_in or 0, tokens_out=record.tokens_out or 0
            )
        )
    if record.finish_reason == CUT_OFF:
        words.append(tr("cut off at the limit of tokens"))
    if record.cost is not None:
        words.append(money(record.cost))
    if record.answered_by:
        words.append(tr("answered by {answered_by}").format(answered_by=record.answered_by))
    return " · ".join(words)


def timings(record: Record) -> str:
    """Returns how long each part took, a line for each that is known."""
    parts = (
        (tr("waited for the limits"), record.queued), (tr("backed off"), record.backed_off), (tr("connecting"), record.connect),
        (tr("first token"), record.first_token),
        (tr("latency of the answer"), record.latency), (tr("evaluators"), record.judged),
    )  # fmt: skip
    return "\n".join(f"{name}: {milliseconds(value)}" for name, value in parts if value is not None)


def messages_of(prompt: str) -> list[tuple[str, str]]:
    """Formats the messages of a prompt; a prompt in another form is shown as stored."""
    try:
        messages = json.loads(prompt)
        return [(str(one["role"]), _content(one["content"])) for one in messages]
    except (ValueError, KeyError, TypeError):
        return [("", prompt)]


def _content(content: object) -> str:
    return content if isinstance(content, str) else json.dumps(content, ensure_ascii=False, indent=1)
