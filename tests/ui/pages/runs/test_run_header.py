"""The head of a run: what its figures say while it goes on, and once it has ended."""

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QLabel, QMainWindow, QWidget
from pytestqt.qtbot import QtBot

from evalstudio.protocol import CallNow
from evalstudio.ui.kit.actions import Actions
from evalstudio.ui.pages.runs.run_header import RunHeader
from evalstudio.ui.pages.runs.slot_strip import SlotStrip
from tests.ui.factories import make_snapshot


@pytest.fixture
def header(qtbot: QtBot) -> Iterator[RunHeader]:
    window = QMainWindow()
    qtbot.addWidget(window)
    made = RunHeader(Actions(window))
    window.setCentralWidget(made)
    yield made
    window.close()  # lasts until then, and its header with it


def text(header: QWidget, name: str) -> str:
    found = header.findChild(QLabel, name)
    assert found is not None
    return found.text()


def test_that_the_rate_of_an_ended_run_is_that_of_the_whole_run(header: RunHeader) -> None:
    header.show_run(make_snapshot(state="running", saved=20, elapsed=40.0, rate=4.0))
    assert text(header, "figure_rate") == "4.0"  # of the last seconds
    header.show_run(make_snapshot(state="completed", saved=20, elapsed=40.0, rate=4.0))
    assert text(header, "figure_rate") == "0.5"


@pytest.mark.parametrize(
    ("eta", "words"),
    [
        ((3.7, 4.2, 5.3), "4.2 s (3.7–5.3 s)"),
        ((21.0, 34.0, 104.0), "34 s (21 s–1 min 44 s)"),
        ((0.1, 0.5, 2.0), "under 1 s"),
    ],
)
def test_that_the_band_of_the_time_left_names_its_units(
    header: RunHeader, eta: tuple[float, float, float], words: str
) -> None:
    header.show_run(make_snapshot(state="running", eta=eta))
    assert text(header, "figure_left") == words


def test_that_a_run_whose_rest_backs_off_says_so_with_a_countdown_and_the_cause(header: RunHeader) -> None:
    calls = (
        CallNow("7", 2, "backing off", 3.0, 12.0, "503"),
        CallNow("9", 3, "backing off", 1.0, 2.4, "429, Retry-After 5 s"),
    )
    now = make_snapshot(
        in_flight=0, backing_off=2, queued=0, calls=calls, binding_sentence="All is in flight."
    )
    header.show_run(now)
    assert text(header, "run_binding") == (
        "The 2 samples that are left are backing off; next attempt in 2.4 s: 429, Retry-After 5 s"
    )
    strip = SlotStrip()
    strip.show_run(now)
    assert "2 backing off, next in 2.4 s" in text(strip, "slot_counts")
    header.show_run(
        make_snapshot(in_flight=1, backing_off=1, queued=0, calls=calls[:1], binding_sentence="All.")
    )
    assert text(header, "run_binding") == "All."


@pytest.mark.parametrize(
    ("cost", "partial", "words"),
    [(None, False, "–"), (None, True, "price not set"), (0.0, False, "$0"), (0.5, True, "at least $0.5000"), (2.0, False, "$2.00")],
)  # fmt: skip
def test_that_a_price_that_is_not_set_is_no_zero(
    header: RunHeader, cost: float | None, partial: bool, words: str
) -> None:
    header.show_run(make_snapshot(cost=cost, cost_is_partial=partial))
    assert text(header, "figure_cost") == words
