"""The list of runs: with many of them a filter, which leaves the run in focus alone."""

import pytest
from pytestqt.qtbot import QtBot

from evalstudio.core.run_state import RunState
from evalstudio.store.runs import RunRow
from evalstudio.ui.pages.runs.run_list import FEW, RunList
from tests.ui.factories import make_run_row


@pytest.fixture
def runs(qtbot: QtBot) -> RunList:
    made = RunList()
    qtbot.addWidget(made)
    made.show()
    return made


def many() -> list[RunRow]:
    """Newest first; every fourth on another model, one with errors."""
    return [
        make_run_row(
            id=number, experiment=f"words-{number}", model="demo/flaky" if number % 4 == 0 else "demo/fast",
            state=RunState.COMPLETED_WITH_ERRORS if number == 8 else RunState.COMPLETED,
        )
        for number in range(FEW + 6, 0, -1)
    ]  # fmt: skip


def listed(runs: RunList) -> list[int]:
    return [entry.run_id for entry in runs.model.entries]


def test_that_many_runs_can_be_filtered_by_what_is_read_of_them(runs: RunList) -> None:
    runs.show_runs(many()[:FEW], {}, None)
    assert runs.filter.isHidden()
    runs.show_runs(many(), {}, 5)
    assert not runs.filter.isHidden()
    assert len(listed(runs)) == FEW + 6
    chosen: list[int] = []
    runs.chosen.connect(chosen.append)
    runs.filter.setText("FLAKY")
    assert listed(runs) == [16, 12, 8, 4]
    runs.filter.setText("flaky errors")
    assert listed(runs) == [8]
    runs.show_runs(many(), {}, 5)  # the next poll
    assert listed(runs) == [8]
    assert not chosen, "what is looked at stays"
    runs.filter.setText("nothing like this")
    assert not listed(runs)
    assert runs._empty.text() == "No run found."
    runs.filter.clear()
    assert runs.view.currentIndex().row() == listed(runs).index(5)
    assert runs._empty.isHidden()
