"""Record details: one complete record as plain text: prompt, answer, expected answer, scores and their reasons."""

import json
from collections.abc import Iterator

from PySide6.QtGui import QColor, QFont, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QVBoxLayout, QWidget

from evalstudio.core.format import milliseconds, money
from evalstudio.store.reader import Details
from evalstudio.store.rows import CUT_OFF, Record
from evalstudio.ui.kit.text import plain, tr, trn
from evalstudio.ui.kit.theme import theme, tokens
from evalstudio.ui.records.word_diff import difference, signed


class RecordDetail(QWidget):
    """Plain text view: a model's answer is never interpreted as markup, and links in it are not active."""

    def __init__(self, prefix: str = "") -> None:
        super().__init__()
        self.setObjectName(f"{prefix}record_detail")
        self.view = QPlainTextEdit()
        self.view.setObjectName(f"{prefix}record_text")
        self.view.setAccessibleName(tr("Record"))
        self.view.setReadOnly(True)
        self.view.setUndoRedoEnabled(False)
        self.view.setFrameShape(QPlainTextEdit.Shape.NoFrame)
        self.view.setPlaceholderText(tr("Choose a record to see its prompt, answer, scores and timings."))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.view)
        self._details: Details | None = None
        theme().changed.connect(self._follow_theme)

    def show_record(self, details: Details | None, *, again: bool = False) -> None:
        """Shows a record; None empties the pane. For the same record, the scroll position is kept."""
        if details == self._details and not again:
            return
        same = (
            details is not None and self._details is not None and details.record.id == self._details.record.id
        )
        place = self.view.verticalScrollBar().value() if same else 0
        self._details = details
        self.view.clear()
        if details is None:
            return
        heading, body = QTextCharFormat(), QTextCharFormat()
        heading.setFontWeight(QFont.Weight.Bold)
        heading.setForeground(QColor(tokens().muted))
        body.setForeground(QColor(tokens().text))
        cursor = QTextCursor(self.view.document())
        cursor.beginEditBlock()
        for number, (title, text) in enumerate(sections(details)):
            cursor.insertText(("\n\n" if number else "") + title + "\n", heading)
            cursor.insertText(plain(text), body)
            if title == tr("EXPECTED"):
                _insert_difference(cursor, details.record, heading, body)
        cursor.endEditBlock()
        self.view.verticalScrollBar().setValue(place)

    def _follow_theme(self) -> None:
        self.show_record(self._details, again=True)

    def text(self) -> str:
        """Returns the shown text, for the clipboard."""
        return self.view.toPlainText()


def _insert_difference(
    cursor: QTextCursor, record: Record, heading: QTextCharFormat, body: QTextCharFormat
) -> None:
    """Inserts the differences between similar answer and expected texts, marked by signs and colour."""
    pieces = difference(record.expected or "", record.answer or "")
    if not pieces:
        return
    cursor.insertText("\n\n" + tr("FROM EXPECTED TO ANSWER") + "\n", heading)
    for piece in pieces:
        look = QTextCharFormat(body)
        if piece.kind != "same":
            look.setForeground(QColor(tokens().bad if piece.kind == "gone" else tokens().good))
            look.setFontWeight(QFont.Weight.Bold)
        cursor.insertText(plain(signed(piece)), look)


def sections(details: Details) -> Iterator[tuple[str, str]]:
    """Returns the sections of a record, each with title and text."""
    record = details.record
    repeat = tr(", repeat {repeat}").format(repeat=record.repeat + 1) if record.repeat else ""
    yield (
        tr("SAMPLE {sample_id}{repeat}").format(sample_id=plain(record.sample_id, 200), repeat=repeat),
        _in_short(record),
    )
    if record.error:
        yield tr("ERROR"), record.error
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
    for role, content in _messages(record.prompt):
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
    yield tr("TIMINGS"), _timings(record)


def _in_short(record: Record) -> str:
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


def _timings(record: Record) -> str:
    parts = (
        (tr("waited for the limits"), record.queued), (tr("backed off"), record.backed_off), (tr("connecting"), record.connect),
        (tr("first token"), record.first_token),
        (tr("latency of the answer"), record.latency), (tr("evaluators"), record.judged),
    )  # fmt: skip
    return "\n".join(f"{name}: {milliseconds(value)}" for name, value in parts if value is not None)


def _messages(prompt: str) -> list[tuple[str, str]]:
    """Formats the messages of a prompt; a prompt in another form is shown as stored."""
    try:
        messages = json.loads(prompt)
        return [(str(one["role"]), _content(one["content"])) for one in messages]
    except (ValueError, KeyError, TypeError):
        return [("", prompt)]


def _content(content: object) -> str:
    return content if isinstance(content, str) else json.dumps(content, ensure_ascii=False, indent=1)
