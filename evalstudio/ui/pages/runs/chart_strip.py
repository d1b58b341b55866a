"""Chart strip: the charts of a run above its records, or a line of sparklines in their place.

The charts are open while a run goes on and closed once it has ended, unless a person has chosen otherwise for the run.
"""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from evalstudio.ui.kit.form_fields import small_button
from evalstudio.ui.kit.text import tr
from evalstudio.ui.kit.theme import SPACE_M, SPACE_S, SPACE_XS, line_height, scaled, theme, tokens
from evalstudio.ui.kit.tokens import CAPTION, FOCUS
from evalstudio.ui.kit.widgets import Card
from evalstudio.ui.pages.runs.board import ChartBoard, shown_kinds
from evalstudio.ui.pages.runs.sparkline import draw_spark, thinned
from evalstudio.ui.state.run_model import RunModel

OPEN_LINES = 9  # height of the open charts, in lines of text
POINTS = 60  # of a sparkline
SPARK = 64  # width of a sparkline in pixels
LEAST_ROOM = 560  # pixels of the page below which charts open only on demand


class ChartStrip(QWidget):
    """The strip. `resized` is emitted when it opens or closes."""

    resized = Signal()

    def __init__(self, board: ChartBoard) -> None:
        super().__init__()
        self.setObjectName("chart_strip")
        self.board = board
        self._sparks = SparkLine()
        self._sparks.pressed.connect(lambda: self.show_open(True, by_person=True))
        self._chosen: dict[int, bool] = {}  # by run: what a person chose
        self._model: RunModel | None = None
        self._low = False
        fold = small_button(
            "charts_fold", tr("Close the charts"), "fold", tr("Show a line of curves instead")
        )
        fold.clicked.connect(lambda: self.show_open(False, by_person=True))
        board.add_corner(fold)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(board)
        layout.addWidget(self._sparks)
        theme().changed.connect(self._fit)
        self.is_open = True
        self.show_open(False)

    def show_run(self, model: RunModel | None) -> None:
        """Shows another run: open while it goes on, or as a person left it."""
        self._model = model
        self.board.show_run(model)
        self.update_run()

    def update_run(self) -> None:
        """Draws what is new; closes the charts when the run has ended."""
        model = self._model
        goes_on = model is not None and model.is_active
        wanted = goes_on and not self._low
        if model is not None:
            wanted = self._chosen.get(model.run_id, wanted)
        self.show_open(wanted)
        self.board.update_run()
        if not self.is_open:
            self._sparks.show_run(model)

    def know_height(self, height: int) -> None:
        """Takes the height of the page: in a low one the records need the room."""
        low = height < LEAST_ROOM
        if low != self._low:
            self._low = low
            self.update_run()

    def show_open(self, is_open: bool, *, by_person: bool = False) -> None:
        """Opens or closes the charts."""
        if by_person and self._model is not None:
            self._chosen[self._model.run_id] = is_open
        if is_open != self.is_open:
            self.is_open = is_open
            self.board.setVisible(is_open)
            self._sparks.setVisible(not is_open)
            self._sparks.show_run(self._model)
            if by_person:
                (self.board.charts[0] if is_open else self._sparks).setFocus()
            self._fit()
            self.resized.emit()

    def hasHeightForWidth(self) -> bool:
        return False  # though the legends in it have: the strip is of one height

    def _fit(self) -> None:
        rows = self.board.rows if self.is_open else 1
        high = OPEN_LINES * line_height() * rows if self.is_open else self._sparks.sizeHint().height()
        self.setFixedHeight(high)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.is_open:
            self._fit()


class SparkLine(Card):
    """One small curve with its newest value for each chart; a press opens the charts."""

    pressed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("spark_line")
        self.setAccessibleName(tr("Open the charts"))
        self.setToolTip(tr("Open the charts"))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._curves: list[tuple[str, str, tuple[float, ...], int]] = []
        theme().changed.connect(self.update)

    def show_run(self, model: RunModel | None) -> None:
        """Takes the curves of a run."""
        self._curves = []
        if model is not None and len(model.series):
            end = None if model.is_active else model.snapshot
            for kind in shown_kinds(model):
                line = kind.lines[-1 if kind.marks_changes else 0]
                values = line.values(model.series)
                if kind.stacked:
                    values = sum((one.values(model.series) for one in kind.lines[1:]), values.copy())
                    words = (
                        f"{sum(error.attempts for error in model.snapshot.errors):,}"
                        if model.snapshot
                        else ""
                    )
                elif end is not None and line.whole is not None:
                    words = line.whole(model.series, end)
                else:
                    words = kind.say(float(values[-1])) if values[-1] == values[-1] else "–"
                self._curves.append(
                    (tr(kind.title), words, thinned(values, POINTS), 4 if kind.stacked else line.colour)
                )
        self.setAccessibleDescription("; ".join(f"{title} {words}" for title, words, _, _ in self._curves))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, line_height() + 16)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours = tokens()
        if self.hasFocus():
            painter.setPen(QPen(QColor(colours.accent_text), FOCUS))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5), 7, 7)
        if not self._curves:
            painter.setPen(QColor(colours.muted))
            painter.drawText(
                self.rect().adjusted(SPACE_M, 0, 0, 0),
                Qt.AlignmentFlag.AlignVCenter,
                tr("Charts of the run appear here"),
            )
            return
        wide = (self.width() - 2 * SPACE_M) / len(self._curves)
        small = scaled(self.font(), CAPTION)
        for place, (title, words, points, colour) in enumerate(self._curves):
            box = QRectF(SPACE_M + place * wide, 0, wide - SPACE_M, self.height())
            painter.setFont(small)
            metrics = painter.fontMetrics()
            value = metrics.horizontalAdvance(words)
            title = metrics.elidedText(
                title, Qt.TextElideMode.ElideRight, max(0, int(wide - value - SPACE_M - SPACE_S - 24))
            )
            painter.setPen(QColor(colours.muted))
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, title)
            after = box.x() + metrics.horizontalAdvance(title) + SPACE_XS
            painter.setPen(QColor(colours.text))
            painter.drawText(QRectF(after, 0, value + 2, self.height()), Qt.AlignmentFlag.AlignVCenter, words)
            left = after + value + SPACE_S
            room = min(SPARK, box.right() - left)
            if room >= 20:
                draw_spark(painter, QRectF(left, 7, room, self.height() - 14), points, colour)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.pressed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.pressed.emit()
        else:
            super().keyPressEvent(event)
