"""State pill and progress stripe of a run."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from evalstudio.core.run_state import RunState
from evalstudio.ui.kit.icons import draw_icon
from evalstudio.ui.kit.run_state_look import LOOKS
from evalstudio.ui.kit.text import tr
from evalstudio.ui.kit.theme import mixed, theme, tokens


class StatePill(QWidget):
    """State pill: icon, word and colour."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("run_state")
        self.state = RunState.QUEUED
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme().changed.connect(self.update)

    def show_state(self, state: RunState) -> None:
        self.setVisible(True)
        if state is not self.state:
            self.state = state
            self.setAccessibleName(tr("State: {state}").format(state=tr(state)))
            self.updateGeometry()
            self.update()

    def text(self) -> str:
        return tr(self.state).capitalize()

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self.text()) + 42, metrics.height() + 8)

    def paintEvent(self, event: QPaintEvent) -> None:
        look = LOOKS[self.state]
        colours = tokens()
        colour: str = getattr(colours, look.colour)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(mixed(colour, colours.card, 0.5))
        painter.setBrush(mixed(colour, colours.card, 0.9))
        painter.drawRoundedRect(box, box.height() / 2, box.height() / 2)
        draw_icon(painter, look.icon, QColor(colour), QRectF(11, self.height() / 2 - 7.5, 15, 15))
        painter.setPen(QColor(colour))
        painter.drawText(self.rect().adjusted(31, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, self.text())


class ProgressStripe(QWidget):
    """Progress stripe: scored, unscored and errored side by side."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("run_progress")
        self.setFixedHeight(6)
        self.counts = (0, 0, 0, 0)
        theme().changed.connect(self.update)

    def show_counts(self, scored: int, unscored: int, errored: int, total: int) -> None:
        counts = (scored, unscored, errored, total)
        if counts != self.counts:
            self.counts = counts
            saved = scored + unscored + errored
            words = tr(
                "{saved:,} of {total:,} saved: {scored:,} scored, {unscored:,} unscored, {errored:,} errored"
            ).format(saved=saved, total=total, scored=scored, unscored=unscored, errored=errored)
            self.setAccessibleName(tr("Progress: {words}").format(words=words))
            self.setToolTip(words)
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = tokens()
        *parts, total = self.counts
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.border))
        painter.drawRoundedRect(self.rect(), 3, 3)
        if not total:
            return
        left = 0.0
        for count, colour in zip(parts, (colours.accent, colours.series[5], colours.bad), strict=True):
            wide = self.width() * count / total
            if wide > 0:
                painter.setBrush(QColor(colour))
                painter.drawRoundedRect(QRectF(left, 0, max(wide, 2.0), self.height()), 3, 3)
            left += wide
