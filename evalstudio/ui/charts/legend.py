"""Chart header: title and legend.

The legend stands to the right of the title where there is room, otherwise below it in as many lines as it needs.
"""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QApplication, QBoxLayout, QLabel, QWidget

from evalstudio.ui.kit.theme import SPACE_M, scaled
from evalstudio.ui.kit.widgets import TextLabel

GAP = "&nbsp;&nbsp; "  # between two entries: a line ends only here
SPARE = 24  # pixels that must be free before a legend below the title moves up again


class ChartHead(QWidget):
    """Title and legend of a chart. `show_entries` takes each entry as HTML and as equivalent plain text."""

    def __init__(self, title: str, name: str) -> None:
        super().__init__()
        self._title = TextLabel(title, bold=True)
        self._legend = QLabel()
        self._legend.setObjectName(name)
        self._legend.setTextFormat(Qt.TextFormat.RichText)  # only our own words and numbers
        self._wide = 0
        self._layout = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(SPACE_M)
        self._layout.addWidget(self._title)
        self._layout.addWidget(self._legend, 1)
        self._legend.setMinimumWidth(10)
        self.follow_theme()

    def show_entries(self, entries: Sequence[tuple[str, str]]) -> None:
        metrics = QFontMetrics(self._legend.font())
        self._wide = sum(metrics.horizontalAdvance(f"{words}   ") for _, words in entries)
        self._legend.setText(GAP.join(marked for marked, _ in entries))
        self._arrange()

    def follow_theme(self) -> None:
        self._legend.setFont(scaled(QApplication.font(), 0.9))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        room = self.width() - self._title.sizeHint().width() - SPACE_M
        is_below = self._layout.direction() == QBoxLayout.Direction.TopToBottom
        below = self._wide + (SPARE if is_below else 0) > room
        if below != is_below:
            way = QBoxLayout.Direction.TopToBottom if below else QBoxLayout.Direction.LeftToRight
            self._layout.setDirection(way)
            self._layout.setSpacing(0 if below else SPACE_M)
            self._legend.setWordWrap(below)
            self._legend.setAlignment(Qt.AlignmentFlag.AlignTop if below else Qt.AlignmentFlag.AlignVCenter)
            # two lines for every chart of a narrow row, so that their plots are of one height
            self._legend.setMinimumHeight(2 * self._legend.fontMetrics().lineSpacing() if below else 0)
