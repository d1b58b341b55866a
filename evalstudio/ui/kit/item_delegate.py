"""Item delegate: the one look of a selected and of a hovered row in tables, lists and trees.

A row keeps the colours of its cells when it is selected, and there is no frame around the current cell.
"""

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QTreeView,
    QWidget,
)

from evalstudio.ui.kit.theme import theme, tokens
from evalstudio.ui.kit.tokens import RADIUS_S

Index = QModelIndex | QPersistentModelIndex
State = QStyle.StateFlag
PADDING = 5  # beside the text of a cell, in pixels
PLAIN = ~(State.State_Selected | State.State_HasFocus | State.State_MouseOver)
LIST_PADDING = 10  # the same in lists, whose rows are boxes
INSET = 4  # of a list's row, from the edges of its view, in pixels
ROOM = 10  # height of a row beyond that of its text, in pixels


class RowDelegate(QStyledItemDelegate):
    """Delegate of a view with whole rows.

    Example:
        RowDelegate(table)  # installs itself
    """

    def __init__(self, view: QAbstractItemView) -> None:
        super().__init__(view)
        self._view = view
        self._padding = PADDING
        self._is_table = isinstance(view, QTableView) or (
            isinstance(view, QTreeView) and (view.rootIsDecorated() or not view.isHeaderHidden())
        )
        if isinstance(view, QListView):
            self._padding = LIST_PADDING
        self._row, self._parent = -1, QPersistentModelIndex()  # the hovered row
        self._take_colours()
        view.setMouseTracking(True)
        view.entered.connect(self.point_at)
        _Leaving(view.viewport(), self)
        view.setItemDelegate(self)
        theme().changed.connect(self._take_colours)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        state = option.state
        if state & State.State_Selected:
            near = state & State.State_Active and self._view.hasFocus()
            self._draw_ground(painter, option.rect, self._selected if near else self._away)
        elif index.row() == self._row and index.parent() == self._parent and self._may_be_chosen(index):
            self._draw_ground(painter, option.rect, self._hovered)
        option.state = state & PLAIN
        option.rect = option.rect.adjusted(self._padding, 0, -self._padding, 0)
        super().paint(painter, option, index)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        size = super().sizeHint(option, index)
        return QSize(size.width() + 2 * self._padding, max(size.height(), option.fontMetrics.height() + ROOM))

    def point_at(self, index: QModelIndex) -> None:
        """Draws the row of an index as hovered; an invalid one: none."""
        if index.row() != self._row or index.parent() != self._parent:
            self._row, self._parent = index.row(), QPersistentModelIndex(index.parent())
            self._view.viewport().update()

    def _draw_ground(self, painter: QPainter, cell: QRect, colour: QColor) -> None:
        """Fills a table's cell, which is a part of its row; the row of a list is a rounded box."""
        if self._is_table:
            painter.fillRect(cell, colour)
            return
        row = QRectF(INSET, cell.y() + 1, self._view.viewport().width() - 2 * INSET, cell.height() - 2)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawRoundedRect(row, RADIUS_S, RADIUS_S)
        painter.restore()

    def _may_be_chosen(self, index: Index) -> bool:
        return bool(index.flags() & Qt.ItemFlag.ItemIsSelectable)

    def _take_colours(self) -> None:
        colours = tokens()
        self._selected = QColor(colours.selection)
        self._away = QColor(colours.selection_away)
        self._hovered = QColor(colours.hover)


class _Leaving(QObject):
    """Takes the hover away when the pointer leaves the view."""

    def __init__(self, viewport: QWidget, delegate: RowDelegate) -> None:
        super().__init__(viewport)
        self._delegate = delegate
        viewport.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self._delegate.point_at(QModelIndex())
        return False
