"""Palette: one field that finds every command, page, run, evaluation, dataset, model and setting (Ctrl+K)."""

from collections.abc import Sequence

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QRectF,
    QSettings,
    QSize,
    Qt,
)
from PySide6.QtGui import QCloseEvent, QColor, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from evalstudio.ui.kit.sheet_frame import Scrim
from evalstudio.ui.kit.text import one_line, tr
from evalstudio.ui.kit.theme import SPACE_M, SPACE_S, line_height, scaled, tokens
from evalstudio.ui.kit.tokens import RADIUS_S, SMALL
from evalstudio.ui.kit.widgets import Card, TextLabel, labelled, quiet_selection
from evalstudio.ui.shell.finder import Entry, Finder

WIDE, ROWS = 38, 10  # width in lines of text, visible results
TOP = 90  # pixels above it
KEPT = 30  # of what was used last
USED = "palette_used"
ENTRY = Qt.ItemDataRole.UserRole
Index = QModelIndex | QPersistentModelIndex


class Palette(Card):
    """The palette, over its window. It is made anew at each opening, so that it knows what there is now."""

    def __init__(self, window: QWidget, entries: Sequence[Entry], machine: QSettings) -> None:
        super().__init__()
        self.setParent(window)
        self.setObjectName("palette")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._window = window
        self._before: QWidget | None = window.focusWidget()
        self._machine = machine
        used = machine.value(USED)
        self._used: list[str] = [str(key) for key in used] if isinstance(used, list) else []
        self._finder = Finder(entries)
        self._model = _Results()
        self.field = _Field(self)
        self.field.setPlaceholderText(tr("Find a command, page, run, evaluation, dataset, model or setting"))
        labelled(self.field, "palette_field", tr("Find"))
        self.view = QListView()
        labelled(self.view, "palette_results", tr("Results"))
        self.view.setModel(self._model)
        quiet_selection(self.view)
        self.view.setItemDelegate(_Delegate(self.view))
        self.view.setFrameShape(QFrame.Shape.NoFrame)
        self.view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.view.setUniformItemSizes(True)
        self.view.setMouseTracking(True)
        self.view.entered.connect(self.view.setCurrentIndex)
        self.view.clicked.connect(lambda *_: self.run())
        self._nothing = TextLabel(tr("Nothing found."), "muted", name="palette_nothing")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE_S, SPACE_S, SPACE_S, SPACE_S)
        layout.setSpacing(SPACE_S)
        for part in (self.field, self.view, self._nothing):
            layout.addWidget(part)
        self.field.textChanged.connect(self._find)
        self._scrim = Scrim(window)
        self._find("")
        self.show()
        self.raise_()
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)

    def step(self, rows: int) -> None:
        """Selects a result further down, or up; round at the ends."""
        count = self._model.rowCount()
        if count:
            row = (self.view.currentIndex().row() + rows) % count
            self.view.setCurrentIndex(self._model.index(row))

    def run(self) -> None:
        """Does what is selected."""
        entry = self.view.currentIndex().data(ENTRY)
        if isinstance(entry, Entry) and entry.is_enabled:
            self._used = [entry.key, *(key for key in self._used if key != entry.key)][:KEPT]
            self._machine.setValue(USED, self._used)
            self.leave()
            entry.act()

    def leave(self) -> None:
        """Closes it; the focus goes back where it was."""
        before, self._before = self._before, None
        self.close()
        if before is not None:
            before.setFocus(Qt.FocusReason.PopupFocusReason)

    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        self._scrim.hide()
        self._scrim.deleteLater()

    def _find(self, typed: str) -> None:
        found = self._finder.find(typed, {key: place for place, key in enumerate(self._used)})
        self._model.show_entries(found)
        self.view.setCurrentIndex(self._model.index(0))
        self.view.scrollToTop()
        self.view.setVisible(bool(found))
        self._nothing.setVisible(not found)
        self._place()

    def _place(self) -> None:
        window = self._window
        wide = min(WIDE * line_height(), window.width() - 2 * SPACE_M)
        shown = min(ROWS, self._model.rowCount())
        self.view.setFixedHeight(min((line_height() + 12) * shown + 4, window.height() - 2 * TOP))
        self.setGeometry((window.width() - wide) // 2, TOP, wide, self.sizeHint().height())


class _Field(QLineEdit):
    """The field; arrow keys move in the results, and leaving it closes the palette."""

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self._palette = palette

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: ROWS, Qt.Key.Key_PageUp: -ROWS}
        key = Qt.Key(event.key())
        if key in steps:
            self._palette.step(steps[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._palette.run()
        elif key == Qt.Key.Key_Escape:
            self._palette.leave()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: object) -> None:
        super().focusOutEvent(event)  # type: ignore[arg-type]
        if self._palette.isVisible() and self.window().isActiveWindow():
            self._palette.close()


class _Results(QAbstractListModel):
    def __init__(self) -> None:
        super().__init__()
        self._entries: list[Entry] = []

    def show_entries(self, entries: list[Entry]) -> None:
        self.beginResetModel()
        self._entries = entries
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._entries)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        entry = self._entries[index.row()]
        if role == ENTRY:
            return entry
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return f"{entry.title}, {entry.kind}"
        return None


class _Delegate(QStyledItemDelegate):
    """Draws title and detail at the left, shortcut and kind at the right."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(200, line_height() + 12)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        entry: Entry = index.data(ENTRY)
        colours = tokens()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(option.rect)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours.selection))
            painter.drawRoundedRect(box, RADIUS_S, RADIUS_S)
        line = box.adjusted(SPACE_S, 0, -SPACE_S, 0)
        left = int(Qt.AlignmentFlag.AlignVCenter)
        painter.setFont(scaled(option.font, SMALL))
        small = painter.fontMetrics()
        right = "   ".join(filter(None, (entry.keys, entry.kind)))
        painter.setPen(QColor(colours.muted))
        painter.drawText(line, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), right)
        room = int(line.width()) - small.horizontalAdvance(right) - SPACE_M
        painter.setFont(option.font)
        painter.setPen(QColor(colours.text if entry.is_enabled else colours.muted))
        title = option.fontMetrics.elidedText(one_line(entry.title), Qt.TextElideMode.ElideMiddle, room)
        painter.drawText(line, left, title)
        taken = option.fontMetrics.horizontalAdvance(title) + SPACE_S
        if entry.detail and room - taken > 60:
            painter.setFont(scaled(option.font, SMALL))
            painter.setPen(QColor(colours.muted))
            words = small.elidedText(one_line(entry.detail), Qt.TextElideMode.ElideRight, room - taken)
            painter.drawText(line.adjusted(taken, 0, 0, 0), left, words)
        painter.restore()
