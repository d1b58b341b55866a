"""Tab widget with a flat bar: words, and a line in the accent colour under the current one."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QEnterEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QTabBar, QTabWidget

from evalstudio.ui.kit.theme import SPACE_M, theme, tokens
from evalstudio.ui.kit.widgets import labelled

LINE = 2.5  # pixels


class Tabs(QTabWidget):
    """Tab widget with a flat bar. `name` is for code, `spoken` for screen readers; `room` is the width left by the tabs."""

    room = Signal(int)

    def __init__(self, name: str, spoken: str) -> None:
        super().__init__()
        bar = _Bar(spoken)
        bar.laid_out.connect(self._tell_room)
        self.setTabBar(bar)
        # by default it takes the Tab key a second time and sends the focus back to its bar in an endless loop
        self.setFocusProxy(None)  # type: ignore[arg-type]
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        labelled(self, name, spoken)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._tell_room()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws the line under the bar, over the whole width."""
        if self.tabBar().isVisible():
            painter = QPainter(self)
            bottom = self.tabBar().geometry().bottom()
            painter.fillRect(0, bottom, self.width(), 1, QColor(tokens().border))

    def _tell_room(self) -> None:
        self.room.emit(self.width() - self.tabBar().sizeHint().width())


class _Bar(QTabBar):
    """Tab bar painted here, because the style cuts descenders in tabs that are not current."""

    laid_out = Signal()

    def __init__(self, spoken: str) -> None:
        super().__init__()
        self.setAccessibleName(spoken)
        self.setDrawBase(False)
        self.setMouseTracking(True)
        self._under = -1  # the hovered tab
        theme().changed.connect(self.update)

    def tabSizeHint(self, index: int) -> QSize:
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self.tabText(index)) + 2 * SPACE_M, metrics.height() + 14)

    def minimumTabSizeHint(self, index: int) -> QSize:
        return self.tabSizeHint(index)

    def tabLayoutChange(self) -> None:
        super().tabLayoutChange()
        self.laid_out.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for index in range(self.count()):
            box, chosen = QRectF(self.tabRect(index)), index == self.currentIndex()
            if chosen and self.hasFocus():
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(QColor(colours.accent_text), 1.4))
                painter.drawRoundedRect(box.adjusted(3, 3, -3, -5), 5, 5)
            painter.setPen(QColor(colours.text if chosen or index == self._under else colours.muted))
            painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), self.tabText(index))
            if chosen:
                line = QRectF(box.x() + SPACE_M / 2, box.bottom() - LINE, box.width() - SPACE_M, LINE)
                painter.fillRect(line, QColor(colours.accent_text))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        self._point_at(self.tabAt(event.position().toPoint()))

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self._point_at(self.tabAt(event.position().toPoint()))

    def leaveEvent(self, event: object) -> None:
        super().leaveEvent(event)  # type: ignore[arg-type]
        self._point_at(-1)

    def _point_at(self, index: int) -> None:
        if index != self._under:
            self._under = index
            self.update()
