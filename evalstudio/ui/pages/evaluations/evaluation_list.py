"""Evaluation list: the workspace's own evaluations, Python files, and the examples."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QHBoxLayout, QListWidget, QListWidgetItem, QVBoxLayout

from evalstudio.evaluations.library import LibraryEntry
from evalstudio.ui.kit.actions import Actions
from evalstudio.ui.kit.text import mark, one_line, tooltip, tr
from evalstudio.ui.kit.theme import SPACE_M, SPACE_S, scaled, theme, tokens
from evalstudio.ui.kit.tokens import CAPTION
from evalstudio.ui.kit.widgets import ActionButton, Card, TextLabel, labelled, quiet_selection

HEADINGS = {"toml": mark("Yours"), "python": mark("Python"), "example": mark("Examples")}
REFERENCE = Qt.ItemDataRole.UserRole


class EvaluationList(Card):
    """The list. `chosen` is emitted with the evaluation selected by a person."""

    chosen = Signal(str)

    def __init__(self, actions: Actions) -> None:
        super().__init__()
        self.view = QListWidget()
        labelled(self.view, "evaluation_list", tr("Evaluations"))
        self.view.setFrameShape(QListWidget.Shape.NoFrame)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.currentItemChanged.connect(self._current_changed)
        self._entries: Sequence[LibraryEntry] = ()
        buttons = QHBoxLayout()
        buttons.setContentsMargins(SPACE_M, 0, SPACE_M, 0)
        buttons.addWidget(ActionButton(actions["new_evaluation"]))
        buttons.addStretch(1)
        title = TextLabel(tr("Evaluations"), factor=1.15, bold=True)
        title.setContentsMargins(SPACE_M, 0, SPACE_M, 0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, SPACE_M, 1, SPACE_S)
        layout.setSpacing(SPACE_S)
        layout.addWidget(title)
        layout.addLayout(buttons)
        layout.addWidget(self.view, 1)
        self.setMinimumWidth(190)
        theme().changed.connect(self._follow_theme)
        self._follow_theme()

    def show_entries(self, entries: Sequence[LibraryEntry], current: str) -> None:
        """Fills the list and marks the current one, without emitting a signal."""
        self.view.blockSignals(True)
        if list(entries) != list(self._entries):
            self._entries = list(entries)
            self.view.clear()
            for kind, heading in HEADINGS.items():
                self._fill(tr(heading), [entry for entry in entries if entry.kind == kind])
        for row in range(self.view.count()):
            if self.view.item(row).data(REFERENCE) == current:
                self.view.setCurrentRow(row)
        self.view.blockSignals(False)

    def _follow_theme(self) -> None:
        quiet_selection(self.view)

    def _fill(self, heading: str, entries: Sequence[LibraryEntry]) -> None:
        if not entries:
            return
        title = QListWidgetItem(heading)
        title.setFlags(Qt.ItemFlag.NoItemFlags)
        title.setFont(scaled(QApplication.font(), CAPTION, bold=True))
        title.setForeground(QColor(tokens().muted))
        title.setSizeHint(QSize(0, self.view.fontMetrics().height() + 14))
        self.view.addItem(title)
        for entry in entries:
            item = QListWidgetItem(one_line(entry.name, 60))
            item.setData(REFERENCE, entry.reference)
            item.setSizeHint(QSize(0, self.view.fontMetrics().height() + 10))
            item.setData(Qt.ItemDataRole.AccessibleTextRole, entry.name)
            where = entry.reference if entry.kind == "example" else str(Path(entry.reference))
            item.setToolTip(tooltip(where))
            self.view.addItem(item)

    def _current_changed(self, item: QListWidgetItem | None, _: QListWidgetItem | None) -> None:
        if item is not None and item.data(REFERENCE):
            self.chosen.emit(item.data(REFERENCE))
