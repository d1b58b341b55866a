"""Column mapping: which dataset column a template's name stands for."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLineEdit, QVBoxLayout, QWidget

from evalstudio.ui.kit.form_fields import choice, refill, show_in, small_button
from evalstudio.ui.kit.tab_order import focus_in_order
from evalstudio.ui.kit.text import tr
from evalstudio.ui.kit.theme import SPACE_S, SPACE_XS
from evalstudio.ui.kit.widgets import Button, TextLabel, labelled


class ColumnMap(QWidget):
    """Mapping of names to columns, one per row. The file's own column names need no mapping."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("column_map")
        self._columns: tuple[str, ...] = ()
        self._rows: list[MapRow] = []
        self._add = Button(tr("Map a column"))
        labelled(
            self._add, "add_column", tr("Map a column"),
            tr("Gives a column another name in templates; its own name can still be used"),
        )  # fmt: skip
        self._add.clicked.connect(self._append)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(SPACE_XS)
        self._layout.addWidget(self._add, 0, Qt.AlignmentFlag.AlignLeft)

    @property
    def value(self) -> dict[str, str]:
        pairs = ((row.name.text().strip(), row.column.currentText().strip()) for row in self._rows)
        return {name: column for name, column in pairs if name and column}

    def show_value(self, columns: Any) -> None:
        """Shows the mapping from the text."""
        wanted = columns if isinstance(columns, dict) else {}
        if self.value == wanted and len(self._rows) == len(wanted):
            return
        while len(self._rows) > len(wanted):
            self._take(self._rows[-1])
        while len(self._rows) < len(wanted):
            self._make()
        for row, (name, column) in zip(self._rows, wanted.items(), strict=True):
            row.show_value(str(name), str(column))

    def know_columns(self, columns: Sequence[str]) -> None:
        """Sets the columns to choose from."""
        self._columns = tuple(columns)
        for row in self._rows:
            refill(row.column, self._columns)

    def _append(self) -> None:
        row = self._make()
        focus_in_order(self)
        row.name.setFocus()

    def _make(self) -> "MapRow":
        row = MapRow(len(self._rows), self._columns)
        row.changed.connect(self.changed)
        row.remove.clicked.connect(lambda: self._remove(row))
        self._rows.append(row)
        self._layout.insertWidget(len(self._rows) - 1, row)
        return row

    def _remove(self, row: "MapRow") -> None:
        pairs = {
            one.name.text().strip(): one.column.currentText().strip() for one in self._rows if one is not row
        }
        self.show_value({name: column for name, column in pairs.items() if name and column})
        self.changed.emit()

    def _take(self, row: "MapRow") -> None:
        self._rows.remove(row)
        self._layout.removeWidget(row)
        row.hide()
        row.deleteLater()


class MapRow(QWidget):
    """One name and its column."""

    changed = Signal()

    def __init__(self, number: int, columns: Sequence[str]) -> None:
        super().__init__()
        self.name = QLineEdit()
        self.name.setPlaceholderText(tr("name in templates"))
        labelled(self.name, f"map_{number}_name", tr("Name {number} for templates").format(number=number + 1))
        self.column = choice(
            f"map_{number}_column",
            tr("Column for name {number}").format(number=number + 1),
            columns,
            editable=True,
        )
        show_in(self.column, "")
        self.remove = small_button(
            f"map_{number}_remove", tr("Remove name {number}").format(number=number + 1), "close"
        )
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setHorizontalSpacing(SPACE_S)
        layout.addWidget(self.name, 0, 0)
        layout.addWidget(TextLabel(tr("←"), "muted"), 0, 1)
        layout.addWidget(self.column, 0, 2)
        layout.addWidget(self.remove, 0, 3)
        layout.setColumnStretch(0, 1)
        layout.setColumnStretch(2, 1)
        self.name.textEdited.connect(lambda *_: self.changed.emit())
        self.column.currentTextChanged.connect(lambda *_: self.changed.emit())

    def show_value(self, name: str, column: str) -> None:
        if name != self.name.text():
            self.name.setText(name)
        show_in(self.column, column)
