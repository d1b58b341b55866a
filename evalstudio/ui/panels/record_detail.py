"""One record, whole, as plain text: what was asked, what came, what was expected, how it was judged and why."""

import json
from collections.abc import Iterator

from PySide6.QtGui import QColor, QFont, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QVBoxLayout, QWidget

from evalstudio.format import milliseconds, money
from evalstudio.store.reader import Details
from evalstudio.store.rows import Record
from evalstudio.ui.text import plain
from evalstudio.ui.theme import theme, tokens


class RecordDetail(QWidget):
    """Text only: what a model answers is never taken for markup, and no link in it can be followed."""

    def __init__(self, prefix: str = "") -> None:
        super().__init__()
        self.setObjectName(f"{prefix}record_detail")
        self.view = QPlainTextEdit()
        self.view.setObjectName(f"{prefix}record_text")
        self.view.setAccessibleName("Record")
        self.view.setReadOnly(True)
        self.view.setUndoRedoEnabled(False)
        self.view.setFrameShape(QPlainTextEdit.Shape.NoFrame)
        self.view.setPlaceholderText("Choose a record to see its prompt, answer, scores and timings.")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.view)
        self._details: Details | None = None
        theme().changed.connect(self._follow_theme)

    def show_record(self, details: Details | None, *, again: bool = False) -> None:
        """Shows a record; None empties the pane. The place in the text stays where the record is the same."""
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
        cursor.endEditBlock()
        self.view.verticalScrollBar().setValue(place)

    def _follow_theme(self) -> None:
        self.show_record(self._details, again=True)

    def text(self) -> str:
        """What is shown, for the clipboard."""
        return self.view.toPlainText()


def sections(details: Details) -> Iterator[tuple[str, str]]:
    """The parts of a record: a title and its text."""
    record = details.record
    repeat = f", repeat {record.repeat + 1}" if record.repeat else ""
    yield f"SAMPLE {plain(record.sample_id, 200)}{repeat}", _in_short(record)
    if record.error:
        yield "ERROR", record.error
    for score in details.scores:
        value = "unscored" if score.value is None else f"{score.value}"
        labels = f"\nread as: {score.label}" if score.label is not None else ""
        expected = f"\nexpected: {score.expected_label}" if score.expected_label is not None else ""
        yield f"SCORE {score.evaluator}: {value}", f"{score.why}{labels}{expected}"
    for role, content in _messages(record.prompt):
        yield f"PROMPT {role}", content
    if record.thinking:
        yield "THINKING", record.thinking
    if record.answer is not None:
        yield "ANSWER", record.answer or "(empty)"
    if record.expected is not None:
        yield "EXPECTED", record.expected
    for attempt in details.attempts:
        status = f" (status {attempt.status})" if attempt.status is not None else ""
        waited = f", then waited {milliseconds(attempt.waited)}" if attempt.waited else ""
        yield (
            f"ATTEMPT {attempt.number}: {attempt.outcome}{status}",
            f"started after {milliseconds(attempt.started_at)}, took {milliseconds(attempt.duration)}{waited}\n{attempt.message}",
        )
    yield "TIMINGS", _timings(record)


def _in_short(record: Record) -> str:
    words = [record.outcome]
    if record.latency is not None:
        words.append(milliseconds(record.latency))
    words.append(f"{record.attempts} attempt{'s' if record.attempts != 1 else ''}")
    if record.tokens_in is not None or record.tokens_out is not None:
        words.append(f"{record.tokens_in or 0:,} tokens in, {record.tokens_out or 0:,} out")
    if record.finish_reason == "length":
        words.append("cut off at the limit of tokens")
    if record.cost is not None:
        words.append(money(record.cost))
    if record.answered_by:
        words.append(f"answered by {record.answered_by}")
    return " · ".join(words)


def _timings(record: Record) -> str:
    parts = (
        ("waited for the limits", record.queued), ("backed off", record.backed_off), ("first token", record.first_token),
        ("latency of the answer", record.latency), ("evaluators", record.judged),
    )  # fmt: skip
    return "\n".join(f"{name}: {milliseconds(value)}" for name, value in parts if value is not None)


def _messages(prompt: str) -> list[tuple[str, str]]:
    """The messages of a prompt; a prompt of another form as it is stored."""
    try:
        messages = json.loads(prompt)
        return [(str(one["role"]), _content(one["content"])) for one in messages]
    except (ValueError, KeyError, TypeError):
        return [("", prompt)]


def _content(content: object) -> str:
    return content if isinstance(content, str) else json.dumps(content, ensure_ascii=False, indent=1)
