"""Run selector: a combo box with the workspace's runs."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox

from evalstudio.store.runs import RunRow
from evalstudio.ui.kit.combo_box import ComboBox
from evalstudio.ui.kit.text import one_line, tooltip, tr
from evalstudio.ui.kit.widgets import labelled


class RunChoice(ComboBox):
    """Combo box of runs, newest first. `chosen` is emitted when a person selects another run, not on list changes."""

    chosen = Signal(int)

    def __init__(self, name: str, spoken: str) -> None:
        super().__init__()
        labelled(self, name, spoken)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(20)
        self.activated.connect(self._activated)

    @property
    def run_id(self) -> int | None:
        return self.currentData() if self.currentIndex() >= 0 else None

    def show_runs(self, rows: Sequence[RunRow]) -> None:
        """Fills the list; the selection is kept if its run still exists."""
        entries = [(words_of(row), row.id) for row in rows]
        if entries == [(self.itemText(place), self.itemData(place)) for place in range(self.count())]:
            return
        before = self.run_id
        self.clear()
        for text, run_id in entries:
            self.addItem(text, run_id)
        self.choose(before)

    def choose(self, run_id: int | None) -> None:
        """Selects a run without emitting a signal."""
        self.setCurrentIndex(self.findData(run_id) if run_id is not None else -1)
        self.setToolTip(tooltip(self.currentText()))

    def _activated(self) -> None:
        self.setToolTip(tooltip(self.currentText()))
        if self.run_id is not None:
            self.chosen.emit(self.run_id)


def words_of(row: RunRow) -> str:
    """Formats a run in one line."""
    return one_line(
        f"{row.id} · {row.experiment} · {row.evaluation} · {row.model} · {tr(row.true_state)}", 120
    )
