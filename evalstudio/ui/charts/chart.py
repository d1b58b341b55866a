"""Time chart: one chart over the time of a run. All drawing with pyqtgraph goes through this module.

The data are closed seconds.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QBrush, QColor, QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from evalstudio.core.format import clock
from evalstudio.protocol import LimitChange, Snapshot
from evalstudio.ui.charts.axes import ClockAxis, ValueAxis, style_plot
from evalstudio.ui.charts.chart_export import offer_pictures
from evalstudio.ui.charts.legend import ChartHead
from evalstudio.ui.kit.text import tooltip, tr
from evalstudio.ui.kit.theme import SPACE_M, SPACE_S, SPACE_XS, line_height, theme, tokens
from evalstudio.ui.kit.widgets import Card, GivingLabel
from evalstudio.ui.state.run_series import Array, Series

pg.setConfigOptions(antialias=True)

DASHES = {
    "solid": (Qt.PenStyle.SolidLine, "━━"),
    "dash": (Qt.PenStyle.DashLine, "╍╍"),
    "dot": (Qt.PenStyle.DotLine, "┅┅"),
}
BY_HAND = ("user", "settings")  # causes of changes that a person made
MOST_ACTS = 200  # the largest number of these that is marked
LEAST_LINES = 4  # minimum height of a plot, in lines of text
LINE = 1.5  # width in pixels
DOT = 5  # pixels, if there is only one second
HEADROOM = 1.12  # times the highest value
SHORTEST_SPAN = 10.0  # minimum span of the time axis in seconds


@dataclass(frozen=True, slots=True)
class Line:
    """One curve: its label, the source of its values, and its look."""

    label: str
    values: Callable[[Series], Array]
    colour: int  # index into the theme's series colours
    dash: str = "solid"
    filled: bool = False
    hide_when_zero: bool = False  # hidden in drawing and legend while all values are 0 or missing
    right: bool = False  # on a scale of its own, at the right
    whole: Callable[[Series, Snapshot], str] | None = None  # text in the legend for a run that has ended


@dataclass(frozen=True, slots=True)
class ChartKind:
    """Definition of a chart. `stacked`: curves add up. `say` formats a value."""

    name: str
    title: str
    lines: tuple[Line, ...]
    say: Callable[[float], str]
    empty: str
    is_duration: bool = False
    stacked: bool = False
    steps: bool = False
    marks_changes: bool = False


class TimeChart(Card):
    """A chart with a title, a legend with the current values, and a cross-hair shared with its neighbours."""

    pointed_at = Signal(object)  # seconds since the start, or None
    zoomed = Signal(object)  # (from, to) chosen by a person
    whole_wanted = Signal()  # request to show the whole run again

    def __init__(self, kind: ChartKind) -> None:
        super().__init__()
        self.kind = kind
        self.setObjectName(f"chart_{kind.name}")
        self._series: Series | None = None
        self._pointer: float | None = None
        self._top = 0.0
        self._right_top = 0.0
        self._end: Snapshot | None = None
        self._build()
        self._make_curves()
        offer_pictures(self, f"chart-{kind.name}")
        theme().changed.connect(self._follow_theme)
        self._follow_theme()

    def draw(
        self,
        series: Series,
        changes: Sequence[LimitChange],
        view: tuple[float, float] | None,
        end: Snapshot | None = None,
    ) -> None:
        """Draws the series; `view` is the time span to show, None the whole run; `end` is the final snapshot, if any."""
        self._series, self._end = series, end
        times = series.times
        shown = len(times) > 0
        if shown == self._empty.isVisibleTo(self._plot):
            self._show_empty(not shown)
        highest = 0.0
        below: Array = np.zeros(len(times))
        for line, curve in zip(self.kind.lines, self._curves, strict=True):
            values = line.values(series)
            visible = shown and not (line.hide_when_zero and not np.nansum(values) > 0)
            curve.setVisible(visible)
            if not visible:
                curve.setData([], [])
                continue
            if self.kind.stacked:
                values = below = below + values
            if line.right:
                continue  # drawn once both scales are known
            # a line connects the known values: seconds without an answer have no latency
            known = ~np.isnan(values)
            # a single second makes no line
            curve.setData(times[known], values[known], symbol="o" if known.sum() == 1 else None)
            highest = max(highest, _highest(values[_in_view(series, view)]))
        if self.kind.marks_changes:
            self._mark(series, changes)
        self._set_ranges(times, highest, view)
        self._draw_right(series, times, view)
        self._draw_acts([change.at for change in changes if change.cause in BY_HAND] if shown else [])
        self._tell()

    def point_at(self, moment: float | None) -> None:
        """Moves the cross-hair; None hides it."""
        self._pointer = moment
        self._cross.setVisible(moment is not None)
        if moment is not None:
            self._cross.setPos(moment)
        self._tell()

    @property
    def right_room(self) -> float:
        """Returns the width of the right scale in pixels."""
        axis = self._plot.getPlotItem().getAxis("right")
        return float(axis.fixedWidth) if axis.isVisible() else 0.0

    def leave_room(self, width: float) -> None:
        """Reserves pixels at the right, so that charts above each other end at the same time."""
        if not any(line.right for line in self.kind.lines):
            self._plot.getPlotItem().layout.setColumnFixedWidth(2, width)

    def show_span(self, low: float, high: float) -> None:
        self._plot.setXRange(low, high, padding=0)

    # Construction -----------------------------------------------------------------------------------------

    def _build(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE_M, SPACE_S, SPACE_S, SPACE_XS)
        layout.setSpacing(SPACE_XS)
        self._head = ChartHead(tr(self.kind.title), f"legend_{self.kind.name}")
        layout.addWidget(self._head)
        self._plot = pg.PlotWidget(
            axisItems={
                "bottom": ClockAxis(),
                "left": ValueAxis(is_duration=self.kind.is_duration),
                "right": ValueAxis(is_duration=False, side="right"),
            }
        )
        self._plot.setObjectName(f"plot_{self.kind.name}")
        self._plot.setAccessibleName(tr(self.kind.title))
        self._plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._plot.viewport().setFocusPolicy(Qt.FocusPolicy.NoFocus)
        item = self._plot.getPlotItem()
        item.setMenuEnabled(False)
        self._plot.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)  # the card has one
        item.hideButtons()
        item.hideAxis("right")
        item.setClipToView(True)
        item.setDownsampling(auto=True, mode="peak")
        item.disableAutoRange()
        item.showGrid(x=False, y=True, alpha=0.35)
        item.getAxis("left").setZValue(-200)  # the grid belongs to the axis: draw it behind filled areas
        box = item.getViewBox()
        box.setMouseEnabled(x=True, y=False)
        box.setLimits(xMin=0, yMin=0)
        box.setDefaultPadding(0)
        box.sigRangeChangedManually.connect(lambda *_: self.zoomed.emit(tuple(box.viewRange()[0])))
        item.scene().sigMouseMoved.connect(self._mouse_moved)
        item.scene().sigMouseClicked.connect(
            lambda click: self.whole_wanted.emit() if click.double() else None
        )
        layout.addWidget(self._plot, 1)
        self._cross = pg.InfiniteLine(angle=90, movable=False)
        self._cross.setVisible(False)
        item.addItem(self._cross, ignoreBounds=True)
        self._empty = GivingLabel(tr(self.kind.empty), "muted")
        self._empty.setParent(self._plot)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._show_empty(True)

    def _make_curves(self) -> None:
        item = self._plot.getPlotItem()
        self._curves = []
        for depth, line in enumerate(self.kind.lines):
            curve = pg.PlotDataItem(
                stepMode="right" if self.kind.steps else None,
                fillLevel=0 if line.filled or self.kind.stacked else None,
            )
            curve.setZValue(-depth if self.kind.stacked else depth)
            item.addItem(curve)
            self._curves.append(curve)
        self._acts = pg.PlotCurveItem()
        self._acts.setZValue(-20)
        item.addItem(self._acts, ignoreBounds=True)
        self._marks = pg.ScatterPlotItem(
            symbol="d", size=9, hoverable=True, tip=lambda x, y, data: tooltip(f"{clock(x)}  {data}")
        )
        self._marks.setZValue(50)
        item.addItem(self._marks)

    def _follow_theme(self) -> None:
        colours = tokens()
        self._head.follow_theme()
        self._plot.setMinimumHeight(LEAST_LINES * line_height())
        style_plot(self._plot)
        for line, curve in zip(self.kind.lines, self._curves, strict=True):
            colour = QColor(colours.series[line.colour])
            curve.setSymbolBrush(colour)
            curve.setSymbolPen(None)
            curve.setSymbolSize(DOT)
            curve.setPen(pg.mkPen(colour, width=LINE, style=DASHES[line.dash][0]))
            if self.kind.stacked:
                curve.setFillBrush(QBrush(colour))
            elif line.filled:
                colour.setAlpha(45)
                curve.setFillBrush(QBrush(colour))
        self._marks.setPen(pg.mkPen(colours.card))
        self._marks.setBrush(pg.mkBrush(colours.series[1]))
        self._acts.setPen(pg.mkPen(colours.series[1], width=1, style=Qt.PenStyle.DotLine))
        self._cross.setPen(pg.mkPen(colours.muted, style=Qt.PenStyle.DotLine))
        self._tell()

    def _show_empty(self, empty: bool) -> None:
        self._empty.setVisible(empty)
        self._plot.getPlotItem().setVisible(not empty)

    # Drawing ------------------------------------------------------------------------------------------

    def _mark(self, series: Series, changes: Sequence[LimitChange]) -> None:
        times, limits = series.times, series.column("limit")
        spots = []
        for change in changes:
            height = float(np.interp(change.at, times, limits)) if len(times) else 0.0
            spots.append({"pos": (change.at, height), "data": change.sentence})
        self._marks.setData(spots)

    def _draw_right(self, series: Series, times: Array, view: tuple[float, float] | None) -> None:
        """Draws the lines with their own scale, stretched so that both scales end at the same height."""
        axis = self._plot.getPlotItem().getAxis("right")
        pairs = [pair for pair in zip(self.kind.lines, self._curves, strict=True) if pair[0].right]
        shown = [(line.values(series), curve) for line, curve in pairs if curve.isVisible()]
        axis.setVisible(bool(shown))
        if not shown:
            return
        highest = max(_highest(values[_in_view(series, view)]) for values, _ in shown)
        wanted = (highest or 1.0) * HEADROOM
        if self._right_top < highest or wanted < self._right_top * 0.6 or self._right_top == 0:
            self._right_top = wanted
        for values, curve in shown:
            curve.setData(
                times, values * (self._top / self._right_top), symbol="o" if len(times) == 1 else None
            )
        axis.setScale(self._right_top / self._top)

    def _draw_acts(self, moments: list[float]) -> None:
        """Draws a thin vertical line wherever a person changed something."""
        ends = np.repeat(np.array(moments[-MOST_ACTS:]), 2)
        self._acts.setData(ends, np.tile([0.0, self._top], len(ends) // 2), connect="pairs")

    def _set_ranges(self, times: Array, highest: float, view: tuple[float, float] | None) -> None:
        last = float(times[-1]) if len(times) else 0.0
        low, high = view if view is not None else (0.0, max(SHORTEST_SPAN, last * 1.02))
        wanted = (highest or 1.0) * HEADROOM
        if self._top < highest or wanted < self._top * 0.6 or self._top == 0:
            self._top = wanted
        self._plot.setRange(xRange=(low, high), yRange=(0, self._top), padding=0)

    def _tell(self) -> None:
        """Updates the legend with the values under the cross-hair, else the newest; also as text for screen readers."""
        if self._series is None or not len(self._series):
            self._head.show_entries(())
            return
        colours = tokens()
        row = self._row_pointed_at(self._series)
        marked, spoken = [], []
        of_all = self._end if self._pointer is None else None
        for line in self.kind.lines:
            values = line.values(self._series)
            if line.hide_when_zero and not np.nansum(values) > 0:
                continue
            value = float(values[row] if self._pointer is not None else _last_known(values))
            words = "–" if np.isnan(value) else self.kind.say(value)
            if of_all is not None and line.whole is not None:
                words = line.whole(self._series, of_all)
            sign = "■" if self.kind.stacked else DASHES[line.dash][1]
            html = (
                f'<span style="color:{colours.series[line.colour]}">{sign}</span>&nbsp;'
                f'<span style="color:{colours.muted}">{tr(line.label)}</span>&nbsp;'
                f'<span style="color:{colours.text}">{words}</span>'
            )
            marked.append(
                (
                    html.replace("/s", "/\u2060s").replace(tr(line.label), _unbroken(tr(line.label))),
                    f"{sign} {tr(line.label)} {words}",
                )
            )
            spoken.append(f"{tr(line.label)} {words}")
        moment = clock(float(self._series.column("second")[row]))
        if of_all is not None and marked:
            words = tr("whole run")
            marked.insert(0, (f'<span style="color:{colours.muted}"><i>{words}</i></span>', words))
        nothing = f'<span style="color:{colours.muted}">{tr("none")}</span>'
        self._head.show_entries(marked or [(nothing, tr("none"))])
        sentence = tr("At {moment}: {spoken}.") if of_all is None else tr("Whole run: {spoken}.")
        self._plot.setAccessibleDescription(
            sentence.format(moment=moment, spoken=", ".join(spoken) or tr("nothing"))
        )

    def _row_pointed_at(self, series: Series) -> int:
        if self._pointer is None:
            return len(series) - 1
        row = int(np.searchsorted(series.column("second"), self._pointer, side="right")) - 1
        return min(max(row, 0), len(series) - 1)

    def _mouse_moved(self, position: object) -> None:
        box = self._plot.getPlotItem().getViewBox()
        inside = box.sceneBoundingRect().contains(position)
        self.pointed_at.emit(float(box.mapSceneToView(position).x()) if inside else None)

    def leaveEvent(self, event: object) -> None:
        self.pointed_at.emit(None)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._empty.setGeometry(self._plot.rect())

    def showEvent(self, event: object) -> None:
        self._empty.setGeometry(self._plot.rect())


def _unbroken(text: str) -> str:
    return text.replace(" ", "&nbsp;")


def plot_of(chart: QWidget) -> pg.PlotWidget:
    """Returns the plot inside a chart; for tests and exports."""
    found = chart.findChild(pg.PlotWidget)
    assert found is not None
    return found


def _in_view(series: Series, view: tuple[float, float] | None) -> slice:
    """Returns the visible rows and the next one on each side, to which lines are drawn."""
    if view is None:
        return slice(None)
    first, last = np.searchsorted(series.times, view)
    return slice(max(0, int(first) - 1), int(last) + 1)


def _highest(values: Array) -> float:
    """Returns the highest known value; 0 without any."""
    known = values[~np.isnan(values)]
    return float(known.max()) if len(known) else 0.0


def _last_known(values: Array) -> float:
    """Returns the newest known value; NaN without any."""
    known = values[~np.isnan(values)]
    return float(known[-1]) if len(known) else math.nan
