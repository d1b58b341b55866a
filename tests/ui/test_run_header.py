"""The head of a run: what its figures say while it goes on, and once it has ended."""

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QLabel, QMainWindow
from pytestqt.qtbot import QtBot

from evalstudio.ui.actions import Actions
from evalstudio.ui.panels.run_header import RunHeader
from tests.ui.factories import make_snapshot


@pytest.fixture
def header(qtbot: QtBot) -> Iterator[RunHeader]:
    window = QMainWindow()
    qtbot.addWidget(window)
    made = RunHeader(Actions(window))
    window.setCentralWidget(made)
    yield made
    window.close()


def text(header: RunHeader, name: str) -> str:
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
