"""Axes that say durations and counts the way people read them."""

import math

import pyqtgraph as pg
from PySide6.QtCore import QRectF
from PySide6.QtGui import QFont, QFontMetrics

from evalstudio.core.format import clock, milliseconds
from evalstudio.ui.kit.theme import line_height, scaled, tokens

OVER = 10  # pixels
WIDEST = "500 ms"  # what a value axis has room for
WIDEST_COUNT = "20,000"  # and that at the right


class ClockAxis(pg.AxisItem):
    """Time since the start of a run: 0:30, 12:05, 1:04:00."""

    def __init__(self) -> None:
        super().__init__(orientation="bottom")
        self.enableAutoSIPrefix(False)

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        return [clock(value) for value in values]

    def tickSpacing(self, low: float, high: float, size: float) -> list[tuple[float, float]]:
        """Round numbers of seconds, minutes and hours, at least seventy pixels apart."""
        wanted = max(1.0, (high - low) * 70 / max(size, 1.0))
        for step in (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200):
            if step >= wanted:
                return [(step, 0)]
        return [(86_400, 0)]


class ValueAxis(pg.AxisItem):
    """Whole counts, or durations where `is_duration`. Few ticks: the legend says the numbers."""

    def __init__(self, *, is_duration: bool, side: str = "left") -> None:
        super().__init__(orientation=side)
        self.enableAutoSIPrefix(False)
        self._is_duration = is_duration

    def tickSpacing(self, low: float, high: float, size: float) -> list[tuple[float, float]]:
        """Round steps, two lines of text apart; of counts whole numbers, unless all that is shown is less than one."""
        wanted = (high - low) * 2.2 * line_height() / max(size, 1.0)
        if wanted <= 0 or high <= 0:
            return [(1.0, 0)]
        step = min(_round_step(wanted), _round_step(high * 0.3))  # one at least, however low the chart is
        return [(step if self._is_duration or high < 1 else max(1.0, step), 0)]

    def boundingRect(self) -> QRectF:
        """With room for half a line below, else the zero at the foot is not drawn."""
        return super().boundingRect().adjusted(0, 0, 0, OVER)

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        values, spacing = [value * scale for value in values], spacing * scale
        if self._is_duration:
            return ["0" if value == 0 else milliseconds(value) for value in values]
        return [f"{value:,.0f}" if spacing >= 1 else f"{value:.2g}" for value in values]


def _round_step(least: float) -> float:
    """1, 2 or 5 times a power of ten: the first that is not less."""
    power: float = 10.0 ** math.floor(math.log10(least))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= least * 0.999)


def style_plot(plot: pg.PlotWidget, font: QFont) -> None:
    """Background and axes of a chart in the theme's colours; no ticks, labels a little smaller than `font`."""
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
