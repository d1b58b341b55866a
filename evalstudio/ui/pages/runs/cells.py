"""Cell grid: small cells, one for each of many things, inspected with the pointer or the arrow keys."""

from PySide6.QtCore import QEvent, QPoint, QRectF, Qt
from PySide6.QtGui import QColor, QFocusEvent, QHelpEvent, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from evalstudio.ui.kit.text import tooltip
from evalstudio.ui.kit.theme import theme, tokens

STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Home: -1_000_000, Qt.Key.Key_End: 1_000_000}


class Cells(QWidget):
    """Base of cell grids. Subclasses define the number of cells, and the place, look and description of each."""

    def __init__(self, name: str, spoken: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(spoken)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._chosen = 0  # the cell with the keyboard cursor
        theme().changed.connect(self.updateGeometry)
        theme().changed.connect(self.update)

    def boxes(self) -> list[QRectF]:
        raise NotImplementedError

    def draw(self, painter: QPainter, number: int, box: QRectF) -> None:
        raise NotImplementedError

    def describe(self, number: int) -> str:
        raise NotImplementedError

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        boxes = self.boxes()
        for number, box in enumerate(boxes):
            self.draw(painter, number, box)
        if self.hasFocus() and boxes:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(tokens().text), 1.6))
            painter.drawRoundedRect(boxes[min(self._chosen, len(boxes) - 1)].adjusted(-1, -1, 1, 1), 3, 3)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            number = self._at(event.pos())
            if number is None:
                QToolTip.hideText()
            else:
                QToolTip.showText(event.globalPos(), tooltip(self.describe(number)), self)
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = STEPS.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self._choose(self._chosen + step)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason):
            self._choose(self._chosen)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        QToolTip.hideText()

    def _choose(self, number: int) -> None:
        """Shows a cell's description next to it, and reports it to screen readers."""
        boxes = self.boxes()
        self._chosen = max(0, min(number, len(boxes) - 1))
        self.setAccessibleDescription(self.describe(self._chosen) if boxes else "")
        if boxes:
            place = self.mapToGlobal(boxes[self._chosen].bottomLeft().toPoint())
            QToolTip.showText(place, tooltip(self.describe(self._chosen)), self)
        self.update()

    def _at(self, place: QPoint) -> int | None:
        found = (number for number, box in enumerate(self.boxes()) if box.contains(place.toPointF()))
        return next(found, None)
