"""Record table: the view of a run's records, whose columns can be sorted, moved and hidden."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from evalstudio.ui.kit.table_style import detach_header, quieten, set_widths
from evalstudio.ui.kit.text import tr
from evalstudio.ui.kit.widgets import labelled
from evalstudio.ui.records.record_cells import ANSWER, HEADINGS, PROMPT, WIDTHS
from evalstudio.ui.records.records_model import RecordsModel


class RecordTable(QTableView):
    """The view. `opened` is emitted when a person opens a record: by a double click, Space or Return."""

    opened = Signal()

    def __init__(self, model: RecordsModel, prefix: str, hidden: tuple[int, ...]) -> None:
        super().__init__()
        labelled(self, f"{prefix}records", tr("Records"))
        self.setModel(model)
        detach_header(self)
        quieten(self)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        header = self.horizontalHeader()
        header.setMinimumSectionSize(48)
        header.setObjectName(f"{prefix}records_columns")
        header.setSectionsClickable(True)
        header.setSortIndicatorShown(True)
        header.sortIndicatorChanged.connect(lambda section, _: model.show_sorted(section))
        header.setSortIndicator(0, Qt.SortOrder.AscendingOrder)
        for column in (*hidden, *range(len(HEADINGS), model.columnCount())):
            self.setColumnHidden(column, True)
        set_widths(self, WIDTHS)
        header.moveSection(PROMPT, ANSWER)  # the prompt comes before the answer
        for column in range(len(HEADINGS), model.columnCount()):  # all scores stand side by side
            header.moveSection(header.visualIndex(column), header.visualIndex(PROMPT))
        for column in (PROMPT, ANSWER):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
        self.doubleClicked.connect(lambda *_: self.opened.emit())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit()
        else:
            super().keyPressEvent(event)
