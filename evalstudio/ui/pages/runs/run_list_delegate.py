"""Run list delegate: paints the runs and heads of the run list."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from evalstudio.core.run_state import ACTIVE
from evalstudio.ui.kit.icons import draw_icon
from evalstudio.ui.kit.run_state_look import LOOKS
from evalstudio.ui.kit.text import one_line, tr
from evalstudio.ui.kit.theme import RADIUS, SPACE_M, SPACE_S, SPACE_XS, scaled, tokens
from evalstudio.ui.pages.runs.run_list_rows import Row, RunHead, RunListEntry
from evalstudio.ui.pages.runs.sparkline import draw_spark

SPARK_WIDTH = 54
NAME = Qt.TextElideMode.ElideMiddle  # names with the same beginning differ at their end
ENTRY = Qt.ItemDataRole.UserRole
Index = QModelIndex | QPersistentModelIndex


class RunListDelegate(QStyledItemDelegate):
    """Draws three lines: experiment and score, evaluation with the throughput curve, and state.

    `missed` is called with a painted run whose curve is not known.
    """

    missed = Signal(int)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(160, option.fontMetrics.height() * 3 + 26)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        entry: Row = index.data(ENTRY)
        colours = tokens()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(option.rect).adjusted(SPACE_S - 1, 2, -SPACE_S + 1, -2)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours.selection))
            painter.drawRoundedRect(box, RADIUS - 2, RADIUS - 2)
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours.window))
            painter.drawRoundedRect(box, RADIUS - 2, RADIUS - 2)
        inside = box.adjusted(SPACE_S, 6, -SPACE_S, -7)
        if isinstance(entry, RunHead):
            self._write_head(painter, option, entry, inside)
        else:
            self._write(painter, option, entry, inside.adjusted(SPACE_M if entry.group else 0, 0, 0, 0))
        painter.restore()

    def _write_head(
        self, painter: QPainter, option: QStyleOptionViewItem, head: RunHead, box: QRectF
    ) -> None:
        colours = tokens()
        height = option.fontMetrics.height()
        line = QRectF(box.x(), box.y(), box.width(), height)
        fold = QRectF(line.x(), line.y() + (height - 13) / 2, 13, 13)
        draw_icon(painter, "chevron-down" if head.is_open else "chevron-right", QColor(colours.muted), fold)
        painter.setFont(scaled(option.font, 1.0, bold=True))
        painter.setPen(QColor(colours.text))
        elided(painter, line.adjusted(18, 0, 0, 0), one_line(head.title), NAME)
        painter.setFont(scaled(option.font, 0.9))
        painter.setPen(QColor(colours.muted))
        for text in (head.about, head.states):
            line.translate(0, height + 2)
            elided(painter, line.adjusted(18, 0, 0, 0), text)

    def _write(
        self, painter: QPainter, option: QStyleOptionViewItem, entry: RunListEntry, box: QRectF
    ) -> None:
        colours = tokens()
        normal, bold = option.font, scaled(option.font, 1.0, bold=True)
        small = scaled(option.font, 0.9)
        height = option.fontMetrics.height()
        line = QRectF(box.x(), box.y(), box.width(), height)
        painter.setFont(normal)
        painter.setPen(QColor(colours.text))
        score_width = painter.fontMetrics().horizontalAdvance(entry.score)
        painter.drawText(line, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, entry.score)
        painter.setFont(bold)
        if entry.pinned:
            pin = QRectF(line.x(), line.y() + (height - 13) / 2, 13, 13)
            draw_icon(painter, "pin", QColor(colours.accent), pin)
        name = line.adjusted(18 if entry.pinned else 0, 0, -score_width - SPACE_S, 0)
        elided(painter, name, one_line(entry.experiment), NAME)
        painter.setFont(small)
        painter.setPen(QColor(colours.muted))
        line.translate(0, height + 2)
        if entry.spark is None:
            self.missed.emit(entry.run_id)
        spark = QRectF(line.right() - SPARK_WIDTH, line.y() + 2, SPARK_WIDTH, height - 4)
        draw_spark(painter, spark, entry.spark or ())
        painter.setPen(QColor(colours.muted))
        elided(
            painter,
            line.adjusted(0, 0, -SPARK_WIDTH - SPACE_S, 0),
            one_line(" · ".join((*(f"#{tag}" for tag in entry.tags), entry.evaluation, entry.model))),
            NAME,
        )
        line.translate(0, height + 2)
        look = LOOKS[entry.state]
        colour = QColor(getattr(colours, look.colour))
        draw_icon(painter, look.icon, colour, QRectF(line.x(), line.y() + (height - 13) / 2, 13, 13))
        painter.setPen(colour)
        all_saved = entry.saved == entry.total
        share = f"{entry.total:,}" if all_saved else f"{entry.saved:,}/{entry.total:,}"
        room = painter.fontMetrics().horizontalAdvance(share) + SPACE_XS
        elided(painter, line.adjusted(18, 0, -room, 0), tr(entry.state))
        painter.setPen(QColor(colours.muted))
        painter.drawText(line, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, share)
        if entry.state in ACTIVE and entry.total:
            track = QRectF(box.x(), box.bottom() + 1, box.width(), 3)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours.border))
            painter.drawRoundedRect(track, 1.5, 1.5)
            track.setWidth(box.width() * min(1.0, entry.saved / entry.total))
            painter.setBrush(colour)
            painter.drawRoundedRect(track, 1.5, 1.5)


def elided(
    painter: QPainter, box: QRectF, text: str, mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight
) -> None:
    shown = painter.fontMetrics().elidedText(text, mode, int(box.width()))
    painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)
