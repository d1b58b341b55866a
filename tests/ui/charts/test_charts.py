"""What charts say beside their lines: the steps of an axis, and a legend that is whole at every width."""

import pyqtgraph as pg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from evalstudio.protocol import Percentiles, SecondBucket
from evalstudio.ui.charts.axes import ValueAxis
from evalstudio.ui.charts.chart import TimeChart, plot_of
from evalstudio.ui.charts.legend import ChartHead
from evalstudio.ui.kit.theme import theme
from evalstudio.ui.pages.models.capacity_chart import CapacityChart
from evalstudio.ui.pages.runs.board import ChartBoard
from evalstudio.ui.pages.runs.chart_strip import ChartStrip, SparkLine
from evalstudio.ui.state.run_model import RunModel
from tests.ui.factories import make_snapshot

ENTRIES = [
    (f"<b>{words}</b>", words) for words in ("p50 315 ms", "p95 730 ms", "p99 751 ms", "first token 12 ms")
]


def step_of(high: float, size: float, *, is_duration: bool) -> float:
    return ValueAxis(is_duration=is_duration).tickSpacing(0.0, high, size)[0][0]


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize(("high", "step"), [(1.0, 1.0), (1.12, 1.0), (4.5, 1.0), (22.4, 5.0), (0.4, 0.05)])
def test_that_counts_stand_at_whole_numbers(high: float, step: float) -> None:
    assert step_of(high, 300, is_duration=False) == pytest.approx(step)


@pytest.mark.usefixtures("qapp")
@given(st.floats(1e-3, 1e7), st.floats(10, 2_000), st.booleans())
def test_that_an_axis_has_a_step_that_is_seen(high: float, size: float, is_duration: bool) -> None:
    step = step_of(high, size, is_duration=is_duration)
    assert 0 < step <= high
    assert is_duration or high < 1 or step >= 1


def test_that_a_legend_is_whole_at_every_width(qapp: QApplication) -> None:
    head = ChartHead("Latency", "legend_test")
    legend = head.findChild(QLabel, "legend_test")
    assert legend is not None
    head.show()
    for width in (900, 300, 160, 900):
        head.show_entries(ENTRIES)
        head.setFixedWidth(width)
        head.setFixedHeight(max(head.sizeHint().height(), head.heightForWidth(width)))
        for _ in range(5):
            qapp.processEvents()
        wanted = legend.heightForWidth(legend.width()) if legend.wordWrap() else legend.sizeHint().height()
        assert legend.height() >= wanted
        assert legend.wordWrap() or legend.width() >= legend.sizeHint().width()
        assert legend.wordWrap() == (width < 900)
        assert legend.textFormat() == Qt.TextFormat.RichText
    head.deleteLater()


def drawn(qtbot: QtBot, model: RunModel) -> dict[str, TimeChart]:
    """The charts of a run by name, after all of them are drawn."""
    return {chart.kind.name: chart for chart in drawn_board(qtbot, model).shown}


def drawn_board(qtbot: QtBot, model: RunModel) -> ChartBoard:
    board = ChartBoard()
    qtbot.addWidget(board)
    board.resize(700, 500)  # in two rows
    board.show()
    board.show_run(model)
    qtbot.waitUntil(lambda: all(map(told, board.shown)))
    return board


def told(chart: TimeChart) -> str:
    return plot_of(chart).accessibleDescription()


def run_of_four_seconds(**changes: object) -> RunModel:
    model = RunModel(1)
    seconds = tuple(
        SecondBucket(second, 5, 5, Percentiles(5, 0.1, 0.2, 0.3), None, {"overloaded": 2, "crashed the worker": 1}, 8, 6 - second, 100, 1000 * (second + 1))
        for second in range(4)
    )  # fmt: skip
    overall = Percentiles(20, 0.11, 2.5, 4.5)
    model.take(
        make_snapshot(buckets=seconds, saved=20, elapsed=4.0, tokens_out=10_000, latency=overall, **changes)
    )
    return model


def test_that_tokens_a_second_have_a_scale_of_their_own(qtbot: QtBot) -> None:
    charts = drawn(qtbot, run_of_four_seconds())
    throughput = charts["throughput"]
    assert told(throughput) == "At 0:03: samples 5/s, tokens out 4,000/s."
    axis = plot_of(throughput).getPlotItem().getAxis("right")
    assert axis.isVisible()
    low, high = axis.range
    step = axis.tickSpacing(low * axis.scale, high * axis.scale, axis.height())[0][0]
    assert high * axis.scale > 4_000 > high
    assert axis.tickStrings([step / axis.scale], axis.scale, step / axis.scale) == [f"{step:,.0f}"]
    limit = plot_of(charts["limit"]).getPlotItem()  # stands below: both end at the same moment
    qtbot.waitUntil(
        lambda: abs(limit.getViewBox().width() - plot_of(throughput).getPlotItem().getViewBox().width()) < 1
    )


def test_that_a_legend_tells_of_an_ended_run_as_a_whole_and_of_a_moment_where_it_is_pointed_at(
    qtbot: QtBot,
) -> None:
    charts = drawn(qtbot, run_of_four_seconds(state="completed with errors"))
    assert told(charts["latency"]) == "Whole run: p50 110 ms, p95 2.50 s, p99 4.50 s."
    assert told(charts["throughput"]) == "Whole run: samples 5/s, tokens out 2,500/s."
    assert told(charts["errors"]) == "Whole run: overloaded 8, crashed 4."
    assert told(charts["limit"]) == "Whole run: limit up to 8, in flight up to 6."
    charts["latency"].point_at(1.0)
    assert told(charts["latency"]) == "At 0:01: p50 100 ms, p95 200 ms, p99 300 ms."


def span(chart: TimeChart) -> tuple[float, float]:
    low, high = plot_of(chart).getPlotItem().getViewBox().viewRange()[0]
    return round(low, 3), round(high, 3)


def turn_wheel(chart: TimeChart, second: float) -> None:
    """One notch, with the pointer at a moment of the run."""
    plot = plot_of(chart)
    box = plot.getPlotItem().getViewBox()
    place = QPointF(plot.mapFromScene(box.mapViewToScene(QPointF(second, 0.1))))
    event = QWheelEvent(
        place, plot.mapToGlobal(place), QPoint(), QPoint(0, 240), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(plot.viewport(), event)


def test_that_the_charts_are_zoomed_together_fit_what_is_seen_and_find_back(qtbot: QtBot) -> None:
    model = RunModel(1)
    seconds = tuple(
        SecondBucket(
            second, 5, 5, Percentiles(5, 0.1, 0.2, 9.0 if second == 90 else 0.3), None, {}, 8, 6, 0, 10
        )
        for second in range(100)
    )
    model.take(make_snapshot(buckets=seconds, saved=500, elapsed=100.0))
    board = drawn_board(qtbot, model)
    latency = board.charts[0]
    back = board.findChild(QPushButton, "whole_run_button")
    assert back.isHidden()
    whole, top = span(latency), plot_of(latency).getPlotItem().getViewBox().viewRange()[1][1]
    assert top > 9
    turn_wheel(latency, 20.0)
    assert board.is_zoomed
    qtbot.waitUntil(back.isVisible)
    zoomed = span(latency)
    assert whole[0] <= zoomed[0] < 20 < zoomed[1] < 90
    assert {span(chart) for chart in board.shown} == {zoomed}
    # the one slow second is out of sight: the others get the height
    qtbot.waitUntil(lambda: plot_of(latency).getPlotItem().getViewBox().viewRange()[1][1] < 1)
    latency.pointed_at.emit(20.5)
    assert {told(chart).split(":")[1] for chart in board.shown} == {"20"}
    back.click()
    assert back.isHidden()
    qtbot.waitUntil(lambda: {span(chart) for chart in board.shown} == {whole})
    turn_wheel(latency, 20.0)
    latency.whole_wanted.emit()
    assert not board.is_zoomed


def test_that_charts_stand_in_one_row_where_there_is_room_and_that_of_errors_only_when_there_are_some(
    qtbot: QtBot,
) -> None:
    board = drawn_board(qtbot, run_of_four_seconds())
    assert (board.rows, len(board.shown)) == (2, 4)
    board.resize(1000, 200)
    assert board.rows == 1
    model = RunModel(2)
    model.take(make_snapshot(buckets=(SecondBucket(0, 5, 5, Percentiles(5, 0.1, 0.2, 0.3)),), saved=5))
    board.show_run(model)
    assert [chart.kind.name for chart in board.shown] == ["latency", "throughput", "limit"]
    assert not board.charts[2].isVisible()


def test_that_the_charts_of_a_run_close_when_it_has_ended_unless_a_person_has_opened_them(
    qtbot: QtBot,
) -> None:
    strip = ChartStrip(ChartBoard())
    qtbot.addWidget(strip)
    strip.resize(1000, 200)
    strip.show()
    model = run_of_four_seconds()
    strip.show_run(model)
    assert strip.is_open
    assert strip.board.isVisible()
    model.take(make_snapshot(state="completed", saved=20, elapsed=4.0))
    strip.update_run()
    assert not strip.is_open
    line = strip.findChild(SparkLine)
    assert "Throughput" in line.accessibleDescription()
    line.setFocus()
    qtbot.keyClick(line, Qt.Key.Key_Space)
    strip.update_run()
    assert strip.is_open  # as a person left it
    strip.know_height(300)
    assert strip.is_open
    other = run_of_four_seconds()
    other.run_id = 5
    strip.show_run(other)
    assert not strip.is_open  # a low page gives the room to the records


def test_that_a_run_of_one_second_is_a_dot(qtbot: QtBot) -> None:
    model = RunModel(1)
    model.take(make_snapshot(buckets=(SecondBucket(0, 5, 5, Percentiles(5, 0.1, 0.2, 0.3)),), saved=5))
    latency = drawn(qtbot, model)["latency"]
    dots = [item for item in plot_of(latency).listDataItems() if item.opts.get("symbol") == "o"]
    assert len(dots) == 3


def test_that_axes_follow_the_text_size_at_once(qtbot: QtBot) -> None:
    """Their texts were those of the size before: the widget's own font follows only later."""
    chart = CapacityChart()
    qtbot.addWidget(chart)
    (plot, *_) = chart.findChildren(pg.PlotWidget)
    sizes = []
    try:
        for percent in (100, 150, 100):
            theme().scale(percent)
            sizes.append(plot.getPlotItem().getAxis("bottom").style["tickFont"].pointSizeF())
    finally:
        theme().scale(100)
    assert sizes[0] == sizes[2]
    assert sizes[1] == pytest.approx(1.5 * sizes[0], rel=0.02)
