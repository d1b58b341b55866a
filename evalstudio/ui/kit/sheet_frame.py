"""Sheet frame: a dialog as a card over its dimmed window, without a title bar of the system."""

from PySide6.QtCore import QEvent, QObject, QPoint, QRectF, QSize, Qt
from PySide6.QtGui import (
    QCloseEvent,
    QColor,
    QGuiApplication,
    QHideEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QRegion,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QDialog, QWidget

from evalstudio.ui.kit.theme import theme, tokens
from evalstudio.ui.kit.tokens import RADIUS

EDGE = 24  # least distance from the edges of the window, in pixels
HIGH = 0.38  # the share of the free height that stays above a sheet
DIM = 70  # of 255


class SheetFrame(QDialog):
    """The frame. Esc closes it, and what lies below is dimmed while it is open.

    Example:
        class BinDialog(SheetFrame): ...
    """

    def __init__(self, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setWindowFlags(Qt.WindowType.Dialog | Qt.WindowType.FramelessWindowHint)
        self._is_masked = QGuiApplication.platformName() == "xcb"  # where a compositor may be missing
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground, not self._is_masked)
        self._scrim: Scrim | None = None
        theme().changed.connect(self.update)

    def showEvent(self, event: QShowEvent) -> None:
        parent = self.parentWidget()
        if parent is not None and self._scrim is None:
            window = parent.window()
            self._scrim = Scrim(window)
            room = window.size() - QSize(2 * EDGE, 2 * EDGE)
            self.resize(self.size().boundedTo(room).expandedTo(self.minimumSizeHint()))
            free = window.size() - self.size()
            self.move(window.mapToGlobal(QPoint(free.width() // 2, max(0, round(free.height() * HIGH)))))
        super().showEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        self._lift()
        super().hideEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        if event.isAccepted():
            self._lift()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if not self._is_masked:
            return
        path = QPainterPath()
        path.addRoundedRect(QRectF(self.rect()), RADIUS, RADIUS)
        self.setMask(QRegion(path.toFillPolygon().toPolygon()))

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(colours.edge), 1))
        painter.setBrush(QColor(colours.card))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)

    def _lift(self) -> None:
        scrim, self._scrim = self._scrim, None
        if scrim is not None:
            scrim.hide()
            scrim.deleteLater()


class Scrim(QWidget):
    """A shade over a window that follows its size."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setObjectName("scrim")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        window.installEventFilter(self)
        self.setGeometry(window.rect())
        self.show()
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QResizeEvent):
            self.setGeometry(0, 0, event.size().width(), event.size().height())
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), QColor(0, 0, 0, DIM))
