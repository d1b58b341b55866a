"""Chart axes with durations and counts in readable units."""

import math

import pyqtgraph as pg
from PySide6.QtCore import QRectF
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QApplication

from evalstudio.core.format import clock, milliseconds
from evalstudio.ui.kit.theme import line_height, scaled, tokens

OVER = 10  # pixels
WIDEST = "500 ms"  # the widest label of a value axis
WIDEST_COUNT = "20,000"  # the widest label of the right axis


class ClockAxis(pg.AxisItem):
    """Time axis since the start of a run: 0:30, 12:05, 1:04:00."""

    def __init__(self) -> None:
        super().__init__(orientation="bottom")
        self.enableAutoSIPrefix(False)

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        return [clock(value) for value in values]

    def tickSpacing(self, low: float, high: float, size: float) -> list[tuple[float, float]]:
        """Returns tick steps of round seconds, minutes and hours, at least seventy pixels apart."""
        wanted = max(1.0, (high - low) * 70 / max(size, 1.0))
        for step in (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200):
            if step >= wanted:
                return [(step, 0)]
        return [(86_400, 0)]


class ValueAxis(pg.AxisItem):
    """Axis of whole counts, or of durations if `is_duration`. It has few ticks, as the legend shows the numbers."""

    def __init__(self, *, is_duration: bool, side: str = "left") -> None:
        super().__init__(orientation=side)
        self.enableAutoSIPrefix(False)
        self._is_duration = is_duration

    def tickSpacing(self, low: float, high: float, size: float) -> list[tuple[float, float]]:
        """Returns round steps two lines of text apart; whole numbers for counts, unless all values are below one."""
        wanted = (high - low) * 2.2 * line_height() / max(size, 1.0)
        if wanted <= 0 or high <= 0:
            return [(1.0, 0)]
        step = min(_round_step(wanted), _round_step(high * 0.3))  # at least one, however low the chart is
        return [(step if self._is_duration or high < 1 else max(1.0, step), 0)]

    def boundingRect(self) -> QRectF:
        """Adds half a line below, without which the zero at the bottom is not drawn."""
        return super().boundingRect().adjusted(0, 0, 0, OVER)

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        values, spacing = [value * scale for value in values], spacing * scale
        if self._is_duration:
            return ["0" if value == 0 else milliseconds(value) for value in values]
        return [f"{value:,.0f}" if spacing >= 1 else f"{value:.2g}" for value in values]


def _round_step(least: float) -> float:
    """Returns the smallest 1, 2 or 5 times a power of ten that is not less."""
    power: float = 10.0 ** math.floor(math.log10(least))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= least * 0.999)


def style_plot(plot: pg.PlotWidget) -> None:
    """Styles background and axes in the theme's colours, without tick marks, with labels slightly smaller than texts.

    The font is the application's: when the text size changes, a widget's own follows only later.
    """
    font = QApplication.font()
    colours = tokens()
    plot.setBackground(colours.card)
    for side in ("left", "right", "bottom"):
        axis = plot.getPlotItem().getAxis(side)
        axis.setPen(pg.mkPen(colours.grid))
        axis.setTextPen(pg.mkPen(colours.muted))
        axis.setTickFont(scaled(font, 0.85))
        axis.setStyle(tickLength=0, tickTextOffset=6)
    width = QFontMetrics(scaled(font, 0.85)).horizontalAdvance(WIDEST) + 10
    plot.getPlotItem().getAxis("left").setWidth(width)
    plot.getPlotItem().getAxis("right").setWidth(
        QFontMetrics(scaled(font, 0.85)).horizontalAdvance(WIDEST_COUNT) + 10
    )
