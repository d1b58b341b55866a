"""The slider's way from 1 to 256, and what the controls choose."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from evalstudio.concurrency import Adaptive, Sequential, SlidingWindow, Strategy
from evalstudio.ui.panels.limits_bar import SLIDER_STEPS, LimitsBar, from_slider, to_slider


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
    bar.show_next(strategy)
    assert bar.chosen == strategy


def test_that_many_moves_are_told_once_and_soon(qtbot: QtBot) -> None:
    bar = LimitsBar()
    qtbot.addWidget(bar)
    bar.show_next(SlidingWindow(4))
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
