"""The slider's way from 1 to 256, and what the controls choose."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from evalstudio.concurrency import Adaptive, Sequential, SlidingWindow, Strategy
from evalstudio.protocol import RatesNow
from evalstudio.ui.kit.theme import theme
from evalstudio.ui.kit.widgets import scrolling
from evalstudio.ui.pages.runs.limits_bar import SLIDER_STEPS, LimitsBar, from_slider, to_slider


@given(st.integers(1, 256))
def test_that_every_window_has_a_place_on_the_slider(size: int) -> None:
    assert abs(from_slider(to_slider(size)) - size) <= max(1, size // 100)


def test_that_equal_ways_are_equal_factors() -> None:
    assert [from_slider(position) for position in range(0, SLIDER_STEPS + 1, 125)] == [
        1,
        2,
        4,
        8,
        16,
        32,
        64,
        128,
        256,
    ]
    assert to_slider(5_000) == SLIDER_STEPS


@pytest.mark.parametrize(
    "strategy", [Sequential(), SlidingWindow(12), Adaptive(min=2, max=40), Adaptive(initial=3, max=9)]
)
def test_that_what_is_shown_is_what_is_chosen(qtbot: QtBot, strategy: Strategy) -> None:
    bar = LimitsBar()
    qtbot.addWidget(bar)
    bar.show_next(strategy, 256)
    assert bar.chosen == strategy


def test_that_many_moves_are_told_once_and_soon(qtbot: QtBot) -> None:
    bar = LimitsBar()
    qtbot.addWidget(bar)
    bar.show_next(SlidingWindow(4), 256)
    told: list[Strategy] = []
    bar.strategy_chosen.connect(told.append)
    for position in range(300, 501, 10):
        bar.slider.setValue(position)
    assert not told
    qtbot.waitUntil(lambda: bool(told), timeout=1_000)
    assert told == [SlidingWindow(16)]


def test_that_a_snapshot_does_not_take_the_slider_from_the_hand(qtbot: QtBot) -> None:
    bar = LimitsBar()
    qtbot.addWidget(bar)
    show: Callable[[int], None] = lambda size: bar.show_run(SlidingWindow(size), size, None, size, 256)  # noqa: E731
    show(4)
    bar.slider.setValue(to_slider(64))
    show(4)  # the engine does not know yet
    assert bar.window_size.value() == 64
    qtbot.waitUntil(lambda: (show(64), bar.window_size.value() == 64)[1])


def choose(bar: LimitsBar, strategy: int) -> None:
    """As a person does it, who opens the list and takes an entry."""
    bar.strategy.setCurrentIndex(strategy)
    bar.strategy.activated.emit(strategy)


def test_that_a_window_does_not_become_adaptives_maximum_nor_its_maximum_a_window(qtbot: QtBot) -> None:
    bar = LimitsBar()
    qtbot.addWidget(bar)
    bar.show_next(SlidingWindow(8), 200)
    choose(bar, 2)
    assert bar.chosen == Adaptive(max=200)
    choose(bar, 1)
    assert bar.chosen == SlidingWindow()


def test_that_leaving_adaptive_pins_a_run_where_it_is(qtbot: QtBot) -> None:
    bar = LimitsBar()
    qtbot.addWidget(bar)
    told: list[Strategy] = []
    bar.strategy_chosen.connect(told.append)
    bar.show_run(Adaptive(), 12, None, 12, 200)
    choose(bar, 1)
    qtbot.waitUntil(lambda: told == [SlidingWindow(12)])


def test_that_adaptive_without_a_maximum_shows_the_ceiling_before_and_during_a_run(qtbot: QtBot) -> None:
    bar = LimitsBar()
    qtbot.addWidget(bar)
    bar.show_next(Adaptive(), 200)
    assert bar.window_size.value() == 200
    bar.show_run(Adaptive(), 4, None, 4, 200)
    assert bar.window_size.value() == 200


def test_that_what_has_no_room_stands_in_a_second_line(qtbot: QtBot) -> None:
    bar = LimitsBar()
    page = scrolling(bar, "page", "A page")
    qtbot.addWidget(page)
    page.show()
    bar.show_run(SlidingWindow(8), 8, 8, 8, 256)
    page.resize(1_400, 200)
    QApplication.processEvents()
    assert bar.workers.y() == bar.window_size.y()
    high = bar.minimumSizeHint().height()
    narrow = bar.minimumSizeHint().width()
    assert narrow < 700
    page.resize(narrow, 200)
    QApplication.processEvents()
    assert bar.workers.y() > bar.window_size.geometry().bottom()
    assert bar.minimumSizeHint().height() > high
    shown = (bar.strategy, bar.window_size, bar.workers, bar.requests)
    assert all(part.geometry().right() < narrow for part in shown if part.isVisible())
    page.resize(1_400, 200)
    QApplication.processEvents()
    assert bar.workers.y() == bar.window_size.y()


@pytest.mark.parametrize("percent", [100, 150])
def test_that_no_control_moves_while_it_is_used(qtbot: QtBot, percent: int) -> None:
    """The label before the controls has seven variants; they once shifted the slider by up to 113 pixels."""
    theme().scale(percent)
    try:
        bar = LimitsBar()
        qtbot.addWidget(bar)
        bar.resize(1300, bar.sizeHint().height())
        bar.show()
        controls = (bar.strategy, bar.slider, bar.window_size, bar.requests)
        places = set()
        bar.show_next(SlidingWindow(8), 256)
        for source in ("", "live control", "option", "evaluation", "model", "settings", "nothing known"):
            for strategy, in_flight in (
                (SlidingWindow(8), 0),
                (Adaptive(max=64), 9),
                (SlidingWindow(200), 200),
            ):
                bar.show_run(strategy, 200, None, in_flight, 256, source, RatesNow(requests_set=60.0))
                QApplication.processEvents()
                places.add(tuple(control.x() for control in controls))
        bar.show_next(SlidingWindow(8), 256)
        QApplication.processEvents()
        places.add(tuple(control.x() for control in controls))
        assert len(places) == 1
    finally:
        theme().scale(100)
