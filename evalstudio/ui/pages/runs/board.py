"""Chart board: the charts of a run, with one time axis and one cross-hair, redrawn one at a time."""

from collections import deque

import numpy as np
from PySide6.QtCore import QSize, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from evalstudio.core.format import milliseconds
from evalstudio.core.outcome import Outcome
from evalstudio.protocol import Percentiles, Snapshot
from evalstudio.ui.charts.chart import ChartKind, Line, TimeChart
from evalstudio.ui.kit.text import mark, tr
from evalstudio.ui.kit.theme import SPACE_S
from evalstudio.ui.kit.widgets import Button, labelled
from evalstudio.ui.state.run_model import RunModel
from evalstudio.ui.state.run_series import ERRORS, Array, Series

PICTURE = QSize(640, 260)  # of a chart that is not on the screen
LEAST_WIDTH = 215  # pixels of a chart in one row
TICK_MS = 40  # between redrawing two charts: four in one tick would block the window


def _rate(value: float) -> str:
    return f"{value:,.0f}/s" if value >= 100 or value == int(value) else f"{value:.1f}/s"


def _mean(count: int, end: Snapshot) -> str:
    return _rate(count / end.elapsed) if end.elapsed > 0 else "–"


def _latency(found: Percentiles | None, name: str) -> str:
    return milliseconds(getattr(found, name)) if found is not None else "–"


def _highest(series: Series, column: str) -> str:
    most = np.nanmax(series.column(column), initial=0.0)
    return tr("up to {most:,.0f}").format(most=most) if most else "–"


def _failures(label: str, colour: int, *outcomes: Outcome) -> Line:
    """Returns the curve of failed attempts per second, with the total in the legend of an ended run."""

    def counts(series: Series) -> Array:
        return np.sum([series.column(outcome.value) for outcome in outcomes], axis=0)

    return Line(
        label,
        lambda series: counts(series) / series.column("width"),
        colour,
        hide_when_zero=True,
        whole=lambda series, _: f"{np.nansum(counts(series)):,.0f}",
    )


KINDS = (
    ChartKind(
        "latency", mark("Latency"),
        (
            Line("p50", lambda series: series.column("p50"), 0, whole=lambda _, end: _latency(end.latency, "p50")),
            Line("p95", lambda series: series.column("p95"), 1, "dash", whole=lambda _, end: _latency(end.latency, "p95")),
            Line("p99", lambda series: series.column("p99"), 3, "dot", whole=lambda _, end: _latency(end.latency, "p99")),
            Line(mark("first token"), lambda series: series.column("first50"), 2, "dash", hide_when_zero=True,
                 whole=lambda _, end: _latency(end.first_token, "p50")),
        ),
        milliseconds, mark("Latency appears here"), is_duration=True,
    ),
    ChartKind(
        "throughput", mark("Throughput"),
        (
            Line(mark("samples"), lambda series: series.per_second("saved"), 0, filled=True,
                 whole=lambda _, end: _mean(end.saved, end)),
            Line(mark("tokens out"), lambda series: series.per_second("tokens_out"), 1, "dash", hide_when_zero=True, right=True,
                 whole=lambda _, end: _mean(end.tokens_out, end)),
        ),
        _rate, mark("Throughput appears here"), steps=False,
    ),
    ChartKind(
        "errors", mark("Errors by class"),
        (
            _failures(mark("throttled"), 1, Outcome.THROTTLED),
            _failures(mark("overloaded"), 3, Outcome.OVERLOADED),
            _failures(mark("client error"), 4, Outcome.CLIENT_ERROR),
            _failures(mark("bad answer"), 2, Outcome.BAD_ANSWER),
            _failures(mark("filtered"), 5, Outcome.FILTERED),
            _failures(mark("cancelled"), 5, Outcome.CANCELLED),
            _failures(mark("quota exhausted"), 0, Outcome.QUOTA),
            _failures(mark("crashed"), 4, Outcome.CRASHED, Outcome.CRASHED_WORKER),
        ),
        _rate, mark("Failed attempts appear here, by class"), stacked=True,
    ),
    ChartKind(
        "limit", mark("Concurrency"),
        (
            Line(mark("limit"), lambda series: series.column("limit"), 1, "dash",
                 whole=lambda series, _: _highest(series, "limit")),
            Line(mark("in flight"), lambda series: series.column("in_flight"), 0, filled=True,
                 whole=lambda series, _: _highest(series, "in_flight")),
        ),
        lambda value: f"{value:,.0f}", mark("Concurrency and its limit appear here"),
        marks_changes=True,
    ),
)  # fmt: skip


def shown_kinds(model: RunModel) -> list[ChartKind]:
    """Returns the kinds of charts that have something to tell: that of errors only once there are some."""
    told = model.snapshot is not None and model.snapshot.errors
    failed = told or any(np.nansum(model.series.column(name)) > 0 for name in ERRORS)
    return [kind for kind in KINDS if failed or not kind.stacked]


class ChartBoard(QWidget):
    """Charts of one run side by side, or in two rows where there is no room. They are redrawn when a second has closed, one per tick, and only while visible."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("charts")
        self.charts = [TimeChart(kind) for kind in KINDS]
        self.rows = 1
        self._arrangement: tuple[int, int] | None = None  # visible charts, columns
        self._model: RunModel | None = None
        self._drawn = -1
        self.shown: list[TimeChart] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(SPACE_S)
        for chart in self.charts:
            chart.setParent(self)  # shown without one, it would be a window
            chart.pointed_at.connect(self._point)
            chart.zoomed.connect(lambda span, source=chart: self._zoom(source, span))
            chart.whole_wanted.connect(self.show_whole_run)
        self._corner: QWidget | None = None
        self._arrange()
        self._view: tuple[float, float] | None = None
        self._due: deque[TimeChart] = deque()
        self._timer = QTimer(self)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._tick)
        self._back = Button(tr("Whole run"))
        self._back.setParent(self)
        labelled(
            self._back, "whole_run_button", tr("Whole run on the charts"), tr("Undo zooming and follow the run")
        )  # fmt: skip
        self._back.clicked.connect(self.show_whole_run)
        self._back.hide()

    def add_corner(self, button: QWidget) -> None:
        """Places a button in the upper right corner."""
        self._corner = button
        button.setParent(self)
        self._place_buttons()

    def show_run(self, model: RunModel | None) -> None:
        """Switches to another run; its charts are drawn one after the other."""
        if model is not self._model:
            self._model = model
            self._view = None
            self._back.hide()
            self._drawn = -1
        self.update_run()

    def update_run(self) -> None:
        """Call this when the run may have new seconds; it costs nothing when there are none."""
        self._arrange()
        version = self._model.seconds_version if self._model is not None else 0
        if version != self._drawn and self.isVisible():
            self._drawn = version
            self._due = deque(self.shown)
            self._timer.start()

    def show_whole_run(self) -> None:
        """Resets the zoom: the charts follow the run again."""
        self._view = None
        self._back.hide()
        self._due = deque(self.shown)
        self._timer.start()

    @property
    def is_zoomed(self) -> bool:
        return self._view is not None

    def pictures(self) -> list[TimeChart]:
        """The charts as they are shown; of a closed strip, charts of their own in a size of their own."""
        if self._model is None or self.isVisible():
            return self.shown
        charts = [TimeChart(chart.kind) for chart in self.shown]
        for chart in charts:
            chart.resize(PICTURE)
            self._draw(chart, self._model)
        return charts

    def _draw(self, chart: TimeChart, model: RunModel) -> None:
        end = None if model.is_active else model.snapshot
        chart.draw(model.series, tuple(model.changes), self._view, end)

    def _tick(self) -> None:
        if not self._due or not self.isVisible() or self.window().isMinimized():
            self._timer.stop()
            if self._due:
                self._due.clear()
                self._drawn = -1
            return
        chart = self._due.popleft()
        if self._model is not None:
            self._draw(chart, self._model)
            if chart.kind.name == "throughput":
                self.charts[-1].leave_room(chart.right_room if self.rows > 1 else 0.0)
        else:
            chart.draw(Series(), (), None)

    def _point(self, moment: float | None) -> None:
        for chart in self.charts:
            chart.point_at(moment)

    def _zoom(self, source: TimeChart, span: tuple[float, float]) -> None:
        self._view = span
        for chart in self.charts:
            if chart is not source:
                chart.show_span(*span)
        self._due = deque(self.shown)  # their heights depend on the visible part
        self._timer.start()
        self._back.show()
        self._place_buttons()

    def _arrange(self) -> None:
        """Places the charts that have something to tell, in one row if each is wide enough."""
        kinds = (
            shown_kinds(self._model)
            if self._model is not None
            else [kind for kind in KINDS if not kind.stacked]
        )
        self.shown = shown = [chart for chart in self.charts if chart.kind in kinds]
        columns = len(shown) if self.width() >= len(shown) * LEAST_WIDTH else 2
        if self._arrangement == (len(shown), columns):
            return
        self._arrangement = (len(shown), columns)
        self.rows = -(-len(shown) // columns)
        for chart in self.charts:
            self._grid.removeWidget(chart)
            chart.setVisible(chart in shown)
        for column in range(len(self.charts)):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)
        for place, chart in enumerate(shown):
            self._grid.addWidget(chart, place // columns, place % columns)
        self._drawn = -1

    def _place_buttons(self) -> None:
        """Places the buttons over the corner of the last chart of the first row."""
        right = self.width() - 6
        for button in (self._corner, self._back):
            if button is not None:
                button.adjustSize()
                button.move(right - button.width(), 5)
                button.raise_()
                right -= button.width() + 2 if button.isVisibleTo(self) else 0

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()
        self._place_buttons()

    def showEvent(self, event: object) -> None:
        self.update_run()
