"""What went wrong, by class: how often, since when, an example, and a way to try again."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from evalstudio.format import clock
from evalstudio.protocol import ErrorClass, LimitChange
from evalstudio.ui.text import one_line, tooltip
from evalstudio.ui.theme import line_height, theme
from evalstudio.ui.widgets import Button, TextLabel, quiet_selection

HEADINGS = ("Class", "Attempts", "Samples errored", "First seen", "Example", "")


class ErrorTable(QWidget):
    """One row a class. `retry` asks to run again the samples that ended in one of these classes."""

    retry = Signal(object)  # tuple of classes

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("errors_panel")
        self.table = make_table("error_table", "Errors by class", HEADINGS, stretched=4)
        for column, width in enumerate((130, 80, 130, 80)):
            self.table.setColumnWidth(column, width)
        self.table.horizontalHeader().setSectionResizeMode(5, QHeaderView.ResizeMode.ResizeToContents)
        self._empty = TextLabel("No attempt has failed.", "muted", name="errors_empty")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._empty, 1)
        layout.addWidget(self.table, 1)
        self._shown: tuple[Sequence[ErrorClass], bool] | None = None

    def show_errors(self, errors: Sequence[ErrorClass], *, active: bool) -> None:
        """Shows the classes; trying again is offered once the run is not in work."""
        if (errors, active) == self._shown:
            return
        names = [error.name for error in self._shown[0]] if self._shown else []
        self._shown = (errors, active)
        self._empty.setVisible(not errors)
        self.table.setVisible(bool(errors))
        if names != [error.name for error in errors]:
            self.table.setRowCount(len(errors))
            for row, error in enumerate(errors):
                self.table.setCellWidget(row, 5, self._button(error.name))
        for row, error in enumerate(errors):
            words = (
                error.name,
                f"{error.attempts:,}",
                f"{error.records:,}",
                clock(error.first_seen),
                one_line(error.example),
            )
            fill_row(self.table, row, words, error.example)
            button = self.table.cellWidget(row, 5)
            button.setVisible(error.records > 0)
            button.setEnabled(not active)
            button.setToolTip(
                "Stop the run or wait for its end first" if active else "Run again the samples that ended so"
            )

    def _button(self, name: str) -> Button:
        button = Button("Retry these")
        button.setObjectName(f"retry_{name.replace(' ', '_')}")
        button.setAccessibleName(f"Retry the samples that ended as {name}")
        button.clicked.connect(lambda: self.retry.emit((name,)))
        return button


class ChangeTable(QWidget):
    """Each change of a limit, newest first, with its sentence."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("changes_panel")
        self.table = make_table(
            "change_table", "Changes of limits", ("At", "What", "From", "To", "Why"), stretched=4
        )
        self._empty = TextLabel("No limit has changed.", "muted", name="changes_empty")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._empty, 1)
        layout.addWidget(self.table, 1)
        self._shown: list[LimitChange] = []

    def show_changes(self, changes: Sequence[LimitChange]) -> None:
        newest = list(changes)[-200:][::-1]
        if newest == self._shown:
            return
        self._shown = newest
        self._empty.setVisible(not newest)
        self.table.setVisible(bool(newest))
        self.table.setRowCount(len(newest))
        for row, change in enumerate(newest):
            words = (
                clock(change.at),
                change.what,
                change.old or "",
                change.new or "",
                one_line(change.sentence, 300),
            )
            fill_row(self.table, row, words, change.sentence)


class QuietTable(QTableWidget):
    """A table that looks like a part of the card it lies in, in either theme."""

    def __init__(self, columns: int) -> None:
        super().__init__(0, columns)
        theme().changed.connect(self._follow_theme)
        self._follow_theme()

    def _follow_theme(self) -> None:
        quiet_selection(self)
        self.verticalHeader().setDefaultSectionSize(line_height() + 14)


def make_table(name: str, spoken: str, headings: Sequence[str], stretched: int) -> QTableWidget:
    """A read-only table of a few rows."""
    table = QuietTable(len(headings))
    table.setObjectName(name)
    table.setAccessibleName(spoken)
    table.setHorizontalHeaderLabels(list(headings))
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setTabKeyNavigation(False)
    table.setShowGrid(False)
    table.setWordWrap(False)
    table.setFrameShape(QTableWidget.Shape.NoFrame)
    table.verticalHeader().hide()
    header = table.horizontalHeader()
    header.setHighlightSections(False)
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    for column in range(len(headings)):
        mode = QHeaderView.ResizeMode.Stretch if column == stretched else QHeaderView.ResizeMode.Interactive
        header.setSectionResizeMode(column, mode)
    table.setVisible(False)
    return table


def fill_row(table: QTableWidget, row: int, words: Sequence[str], whole: str) -> None:
    """Writes a row; what is as before is left alone."""
    for column, text in enumerate(words):
        fill_cell(table, row, column, text, whole)


def fill_cell(table: QTableWidget, row: int, column: int, text: str, whole: str) -> None:
    item = table.item(row, column)
    if item is None:
        item = QTableWidgetItem()
        table.setItem(row, column, item)
    if item.text() != text:
        item.setText(text)
        item.setToolTip(tooltip(whole))
