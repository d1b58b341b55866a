"""What went wrong, by class: how often, since when, an example, and a way to try again."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHeaderView, QVBoxLayout, QWidget

from evalstudio.format import clock
from evalstudio.protocol import ErrorClass, LimitChange
from evalstudio.ui.tables.quiet import fill_row, make_table, set_widths
from evalstudio.ui.text import mark, one_line, tr
from evalstudio.ui.widgets import Button, TextLabel

HEADINGS = (mark("Class"), mark("Attempts"), mark("Samples errored"), mark("First seen"), mark("Example"), "")


RETRY = 5


class ErrorTable(QWidget):
    """One row a class. `retry` asks to run again the samples that ended in one of these classes."""

    retry = Signal(object)  # tuple of classes

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("errors_panel")
        self.table = make_table(
            "error_table", tr("Errors by class"), [tr(heading) for heading in HEADINGS], stretched=4
        )
        set_widths(self.table, (130, 80, 130, 80))
        self.table.horizontalHeader().setSectionResizeMode(RETRY, QHeaderView.ResizeMode.ResizeToContents)
        self._empty = TextLabel(tr("No attempt has failed."), "muted", name="errors_empty")
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
        """A button where there is something to try again; a view shows a hidden one all the same."""
        name = _button_name(error.name)
        button: QWidget | None = self.table.cellWidget(row, RETRY)
        if button is not None and (error.records == 0 or button.objectName() != name):
            self.table.removeCellWidget(row, RETRY)
            button = None
        if error.records == 0:
            return
        if button is None:
            button = self._button(error.name, name)
            self.table.setCellWidget(row, RETRY, button)
        button.setEnabled(not active)
        button.setToolTip(
            tr("Stop the run or wait for its end first")
            if active
            else tr("Run again the samples that ended so")
        )

    def _button(self, name: str, object_name: str) -> Button:
        button = Button(tr("Retry these"))
        button.setObjectName(object_name)
        button.setAccessibleName(tr("Retry the samples that ended as {name}").format(name=tr(name)))
        button.clicked.connect(lambda: self.retry.emit((name,)))
        return button


def _button_name(name: str) -> str:
    return f"retry_{name.replace(' ', '_')}"


class ChangeTable(QWidget):
    """Each change of a limit, newest first, with its sentence."""

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
