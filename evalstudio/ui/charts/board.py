"""The four charts of a run: one time axis, one cross-hair, one chart redrawn at a time."""

from collections import deque

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QGridLayout, QWidget

from evalstudio.format import milliseconds
from evalstudio.outcome import Outcome
from evalstudio.ui.charts.chart import ChartKind, Line, TimeChart
from evalstudio.ui.run_model import RunModel
from evalstudio.ui.series import Series
from evalstudio.ui.text import mark
from evalstudio.ui.theme import SPACE_S

TICK_MS = 40  # between the redrawing of two charts: four in one tick would hold up the window


def _rate(value: float) -> str:
    return f"{value:,.0f}/s" if value >= 100 or value == int(value) else f"{value:.1f}/s"


KINDS = (
    ChartKind(
        "latency", mark("Latency"),
        (
            Line("p50", lambda series: series.column("p50"), 0),
            Line("p95", lambda series: series.column("p95"), 1, "dash"),
            Line("p99", lambda series: series.column("p99"), 4, "dot"),
            Line(mark("first token"), lambda series: series.column("first50"), 2, "dash", hide_when_zero=True),
        ),
        milliseconds, mark("How long answers take appears here, second by second"), is_duration=True,
    ),
    ChartKind(
        "throughput", mark("Throughput"),
        (Line(mark("samples"), lambda series: series.per_second("saved"), 0, filled=True),),
        _rate, mark("Samples a second appear here"), steps=False,
    ),
    ChartKind(
        "errors", mark("Errors by class"),
        (
            Line(mark("throttled"), lambda series: series.per_second(Outcome.THROTTLED.value), 1, hide_when_zero=True),
            Line(mark("overloaded"), lambda series: series.per_second(Outcome.OVERLOADED.value), 3, hide_when_zero=True),
            Line(mark("client error"), lambda series: series.per_second(Outcome.CLIENT_ERROR.value), 4, hide_when_zero=True),
            Line(mark("bad answer"), lambda series: series.per_second(Outcome.BAD_ANSWER.value), 2, hide_when_zero=True),
            Line(mark("filtered"), lambda series: series.per_second(Outcome.FILTERED.value), 5, hide_when_zero=True),
            Line(mark("cancelled"), lambda series: series.per_second(Outcome.CANCELLED.value), 5, hide_when_zero=True),
            Line(mark("quota exhausted"), lambda series: series.per_second(Outcome.QUOTA.value), 0, hide_when_zero=True),
        ),
        _rate, mark("Attempts that failed appear here, by class"), stacked=True,
    ),
    ChartKind(
        "limit", mark("Limit and in flight"),
        (
            Line(mark("limit"), lambda series: series.column("limit"), 1, "dash"),
            Line(mark("in flight"), lambda series: series.column("in_flight"), 0, filled=True),
        ),
        lambda value: f"{value:,.0f}", mark("The limit, the calls in flight and each change appear here"),
        marks_changes=True,
    ),
)  # fmt: skip


class ChartBoard(QWidget):
    """Shows one run. Charts are redrawn when a second has closed, one a tick, and only while they can be seen."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("charts")
        self.charts = [TimeChart(kind) for kind in KINDS]
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE_S)
        for index, chart in enumerate(self.charts):
            layout.addWidget(chart, index // 2, index % 2)
            chart.pointed_at.connect(self._point)
            chart.zoomed.connect(lambda span, source=chart: self._zoom(source, span))
        for which in range(2):
            layout.setColumnStretch(which, 1)
            layout.setRowStretch(which, 1)
        self._model: RunModel | None = None
        self._drawn = -1
        self._view: tuple[float, float] | None = None
        self._due: deque[TimeChart] = deque()
        self._timer = QTimer(self)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._tick)

    def show_run(self, model: RunModel | None) -> None:
        """Changes the run; its charts are drawn one after the other."""
        if model is not self._model:
            self._model = model
            self._view = None
            self._drawn = -1
        self.update_run()

    def update_run(self) -> None:
        """To be called when the run may have new seconds; costs nothing when it has none."""
        version = self._model.seconds_version if self._model is not None else 0
        if version != self._drawn and self.isVisible():
            self._drawn = version
            self._due = deque(self.charts)
            self._timer.start()

    def show_whole_run(self) -> None:
        """Undoes zooming: the charts follow the run again."""
        self._view = None
        self._due = deque(self.charts)
        self._timer.start()

    @property
    def is_zoomed(self) -> bool:
        return self._view is not None

    def _tick(self) -> None:
        if not self._due or not self.isVisible() or self.window().isMinimized():
            self._timer.stop()
            if self._due:
                self._due.clear()
                self._drawn = -1
            return
        chart = self._due.popleft()
        if self._model is not None:
            chart.draw(self._model.series, tuple(self._model.changes), self._view)
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

    def showEvent(self, event: object) -> None:
        self.update_run()
