"""Error table: failures by class, with their number, first occurrence, an example, and a way to retry."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHeaderView, QVBoxLayout, QWidget

from evalstudio.core.format import clock
from evalstudio.core.outcome import Outcome
from evalstudio.protocol import ErrorClass, LimitChange
from evalstudio.ui.kit.table_style import fill_row, make_table, set_widths
from evalstudio.ui.kit.text import mark, one_line, tr
from evalstudio.ui.kit.widgets import Button, TextLabel

HEADINGS = (
    mark("Class"),
    mark("Attempts"),
    mark("Samples errored"),
    mark("First seen"),
    mark("Example"),
    "",
    "",
)
SHOW, RETRY = 5, 6


class ErrorTable(QWidget):
    """Table with one row per class. `wanted` requests its records, `retry` to run their samples again."""

    wanted = Signal(str)
    retry = Signal(object)  # tuple of Outcome

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("errors_panel")
        self.table = make_table(
            "error_table", tr("Errors by class"), [tr(heading) for heading in HEADINGS], stretched=4
        )
        set_widths(self.table, (130, 80, 130, 80))
        for column in (SHOW, RETRY):
            self.table.horizontalHeader().setSectionResizeMode(
                column, QHeaderView.ResizeMode.ResizeToContents
            )
        self._empty = TextLabel(tr("No attempt has failed."), "muted", name="errors_empty")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._empty, 1)
        layout.addWidget(self.table, 1)
        self._shown: tuple[Sequence[ErrorClass], bool] | None = None

    def show_errors(self, errors: Sequence[ErrorClass], *, active: bool) -> None:
        """Shows the classes; a retry is offered once the run is not active."""
        if (errors, active) == self._shown:
            return
        self._shown = (errors, active)
        self._empty.setVisible(not errors)
        self.table.setVisible(bool(errors))
        self.table.setRowCount(len(errors))
        for row, error in enumerate(errors):
            words = (
                tr(error.name),
                f"{error.attempts:,}",
                f"{error.records:,}",
                clock(error.first_seen),
                one_line(error.example),
            )
            fill_row(self.table, row, words, error.example)
            self._offer(row, error, active=active)

    def _offer(self, row: int, error: ErrorClass, *, active: bool) -> None:
        """Adds buttons where there are records to show and to retry."""
        name = tr(error.name)
        self._put(
            row, SHOW, error, tr("Show these"), tr("Show the samples that ended as {name}").format(name=name),
            lambda name: self.wanted.emit(name.value),
        )  # fmt: skip
        button = self._put(
            row, RETRY, error, tr("Retry these"), tr("Retry the samples that ended as {name}").format(name=name),
            lambda name: self.retry.emit((name,)),
        )  # fmt: skip
        if button is not None:
            button.setEnabled(not active)
            button.setToolTip(
                tr("Available when the run has ended") if active else tr("Retry the samples that ended so")
            )

    def _put(
        self,
        row: int,
        column: int,
        error: ErrorClass,
        text: str,
        spoken: str,
        act: Callable[[Outcome], object],
    ) -> QWidget | None:
        """Returns the button in a cell, reusing the existing one of this class; a view would show even a hidden one."""
        name = f"{'show' if column == SHOW else 'retry'}_{error.name.replace(' ', '_')}"
        there: QWidget | None = self.table.cellWidget(row, column)
        if there is not None and (error.records == 0 or there.objectName() != name):
            self.table.removeCellWidget(row, column)
            there = None
        if there is not None or error.records == 0:
            return there
        button = Button(text)
        button.setObjectName(name)
        button.setAccessibleName(spoken)
        button.clicked.connect(lambda: act(error.name))
        self.table.setCellWidget(row, column, button)
        return button


class ChangeTable(QWidget):
    """Table of limit changes, newest first, with the reason for each."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("changes_panel")
        self.table = make_table(
            "change_table",
            tr("Changes of limits"),
            (tr("At"), tr("What"), tr("From"), tr("To"), tr("Why")),
            stretched=4,
        )
        self._empty = TextLabel(tr("No limit has changed."), "muted", name="changes_empty")
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
