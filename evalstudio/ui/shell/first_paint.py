"""The moment from which a window is to be seen."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QWidget


def after_first_paint(window: QWidget, call: Callable[[], None]) -> None:
    """Calls once, as soon as `window` and all in it have been painted for the first time; who asked last comes first."""
    _Watch(window, call)


class _Watch(QObject):
    def __init__(self, window: QWidget, call: Callable[[], None]) -> None:
        super().__init__(window)
        self._call = call
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            watched.removeEventFilter(self)
            # the event comes before the window's parts are painted; the loop's next turn comes after all of them
            QTimer.singleShot(0, self._painted)
        return False

    def _painted(self) -> None:
        self._call()
        self.deleteLater()
