"""First paint: runs a callback once the window is visible."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QWidget


def after_first_paint(window: QWidget, call: Callable[[], None]) -> None:
    """Calls back once after `window` and its contents were first painted; the last registered callback comes first."""
    _Watch(window, call)


class _Watch(QObject):
    def __init__(self, window: QWidget, call: Callable[[], None]) -> None:
        super().__init__(window)
        self._call = call
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            watched.removeEventFilter(self)
            # the event precedes the painting of the window's parts; the next turn of the event loop follows all of it
            QTimer.singleShot(0, self._painted)
        return False

    def _painted(self) -> None:
        self._call()
        self.deleteLater()
