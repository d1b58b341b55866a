"""Histogram with selectable bars: by a click, a drag over several, or the arrow keys and the space bar."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QToolTip, QWidget

from evalstudio.store.distribution import Bar
from evalstudio.store.query import Range
from evalstudio.ui.charts.chart_export import offer_pictures
from evalstudio.ui.kit.text import one_line, tooltip, tr, trn
from evalstudio.ui.kit.theme import SPACE_M, SPACE_S, mixed, scaled, theme, tokens

GAP = 2.0


class HistogramChart(QWidget):
    """Histogram with selectable bars. `chosen` is emitted with the range of the selected bars, None without a selection."""

    chosen = Signal(object)  # Range | None

    def __init__(self, name: str, title: str, say: Callable[[float], str], empty: str) -> None:
        super().__init__()
        self.setObjectName(name)
        offer_pictures(self, name)
        self.setAccessibleName(title)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(160, 92)
        self._title, self._say, self._empty = title, say, empty
        self.bars: Sequence[Bar] = ()
        self.picked: Range | None = None
        self._pressed: int | None = None  # the bar at which a drag began
        self._at = 0  # the bar with the keyboard cursor
        theme().changed.connect(self.update)

    def show_bars(self, bars: Sequence[Bar]) -> None:
        if bars != self.bars:
            self.bars = bars
            self._at = min(self._at, max(0, len(bars) - 1))
            self.setAccessibleDescription(self._spoken())
            self.update()

    def pick(self, span: Range | None) -> None:
        """Marks the active filter without emitting a signal."""
        if span != self.picked:
            self.picked = span
            self.update()

    def bar_rect(self, number: int) -> QRectF:
        """Returns the column of a bar, from the top of the chart to its axis."""
        field = self._field()
        wide = field.width() / max(1, len(self.bars))
        if not self.bars[0].label:
            return QRectF(field.x() + number * wide, field.y(), wide, field.height())
        wide = min(wide, 90.0)  # a few named bars do not fill the width
        return QRectF(field.x() + number * wide, field.y(), wide, field.height())

    def sizeHint(self) -> QSize:
        return QSize(320, 104)

    # Input -------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed = self._bar_at(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        first, self._pressed = self._pressed, None
        last = self._bar_at(event.position(), nearest=True)
        if first is not None and last is not None:
            self._at = last
            self._choose(min(first, last), max(first, last))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
        if step and self.bars:
            self._at = min(max(self._at + step, 0), len(self.bars) - 1)
            self.update()
        elif event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return) and self.bars:
            self._choose(self._at, self._at)
        elif event.key() == Qt.Key.Key_Escape and self.picked is not None:
            self._tell(None)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.update()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            number = self._bar_at(QPointF(event.pos()))
            words = self._words(number) + "\n" + tr("Click to show only these") if number is not None else ""
            QToolTip.showText(event.globalPos(), tooltip(words), self)
            return True
        return super().event(event)

    def _choose(self, first: int, last: int) -> None:
        spans = [bar.range for bar in self.bars[first : last + 1] if bar.range is not None]
        if not spans:
            return
        span = Range(spans[0].low, spans[-1].high)
        self._tell(None if span == self.picked else span)

    def _tell(self, span: Range | None) -> None:
        self.pick(span)
        self.chosen.emit(span)

    # Painting ----------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(scaled(self.font(), 1.0, bold=True))
        painter.setPen(QColor(colours.text))
        height = painter.fontMetrics().height()
        painter.drawText(QPointF(0, painter.fontMetrics().ascent()), self._title)
        painter.setFont(scaled(self.font(), 0.9))
        painter.setPen(QColor(colours.muted))
        if not self.bars:
            painter.drawText(self.rect().adjusted(0, height, 0, 0), Qt.AlignmentFlag.AlignCenter, self._empty)
            return
        if self.picked is not None:
            shown = QRectF(0, 0, self.width(), height)
            painter.setPen(QColor(colours.accent_text))
            painter.drawText(
                shown,
                Qt.AlignmentFlag.AlignRight,
                tr("only {range}").format(range=self._range_words(self.picked)),
            )
        self._draw_bars(painter)
        self._draw_axis(painter)

    def _draw_bars(self, painter: QPainter) -> None:
        colours = tokens()
        most = max(bar.records for bar in self.bars) or 1
        painter.setPen(Qt.PenStyle.NoPen)
        for number, bar in enumerate(self.bars):
            column = self.bar_rect(number)
            high = column.height() * bar.records / most
            if bar.records:
                high = max(high, 2.0)  # a single record of a million is still visible
            painter.setBrush(
                QColor(colours.series[0])
                if self._is_picked(bar)
                else mixed(colours.series[0], colours.card, 0.65)
            )
            painter.drawRect(QRectF(column.x() + GAP / 2, column.bottom() - high, column.width() - GAP, high))
            if self.hasFocus() and number == self._at:
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(QColor(colours.accent), 1.4))
                painter.drawRoundedRect(column.adjusted(0.5, 0.5, -0.5, -0.5), 2, 2)
                painter.setPen(Qt.PenStyle.NoPen)

    def _draw_axis(self, painter: QPainter) -> None:
        colours, field = tokens(), self._field()
        painter.setPen(QPen(QColor(colours.border), 1))
        painter.drawLine(field.bottomLeft(), field.bottomRight())
        painter.setPen(QColor(colours.muted))
        below = QRectF(field.x(), field.bottom() + 2, field.width(), painter.fontMetrics().height())
        if self.bars[0].label:
            for number, bar in enumerate(self.bars):
                place = below.intersected(self.bar_rect(number).adjusted(0, 0, 0, 40))
                text = f"{one_line(bar.label, 20)} · {bar.records:,}"
                text = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(place.width()))
                painter.drawText(place, Qt.AlignmentFlag.AlignHCenter, text)
            return
        sides = (Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignHCenter, Qt.AlignmentFlag.AlignRight)
        edges = [bar.range.low for bar in self.bars if bar.range is not None]
        last = self.bars[-1].range
        for side, value in zip(
            sides, (edges[0], edges[len(edges) // 2], last.high if last else 0.0), strict=True
        ):
            painter.drawText(below, side, self._say(value))

    def _field(self) -> QRectF:
        top = self.fontMetrics().height() + SPACE_S
        bottom = scaled(self.font(), 0.9).pointSizeF() + SPACE_M
        return QRectF(0, top, self.width(), max(8.0, self.height() - top - bottom))

    def _bar_at(self, place: QPointF, *, nearest: bool = False) -> int | None:
        for number in range(len(self.bars)):
            column = self.bar_rect(number)
            if column.left() <= place.x() < column.right():
                return number
        if nearest and self.bars:
            return 0 if place.x() < self.bar_rect(0).left() else len(self.bars) - 1
        return None

    def _is_picked(self, bar: Bar) -> bool:
        if self.picked is None:
            return True
        return (
            bar.range is not None and self.picked.low <= bar.range.low and bar.range.high <= self.picked.high
        )

    def _words(self, number: int) -> str:
        bar = self.bars[number]
        what = bar.label or (self._range_words(bar.range) if bar.range is not None else "")
        return f"{what}: " + trn("{n} record", "{n} records", bar.records)

    def _range_words(self, span: Range) -> str:
        low, high = self._say(span.low), self._say(span.high)
        return low if low == high else tr("{low} to {high}").format(low=low, high=high)

    def _spoken(self) -> str:
        if not self.bars:
            return self._empty
        most = max(range(len(self.bars)), key=lambda number: self.bars[number].records)
        return tr("{records:,} records; most at {most}").format(
            records=sum(bar.records for bar in self.bars), most=self._words(most)
        )
