"""Folding list: the list beside a page folds away where there is no room for both, and on Ctrl+B."""

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

LEAST = 930  # pixels of a page that shows its list


class Folding(QObject):
    """Folds a part of a page. A person's choice holds until the page becomes wide or narrow.

    Example:
        self._folding = Folding(self, self.run_list)
        actions.connect("list", self._folding.turn)
    """

    def __init__(self, page: QWidget, part: QWidget, least: int = LEAST) -> None:
        super().__init__(page)
        self._page, self._part, self._least = page, part, least
        self._is_narrow = False
        page.installEventFilter(self)

    def turn(self) -> None:
        """Shows the part, or gives its room to the rest of the page."""
        if self._page.isVisible():
            self._part.setVisible(not self._part.isVisible())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QResizeEvent):
            narrow = event.size().width() < self._least
            if narrow != self._is_narrow:
                self._is_narrow = narrow
                self._part.setVisible(not narrow)
        return False
