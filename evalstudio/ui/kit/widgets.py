"""Widget kit: the small widgets that several panels are made of."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QAction, QColor, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QFrame,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from evalstudio.ui.kit.icons import draw_icon
from evalstudio.ui.kit.text import tooltip, tr
from evalstudio.ui.kit.theme import RADIUS, scaled, theme, tokens

ARROW = 16  # width of a menu arrow


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

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self._draw_content(painter, _draw_ground(painter, self, primary=self._primary))

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        if self._icon_only:
            return QSize(34, max(30, metrics.height() + 12))
        wide = (
            metrics.horizontalAdvance(self._words or self.text())
            + (22 if not self.icon().isNull() else 0)
            + 26
        )
        return QSize(max(wide, 104) if self._primary else wide, max(30, metrics.height() + 12))

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
        side = 16 if not self.icon().isNull() else 0
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
    """Button without an action, in the same look, with a small arrow for a menu."""

    def __init__(self, text: str = "", *, primary: bool = False) -> None:
        super().__init__(text)
        self.setAutoDefault(
            False
        )  # Enter in a field of a dialog presses its default button, not the first one there is
        self._primary = primary
        theme().changed.connect(self.updateGeometry)
        theme().changed.connect(self.update)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()  # the button that has the focus, not the dialog's default
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(_draw_ground(painter, self, primary=self._primary))
        painter.setFont(self.font())
        flags = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextShowMnemonic)
        if self.menu() is None:
            painter.drawText(self.rect(), flags, self.text())
            return
        painter.drawText(self.rect().adjusted(0, 0, -ARROW, 0), flags, self.text())
        middle = QPointF(self.width() - ARROW, self.height() / 2 - 1)
        painter.drawPolyline([middle + QPointF(-3.5, 0), middle + QPointF(0, 3.5), middle + QPointF(3.5, 0)])

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        wide = metrics.horizontalAdvance(self.text().replace("&", "")) + 26
        return QSize(wide + (ARROW if self.menu() is not None else 0), max(28, metrics.height() + 11))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()


def _draw_ground(painter: QPainter, button: QAbstractButton, *, primary: bool = False) -> QColor:
    """Draws a button without its content; returns the text colour."""
    colours = tokens()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    box = QRectF(button.rect()).adjusted(1, 1, -1, -1)
    ground, ink, edge = _shades(button, primary)
    painter.setPen(QPen(edge, 1))
    painter.setBrush(ground)
    painter.drawRoundedRect(box, 6, 6)
    if button.hasFocus():
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(colours.text if primary else colours.accent), 1.4))
        painter.drawRoundedRect(box.adjusted(1.5, 1.5, -1.5, -1.5), 4.5, 4.5)
    return ink


def _shades(button: QAbstractButton, primary: bool) -> tuple[QColor, QColor, QColor]:
    """Returns background, text and border colours of a button in its current state."""
    colours = tokens()
    if not button.isEnabled():
        faint = button.palette().color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.ButtonText)
        return QColor(colours.card), faint, QColor(colours.border)
    if primary:
        ground = QColor(colours.accent)
        if button.isDown():
            ground = ground.darker(120)
        elif button.underMouse():
            ground = ground.darker(108)
        return ground, QColor(colours.on_accent), ground
    ground = QColor(
        colours.selection
        if button.isDown() or button.isChecked()
        else (colours.window if button.underMouse() else colours.card)
    )
    return ground, QColor(colours.text), QColor(colours.border)


class NavigationButton(QToolButton):
    """Button for a page or a command in the navigation: an icon above a word."""

    def __init__(self, text: str, icon_name: str, name: str) -> None:
        super().__init__()
        self._icon_name = icon_name
        self.setObjectName(name)
        self.setText(text)
        self.setAccessibleName(text)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        theme().changed.connect(self._fit)
        self._fit()

    def _fit(self) -> None:
        metrics = QFontMetrics(QApplication.font())  # its own font is updated later
        self.setFixedSize(max(64, metrics.horizontalAdvance(tr("Evaluations")) + 14), metrics.height() + 42)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(2, 2, -2, -2)
        painter.setPen(QPen(QColor(colours.accent), 1.4) if self.hasFocus() else Qt.PenStyle.NoPen)
        if self.isChecked() or self.isDown():
            painter.setBrush(QColor(colours.selection))
        elif self.underMouse():
            painter.setBrush(QColor(colours.border))
        else:
            painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box, RADIUS, RADIUS)
        ink = QColor(colours.text if self.isChecked() else colours.muted)
        draw_icon(painter, self._icon_name, ink, QRectF((self.width() - 22) / 2, 9, 22, 22))
        painter.setPen(ink)
        below = self.rect().adjusted(0, 31, 0, -4)
        painter.drawText(below, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter, self.text())


def quiet_selection(view: QWidget) -> None:
    """Gives a view the background of its card, and a selection colour on which coloured text is readable."""
    colours, palette = tokens(), view.palette()
    palette.setColor(QPalette.ColorRole.Base, QColor(colours.card))
    palette.setColor(QPalette.ColorRole.Highlight, QColor(colours.selection))
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
    if hint:
        widget.setToolTip(hint)
        widget.setAccessibleDescription(hint)
    return widget
