"""Columns button: a menu that chooses the columns of a records table."""

from PySide6.QtWidgets import QMenu

from evalstudio.ui.kit.text import tr
from evalstudio.ui.kit.widgets import Button, labelled
from evalstudio.ui.records.record_cells import ANSWER
from evalstudio.ui.records.record_table import RecordTable
from evalstudio.ui.records.records_model import RecordsModel


class ColumnsButton(Button):
    """The button. Sample and answer are always shown; a score has an entry while its evaluator is there."""

    def __init__(self, table: RecordTable, model: RecordsModel, prefix: str) -> None:
        super().__init__(tr("Columns"))
        labelled(self, f"{prefix}columns_button", tr("Columns"), tr("Choose the columns of the table"))
        self._table, self._model = table, model
        self._menu = QMenu(self)
        self._menu.setObjectName(f"{prefix}columns_menu")
        for column in range(model.columnCount()):
            if column in (0, ANSWER):
                continue
            action = self._menu.addAction(model.heading(column))
            action.setData(column)
            action.setCheckable(True)
            action.toggled.connect(lambda on, column=column: table.setColumnHidden(column, not on))
        self._menu.aboutToShow.connect(self._tick)
        self._tick()
        self.setMenu(self._menu)

    def _tick(self) -> None:
        for action in self._menu.actions():
            heading = self._model.heading(action.data())
            action.setText(heading.replace("&", "&&"))
            action.setVisible(bool(heading))
            action.setChecked(not self._table.isColumnHidden(action.data()))
