"""Capacity chart: throughput and latency against calls in flight, with the knee marked."""

import math
from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from evalstudio.core.format import milliseconds
from evalstudio.protocol import Level
from evalstudio.ui.charts.axes import ValueAxis, style_plot
from evalstudio.ui.charts.chart import DASHES
from evalstudio.ui.charts.chart_export import offer_pictures
from evalstudio.ui.kit.text import tr
from evalstudio.ui.kit.theme import SPACE_M, SPACE_S, SPACE_XS, theme, tokens
from evalstudio.ui.kit.widgets import Card, TextLabel


class LevelAxis(pg.AxisItem):
    """Logarithmic axis of calls in flight, with ticks at the measured levels."""

    def __init__(self) -> None:
        super().__init__(orientation="bottom")
        self.enableAutoSIPrefix(False)

    def show_levels(self, levels: Sequence[Level]) -> None:
        ticks: list[tuple[float, str]] = []
        for level in levels:
            place = math.log2(level.concurrency)
            if not ticks or place - ticks[-1][0] > 0.45 or level is levels[-1]:
                ticks.append((place, str(level.concurrency)))
        self.setTicks([ticks])


class CurvePlot(Card):
    """One of the two plots. `lines`: label, colour and dash of each."""

    def __init__(
        self, name: str, title: str, lines: tuple[tuple[str, int, str], ...], *, is_duration: bool
    ) -> None:
        super().__init__()
        self.setObjectName(name)
        self._lines = lines
        self._is_duration = is_duration
        self._axis = LevelAxis()
        self._plot = pg.PlotWidget(
            axisItems={"bottom": self._axis, "left": ValueAxis(is_duration=is_duration)}
        )
        self._plot.setAccessibleName(title)
        self._plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._plot.viewport().setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._plot.setMinimumHeight(150)
        item = self._plot.getPlotItem()
        item.setMenuEnabled(False)
        self._plot.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)  # the card has one
        offer_pictures(self, name.replace("_", "-"))
        item.hideButtons()
        item.disableAutoRange()
        item.setMouseEnabled(x=False, y=False)
        item.showGrid(x=False, y=True, alpha=0.35)
        self._curves = [pg.PlotDataItem(symbol="o", symbolSize=7) for _ in lines]
        for curve in self._curves:
            item.addItem(curve)
        self._bars = pg.ErrorBarItem(x=np.zeros(0), y=np.zeros(0), beam=0.06)
        item.addItem(self._bars)
        self._knee = pg.InfiniteLine(angle=90, movable=False)
        self._knee.setVisible(False)
        item.addItem(self._knee, ignoreBounds=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE_M, SPACE_S, SPACE_S, SPACE_XS)
        layout.setSpacing(SPACE_XS)
        head = QHBoxLayout()
        head.setSpacing(SPACE_S)
        head.addWidget(TextLabel(title, bold=True))
        self._signs = []
        for label, _, dash in lines:
            sign = TextLabel(DASHES[dash][1])
            self._signs.append(sign)
            head.addWidget(sign)
            head.addWidget(TextLabel(label, "muted", 0.9))
        head.addStretch(1)
        layout.addLayout(head)
        self._empty = TextLabel(tr("Measure to see the curve."), "muted")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        layout.addWidget(self._empty, 1)
        layout.addWidget(self._plot, 1)
        theme().changed.connect(self._follow_theme)
        self._follow_theme()

    def show_curves(
        self,
        levels: Sequence[Level],
        values: Sequence[Sequence[float]],
        spread: Sequence[tuple[float, float]],
        best: int | None,
    ) -> None:
        """Draws the curves. `values` has one sequence per line; `spread` is low and high of the first line, or empty."""
        self._empty.setVisible(not levels)
        self._plot.setVisible(bool(levels))
        places = np.array([math.log2(level.concurrency) for level in levels])
        for curve, one in zip(self._curves, values, strict=True):
            curve.setData(places, np.array(one, dtype=float), connect="finite")
        if spread and len(places):
            middle = np.array(values[0], dtype=float)
            low, high = (np.array([pair[side] for pair in spread]) for side in (0, 1))
            self._bars.setData(
                x=places, y=middle, top=np.maximum(high - middle, 0), bottom=np.maximum(middle - low, 0)
            )
        self._bars.setVisible(bool(spread) and len(places) > 0)
        self._axis.show_levels(levels)
        self._knee.setVisible(best is not None)
        if best is not None:
            self._knee.setPos(math.log2(best))
        tops = [one for line in values for one in line if not math.isnan(one)] + [high for _, high in spread]
        right = float(places[-1]) if len(places) else 1.0
        self._plot.setRange(
            xRange=(-0.3, max(1.0, right) + 0.3), yRange=(0, max(tops, default=1.0) * 1.12), padding=0
        )

    def tell(self, sentence: str) -> None:
        """Sets the text for screen readers."""
        self._plot.setAccessibleDescription(sentence)

    def _follow_theme(self) -> None:
        colours = tokens()
        style_plot(self._plot)
        for (_, number, dash), curve, sign in zip(self._lines, self._curves, self._signs, strict=True):
            colour = QColor(colours.series[number])
            curve.setPen(pg.mkPen(colour, width=1, style=DASHES[dash][0]))
            curve.setSymbolBrush(pg.mkBrush(colour))
            curve.setSymbolPen(pg.mkPen(colours.card))
            palette = sign.palette()
            palette.setColor(sign.foregroundRole(), colour)
            sign.setPalette(palette)
        self._bars.setData(pen=pg.mkPen(colours.series[0]))
        self._knee.setPen(pg.mkPen(colours.good, width=1, style=Qt.PenStyle.DashLine))


class CapacityChart(QWidget):
    """Both plots side by side, with the same axis."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("capacity_chart")
        self.levels: tuple[Level, ...] = ()
        self.best: int | None = None
        self._rate = CurvePlot(
            "capacity_rate",
            tr("Samples/s by calls in flight"),
            ((tr("95% interval"), 0, "solid"),),
            is_duration=False,
        )
        self._latency = CurvePlot(
            "capacity_latency",
            tr("Latency by calls in flight"),
            (("p50", 0, "solid"), ("p95", 1, "dash")),
            is_duration=True,
        )
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE_S)
        layout.addWidget(self._rate)
        layout.addWidget(self._latency)
        self.show_levels((), None)

    def show_levels(self, levels: Sequence[Level], best: int | None) -> None:
        """Draws the measured levels; `best` is the knee, once known."""
        self.levels, self.best = tuple(sorted(levels, key=lambda level: level.concurrency)), best
        rates = [level.rate for level in self.levels]
        self._rate.show_curves(self.levels, [rates], [(level.low, level.high) for level in self.levels], best)
        middle = [level.latency.p50 if level.latency else math.nan for level in self.levels]
        late = [level.latency.p95 if level.latency else math.nan for level in self.levels]
        self._latency.show_curves(self.levels, [middle, late], [], best)
        message = [
            tr("{concurrency} in flight: {rate:.3g} samples/s").format(
                concurrency=level.concurrency, rate=level.rate
            )
            for level in self.levels
        ]
        self._rate.tell("; ".join(message) or tr("Nothing is measured yet."))
        message = [
            tr("{concurrency} in flight: p50 {p50}, p95 {p95}").format(
                concurrency=level.concurrency,
                p50=milliseconds(level.latency.p50),
                p95=milliseconds(level.latency.p95),
            )
            for level in self.levels
            if level.latency
        ]
        self._latency.tell("; ".join(message) or tr("Nothing is measured yet."))
