"""Widget kit: the small widgets that several panels are made of."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QAction,
    QColor,
    QFocusEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QFrame,
    QItemDelegate,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QToolButton,
    QWidget,
)

from evalstudio.ui.kit.button_paint import FocusRing, draw_ground, icon_side
from evalstudio.ui.kit.icons import draw_icon
from evalstudio.ui.kit.item_delegate import RowDelegate
from evalstudio.ui.kit.styles import control_height
from evalstudio.ui.kit.text import tooltip
from evalstudio.ui.kit.theme import line_height, scaled, theme, tokens
from evalstudio.ui.kit.tokens import RADIUS

ARROW = 16  # width of a menu arrow
SPIN_MARGIN = 8  # before the text of a number field, as in other fields


class Card(QFrame):
    """Panel with its own background and border. It is painted, because a style sheet would affect every child."""

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(colours.border), 1))
        painter.setBrush(QColor(colours.card))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)


class TextLabel(QLabel):
    """Label for plain text in a token colour, with a size relative to the application's font."""

    def __init__(
        self, text: str = "", colour: str = "text", factor: float = 1.0, *, bold: bool = False, name: str = ""
    ) -> None:
        super().__init__(text)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setObjectName(name)
        self._colour = colour
        self._factor, self._bold = factor, bold
        theme().changed.connect(self._tint)
        self._tint()

    def set_colour(self, colour: str) -> None:
        if colour != self._colour:
            self._colour = colour
            self._tint()

    def show_text(self, text: str) -> None:
        """Sets the text if it differs, so that an equal text causes no repaint."""
        if text != self.text():
            self.setText(text)

    def showEvent(self, event: QShowEvent) -> None:
        """Takes its colour again: the first polish undoes it if the theme changed before the label was shown."""
        super().showEvent(event)
        if self.palette().color(QPalette.ColorRole.WindowText) != QColor(getattr(tokens(), self._colour)):
            self._tint()

    def _tint(self) -> None:
        if self._factor != 1.0 or self._bold:
            font = scaled(QApplication.font(), self._factor, bold=self._bold)
            if font != self.font():
                self.setFont(font)
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.WindowText, QColor(getattr(tokens(), self._colour)))
        self.setPalette(palette)


class ElidedLabel(TextLabel):
    """One-line label that is elided if there is no room, with the full text in the tooltip."""

    def __init__(self, *arguments: object, **options: object) -> None:
        super().__init__(*arguments, **options)  # type: ignore[arg-type]
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def minimumSizeHint(self) -> QSize:
        return QSize(40, super().minimumSizeHint().height())

    def show_text(self, text: str) -> None:
        if text != self.text():
            super().show_text(text)
            self.setToolTip(tooltip(text))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
        painter.drawText(self.rect(), int(self.alignment() | Qt.AlignmentFlag.AlignVCenter), text)


class GivingLabel(TextLabel):
    """Label that takes one line if there is room, otherwise several."""

    def __init__(self, *arguments: object, **options: object) -> None:
        super().__init__(*arguments, **options)  # type: ignore[arg-type]
        self.setWordWrap(True)

    def sizeHint(self) -> QSize:
        return QSize(self.fontMetrics().horizontalAdvance(self.text()) + 2, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        words = self.text().split()
        widest = max((self.fontMetrics().horizontalAdvance(word) for word in words), default=0)
        return QSize(widest + 2, self.fontMetrics().height())


class ActionButton(QToolButton):
    """Button for one of the window's actions, which provides text, icon, shortcut and state."""

    def __init__(
        self,
        action: QAction,
        *,
        primary: bool = False,
        icon_only: bool = False,
        name: str = "",
        words: str = "",
    ) -> None:
        super().__init__()
        self.ring = FocusRing()
        self._icon_only = icon_only
        self._words = words  # instead of the action's text
        self.setDefaultAction(action)
        self.setObjectName(name or f"{action.objectName()}_button")
        self.setAccessibleName(words or action.iconText())
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._primary = primary
        theme().changed.connect(self._follow_theme)
        self._follow_theme()

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.ring.take(event)
        super().focusInEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self._draw_content(painter, draw_ground(painter, self, self.ring, primary=self._primary))

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        if self._icon_only:
            return QSize(control_height(line_height()) + 4, control_height(line_height()))
        wide = (
            metrics.horizontalAdvance(self._words or self.text())
            + (icon_side() + 6 if not self.icon().isNull() else 0)
            + 26
        )
        return QSize(max(wide, 104) if self._primary else wide, control_height(line_height()))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def _follow_theme(self) -> None:
        if self._primary:
            self.setFont(scaled(QApplication.font(), 1.0, bold=True))
        self.updateGeometry()
        self.update()

    def _draw_content(self, painter: QPainter, ink: QColor) -> None:
        text = "" if self._icon_only else self._words or self.text()
        metrics = self.fontMetrics()
        side = icon_side() if not self.icon().isNull() else 0
        gap = 6 if side and text else 0
        wide = side + gap + metrics.horizontalAdvance(text)
        left = (self.width() - wide) // 2
        if side:
            name = str(self.defaultAction().property("icon_name"))
            draw_icon(painter, name, ink, QRectF(left, (self.height() - side) / 2, side, side))
        painter.setPen(ink)
        painter.setFont(self.font())
        painter.drawText(
            left + side + gap, 0, self.width(), self.height(), Qt.AlignmentFlag.AlignVCenter, text
        )


class Button(QPushButton):
    """Button without an action, in the same look, with a small arrow for a menu; red if it destroys something."""

    def __init__(self, text: str = "", *, primary: bool = False, danger: bool = False) -> None:
        super().__init__(text)
        self.ring = FocusRing()
        self.setAutoDefault(
            False
        )  # Enter in a field of a dialog presses its default button, not the first one there is
        self._primary, self._danger = primary, danger
        theme().changed.connect(self.updateGeometry)
        theme().changed.connect(self.update)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.ring.take(event)
        super().focusInEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()  # the button that has the focus, not the dialog's default
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(draw_ground(painter, self, self.ring, primary=self._primary, danger=self._danger))
        painter.setFont(self.font())
        shown = self.style().styleHint(QStyle.StyleHint.SH_UnderlineShortcut, None, self)
        access = Qt.TextFlag.TextShowMnemonic if shown else Qt.TextFlag.TextHideMnemonic
        flags = int(Qt.AlignmentFlag.AlignCenter | access)
        if self.menu() is None:
            painter.drawText(self.rect(), flags, self.text())
            return
        painter.drawText(self.rect().adjusted(0, 0, -ARROW, 0), flags, self.text())
        middle = QPointF(self.width() - ARROW, self.height() / 2 - 1)
        painter.drawPolyline([middle + QPointF(-3.5, 0), middle + QPointF(0, 3.5), middle + QPointF(3.5, 0)])

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        wide = metrics.horizontalAdvance(self.text().replace("&", "")) + 26
        return QSize(wide + (ARROW if self.menu() is not None else 0), control_height(line_height()))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()


def quiet_selection(view: QWidget) -> None:
    """Gives a view the background of its card, and the common look of hovered and selected rows."""
    if isinstance(view, QAbstractItemView) and type(view.itemDelegate()) in (
        QStyledItemDelegate,
        QItemDelegate,
    ):
        RowDelegate(view)
    colours, palette = tokens(), view.palette()
    palette.setColor(QPalette.ColorRole.Base, QColor(colours.card))
    is_list = isinstance(view, QAbstractItemView)  # whose delegate draws the selection
    palette.setColor(
        QPalette.ColorRole.Highlight, QColor(0, 0, 0, 0) if is_list else QColor(colours.selection)
    )
    palette.setColor(QPalette.ColorRole.HighlightedText, QColor(colours.text))
    view.setPalette(palette)


def scrolling(inside: QWidget, name: str, spoken: str) -> QScrollArea:
    """Wraps a widget in vertical scrolling, so that it stays readable with large text in a low window."""
    area = QScrollArea()
    labelled(area, name, spoken)
    area.setWidget(inside)
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.viewport().setAutoFillBackground(False)
    inside.setAutoFillBackground(False)
    return area


def labelled(widget: QWidget, name: str, spoken: str, hint: str = "") -> QWidget:
    """Sets a widget's object name, accessible name and tooltip."""
    widget.setObjectName(name)
    widget.setAccessibleName(spoken)
    if isinstance(widget, QComboBox):
        widget.view().setAccessibleName(spoken)
    if isinstance(widget, QAbstractSpinBox):
        widget.lineEdit().setTextMargins(SPIN_MARGIN, 0, 0, 0)  # a style sheet does not reach it
    if hint:
        widget.setToolTip(hint)
        widget.setAccessibleDescription(hint)
    return widget
