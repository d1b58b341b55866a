"""Undo histories of evaluation files: each file that was opened keeps its document, with what was changed in it."""

import time

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QTextCursor, QTextDocument
from PySide6.QtWidgets import QPlainTextDocumentLayout, QPlainTextEdit

MOST = 40  # files; the histories of the others are forgotten
ONE_STEP_S = 1.0  # changes of one field that follow each other sooner are undone together


class TextHistories(QObject):
    """The documents of a text field. `changed` is emitted when what can be undone or redone changes."""

    changed = Signal()

    def __init__(self, text: QPlainTextEdit) -> None:
        super().__init__(text)
        self._text = text
        self._documents: dict[str, QTextDocument] = {}
        self._last: tuple[str, float, int] = ("", 0.0, 0)  # step, time and number of undo steps afterwards

    def show(self, reference: str) -> None:
        """Shows the document of a file, an empty one if it was not open yet."""
        document = self._documents.pop(reference, None)
        if document is None:
            document = self._make()
        self._documents[reference] = document
        if self._text.document() is not document:
            self._text.setDocument(document)
        document.setDefaultFont(self._text.font())
        while len(self._documents) > MOST:
            self._documents.pop(next(iter(self._documents))).deleteLater()
        self._last = ("", 0.0, 0)
        self.changed.emit()

    def replace(self, text: str, step: str = "") -> None:
        """Replaces the text as one undoable edit; the first text of a document can't be undone.

        Edits of the same `step` in quick succession are undone together.
        """
        document = self._text.document()
        before = document.toRawText().replace("\u2029", "\n")
        if before == text:
            return
        is_first = not before and not document.isUndoAvailable() and not document.isRedoAvailable()
        if is_first:
            document.setUndoRedoEnabled(False)
        start, end_before, end = _difference(before, text)
        cursor = QTextCursor(document)
        steps, now = document.availableUndoSteps(), time.monotonic()
        joins = (
            bool(step)
            and self._last[0] == step
            and now - self._last[1] < ONE_STEP_S
            and self._last[2] == steps
        )
        cursor.joinPreviousEditBlock() if joins else cursor.beginEditBlock()
        cursor.setPosition(_place(before, start))
        cursor.setPosition(_place(before, end_before), QTextCursor.MoveMode.KeepAnchor)
        cursor.insertText(text[start:end])
        cursor.endEditBlock()
        if is_first:
            document.setUndoRedoEnabled(True)
        self._last = (step, now, document.availableUndoSteps())

    def _make(self) -> QTextDocument:
        document = QTextDocument(self)
        document.setDocumentLayout(QPlainTextDocumentLayout(document))
        document.setDefaultFont(self._text.font())
        document.undoAvailable.connect(lambda *_: self.changed.emit())
        document.redoAvailable.connect(lambda *_: self.changed.emit())
        return document


def _difference(before: str, after: str) -> tuple[int, int, int]:
    """Returns where two texts begin to differ, and where the differing part ends in each."""
    shortest = min(len(before), len(after))
    start = next((n for n in range(shortest) if before[n] != after[n]), shortest)
    rest = shortest - start
    same = next((n for n in range(rest) if before[-1 - n] != after[-1 - n]), rest)
    return start, len(before) - same, len(after) - same


def _place(text: str, index: int) -> int:
    """Returns a position in a document, which counts UTF-16 units."""
    return len(text[:index].encode("utf-16-le", "surrogatepass")) // 2
