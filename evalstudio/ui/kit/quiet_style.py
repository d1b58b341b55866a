"""Quiet style: Fusion, which underlines the access keys of menus and labels only while Alt is held."""

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
