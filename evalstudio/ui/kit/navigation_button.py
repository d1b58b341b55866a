"""Navigation button: a page or a command in the navigation, an icon above a word."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFocusEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QApplication, QToolButton

from evalstudio.ui.kit.button_paint import FocusRing
from evalstudio.ui.kit.icons import draw_icon
from evalstudio.ui.kit.text import tr
from evalstudio.ui.kit.theme import line_height, scaled, theme, tokens
from evalstudio.ui.kit.tokens import CAPTION, FOCUS, RADIUS


class NavigationButton(QToolButton):
    """Button for a page or a command in the navigation: an icon above a word."""

    def __init__(self, text: str, icon_name: str, name: str) -> None:
        super().__init__()
        self.ring = FocusRing()
        self._icon_name = icon_name
        self.setObjectName(name)
        self.setText(text)
        self.setAccessibleName(text)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        theme().changed.connect(self._fit)
        self._fit()

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.ring.take(event)
        super().focusInEvent(event)

    def _fit(self) -> None:
        self.setFont(scaled(QApplication.font(), CAPTION))
        metrics = self.fontMetrics()
        side = round(line_height() * 1.25)
        self.setFixedSize(
            max(64, metrics.horizontalAdvance(tr("Evaluations")) + 16), metrics.height() + side + 16
        )
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.setPen(
            QPen(QColor(colours.accent_text), FOCUS)
            if self.hasFocus() and self.ring.is_shown
            else Qt.PenStyle.NoPen
        )
        if self.isChecked() or self.isDown():
            painter.setBrush(QColor(colours.selection))
        elif self.underMouse():
            painter.setBrush(QColor(colours.border))
        else:
            painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box, RADIUS, RADIUS)
        ink = QColor(colours.accent_text if self.isChecked() else colours.muted)
        side = round(line_height() * 1.25)
        draw_icon(painter, self._icon_name, ink, QRectF((self.width() - side) / 2, 7, side, side))
        painter.setPen(QColor(colours.text if self.isChecked() else colours.muted))
        below = self.rect().adjusted(0, side + 7, 0, -3)
        painter.drawText(below, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter, self.text())
