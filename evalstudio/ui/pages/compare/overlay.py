"""Overlay chart: one figure of several runs or models in one plot, with a legend that names them."""

import html
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QResizeEvent
from PySide6.QtWidgets import QApplication, QLabel, QVBoxLayout

from evalstudio.ui.charts.axes import ClockAxis, ValueAxis, style_plot
from evalstudio.ui.charts.chart import DASHES
from evalstudio.ui.charts.chart_export import offer_pictures
from evalstudio.ui.kit.text import one_line, tr
from evalstudio.ui.kit.theme import SPACE_M, SPACE_S, SPACE_XS, scaled, theme, tokens
from evalstudio.ui.kit.widgets import Card, TextLabel
from evalstudio.ui.state.run_series import Array


@dataclass(frozen=True, slots=True)
class Overlaid:
    """One line: its label and points."""

    label: str
    x: Array
    y: Array


class OverlayChart(Card):
    """Overlay of lines: six colours, then the same ones dashed. `over_time`: x is seconds since a run's start."""

    def __init__(
        self, name: str, title: str, empty: str, *, is_duration: bool, over_time: bool = True
    ) -> None:
        super().__init__()
        self.setObjectName(f"overlay_{name}")
        self._title = title
        self._lines: tuple[Overlaid, ...] = ()
        self._curves: list[pg.PlotDataItem] = []
        bottom = ClockAxis() if over_time else pg.AxisItem("bottom")
        bottom.enableAutoSIPrefix(False)
        self._symbol = None if over_time else "o"
        self._plot = pg.PlotWidget(axisItems={"bottom": bottom, "left": ValueAxis(is_duration=is_duration)})
        self._plot.setAccessibleName(title)
        self._plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._plot.viewport().setFocusPolicy(Qt.FocusPolicy.NoFocus)
        item = self._plot.getPlotItem()
        item.setMenuEnabled(False)
        self._plot.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)  # the card has one
        item.hideButtons()
        item.disableAutoRange()
        item.setMouseEnabled(x=False, y=False)
        item.showGrid(x=False, y=True, alpha=0.35)
        self._legend = QLabel()
        self._legend.setObjectName(f"legend_overlay_{name}")
        self._legend.setTextFormat(Qt.TextFormat.RichText)  # names are escaped
        self._legend.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE_M, SPACE_S, SPACE_S, SPACE_XS)
        layout.setSpacing(SPACE_XS)
        layout.addWidget(TextLabel(title, bold=True))
        layout.addWidget(self._legend)
        layout.addWidget(self._plot, 1)
        self._empty = TextLabel(empty, "muted")
        self._empty.setParent(self._plot)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        offer_pictures(self, f"compare-{name}")
        theme().changed.connect(self._follow_theme)
        self.show_lines(())

    def show_lines(self, lines: tuple[Overlaid, ...]) -> None:
        """Replaces the lines."""
        item = self._plot.getPlotItem()
        for curve in self._curves:
            item.removeItem(curve)
        self._lines = tuple(line for line in lines if len(line.x))
        self._curves = [pg.PlotDataItem(symbol=self._symbol, symbolSize=6) for _ in self._lines]
        right = top = 0.0
        for line, curve in zip(self._lines, self._curves, strict=True):
            item.addItem(curve)
            known = ~np.isnan(line.y)  # a line connects the known values; a single one is a dot
            curve.setData(line.x[known], line.y[known])
            if np.count_nonzero(known) == 1:
                curve.setSymbol("o")
            right = max(right, float(line.x[-1]))
            if not np.all(np.isnan(line.y)):
                top = max(top, float(np.nanmax(line.y)))
        self._plot.setRange(xRange=(0, right * 1.02 or 1.0), yRange=(0, top * 1.1 or 1.0), padding=0)
        self._empty.setVisible(not self._lines)
        item.setVisible(bool(self._lines))
        self._follow_theme()

    def _follow_theme(self) -> None:
        self._legend.setFont(scaled(QApplication.font(), 0.9))
        colours = tokens()
        style_plot(self._plot)
        marked = []
        for place, (line, curve) in enumerate(zip(self._lines, self._curves, strict=True)):
            colour = QColor(colours.series[place % len(colours.series)])
            style, sign = DASHES["solid" if place < len(colours.series) else "dash"]
            curve.setPen(pg.mkPen(colour, width=1, style=style))
            curve.setSymbolBrush(pg.mkBrush(colour))
            curve.setSymbolPen(pg.mkPen(colours.card))
            name = _unbroken(html.escape(one_line(line.label, 60)))
            marked.append(
                f'<span style="color:{colour.name()}">{sign}</span>&nbsp;'
                f'<span style="color:{colours.muted}">{name}</span>'
            )
        self._legend.setText("&nbsp;&nbsp; ".join(marked))
        self._plot.setAccessibleDescription(
            tr("{title} of {lines}.").format(
                title=self._title, lines=", ".join(line.label for line in self._lines) or tr("nothing yet")
            )
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._empty.setGeometry(self._plot.rect())

    def showEvent(self, event: object) -> None:
        self._empty.setGeometry(self._plot.rect())


def _unbroken(name: str) -> str:
    """Returns a name with non-breaking spaces, in which the legend does not wrap."""
    return (
        name.replace(" ", "&nbsp;").replace("/", "/\N{WORD JOINER}").replace("-", "\N{NON-BREAKING HYPHEN}")
    )
