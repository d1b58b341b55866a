"""Record details: one complete record to read: what was asked and answered, scores and their reasons, timings."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QTextEdit, QVBoxLayout, QWidget

from evalstudio.store.reader import Details
from evalstudio.ui.kit.form_fields import small_button
from evalstudio.ui.kit.icons import icon
from evalstudio.ui.kit.text import tr
from evalstudio.ui.kit.theme import SPACE_L, SPACE_S, SPACE_XS, theme
from evalstudio.ui.kit.tokens import CAPTION
from evalstudio.ui.kit.widgets import ElidedLabel, TextLabel, labelled
from evalstudio.ui.records.record_cards import ClosedDocument, draw_grounds, write_record
from evalstudio.ui.records.record_text import in_short, text_of

SIDE_BY_SIDE = 480  # pixels from which answer and expected text stand side by side


class RecordDetail(QWidget):
    """Reader of one record. Links in it are not active, and nothing is loaded from anywhere."""

    large_wanted = Signal(bool)
    step_wanted = Signal(int)  # to the next record, or -1: the one before

    def __init__(self, prefix: str = "") -> None:
        super().__init__()
        self.setObjectName(f"{prefix}record_detail")
        self.is_large = False
        self.view = _Reader(self)
        self.view.setObjectName(f"{prefix}record_text")
        self.view.setAccessibleName(tr("Record"))
        self._empty = TextLabel(
            tr("Select a record to read its prompt, answer, scores and timings."), "muted"
        )
        self._empty.setWordWrap(True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setContentsMargins(SPACE_L, SPACE_S, SPACE_L, SPACE_L)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self.view)
        self._short = ElidedLabel("", "muted", CAPTION, name=f"{prefix}record_short")
        self.formatted = small_button(
            f"{prefix}record_formatted", tr("Formatted"), "text", tr("Show Markdown, code and JSON formatted")
        )
        self.formatted.setCheckable(True)
        self.formatted.toggled.connect(self._write_again)
        self._expand = small_button(
            f"{prefix}record_expand", tr("Open large"), "expand", tr("Open large (Space)")
        )
        self._expand.clicked.connect(lambda: self.large_wanted.emit(not self.is_large))
        head = QHBoxLayout()
        head.setContentsMargins(SPACE_S, SPACE_S, SPACE_S, 0)
        head.setSpacing(SPACE_XS)
        head.addWidget(self._short, 1)
        head.addWidget(self.formatted)
        head.addWidget(self._expand)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addWidget(self._stack, 1)
        self._details: Details | None = None
        self._is_wide = False
        for button in (self.formatted, self._expand):
            button.setEnabled(False)
        theme().changed.connect(self._write_again)

    def show_record(self, details: Details | None, *, again: bool = False) -> None:
        """Shows a record; None empties the pane. For the same record, the scroll position is kept."""
        if details == self._details and not again:
            return
        before = self._details
        same = details is not None and before is not None and details.record.id == before.record.id
        place = self.view.verticalScrollBar().value() if same else 0
        self._details = details
        self._stack.setCurrentWidget(self._empty if details is None else self.view)
        for button in (self.formatted, self._expand):
            button.setEnabled(details is not None)
        self._short.show_text(in_short(details.record) if details is not None else "")
        self.view.clear()
        if details is None:
            return
        self._is_wide = self.view.width() >= SIDE_BY_SIDE
        write_record(
            self.view.document(), details, side_by_side=self._is_wide, formatted=self.formatted.isChecked()
        )
        self.view.verticalScrollBar().setValue(place)

    def _write_again(self) -> None:
        self.show_record(self._details, again=True)

    def show_large(self, large: bool) -> None:
        """Tells that the reader has been given the room of its neighbours, or given it back."""
        self.is_large = large
        words = tr("Back to the list") if large else tr("Open large")
        hint = tr("Back to the list (Escape)") if large else tr("Open large (Space)")
        labelled(self._expand, self._expand.objectName(), words, hint)
        self._expand.setIcon(icon("list" if large else "expand", "muted"))

    def text(self) -> str:
        """Returns the record as plain text, for the clipboard."""
        return text_of(self._details) if self._details is not None else ""

    def fit(self) -> None:
        """Writes the record anew where answer and expected text go side by side, or no longer do."""
        if self._details is not None and (self.view.width() >= SIDE_BY_SIDE) != self._is_wide:
            self.show_record(self._details, again=True)


class _Reader(QTextEdit):
    """The text. Space opens and closes it large, Escape closes it; J and K step to other records while it is large."""

    def __init__(self, owner: RecordDetail) -> None:
        super().__init__()
        self._owner = owner
        self.setDocument(ClosedDocument(self))
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setFrameShape(QTextEdit.Shape.NoFrame)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        labelled(self, "record_text", tr("Record"))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        owner, key = self._owner, event.key()
        if key == Qt.Key.Key_Space:
            owner.large_wanted.emit(not owner.is_large)
        elif owner.is_large and key == Qt.Key.Key_Escape:
            owner.large_wanted.emit(False)
        elif owner.is_large and key in (Qt.Key.Key_J, Qt.Key.Key_K):
            owner.step_wanted.emit(1 if key == Qt.Key.Key_J else -1)
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.translate(-self.horizontalScrollBar().value(), -self.verticalScrollBar().value())
        draw_grounds(painter, self.document())
        painter.end()
        super().paintEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._owner.fit()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.viewport().update()
