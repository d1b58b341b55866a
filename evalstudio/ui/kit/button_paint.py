"""Button painting: background, border and focus ring of the kit's buttons in each of their states."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFocusEvent, QPainter, QPalette, QPen
from PySide6.QtWidgets import QAbstractButton

from evalstudio.ui.kit.theme import line_height, tokens
from evalstudio.ui.kit.tokens import FOCUS, RADIUS_S

BY_POINTER = (Qt.FocusReason.MouseFocusReason,)
KEEPING = (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason)


class FocusRing:
    """Whether a widget shows its focus: not after a click, for the pointer shows where a person is.

    Example:
        def focusInEvent(self, event: QFocusEvent) -> None:
            super().focusInEvent(event)
            self._ring.take(event)
    """

    def __init__(self) -> None:
        self.is_shown = False

    def take(self, event: QFocusEvent) -> None:
        if event.reason() in BY_POINTER:
            self.is_shown = False
        elif event.reason() not in KEEPING:
            self.is_shown = True


def icon_side() -> int:
    """Returns the side of an icon beside text, which grows with it."""
    return max(14, round(line_height() * 0.95))


def draw_ground(
    painter: QPainter,
    button: QAbstractButton,
    ring: FocusRing,
    *,
    primary: bool = False,
    danger: bool = False,
) -> QColor:
    """Draws a button without its content; returns the text colour."""
    colours = tokens()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    filled = (primary or danger) and button.isEnabled()
    ground, ink, edge = _shades(button, getattr(tokens(), "danger" if danger else "accent") if filled else "")
    painter.setPen(QPen(edge, 1))
    painter.setBrush(ground)
    painter.drawRoundedRect(QRectF(button.rect()).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS_S, RADIUS_S)
    if button.hasFocus() and ring.is_shown:
        inset = 2.5 if filled else 1
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(colours.on_accent if filled else colours.accent_text), FOCUS))
        box = QRectF(button.rect()).adjusted(inset, inset, -inset, -inset)
        painter.drawRoundedRect(box, RADIUS_S - inset + 0.5, RADIUS_S - inset + 0.5)
    return ink


def _shades(button: QAbstractButton, fill: str) -> tuple[QColor, QColor, QColor]:
    """Returns background, text and border colours of a button in its current state; `fill`: of a filled one."""
    colours = tokens()
    if not button.isEnabled():
        faint = button.palette().color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.ButtonText)
        return QColor(colours.card), faint, QColor(colours.border)
    if fill:
        ground = QColor(fill)
        if button.isDown():
            ground = ground.darker(118)
        elif button.underMouse():
            ground = ground.darker(107)
        return ground, QColor(colours.on_accent), ground
    if button.isDown() or button.isChecked():
        return QColor(colours.selection), QColor(colours.text), QColor(colours.edge)
    return (
        QColor(colours.hover if button.underMouse() else colours.card),
        QColor(colours.text),
        QColor(colours.edge),
    )
