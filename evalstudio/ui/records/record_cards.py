"""Record cards: a record written into a document, a card for each message, answer and expected text beside each other.

Texts of models and datasets are plain. Formatted on request are JSON and Markdown, without HTML; images are never
loaded, and links lead nowhere.
"""

import json

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QPainter,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextDocumentFragment,
    QTextFormat,
    QTextFrameFormat,
    QTextLength,
    QTextTableFormat,
)
from PySide6.QtWidgets import QApplication

from evalstudio.core.format import milliseconds
from evalstudio.store.reader import Details
from evalstudio.store.rows import AttemptRow, Record
from evalstudio.ui.kit.text import plain, tr
from evalstudio.ui.kit.theme import SPACE_S, SPACE_XS, scaled, tokens
from evalstudio.ui.kit.tokens import CAPTION, RADIUS_S
from evalstudio.ui.records.record_text import messages_of, timings
from evalstudio.ui.records.word_diff import Piece, difference

GROUND = (
    QTextFormat.Property.UserProperty.value + 1
)  # of a frame: the token behind it, which `draw_grounds` paints
LEFT_OUT = {"answer": "gone", "expected": "new"}  # the pieces that a text does not have


class ClosedDocument(QTextDocument):
    """Document that loads nothing: no file and no address that a text names."""

    def loadResource(self, kind: int, name: QUrl | str) -> None:
        return None


def write_record(document: QTextDocument, details: Details, *, side_by_side: bool, formatted: bool) -> None:
    """Writes a record into an empty document."""
    writer = _Writer(document, formatted=formatted)
    writer.cursor.beginEditBlock()
    record = details.record
    repeat = tr(", repeat {repeat}").format(repeat=record.repeat + 1) if record.repeat else ""
    writer.line(
        tr("Sample {sample_id}{repeat}").format(sample_id=plain(record.sample_id, 200), repeat=repeat),
        bold=True,
    )
    if record.error:
        writer.card(tr("Error"), record.error, ground="bad_ground")
    if details.note is not None:
        tags = " ".join(f"#{tag}" for tag in details.note.tags)
        writer.card(tr("Note"), "\n".join(filter(None, (details.note.note, tags))))
    for score in details.scores:
        sign, colour, value = _verdict(score.value)
        writer.line(f"{sign} {score.evaluator}: {value}", colour, bold=True)
        read = tr("Read as “{label}”").format(label=score.label) if score.label is not None else ""
        wanted = (
            tr("expected “{label}”").format(label=score.expected_label)
            if score.expected_label is not None
            else ""
        )
        writer.note("\n".join(filter(None, (score.why, ", ".join(filter(None, (read, wanted)))))))
    _write_answer(writer, record, side_by_side=side_by_side)
    for role, content in messages_of(record.prompt):
        writer.card(role or tr("Prompt"), content)
    if record.thinking:
        writer.card(tr("Reasoning"), record.thinking)
    for attempt in details.attempts:
        writer.card(*_attempt(attempt))
    writer.gap()
    writer.line(tr("Timings"), "muted")
    writer.note(timings(record))
    writer.cursor.endEditBlock()


def draw_grounds(painter: QPainter, document: QTextDocument) -> None:
    """Draws the cards of a record behind its text, with round corners, which a document has not."""
    layout = document.documentLayout()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    for frame in document.rootFrame().childFrames():
        form = frame.frameFormat()
        ground = form.property(GROUND)
        if isinstance(ground, str):
            box = layout.frameBoundingRect(frame)
            if form.isTableFormat():  # its place is that of the text in its first cell
                padding = form.toTableFormat().cellPadding()
                box.translate(-padding, -padding)
                box.setHeight(box.height() - form.topMargin())
            else:
                box.setTop(box.top() + form.topMargin())
            painter.setBrush(QColor(getattr(tokens(), ground)))
            painter.drawRoundedRect(box, RADIUS_S, RADIUS_S)


def _verdict(value: float | str | None) -> tuple[str, str, str]:
    """Returns sign, colour and words of a score."""
    if value is None:
        return "–", "muted", tr("unscored")
    if isinstance(value, str):
        return "·", "text", value
    if value >= 1:
        return "✓", "good", f"{value:g}"
    return ("✗", "bad", f"{value:g}") if value <= 0 else ("·", "text", f"{value:g}")


def _write_answer(writer: "_Writer", record: Record, *, side_by_side: bool) -> None:
    pieces = difference(record.expected or "", record.answer or "")
    parts = []
    if record.answer is not None:
        parts.append((tr("Answer"), record.answer or tr("(empty)"), "answer"))
    if record.expected is not None:
        parts.append((tr("Expected"), record.expected, "expected"))
    if side_by_side and len(parts) == 2:
        cells = writer.columns(2)
    else:
        cells = []
    for place, (title, text, side) in enumerate(parts):
        mine = [piece for piece in pieces if piece.kind != LEFT_OUT[side]]
        writer.card(title, text, pieces=mine, cell=cells[place] if cells else None)


def _attempt(attempt: AttemptRow) -> tuple[str, str]:
    status = " " + tr("(status {status})").format(status=attempt.status) if attempt.status is not None else ""
    waited = (
        tr(", then waited {waited}").format(waited=milliseconds(attempt.waited)) if attempt.waited else ""
    )
    title = tr("Attempt {number}: {outcome}{status}").format(
        number=attempt.number, outcome=tr(attempt.outcome), status=status
    )
    words = tr("started after {started_at}, took {duration}{waited}\n{message}").format(
        started_at=milliseconds(attempt.started_at), duration=milliseconds(attempt.duration), waited=waited,
        message=attempt.message,
    )  # fmt: skip
    return title, words.rstrip()


class _Writer:
    """Cursor of a document with the formats of the theme."""

    def __init__(self, document: QTextDocument, *, formatted: bool) -> None:
        document.setDocumentMargin(SPACE_S)
        self.cursor = QTextCursor(document)
        self._root = document.rootFrame()
        self._formatted = formatted
        self._is_first = True

    def line(self, text: str, colour: str = "text", *, bold: bool = False) -> None:
        """Writes a line of its own."""
        self._begin()
        self.cursor.insertText(plain(text), self._look(colour, bold=bold))

    def note(self, text: str) -> None:
        """Writes a muted text below the line before it."""
        if text:
            self._begin(0)
            self.cursor.insertText(plain(text), self._look("muted"))

    def gap(self) -> None:
        """Leaves room below a card, where the margin of a line counts for nothing."""
        form = QTextBlockFormat()
        form.setLineHeight(SPACE_XS, QTextBlockFormat.LineHeightTypes.FixedHeight.value)
        self.cursor.setBlockFormat(form)
        self._is_first = False

    def columns(self, count: int) -> list[QTextCursor]:
        """Makes columns of equal width side by side; returns the place of each."""
        self._close_gap()
        form = QTextTableFormat()
        form.setWidth(QTextLength(QTextLength.Type.PercentageLength, 100))
        form.setColumnWidthConstraints([QTextLength(QTextLength.Type.PercentageLength, 100 / count)] * count)
        form.setCellPadding(SPACE_S)
        form.setCellSpacing(0)
        form.setTopMargin(SPACE_S)
        form.setBorder(0)
        form.setProperty(GROUND, "window")
        table = self.cursor.insertTable(1, count, form)
        cells = [table.cellAt(0, column).firstCursorPosition() for column in range(count)]
        self.cursor = self._root.lastCursorPosition()
        self._is_first = True
        return cells

    def card(
        self,
        title: str,
        text: str,
        *,
        ground: str = "window",
        pieces: list[Piece] | None = None,
        cell: QTextCursor | None = None,
    ) -> None:
        """Writes a title and a text on a ground of their own, or into a cell; `pieces` mark the differences."""
        inside = cell
        if inside is None:
            self._close_gap()
            form = QTextFrameFormat()
            form.setProperty(GROUND, ground)
            form.setPadding(SPACE_S)
            form.setTopMargin(SPACE_S)
            inside = self.cursor.insertFrame(form).firstCursorPosition()
        inside.insertText(title, self._look("muted", bold=True, factor=CAPTION))
        inside.insertBlock(_spaced(SPACE_XS))
        self._write(inside, text, pieces or [])
        self.cursor = self._root.lastCursorPosition()
        self._is_first = cell is None

    def _write(self, cursor: QTextCursor, text: str, pieces: list[Piece]) -> None:
        look = self._look("text")
        if self._formatted and (form := _formatted(text)) is not None:
            cursor.insertFragment(form)
        elif pieces:
            for piece in pieces:
                marked = QTextCharFormat(look)
                if piece.kind != "same":
                    marked.setBackground(
                        QColor(tokens().good_ground if piece.kind == "new" else tokens().bad_ground)
                    )
                    marked.setFontWeight(QFont.Weight.DemiBold)
                    marked.setFontUnderline(piece.kind == "new")
                    marked.setFontStrikeOut(piece.kind == "gone")
                cursor.insertText(plain(piece.text), marked)
        else:
            cursor.insertText(plain(text), look)

    def _begin(self, above: int = SPACE_S) -> None:
        if self._is_first:
            self.cursor.setBlockFormat(_spaced(0 if self.cursor.position() == 0 else SPACE_S))
        else:
            self.cursor.insertBlock(_spaced(above), QTextCharFormat())
        self._is_first = False

    def _close_gap(self) -> None:
        """Makes the empty block that a document needs before a frame too low to be seen."""
        if not self._is_first:
            self.cursor.insertBlock()
        form = QTextBlockFormat()
        form.setLineHeight(1, QTextBlockFormat.LineHeightTypes.FixedHeight.value)
        self.cursor.setBlockFormat(form)

    def _look(self, colour: str, *, bold: bool = False, factor: float = 1.0) -> QTextCharFormat:
        look = QTextCharFormat()
        look.setFont(scaled(QApplication.font(), factor, bold=bold))
        look.setForeground(QColor(getattr(tokens(), colour)))
        return look


def _spaced(above: int) -> QTextBlockFormat:
    form = QTextBlockFormat()
    form.setTopMargin(above)
    return form


def _formatted(text: str) -> QTextDocumentFragment | None:
    """Returns a text as formatted JSON or Markdown; None for what is neither."""
    shown = plain(text)
    document = ClosedDocument()
    document.setDefaultFont(QApplication.font())
    if shown.lstrip()[:1] in ("{", "["):
        try:
            tidy = json.dumps(json.loads(shown), ensure_ascii=False, indent=2)
        except ValueError:
            pass
        else:
            look = QTextCharFormat()
            look.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
            look.setForeground(QColor(tokens().text))
            QTextCursor(document).insertText(tidy, look)
            return QTextDocumentFragment(document)
    features = QTextDocument.MarkdownFeature(
        QTextDocument.MarkdownFeature.MarkdownDialectGitHub.value
        | QTextDocument.MarkdownFeature.MarkdownNoHTML.value
    )
    document.setMarkdown(shown, features)
    everything = QTextCursor(document)
    everything.select(QTextCursor.SelectionType.Document)
    colour = QTextCharFormat()
    colour.setForeground(QColor(tokens().text))
    colour.setAnchor(False)
    colour.setAnchorHref("")
    everything.mergeCharFormat(colour)
    return QTextDocumentFragment(document)
