"""Sample preview: the rendered messages of one dataset row at a time, and the answers of a trial."""

from collections.abc import Iterator, Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QColor, QFont, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from evalstudio.core.format import milliseconds
from evalstudio.store.reader import Details
from evalstudio.store.rows import CUT_OFF
from evalstudio.templating.templates import Message
from evalstudio.ui.kit.form_fields import IssueLabel, small_button
from evalstudio.ui.kit.tabs import Tabs
from evalstudio.ui.kit.text import plain, tr
from evalstudio.ui.kit.theme import SPACE_S, theme, tokens
from evalstudio.ui.kit.widgets import Button, Card, TextLabel, labelled, quiet_selection

Parts = Sequence[tuple[str, str]]


class SamplePreview(Card):
    """The preview. `row_wanted` requests another row, counted from 0."""

    row_wanted = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("sample_preview")
        self._row, self._rows = 0, 0
        self.before = small_button("preview_before", tr("Row before"), "before")
        self.after = small_button("preview_after", tr("Row after"), "after")
        self._place = TextLabel("", "muted", name="preview_place")
        self.issue = IssueLabel("preview")
        self.view = PartsView("preview_text", tr("The messages of this row"))
        self.view.setPlaceholderText(tr("The messages appear here once the dataset can be read."))
        self.answers = PartsView("try_text", tr("Answers of the try"))
        self.tabs = Tabs("preview_tabs", tr("Preview of the messages, and answers of a try"))
        self.tabs.addTab(self._preview(), tr("Preview"))
        self._trying = TextLabel("", "muted", name="try_state")
        self.stop = Button(tr("Stop"))
        labelled(self.stop, "stop_try", tr("Stop the try"), tr("Answers so far are kept"))
        self.tabs.addTab(self._tried(), tr("Answers"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2, 2, 2, 2)
        layout.addWidget(self.tabs)
        self.before.clicked.connect(lambda: self.row_wanted.emit(self._row - 1))
        self.after.clicked.connect(lambda: self.row_wanted.emit(self._row + 1))

    def show_row(self, row: int, rows: int, parts: Parts, problem: str = "") -> None:
        """Shows the rendered row, or why it can't be rendered."""
        self._row, self._rows = row, rows
        self.before.setEnabled(row > 0)
        self.after.setEnabled(row + 1 < rows)
        self._place.show_text(
            tr("Row {row} of the first {rows}").format(row=row + 1, rows=rows) if rows else ""
        )
        self.issue.show_sentences([problem] if problem else [])
        self.view.show_parts(parts)

    def show_answers(self, parts: Parts) -> None:
        """Shows the answers of a trial so far."""
        self.answers.show_parts(parts)
        self.tabs.setCurrentIndex(1)

    def say_trying(self, words: str) -> None:
        """Shows the progress of a trial; empty if none is running."""
        self._trying.show_text(words)
        self.answers.setPlaceholderText(
            tr("The answers appear here as they come.")
            if words
            else tr("Try on 3 samples to see the answers here.")
        )
        for part in (self._trying, self.stop):
            part.setVisible(bool(words))

    def _preview(self) -> QWidget:
        box = QWidget()
        head = QHBoxLayout()
        head.setSpacing(SPACE_S)
        head.addWidget(self.before)
        head.addWidget(self._place)
        head.addWidget(self.after)
        head.addStretch(1)
        layout = QVBoxLayout(box)
        layout.setContentsMargins(SPACE_S, SPACE_S, SPACE_S, 0)
        layout.addLayout(head)
        layout.addWidget(self.issue)
        layout.addWidget(self.view, 1)
        return box

    def _tried(self) -> QWidget:
        box = QWidget()
        head = QHBoxLayout()
        head.setContentsMargins(SPACE_S, SPACE_S, SPACE_S, 0)
        head.addWidget(self._trying, 1)
        head.addWidget(self.stop)
        layout = QVBoxLayout(box)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addWidget(self.answers, 1)
        self.say_trying("")
        return box


class PartsView(QPlainTextEdit):
    """Plain view of titles and texts: a model's answer is never interpreted as markup."""

    def __init__(self, name: str, spoken: str) -> None:
        super().__init__()
        labelled(self, name, spoken)
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setTabChangesFocus(True)
        self.setFrameShape(QPlainTextEdit.Shape.NoFrame)
        self.document().setDocumentMargin(SPACE_S)
        self._parts: Parts = ()
        theme().changed.connect(self._follow_theme)
        self._follow_theme()

    def show_parts(self, parts: Parts) -> None:
        """Shows the parts; if they only extend the previous ones, the scroll position is kept."""
        before, self._parts = list(self._parts), list(parts)
        if before != self._parts:
            place = self.verticalScrollBar().value() if self._parts[: len(before)] == before else 0
            self._write()
            self.verticalScrollBar().setValue(place)

    def _follow_theme(self) -> None:
        quiet_selection(self)
        self._write()

    def _write(self) -> None:
        heading, body = QTextCharFormat(), QTextCharFormat()
        heading.setFontWeight(QFont.Weight.Bold)
        heading.setForeground(QColor(tokens().muted))
        body.setForeground(QColor(tokens().text))
        self.clear()
        cursor = QTextCursor(self.document())
        cursor.beginEditBlock()
        for number, (title, text) in enumerate(self._parts):
            cursor.insertText(("\n\n" if number else "") + plain(title, 300) + "\n", heading)
            cursor.insertText(plain(text, 8_000), body)
        cursor.endEditBlock()
        self.verticalScrollBar().setValue(0)


def message_parts(messages: Sequence[Message], values: dict[str, object]) -> Iterator[tuple[str, str]]:
    """Returns a row's messages, then the values they were rendered from."""
    for message in messages:
        yield message.role.upper(), message.content
    yield tr("COLUMNS"), "\n".join(f"{name}: {value}" for name, value in values.items())


def answer_parts(records: Sequence[Details]) -> Iterator[tuple[str, str]]:
    """Returns the answers of a trial, each with its scores and reasons."""
    for details in records:
        record = details.record
        took = f" · {milliseconds(record.latency)}" if record.latency is not None else ""
        if record.finish_reason == CUT_OFF:
            took += " · " + tr("cut off at the limit of tokens")
        yield (
            tr("SAMPLE {sample_id}{took}").format(sample_id=record.sample_id, took=took),
            record.answer or record.error or tr("(empty)"),
        )
        if record.expected is not None:
            yield tr("EXPECTED"), record.expected
        for score in details.scores:
            value = tr("unscored") if score.value is None else f"{score.value}"
            yield (
                tr("SCORE {evaluator}: {value}").format(evaluator=score.evaluator, value=value),
                score.why or tr("(no reason given)"),
            )
