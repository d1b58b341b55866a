"""Quiet style: Fusion, which underlines the access keys of menus and labels only while Alt is held."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QProxyStyle, QStyle, QStyleHintReturn, QStyleOption, QWidget

Hint = QStyle.StyleHint


class QuietStyle(QProxyStyle):
    """The base style of the application; a style sheet lies over it."""

    shows_access_keys = False

    def __init__(self) -> None:
        super().__init__("Fusion")

    def styleHint(
        self,
        hint: QStyle.StyleHint,
        option: QStyleOption | None = None,
        widget: QWidget | None = None,
        returnData: QStyleHintReturn | None = None,  # noqa: N803 - Qt's name
    ) -> int:
        if hint == Hint.SH_UnderlineShortcut:
            return int(QuietStyle.shows_access_keys)
        return super().styleHint(hint, option, widget, returnData)


def show_access_keys(shown: bool) -> None:
    """Underlines the access keys in all windows, or hides them."""
    if shown != QuietStyle.shows_access_keys:
        QuietStyle.shows_access_keys = shown
        for window in QApplication.topLevelWidgets():
            for widget in (window, *window.findChildren(QWidget)):
                if widget.isVisible():
                    widget.update()


class AccessKeys(QObject):
    """Shows the access keys while Alt is held in a window."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Alt:
            show_access_keys(event.type() == QEvent.Type.KeyPress)
        elif event.type() == QEvent.Type.WindowDeactivate:  # Alt is released in another window
            show_access_keys(False)
        return False
