"""What the window remembers of a run: right, and no more the longer it runs."""

import numpy as np
import pyqtgraph as pg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from evalstudio.core.run_state import RunState
from evalstudio.protocol import LimitChange, Percentiles, SecondBucket, Snapshot
from evalstudio.ui.charts.chart import TimeChart
from evalstudio.ui.pages.runs.board import ChartBoard
from evalstudio.ui.state.run_model import MOST_CHANGES, History, RunModel
from evalstudio.ui.state.run_series import CAPACITY, Series
from tests.ui.factories import make_run_row as row
from tests.ui.factories import make_snapshot


def bucket(second: int, saved: int = 3, p50: float | None = 0.2) -> SecondBucket:
    latency = None if p50 is None else Percentiles(saved, p50, p50 * 2, p50 * 3)
    return SecondBucket(
        second, saved, saved, latency, None, {"throttled": second % 2}, limit=8, in_flight=second % 9
    )


def test_that_a_series_has_the_seconds_it_was_given_once() -> None:
    series = Series()
    assert series.add([bucket(0), bucket(1)])
    assert not series.add([bucket(1)])
    assert series.add([bucket(1), bucket(2, p50=None)])
    assert series.column("second").tolist() == [0, 1, 2]
    assert series.times.tolist() == [0.5, 1.5, 2.5]
    assert series.per_second("saved").tolist() == [3, 3, 3]
    assert series.column("p95").tolist()[:2] == [0.4, 0.4]
    assert np.isnan(series.column("p95")[2])
    assert series.column("throttled").tolist() == [0, 1, 0]


@settings(deadline=None, max_examples=12)
@given(st.integers(1, 30_000), st.integers(0, 4))
def test_that_merging_keeps_sums_order_and_size(seconds: int, saved: int) -> None:
    series = Series()
    series.add(bucket(second, saved) for second in range(seconds))
    assert series.column("saved").sum() == saved * seconds
    assert series.column("width").sum() == seconds
    assert series.column("throttled").sum() == seconds // 2
    starts = series.column("second")
    assert np.array_equal(starts[1:], (starts + series.column("width"))[:-1])
    assert len(series) < CAPACITY
    if saved:
        middle, late = series.column("p50"), series.column("p95")
        assert ((middle >= 0.199) & (middle <= late + 1e-9) & (late <= 0.601)).all()


def test_that_days_of_seconds_take_no_more_room_than_hours() -> None:
    series = Series()
    sizes = []
    for day in range(2):
        series.add(bucket(second) for second in range(day * 86_400, (day + 1) * 86_400))
        sizes.append(len(series))
    assert max(sizes) < CAPACITY
    assert series.column("saved").sum() == 3 * 2 * 86_400
    assert series.column("width")[-900:].max() == 1  # the newest quarter of an hour, second by second


def change(number: int) -> LimitChange:
    return LimitChange(float(number), "window", "1", str(number), "user", "because")


def test_that_live_seconds_and_those_of_the_store_meet_without_gap_or_double() -> None:
    model = RunModel(1)
    first = make_snapshot(buckets=(bucket(5),), changes=(change(5),))
    model.take(first)
    model.await_history(first)
    model.take(make_snapshot(buckets=(bucket(6),), changes=(change(6),)))
    model.load(History(row(), [bucket(second) for second in range(6)], [change(2), change(5)], [], ()))
    model.take(make_snapshot(buckets=(bucket(7),)))
    assert model.series.column("second").tolist() == list(range(8))
    assert [one.at for one in model.changes] == [2, 5, 6]
    assert model.is_live
    assert model.snapshot is not None
    assert model.snapshot.state == "running"


def test_that_a_stored_run_is_shown_as_it_stands() -> None:
    model = RunModel(1)
    errors = [("overloaded", 1, "the server is busy")]
    model.load(History(row(), [bucket(0), bucket(1)], [], errors, ()))
    now = model.snapshot
    assert isinstance(now, Snapshot)
    assert (now.state, now.saved, now.total, now.errored, now.queued) == ("stopped", 4, 10, 1, 6)
    assert now.rate == pytest.approx(2.0)
    assert [(error.name, error.attempts, error.records) for error in now.errors] == [
        ("throttled", 1, 0),
        ("overloaded", 1, 1),
    ]
    assert not model.is_active


def test_that_a_run_whose_engine_is_gone_counts_as_interrupted() -> None:
    model = RunModel(1)
    model.load(History(row(state=RunState.RUNNING), [], [], [], ()))
    assert model.state is RunState.INTERRUPTED


def test_that_changes_do_not_grow_without_end() -> None:
    model = RunModel(1)
    model.take(make_snapshot(changes=tuple(change(number) for number in range(MOST_CHANGES + 50))))
    assert len(model.changes) == MOST_CHANGES
    assert model.changes[-1].at == MOST_CHANGES + 49


def test_that_a_line_joins_the_seconds_that_have_answers(qtbot: QtBot) -> None:
    board = ChartBoard()
    qtbot.addWidget(board)
    chart = next(one for one in board.findChildren(TimeChart) if one.kind.name == "latency")
    series = Series()
    series.add([bucket(0), bucket(1, p50=None), bucket(2, p50=0.4), bucket(3, p50=None)])
    chart.draw(series, [], None)
    line = next(one for one in chart.findChildren(pg.PlotWidget)[0].listDataItems() if len(one.getData()[0]))
    assert [value.tolist() for value in line.getData()] == [[0.5, 2.5], [0.2, 0.4]]
    assert "400 ms" in chart.findChild(QLabel, "legend_latency").text()
