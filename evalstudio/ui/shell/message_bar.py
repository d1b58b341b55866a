"""Message bar: the one place for messages, one line each, over the foot of the page, until dismissed or acted on."""

from PySide6.QtCore import QEvent, QObject, QRectF, QTimer
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from evalstudio.ui.kit.icons import draw_icon, icon
from evalstudio.ui.kit.text import plain, tr
from evalstudio.ui.kit.theme import RADIUS, SPACE_M, SPACE_S, SPACE_XS, mixed, theme, tokens
from evalstudio.ui.kit.widgets import Button, TextLabel
from evalstudio.ui.state.notices import Notice, Offer

MOST = 4  # at once; the oldest is removed
INFO_MS = 8_000  # information disappears by itself
COLOURS = {"info": "accent_text", "warning": "warn", "error": "bad"}


class MessageBar(QWidget):
    """The bar of notices. A later one replaces an earlier one with the same key.

    It lies over the page: a message moves nothing that a person is about to press.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("messages")
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(SPACE_XS)
        self._items: list[MessageItem] = []
        self._under: QWidget | None = None
        self.setVisible(False)

    def lie_over(self, page: QWidget) -> None:
        """Places the bar over the foot of a widget, and follows its size."""
        self._under = page
        self.setParent(page.parentWidget())
        page.installEventFilter(self)
        self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Move):
            self._place()
        return False

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:  # a text has become longer or shorter
            self._place()
        return super().event(event)

    def _place(self) -> None:
        if self._under is None or not self._items:
            return
        page = self._under.geometry()
        wide = page.width() - 2 * SPACE_S
        self._layout.activate()
        high = self._layout.heightForWidth(wide) if self._layout.hasHeightForWidth() else 0
        high = max(high, self._layout.minimumSize().height())
        self.setGeometry(page.x() + SPACE_S, page.y() + page.height() - high - SPACE_S, wide, high)
        self.raise_()

    def show_notice(self, notice: Notice) -> None:
        for item in self.items():
            same = item.notice.key == notice.key if notice.key else item.notice.text == notice.text
            if same:
                self.dismiss(item)
        while len(items := self.items()) >= MOST:
            self.dismiss(items[0])
        item = MessageItem(notice, self)
        self._items.append(item)
        self._layout.addWidget(item)
        self.setVisible(True)
        item.show()  # otherwise it is shown, and has its height, only in the next turn of the loop
        self._place()

    def items(self) -> list["MessageItem"]:
        """The visible messages, oldest first."""
        return list(self._items)

    def dismiss(self, item: "MessageItem") -> None:
        self._items.remove(item)
        self._layout.removeWidget(item)
        item.hide()
        item.deleteLater()
        self.setVisible(bool(self.items()))
        self._place()

    def change_text(self, key: str, text: str) -> None:
        """Changes the text of a visible message and keeps its buttons."""
        for item in self.items():
            if item.notice.key == key:
                item.text.show_text(plain(text, 2_000))
                item.text.setAccessibleName(text)

    def dismiss_key(self, key: str) -> None:
        """Removes a message that no longer applies."""
        for item in self.items():
            if item.notice.key == key:
                self.dismiss(item)


class MessageItem(QFrame):
    """One message with its buttons."""

    def __init__(self, notice: Notice, bar: MessageBar) -> None:
        super().__init__()
        self.notice = notice
        self._bar = bar
        self.setObjectName(f"message_{notice.key or notice.level}")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(SPACE_M + 24, SPACE_S, SPACE_S, SPACE_S)
        layout.setSpacing(SPACE_S)
        self.text = text = TextLabel(plain(notice.text, 2_000), name="message_text")
        text.setWordWrap(True)
        policy = text.sizePolicy()  # keeps that its height depends on its width
        policy.setHorizontalPolicy(QSizePolicy.Policy.Expanding)
        text.setSizePolicy(policy)
        text.setAccessibleName(notice.text)
        layout.addWidget(text, 1)
        for offer in notice.offers:
            layout.addWidget(self._button(offer))
        close = QToolButton()
        close.setObjectName("message_dismiss")
        close.setAccessibleName(tr("Dismiss this message"))
        close.setToolTip(tr("Dismiss"))
        close.setAutoRaise(True)
        close.setIcon(icon("close", "muted"))
        close.clicked.connect(lambda: bar.dismiss(self))
        layout.addWidget(close)
        if notice.level == "info" and not notice.offers:
            timer = QTimer(self)
            timer.setSingleShot(True)
            timer.timeout.connect(lambda: bar.dismiss(self))
            timer.start(INFO_MS)
        theme().changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = tokens()
        colour: str = getattr(colours, COLOURS[self.notice.level])
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(mixed(colour, colours.card, 0.35))
        painter.setBrush(mixed(colour, colours.card, 0.9))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
        draw_icon(painter, self.notice.level, QColor(colour), QRectF(SPACE_M, self.height() / 2 - 9, 18, 18))

    def _button(self, offer: Offer) -> Button:
        button = Button(offer.text)
        button.setObjectName(f"offer_{offer.text.lower().replace(' ', '_')}")
        button.setAccessibleName(offer.text)

        def act() -> None:
            self._bar.dismiss(self)
            offer.act()

        button.clicked.connect(act)
        return button
